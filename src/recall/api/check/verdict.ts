/** What the public is told of goods: pure, from what the code names and which recalls name it. */
import type { Code } from '../../../exchange/gs1/index.js';
import type { NamedGoods } from './named-goods.sql.js';
import type { RecallCheck } from './recall-check.types.js';
import type { RecallHit } from './recalled-goods.sql.js';

export type Verdict = Pick<RecallCheck, 'verdict' | 'message' | 'read'>;

export function verdictOf(code: Code, goods: NamedGoods, hits: readonly RecallHit[]): Verdict {
  if (hits.length === 0)
    return {
      verdict: 'NONE_FOUND',
      message:
        'No published recall on record names it. Recalls can be published later, and not every maker is on record.',
      read: [],
    };
  if (hits.every((hit) => hit.remedied))
    return { verdict: 'REMEDIED', message: 'It was recalled, and its remedy is on record.', read: [] };
  if (hits.some((hit) => hit.certainty === 'CERTAIN' && !hit.remedied))
    return { verdict: 'RECALLED', message: 'It is recalled: do as the recall says.', read: [] };
  const read = partsToRead(code, goods, hits);
  const message =
    read.length > 0
      ? `Some goods like it are recalled: read the ${read.map((part) => part.toLowerCase()).join(' or the ')} too.`
      : goods.isKnown
        ? 'It may be one of the recalled goods: do as the recall says.'
        : 'Its number is not on record, and goods like it are recalled: do as the recall says.';
  return { verdict: 'MAYBE', message, read };
}

function partsToRead(code: Code, goods: NamedGoods, hits: readonly RecallHit[]): Verdict['read'] {
  if (goods.level === 'ITEM' || !hits.some((hit) => hit.partly)) return [];
  const missing: Verdict['read'] = [];
  if (code.lot === null) missing.push('LOT');
  if (code.serial === null) missing.push('SERIAL');
  return missing;
}
