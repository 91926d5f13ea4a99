/** Rows that decide which movements without a lot an affected batch could have been in. */
import type pg from 'pg';
import { type Clocks, type CustodyState, statement } from '../../trace/index.js';
import { isOutward, spanOf } from './held-legs.sql.js';

/** Whether goods of unknown lot of these products ever moved: of most products none did, and nothing else is read. */
export async function moveWithoutLot(
  client: pg.ClientBase,
  productIds: bigint[],
  clocks: Clocks,
): Promise<boolean> {
  const sql = statement(clocks);
  const { rows } = await client.query(
    `select 1
     from batch b
     cross join lateral (
       -- the first of each by the key: a plain join read the whole ledger to find none
       select l.leg_id from leg l
       where l.batch_id = b.batch_id and l.item_id is null and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       order by l.leg_id limit 1
     ) moved
     where b.product_id = any(${sql.bind(productIds)}::bigint[]) and b.lot is null
     limit 1`,
    sql.values,
  );
  return rows.length > 0;
}

/** Goods of unknown lot that left a place, or came back to one. */
export interface UnlottedLeg {
  batchId: bigint;
  productId: bigint;
  siteId: bigint;
  partyId: bigint;
  eventKey: string;
  kind: string;
  /** Came to the site: a return, or a part taken out. */
  inward: boolean;
  /** There: what came back may have gone on at once, to its maker or nobody knows where. */
  state: CustodyState;
  /** The record does not say which place it left; of a sale, some place that ships for the seller. */
  place: 'KNOWN' | 'ANY' | 'OF_SELLER';
  toSiteId: bigint | null;
  /** Null: no other leg of the event says. */
  toState: CustodyState | null;
  quantity: bigint;
  unknownAmount: boolean;
  /** An imprecise time spans from - to; an unknown one begins with the run it was for and never ends. */
  from: Date;
  to: Date;
  /** Nobody said when. */
  undated: boolean;
  /** The sale that a return names, or the building in of the part that was taken out. */
  originEventKey: string | null;
  outputs: bigint[];
  parents: { itemId: bigint; batchId: bigint }[];
}

interface UnlottedLegRow {
  batch_id: bigint;
  product_id: bigint;
  site_id: bigint;
  party_id: bigint;
  event_key: string;
  kind: string;
  inward: boolean;
  place: UnlottedLeg['place'];
  to_site_id: bigint | null;
  state: CustodyState;
  to_state: CustodyState | null;
  quantity: bigint;
  unknown_amount: boolean;
  occurred_at: Date;
  occurred_to: Date;
  undated: boolean;
  origin_event_key: string | null;
  outputs: string | null;
  parents: string | null;
}

/**
 * In order of time, with what they were consumed into or built into: at the sites asked about (null: everywhere), and
 * wherever the record does not say where.
 */
export async function loadUnlottedLegs(
  client: pg.ClientBase,
  productIds: bigint[],
  siteIds: bigint[] | null,
  clocks: Clocks,
): Promise<UnlottedLeg[]> {
  const sql = statement(clocks);
  const products = sql.bind(productIds);
  const sites = sql.bind(siteIds);
  const { rows } = await client.query<UnlottedLegRow>(
    `with moved as (
       select l.batch_id, b.product_id, l.site_id, l.party_id, l.event_key, l.kind, l.state, l.quantity, l.unknown_amount,
         l.kind in ('RETURNED', 'SERVICED', 'FITTING_ENDED') and l.quantity >= 0 as inward, ${spanOf('l')},
         case when s.gln = 'urn:tracewright:unknown' then 'ANY'
              when l.kind = 'SOLD' and e.body ->> 'site_gln' is null and e.body ->> 'ship_from_gln' is null then 'OF_SELLER'
              else 'KNOWN' end as place
       from batch b
       join leg l on l.batch_id = b.batch_id and l.item_id is null and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
         and (l.state = 'ON_HAND' or (l.quantity >= 0 and (
           (l.kind = 'RETURNED' and l.state in ('RETURNED_TO_MAKER', 'SCRAPPED', 'UNKNOWN'))
           or (l.kind = 'SERVICED' and l.state in ('RETURNED_TO_MAKER', 'SCRAPPED', 'UNKNOWN', 'SOLD'))
           or (l.kind = 'FITTING_ENDED' and l.state = 'UNKNOWN'))))
       join event e on e.event_key = l.event_key
       join site s on s.site_id = l.site_id
       where b.product_id = any(${products}::bigint[]) and b.lot is null
         and not (l.quantity >= 0 and l.kind in ('PRODUCED', 'RECEIVED'))
         and not (l.quantity > 0 and l.kind not in ('RETURNED', 'SERVICED', 'FITTING_ENDED'))
     )
     select m.*, t.site_id as to_site_id, t.state as to_state,
       coalesce(
         (select r.sale_event_key from sale_return r
          where r.batch_id = m.batch_id and r.event_key = m.event_key and ${sql.live('r')} limit 1),
         (select f.event_key from fitting f
          where m.inward and f.removed_event_key = m.event_key and f.event_key <> m.event_key and f.part_batch_id = m.batch_id
            and ${sql.live('f')} limit 1)) as origin_event_key,
       (select string_agg(distinct g.output_batch_id::text, ',') from lineage g
        where g.event_key = m.event_key and g.input_batch_id = m.batch_id and g.kind = 'MADE' and ${sql.live('g')}) as outputs,
       (select string_agg(f.parent_item_id || ':' || f.batch_id, ',') from fitting f
        where f.event_key = m.event_key and f.part_batch_id = m.batch_id and f.part_item_id is null and ${sql.live('f')}) as parents
     from moved m
     left join lateral (
       select o.site_id, o.state from leg o
       where o.batch_id = m.batch_id and o.event_key = m.event_key and o.item_id is null and o.state <> 'ON_HAND' and ${sql.live('o')}
         -- of what a service takes out and what it puts in, what left is what was put in
         and (m.kind <> 'SERVICED' or o.state = 'FITTED')
       order by o.quantity desc limit 1
     ) t on true
     where ${sites}::bigint[] is null or m.site_id = any(${sites}::bigint[]) or m.place <> 'KNOWN' or m.inward
     order by m.occurred_at, m.inward, m.event_key`,
    sql.values,
  );
  return rows.flatMap(apart).map((row) => ({
    batchId: BigInt(row.batch_id),
    productId: BigInt(row.product_id),
    siteId: BigInt(row.site_id),
    partyId: BigInt(row.party_id),
    eventKey: row.event_key,
    kind: row.kind,
    inward: row.inward,
    state: row.state,
    place: row.place,
    toSiteId: row.to_site_id === null ? null : BigInt(row.to_site_id),
    toState: row.to_state,
    quantity: row.inward ? BigInt(row.quantity) : -BigInt(row.quantity),
    unknownAmount: row.unknown_amount,
    from: row.occurred_at,
    to: row.occurred_to,
    undated: row.undated,
    originEventKey: row.origin_event_key,
    outputs: row.outputs === null ? [] : row.outputs.split(',').map(BigInt),
    parents: (row.parents?.split(',') ?? []).map((pair) => {
      const [itemId, batchId] = pair.split(':');
      return { itemId: BigInt(itemId ?? 0), batchId: BigInt(batchId ?? 0) };
    }),
  }));
}

/** A service that took one part out to where it took the other from moved two, though what is there is as many as before. */
const apart = (row: UnlottedLegRow): UnlottedLegRow[] =>
  row.kind === 'SERVICED' && BigInt(row.quantity) === 0n && !row.unknown_amount
    ? [
        { ...row, inward: false, quantity: -1n },
        { ...row, inward: true, quantity: 1n },
      ]
    : [row];

/** Sites that could have shipped for a seller: its own, those that did before, and those that ship for others. */
export async function loadShippers(
  client: pg.ClientBase,
  sellerIds: bigint[],
  clocks: Clocks,
): Promise<Map<bigint, Set<bigint>>> {
  const sql = statement(clocks);
  const [seller, site] = [sql.bind(sellerIds), sql.master('site')];
  const { rows } = await client.query<{ party_id: bigint; site_id: bigint }>(
    `select n.party_id, s.site_id
     from unnest(${seller}::bigint[]) as n (party_id) join ${site} s on s.party_id = n.party_id
     union
     select n.party_id, s.site_id
     from unnest(${seller}::bigint[]) as n (party_id)
     join ${sql.master('party')} p on p.roles && array['FULFILMENT', 'PLATFORM']
     join ${site} s on s.party_id = p.party_id
     union
     select n.party_id, l.site_id
     from unnest(${seller}::bigint[]) as n (party_id)
     join sale w on w.party_id = n.party_id and ${sql.live('w')}
     join leg l on l.batch_id = w.batch_id and l.event_key = w.event_key and l.state = 'ON_HAND' and ${sql.live('l')}`,
    sql.values,
  );
  const shippers = new Map<bigint, Set<bigint>>();
  for (const row of rows) {
    const party = BigInt(row.party_id);
    shippers.set(party, (shippers.get(party) ?? new Set()).add(BigInt(row.site_id)));
  }
  return shippers;
}

/** A count of zero: of a product, or of one lot of it. */
export interface ZeroCount {
  siteId: bigint;
  productId: bigint;
  lot: string | null;
  /** Known to the day only, it was at some moment from - to. */
  from: Date;
  to: Date;
}

interface ZeroCountRow {
  site_id: bigint;
  product_id: bigint;
  lot: string | null;
  occurred_at: Date;
  occurred_to: Date;
}

/** Everywhere, or at the sites asked about. */
export async function loadZeroCounts(
  client: pg.ClientBase,
  { productIds, siteIds }: { productIds: bigint[]; siteIds: bigint[] | null },
  clocks: Clocks,
): Promise<ZeroCount[]> {
  const sql = statement(clocks);
  const sites = sql.bind(siteIds);
  const { rows } = await client.query<ZeroCountRow>(
    `select c.site_id, b.product_id, b.lot, c.occurred_at, e.occurred_to
     from batch b join stock_count c on c.batch_id = b.batch_id join event e on e.event_key = c.event_key
     where b.product_id = any(${sql.bind(productIds)}::bigint[])
       and (${sites}::bigint[] is null or c.site_id = any(${sites}::bigint[]))
       and c.quantity = 0 and c.item_id is null and ${sql.live('c')} and ${sql.happened('c.occurred_at')}
     order by c.occurred_at`,
    sql.values,
  );
  return rows.map((row) => ({
    siteId: BigInt(row.site_id),
    productId: BigInt(row.product_id),
    lot: row.lot,
    from: row.occurred_at,
    to: row.occurred_to,
  }));
}

/** Goods of unknown lot on their way to a site, and their coming. */
export interface TransitLeg {
  siteId: bigint;
  productId: bigint;
  /** It came. */
  outward: boolean;
  quantity: bigint;
  unknownAmount: boolean;
  from: Date;
  to: Date;
}

interface TransitLegRow {
  site_id: bigint;
  product_id: bigint;
  outward: boolean;
  quantity: bigint;
  unknown_amount: boolean;
  occurred_at: Date;
  occurred_to: Date;
}

export async function loadUnlottedTransit(
  client: pg.ClientBase,
  productIds: bigint[],
  clocks: Clocks,
): Promise<TransitLeg[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<TransitLegRow>(
    `select l.site_id, b.product_id, ${isOutward('l')} as outward, l.quantity, l.unknown_amount, t.occurred_at, t.occurred_to
     from batch b
     join leg l on l.batch_id = b.batch_id and l.state = 'IN_TRANSIT' and l.item_id is null
     join event e on e.event_key = l.event_key
     cross join lateral (select ${spanOf('l')}) t
     where b.product_id = any(${sql.bind(productIds)}::bigint[]) and b.lot is null
       and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     order by t.occurred_at, l.quantity desc`,
    sql.values,
  );
  return rows.map((row) => ({
    siteId: BigInt(row.site_id),
    productId: BigInt(row.product_id),
    outward: row.outward,
    quantity: BigInt(row.quantity),
    unknownAmount: row.unknown_amount,
    from: row.occurred_at,
    to: row.occurred_to,
  }));
}
