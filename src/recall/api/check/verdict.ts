/** What the public is told of goods: pure, from what was asked and which recalls name it. */
import type { AskedGoods } from './asked-goods.js';
import type { NamedGoods } from './named-goods.sql.js';
import type { RecallCheck } from './recall-check.types.js';
import type { RecallHit } from './recalled-goods.sql.js';

export type Verdict = Pick<RecallCheck, 'verdict' | 'because' | 'read'>;

/** NONE_FOUND says no more than that: whether a number is on record is its maker's business. */
export function verdictOf(asked: AskedGoods, goods: NamedGoods, hits: readonly RecallHit[]): Verdict {
  if (hits.length === 0) return { verdict: 'NONE_FOUND', because: [], read: [] };
  const open = hits.filter((hit) => !hit.remedied);
  if (open.length === 0) return { verdict: 'REMEDIED', because: [], read: [] };
  if (open.some((hit) => hit.certainty === 'CERTAIN')) return { verdict: 'RECALLED', because: [], read: [] };
  const read = partsToRead(asked, goods, open);
  const because: Verdict['because'] = [];
  if (goods.isDoubled) because.push('DOUBLED_NUMBER');
  if (!goods.isKnown) because.push('UNKNOWN_NUMBER');
  if (read.length > 0) because.push('MORE_TO_READ');
  if (because.length === 0) because.push('POSSIBLE_MEMBER');
  return { verdict: 'MAYBE', because, read };
}

/** What is printed on the goods, was not given, and would tell. */
function partsToRead(asked: AskedGoods, goods: NamedGoods, hits: readonly RecallHit[]): Verdict['read'] {
  if (!hits.some((hit) => hit.partly)) return [];
  const parts: Verdict['read'] = [];
  if (asked.lot === null) parts.push('LOT');
  if (asked.lot === null && asked.expiresOn === null && hits.some((hit) => hit.byExpiry))
    parts.push('EXPIRY');
  if (asked.serial === null && goods.isSerialised) parts.push('SERIAL');
  return parts;
}
