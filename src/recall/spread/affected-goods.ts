/** Which goods of a batch are affected, once the spread is known: of some lots only a few items, of others all but a few. */
import type { Statement } from '../../trace/index.js';
import type { Solution } from './solve.js';

export interface AffectedGoods {
  /** Lots of which only items are affected. */
  partly: bigint[];
  /** The affected items of those. */
  items: bigint[];
  /** Unaffected items of lots that are affected as a whole. */
  spared: bigint[];
}

/** Of the affected batches named. */
export function affectedGoodsOf(solution: Solution, batchIds: readonly bigint[]): AffectedGoods {
  const goods: AffectedGoods = { partly: [], items: [], spared: [] };
  const isWhole = (batchId: bigint) => solution.origin(batchId) !== null || solution.made(batchId) !== null;
  for (const batchId of batchIds) {
    if (!isWhole(batchId)) {
      goods.partly.push(batchId);
      continue;
    }
    const judged = [
      ...(solution.index.leftOut.get(batchId) ?? []),
      ...(solution.index.parentsByBatch.get(batchId) ?? []),
    ];
    for (const itemId of judged) if (solution.item(itemId, batchId) === null) goods.spared.push(itemId);
  }
  const partly = new Set(goods.partly);
  for (const [itemId, { batchId }] of solution.own) if (partly.has(batchId)) goods.items.push(itemId);
  return goods;
}

/**
 * Whether a row of goods (alias, with batch_id and item_id) is of an item known to be unaffected. Goods of a lot without a
 * serial never are. Null: nothing is known yet, so nothing is left out.
 */
export function isUnaffected(sql: Statement, goods: AffectedGoods | null, alias: string): string {
  if (goods === null) return 'false';
  const [partly, items, spared] = [sql.bind(goods.partly), sql.bind(goods.items), sql.bind(goods.spared)];
  return `(${alias}.item_id is not null and (
    (${alias}.batch_id in (select unnest(${partly}::bigint[])) and ${alias}.item_id not in (select unnest(${items}::bigint[])))
    or ${alias}.item_id in (select unnest(${spared}::bigint[]))))`;
}
