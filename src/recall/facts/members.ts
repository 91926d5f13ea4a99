/** The affected batches and items themselves, and what the scope says beside them. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { Certainty, Exclusion, Gap, Scope, ScopeBatch } from '../scope.js';
import { affectedGoods, isAffected, isCertain, joinAffected } from './affected.js';
import { custodyGaps } from './custody-gaps.js';
import type { AffectedItem, ProductKind } from './facts.js';
import { loadProducts } from './master.sql.js';
import { seesItem } from './view.js';

/** Sorted by batch id. */
export async function scopeBatches(
  client: pg.ClientBase,
  scope: Scope,
): Promise<(ScopeBatch & { productKind: ProductKind })[]> {
  const products = await loadProducts(
    client,
    [...scope.batches.values()].map((batch) => batch.productId),
    scope.clocks,
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
  return pageOfItems(client, scope, {});
}

/** Absent fields select nothing away. */
export interface ItemPage {
  /** Only items with a greater id. */
  after?: bigint | null;
  limit?: number;
  kind?: ProductKind | null;
  certainty?: Certainty | null;
}

/** The affected items after one, in the order of item ids, each once: a page, or all without a limit. */
export async function pageOfItems(
  client: pg.ClientBase,
  scope: Scope,
  page: ItemPage,
): Promise<AffectedItem[]> {
  const sql = statement(scope.clocks);
  const goods = affectedGoods(sql, scope);
  const conditions = [isAffected, sql.live('i'), sql.happened('i.produced_at'), seesItem(sql, scope.view)];
  if (page.after != null) conditions.push(`i.item_id > ${sql.bind(page.after)}`);
  if (page.kind != null) conditions.push(`p.kind = ${sql.bind(page.kind)}`);
  if (page.certainty != null) conditions.push(`${isCertain} = ${sql.bind(page.certainty === 'CERTAIN')}`);
  const { rows } = await client.query<ItemRow>(
    `with ${goods}
     select distinct on (i.item_id) i.item_id, i.batch_id, i.product_id, p.kind, i.serial
     ${joinAffected('item', 'i')}
     join ${sql.master('product')} p on p.product_id = i.product_id
     where ${conditions.join(' and ')}
     order by i.item_id, ${isCertain} desc, i.batch_id
     limit ${page.limit === undefined ? 'all' : sql.bind(page.limit)}`,
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

/** What the record lacks, in rule, spread and custody; sorted by key. */
export async function scopeGaps(client: pg.ClientBase, scope: Scope): Promise<Gap[]> {
  const gaps = [...scope.gaps, ...(await custodyGaps(client, scope))];
  return gaps.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Sorted by key. */
export const scopeExcluded = (scope: Scope): Exclusion[] =>
  [...scope.excluded].sort((a, b) => (a.key < b.key ? -1 : 1));
