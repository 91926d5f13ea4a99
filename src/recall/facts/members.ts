/** The affected batches and items themselves, and what the scope says beside them. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { Exclusion, Gap, Scope, ScopeBatch } from '../scope.js';
import { affectedGoods, isAffected, joinAffected } from './affected.js';
import type { AffectedItem, ProductKind } from './facts.js';
import { loadProducts } from './master.sql.js';

/** Sorted by batch id. */
export async function scopeBatches(
  client: pg.ClientBase,
  scope: Scope,
): Promise<(ScopeBatch & { productKind: ProductKind })[]> {
  const products = await loadProducts(
    client,
    [...scope.batches.values()].map((batch) => batch.productId),
  );
  return [...scope.batches.values()]
    .map((batch) => ({ ...batch, productKind: products.get(batch.productId)?.kind ?? 'FINISHED' }))
    .sort((a, b) => (a.batchId < b.batchId ? -1 : 1));
}

interface ItemRow {
  item_id: bigint;
  batch_id: bigint;
  product_id: bigint;
  kind: ProductKind;
  serial: string;
}

/** Every affected item, sorted by item id; `scope.why({ kind: 'ITEM', itemId, batchId })` says why. */
export async function scopeItems(client: pg.ClientBase, scope: Scope): Promise<AffectedItem[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<ItemRow>(
    `with ${affectedGoods(sql, scope)}
     select distinct i.item_id, i.batch_id, i.product_id, p.kind, i.serial
     ${joinAffected('item', 'i')}
     join product p on p.product_id = i.product_id
     where ${isAffected} and ${sql.live('i')}
     order by i.item_id`,
    sql.values,
  );
  return rows.map((row) => {
    const [itemId, batchId] = [BigInt(row.item_id), BigInt(row.batch_id)];
    const [item, batch] = [scope.items.get(itemId), scope.batches.get(batchId)];
    return {
      itemId,
      batchId,
      productId: BigInt(row.product_id),
      productKind: row.kind,
      serial: row.serial,
      certainty: item?.certainty ?? batch?.memberCertainty ?? 'POSSIBLE',
      share: item === undefined ? (batch?.memberShare ?? null) : item.share,
    };
  });
}

/** Sorted by key. */
export const scopeGaps = (scope: Scope): Gap[] => [...scope.gaps].sort((a, b) => (a.key < b.key ? -1 : 1));

/** Sorted by key. */
export const scopeExcluded = (scope: Scope): Exclusion[] =>
  [...scope.excluded].sort((a, b) => (a.key < b.key ? -1 : 1));
