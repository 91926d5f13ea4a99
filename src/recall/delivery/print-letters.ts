/** Letters to print, for whom no machine reaches: each with its address, the same again until the sender says that it was posted. */
import { withSession } from '../../database/index.js';
import { readContact } from '../../people/index.js';
import type { Services } from '../../record/index.js';
import { type LettersOf, nextLetters, settleDelivery } from './delivery.sql.js';
import { readBuyerNotice, readPartyNotice } from './notice-content.sql.js';
import { renderNotice } from './render-notice.js';

export interface PrintedLetter {
  /** Key of the notice. */
  key: string;
  /** A page that prints as a letter. */
  html: string;
}

const engine = { role: 'tw_engine', partyId: null } as const;

/** Whoever has no postal address any more is FAILED and left out. A buyer's contact is read on record, once a letter. */
export async function printLetters(services: Services, of: LettersOf): Promise<PrintedLetter[]> {
  const { database } = services;
  const deliveries = await withSession(database, engine, (client) => nextLetters(client, of));
  const letters: PrintedLetter[] = [];
  for (const { deliveryId, noticeId, buyerNoticeId } of deliveries) {
    if (noticeId !== null) {
      const notice = await withSession(database, engine, (client) => readPartyNotice(client, noticeId));
      if (notice !== null) letters.push({ key: notice.key, html: renderNotice(notice).html });
      continue;
    }
    const notice =
      buyerNoticeId === null
        ? null
        : await withSession(database, engine, (client) => readBuyerNotice(client, buyerNoticeId));
    if (notice === null) continue;
    const { buyerId, senderId, kind, text, key } = notice;
    const reason = `letter ${kind} of recall ${text.number}`;
    const contact = await readContact(services, { buyerId, senderId, recallId: of.recallId, reason });
    const address = contact.addresses[0];
    if (address === undefined) {
      const why = contact.erased ? 'print: the person was erased' : 'print: no address on record any more';
      await withSession(database, engine, (client) =>
        settleDelivery(client, deliveryId, { state: 'FAILED', reason: why }),
      );
      continue;
    }
    const recipient = [...contact.names.slice(0, 1), address].join('\n');
    letters.push({ key, html: renderNotice({ ...notice, recipient }).html });
  }
  return letters;
}
