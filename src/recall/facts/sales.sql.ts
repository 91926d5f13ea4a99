/** Sales, registrations and returns of affected goods, and what happened to an item after it was bought. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { affectedGoods, isAffected, isCertain, joinAffected } from './affected.js';
import { affectedSales, itemEnded } from './affected-sales.sql.js';

export interface SaleRow {
  sale_id: bigint;
  event_key: string;
  batch_id: bigint;
  item_id: bigint | null;
  product_id: bigint;
  gtin: string;
  lot: string | null;
  serial: string | null;
  unit: string;
  quantity: bigint;
  unknown_amount: boolean;
  buyer_id: bigint | null;
  occurred_at: Date;
  site_id: bigint;
  party_id: bigint;
  receipt: string | null;
  country: string | null;
  region: string | null;
  certain: boolean;
  returned: bigint;
  returned_at: Date | null;
  return_unknown: boolean;
}

/** Sales of affected goods, all or those of these ids: see `affectedSales`. */
export async function loadSales(
  client: pg.ClientBase,
  scope: Scope,
  only: readonly bigint[] | null = null,
): Promise<SaleRow[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<SaleRow>(
    `with ${affectedSales(sql, scope)}
     select w.sale_id, w.event_key, w.batch_id, w.item_id, b.product_id, p.gtin, b.lot, k.serial, p.unit, w.quantity, w.unknown_amount,
       w.buyer_id, w.occurred_at, w.site_id, w.party_id, w.receipt, w.country, w.region,
       w.certain,
       coalesce(r.quantity, 0)::bigint as returned, r.at as returned_at, coalesce(r.unknown_amount, false) as return_unknown
     from affected_sale w
     join batch b on b.batch_id = w.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = w.item_id
     left join lateral (
       select sum(t.quantity)::bigint as quantity, max(t.occurred_at) as at, bool_or(t.unknown_amount) as unknown_amount
       from sale_return t where t.sale_event_key = w.event_key and ${sql.live('t')} and ${sql.happened('t.occurred_at')}
     ) r on true
     ${only === null ? '' : `where w.sale_id = any(${sql.bind(only)}::bigint[])`}
     order by w.occurred_at, w.sale_id`,
    sql.values,
  );
  return rows.map((row) => ({
    ...row,
    sale_id: BigInt(row.sale_id),
    batch_id: BigInt(row.batch_id),
    item_id: row.item_id === null ? null : BigInt(row.item_id),
    product_id: BigInt(row.product_id),
    quantity: BigInt(row.quantity),
    buyer_id: row.buyer_id === null ? null : BigInt(row.buyer_id),
    site_id: BigInt(row.site_id),
    party_id: BigInt(row.party_id),
    returned: BigInt(row.returned),
  }));
}

/** A return that names no sale: it could be of any purchase of that lot, without a lot of that product. */
export interface LooseReturn {
  productId: bigint;
  batchId: bigint;
  lot: string | null;
  occurredAt: Date;
}

export async function loadLooseReturns(
  client: pg.ClientBase,
  scope: Scope,
  productIds: bigint[],
): Promise<LooseReturn[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<{
    product_id: bigint;
    batch_id: bigint;
    lot: string | null;
    occurred_at: Date;
  }>(
    `select b.product_id, b.batch_id, b.lot, r.occurred_at
     from batch b join sale_return r on r.batch_id = b.batch_id
     where b.product_id = any(${sql.bind(productIds)}::bigint[]) and r.sale_event_key is null and r.item_id is null
       and ${sql.live('r')} and ${sql.happened('r.occurred_at')}`,
    sql.values,
  );
  return rows.map((row) => ({
    productId: BigInt(row.product_id),
    batchId: BigInt(row.batch_id),
    lot: row.lot,
    occurredAt: row.occurred_at,
  }));
}

/** Keepers of affected items. */
export interface KeeperRow {
  itemId: bigint;
  batchId: bigint;
  buyerId: bigint;
  kind: string;
  certain: boolean;
  registeredAt: Date;
  endedAt: Date | null;
  country: string | null;
  region: string | null;
}

interface KeeperSqlRow {
  item_id: bigint;
  batch_id: bigint;
  buyer_id: bigint;
  kind: string;
  certain: boolean;
  registered_at: Date;
  ended_at: Date | null;
  country: string | null;
  region: string | null;
}

export async function loadKeepers(client: pg.ClientBase, scope: Scope): Promise<KeeperRow[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<KeeperSqlRow>(
    `with ${affectedGoods(sql, scope)}
     select g.item_id, g.batch_id, g.buyer_id, g.kind, ${isCertain} as certain, g.registered_at,
       case when ${sql.happened('g.ended_at')} then g.ended_at end as ended_at, g.country, g.region
     ${joinAffected('registration', 'g')}
     where ${isAffected} and g.buyer_id is not null and ${sql.live('g')} and ${sql.happened('g.registered_at')}
     order by g.registered_at, g.registration_id`,
    sql.values,
  );
  return rows.map((row) => ({
    itemId: BigInt(row.item_id),
    batchId: BigInt(row.batch_id),
    buyerId: BigInt(row.buyer_id),
    kind: row.kind,
    certain: row.certain,
    registeredAt: row.registered_at,
    endedAt: row.ended_at,
    country: row.country,
    region: row.region,
  }));
}

/** When items were given back, or scrapped: whoever had them before has them no more. */
export interface ItemEnds {
  returned: Date[];
  scrapped: Date[];
}

interface ItemEndRow {
  item_id: bigint;
  scrapped: boolean;
  occurred_at: Date;
}

export async function loadItemEnds(
  client: pg.ClientBase,
  scope: Scope,
  itemIds: bigint[],
): Promise<Map<bigint, ItemEnds>> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<ItemEndRow>(
    `select l.item_id, l.state = 'SCRAPPED' as scrapped, l.occurred_at
     from unnest(${sql.bind(itemIds)}::bigint[]) as named (item_id)
     join leg l on l.item_id = named.item_id
     where ${itemEnded} and ${sql.live('l')} and ${sql.happened('l.occurred_at')}`,
    sql.values,
  );
  const ends = new Map<bigint, ItemEnds>();
  for (const row of rows) {
    const id = BigInt(row.item_id);
    const end = ends.get(id) ?? { returned: [], scrapped: [] };
    end[row.scrapped ? 'scrapped' : 'returned'].push(row.occurred_at);
    ends.set(id, end);
  }
  return ends;
}
