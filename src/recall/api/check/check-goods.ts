/** Answers whether goods are recalled, for everyone: the query and the public page say the same. */
import { engine, type RequestContext } from '../../../graphql/index.js';
import { type Language, wordsIn } from '../campaign/language.js';
import { readRecall } from '../campaign/recall.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import { readAskedGoods } from './asked-goods.js';
import { checkTexts, messageOf } from './check-texts.js';
import { findGoods } from './named-goods.sql.js';
import type { PublicRecall, RecallCheck } from './recall-check.types.js';
import { recallsNaming } from './recalled-goods.sql.js';
import { verdictOf } from './verdict.js';

export async function checkGoods(
  context: RequestContext,
  code: string,
  language: Language,
): Promise<RecallCheck> {
  const asked = readAskedGoods(code);
  return context.snapshot.read(engine, async (client) => {
    const goods = await findGoods(client, asked);
    const hits = await recallsNaming(client, goods, null);
    const recalls: PublicRecall[] = [];
    for (const { recallId, remedied } of hits)
      recalls.push(publicRecall((await readRecall(client, recallId)) as Recall, language, remedied));
    const verdict = verdictOf(asked, goods, hits);
    const { gtin, lot, serial, expiresOn } = asked;
    const printed = { code, gtin, lot, serial, expiresOn };
    return {
      ...printed,
      ...verdict,
      language,
      message: messageOf(language, verdict),
      recalls,
      checkedAt: new Date(),
    };
  });
}

/** Nothing of who supplied what, of reports or of claims: only what whoever has the goods needs. */
function publicRecall(recall: Recall, language: Language, isRemedied: boolean): PublicRecall {
  const words = wordsIn(recall, language);
  const { number, kind, publishedAt } = recall;
  const { doNotUse, remedyFrom, contact } = recall.details as {
    doNotUse?: boolean | null;
    remedyFrom?: string | null;
    contact?: string | null;
  };
  const texts = checkTexts[language];
  return {
    ...{ number, kind, publishedAt, isRemedied },
    ...{ title: words.title, risk: words.risk, instructions: words.instructions },
    remedyPlan: words.remedyPlan,
    wordsLanguage: words.language,
    doNotUse: doNotUse === true && !isRemedied,
    advice: isRemedied ? texts.message.REMEDIED : doNotUse === true ? texts.doNotUse : texts.advice,
    remedyFrom: remedyFrom == null ? null : new Date(remedyFrom),
    contact: contact ?? null,
  };
}
