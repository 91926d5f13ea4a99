/** Rows that decide which movements without a lot an affected batch could have been in. */
import type pg from 'pg';
import { type Clocks, statement } from '../../trace/index.js';

/** Goods of unknown lot that left a place. */
export interface UnlottedLeg {
  batchId: bigint;
  productId: bigint;
  siteId: bigint;
  partyId: bigint;
  eventKey: string;
  kind: string;
  toSiteId: bigint | null;
  toState: string | null;
  quantity: bigint;
  unknownAmount: boolean;
  occurredAt: Date;
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
  to_site_id: bigint | null;
  to_state: string | null;
  quantity: bigint;
  unknown_amount: boolean;
  occurred_at: Date;
  outputs: string | null;
  parents: string | null;
}

/** In order of time; with what they were consumed into or built into. */
export async function loadUnlottedLegs(
  client: pg.ClientBase,
  productIds: bigint[],
  clocks: Clocks,
): Promise<UnlottedLeg[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<UnlottedLegRow>(
    `select l.batch_id, b.product_id, l.site_id, l.party_id, l.event_key, l.kind, t.site_id as to_site_id, t.state as to_state,
       -l.quantity as quantity, l.unknown_amount, l.occurred_at,
       (select string_agg(distinct g.output_batch_id::text, ',') from lineage g
        where g.event_key = l.event_key and g.input_batch_id = l.batch_id and g.kind = 'MADE' and ${sql.live('g')}) as outputs,
       (select string_agg(f.parent_item_id || ':' || f.batch_id, ',') from fitting f
        where f.event_key = l.event_key and f.part_batch_id = l.batch_id and f.part_item_id is null and ${sql.live('f')}) as parents
     from batch b
     join leg l on l.batch_id = b.batch_id and l.state = 'ON_HAND' and l.item_id is null
       and (l.quantity < 0 or l.unknown_amount) and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     left join lateral (
       select o.site_id, o.state from leg o
       where o.batch_id = l.batch_id and o.event_key = l.event_key and o.item_id is null and o.state <> 'ON_HAND' and ${sql.live('o')}
       order by o.quantity desc limit 1
     ) t on true
     where b.product_id = any(${sql.bind(productIds)}::bigint[]) and b.lot is null
       and coalesce(t.state, '') not in ('SOURCE') and not (l.quantity = 0 and l.kind in ('RECEIVED', 'RETURNED', 'FITTING_ENDED'))
     order by l.occurred_at, l.leg_id`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    productId: BigInt(row.product_id),
    siteId: BigInt(row.site_id),
    partyId: BigInt(row.party_id),
    eventKey: row.event_key,
    kind: row.kind,
    toSiteId: row.to_site_id === null ? null : BigInt(row.to_site_id),
    toState: row.to_state,
    quantity: BigInt(row.quantity),
    unknownAmount: row.unknown_amount,
    occurredAt: row.occurred_at,
    outputs: row.outputs === null ? [] : row.outputs.split(',').map(BigInt),
    parents: (row.parents?.split(',') ?? []).map((pair) => {
      const [itemId, batchId] = pair.split(':');
      return { itemId: BigInt(itemId ?? 0), batchId: BigInt(batchId ?? 0) };
    }),
  }));
}

/** What an affected batch gained or lost at a site under its own lot or serial. */
export interface HeldLeg {
  batchId: bigint;
  productId: bigint;
  siteId: bigint;
  /** On the way there, not there yet as far as the record goes. */
  inTransit: boolean;
  quantity: bigint;
  unknownAmount: boolean;
  occurredAt: Date;
}

interface HeldLegRow {
  batch_id: bigint;
  product_id: bigint;
  site_id: bigint;
  state: string;
  quantity: bigint;
  unknown_amount: boolean;
  occurred_at: Date;
}

/** At the sites where goods without a lot left, in order of time. */
export async function loadHeldLegs(
  client: pg.ClientBase,
  batchIds: bigint[],
  siteIds: bigint[],
  clocks: Clocks,
): Promise<HeldLeg[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<HeldLegRow>(
    `select l.batch_id, b.product_id, l.site_id, l.state, l.quantity, l.unknown_amount, l.occurred_at
     from unnest(${sql.bind(batchIds)}::bigint[]) as reached (batch_id)
     join batch b on b.batch_id = reached.batch_id and b.lot is not null
     join leg l on l.batch_id = b.batch_id and l.state in ('ON_HAND', 'IN_TRANSIT') and l.site_id = any(${sql.bind(siteIds)}::bigint[])
     where ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     order by l.occurred_at, l.quantity desc, l.leg_id`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    productId: BigInt(row.product_id),
    siteId: BigInt(row.site_id),
    inTransit: row.state === 'IN_TRANSIT',
    quantity: BigInt(row.quantity),
    unknownAmount: row.unknown_amount,
    occurredAt: row.occurred_at,
  }));
}

/** A count of zero: of a product, or of one lot of it. */
export interface ZeroCount {
  siteId: bigint;
  productId: bigint;
  lot: string | null;
  occurredAt: Date;
}

export async function loadZeroCounts(
  client: pg.ClientBase,
  productIds: bigint[],
  siteIds: bigint[],
  clocks: Clocks,
): Promise<ZeroCount[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<{
    site_id: bigint;
    product_id: bigint;
    lot: string | null;
    occurred_at: Date;
  }>(
    `select e.site_id, coalesce(c.contains_product_id, e.product_id) as product_id, e.lot, e.occurred_at
     from event e left join packaging c on c.product_id = e.product_id
     where e.kind = 'COUNTED' and e.quantity = 0 and e.item_id is null
       and coalesce(c.contains_product_id, e.product_id) = any(${sql.bind(productIds)}::bigint[])
       and e.site_id = any(${sql.bind(siteIds)}::bigint[])
       and ${sql.live('e')} and ${sql.happened('e.occurred_at')}
     order by e.occurred_at`,
    sql.values,
  );
  return rows.map((row) => ({
    siteId: BigInt(row.site_id),
    productId: BigInt(row.product_id),
    lot: row.lot,
    occurredAt: row.occurred_at,
  }));
}
