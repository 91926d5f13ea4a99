/** What a printed report asks of the API, and the shape of its answer: nothing that its reader could not ask itself. */

export const reportQuestion = `query RecallReportFile($number: String!, $kind: RecallReportKind!, $from: DateTime, $to: DateTime) {
  recall(number: $number) {
    number title state kind defect risk instructions publishedAt opener { gln name }
    authorities { authority { name } number state }
    scopeVersions { number batches items buyers digest isIntact frozenAt }
    report(kind: $kind, from: $from, to: $to) {
      kind from to scopeVersion digest involved remedied remediedInPeriod
      progress { byTier { tier items remedied } unreachable { cause items } }
      pace { days percent expectedPercent isBehind basis }
      byRegion { country region items remedied }
      byChannel { channel items remedied }
      quantities {
        product { gtin name }
        made { ...range } builtIn { ...range } onHand { ...range } inTransit { ...range } sold { ...range } scrapped { ...range } unaccounted { ...range }
        countedOnHand countedQuarantined countedReturned countedDestroyed remedied
      }
      salesAfterNotice { seller { gln name } product { gtin name } sales quantity toldAt firstAt lastAt }
      complaints { place isAfter complaints withHarm serious }
      notices { parties acknowledged overdue }
      effectiveness { number level frameSize size checked notified { ...rate } found { ...rate } acted { ...rate } }
      deadlines { regime law period state dueOn doneAt isVerified }
    }
  }
}
fragment range on QuantityRange { value atMost unit }
fragment rate on EffectivenessRate { percent low high }`;

export const formQuestion = `query RecallFormFile($number: String!, $form: RecallForm!, $from: DateTime, $to: DateTime) {
  recall(number: $number) { number title form(form: $form, from: $from, to: $to) { name label value } }
}`;

/** A JSON answer of these questions: its shape is theirs. */
// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
export type Answered = any;
