/** Where affected goods were under their own lot or serial, and when: what decides which movements without a lot could be of them. */
import type pg from 'pg';
import { type Clocks, statement } from '../../trace/index.js';
import { type AffectedGoods, isUnaffected } from './affected-goods.js';

/** Later than everything: what has no time of its own may have happened at any. */
const UNDATED_TO = "timestamptz '9999-12-31'";

/**
 * Columns of a leg's time, from the earliest to the latest it can have been (its event is `e`). What a run made came bit by
 * bit until its end; a run without an end may go on.
 */
export const spanOf = (leg: string): string => `${leg}.occurred_at, e.occurred_at = 'epoch' as undated,
         case when e.occurred_at = 'epoch' then ${UNDATED_TO}
           when ${leg}.kind = 'PRODUCED' then coalesce((e.body -> 'produced_to' ->> 'to')::timestamptz, ${UNDATED_TO})
           when e.occurred_at = ${leg}.occurred_at then e.occurred_to else ${leg}.occurred_at end as occurred_to`;

/** Whether goods went out by a leg; one of an unknown amount has no sign, but its event says. */
export const isOutward = (leg: string): string => `(${leg}.quantity < 0 or (${leg}.quantity = 0 and case
    when ${leg}.state = 'IN_TRANSIT' then ${leg}.kind = 'RECEIVED'
    when ${leg}.kind = 'RELABELLED' then not exists (
      select from leg x where x.batch_id = ${leg}.batch_id and x.event_key = ${leg}.event_key and x.state = 'SOURCE')
    else ${leg}.kind in ('SHIPPED', 'SOLD', 'DISPOSED', 'CONSUMED', 'FITTED', 'SERVICED') end))`;

/** What an affected batch gained or lost at a site under its own lot or serial. */
export interface HeldLeg {
  batchId: bigint;
  productId: bigint;
  siteId: bigint;
  /** On the way there, not there yet as far as the record goes. */
  inTransit: boolean;
  outward: boolean;
  quantity: bigint;
  unknownAmount: boolean;
  /**
   * Goods told by their lot alone; items told by their serials, as many as came by them; items that came with their lot and
   * left by serial, so many of it are gone.
   */
  told: 'LOT' | 'SERIAL' | 'LEFT_BY_SERIAL';
  /** Of an item known to be unaffected. */
  ofOthers: boolean;
  /** Made in a run. */
  isRun: boolean;
  /** Of goods that came and left by their serials: when they had come at the latest. */
  cameTo: Date | null;
  /** Of an item that left without having come by its serial: when it was last known to be at another site. */
  elsewhereAt: Date | null;
  from: Date;
  to: Date;
}

interface HeldLegRow {
  batch_id: bigint;
  product_id: bigint;
  site_id: bigint;
  in_transit: boolean;
  outward: boolean;
  quantity: bigint;
  unknown_amount: boolean;
  told: HeldLeg['told'];
  of_others: boolean;
  is_run: boolean;
  came_to: Date | null;
  elsewhere_at: Date | null;
  occurred_at: Date;
  occurred_to: Date;
}

/** In order of time; of a product's unknown lot only its items. An item that left never hides another that came. */
export async function loadHeldLegs(
  client: pg.ClientBase,
  batchIds: bigint[],
  goods: AffectedGoods | null,
  clocks: Clocks,
): Promise<HeldLeg[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<HeldLegRow>(
    `with judged as materialized (
       select l.batch_id, b.product_id, b.lot, l.site_id, l.state = 'IN_TRANSIT' as in_transit, l.item_id, l.quantity, l.unknown_amount,
         l.kind = 'PRODUCED' as is_run, case when l.quantity > 0 and l.kind in ('RETURNED', 'RELABELLED') then 3 when l.kind in ('SOLD', 'DISPOSED') then 2 when l.kind = 'RECEIVED' then 1 else 0 end as turn, ${isOutward('l')} as outward, ${spanOf('l')}, ${isUnaffected(sql, goods, 'l')} as unaffected
       from unnest(${sql.bind(batchIds)}::bigint[]) as reached (batch_id)
       join batch b on b.batch_id = reached.batch_id
       join leg l on l.batch_id = b.batch_id and l.state in ('ON_HAND', 'IN_TRANSIT') and (b.lot is not null or l.item_id is not null)
       join event e on e.event_key = l.event_key
       where ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     ),
     -- an item, and the site it was at before; it leaves one before it is on its way to the other
     moved as (
       select j.*, lag(j.site_id) over in_time as site_before, lag(j.occurred_at) over in_time as before_at
       from judged j where j.item_id is not null and (j.lot is not null or not j.unaffected)
       window in_time as (partition by j.batch_id, j.item_id order by j.occurred_at, j.turn, j.in_transit, j.quantity desc)
     ),
     -- when it was last elsewhere: in the order of before, which is not sorted again
     seen as (
       select m.*, max(m.before_at) filter (where m.site_before <> m.site_id and m.site_before <> (
         select s.site_id from site s where s.gln = 'urn:tracewright:unknown')) over in_time as elsewhere_at
       from moved m
       window in_time as (partition by m.batch_id, m.item_id order by m.occurred_at, m.turn, m.in_transit, m.quantity desc rows unbounded preceding)
     ),
     -- how many more of an item ever left a place than came there, by serial
     surplus as (
       select j.*, bool_or(j.in_transit and not j.outward) over at_site as sent, least(0, sum(j.quantity) over earlier) as short,
         max(j.occurred_to) filter (where not j.outward) over earlier as came_to
       from seen j
       window at_site as (partition by j.batch_id, j.item_id, j.site_id order by j.occurred_at, j.turn, j.quantity desc rows unbounded preceding),
         earlier as (partition by j.batch_id, j.item_id, j.site_id, j.in_transit
         order by j.occurred_at, j.turn, j.quantity desc rows unbounded preceding)
     ),
     lowest as (
       select s.*, min(s.short) over up_to as low, coalesce(min(s.short) over before, 0) as low_before
       from surplus s
       window up_to as (partition by s.batch_id, s.item_id, s.site_id, s.in_transit
           order by s.occurred_at, s.turn, s.quantity desc rows unbounded preceding),
         before as (partition by s.batch_id, s.item_id, s.site_id, s.in_transit
           order by s.occurred_at, s.turn, s.quantity desc rows between unbounded preceding and 1 preceding)
     ),
     counted as (
       select j.batch_id, j.product_id, j.site_id, j.in_transit, j.outward, j.quantity, j.unknown_amount, j.occurred_at, j.occurred_to,
         'LOT' as told, false as of_others, j.is_run, j.turn, null::timestamptz as came_to, null::timestamptz as elsewhere_at
       from judged j where j.item_id is null
       union all
       select w.batch_id, w.product_id, w.site_id, w.in_transit, w.outward, w.quantity - (w.low - w.low_before), false, w.occurred_at,
         w.occurred_to, 'SERIAL', false, false, w.turn, case when w.outward then w.came_to end, case when w.outward then w.elsewhere_at end
       from lowest w where not w.unaffected and w.quantity <> w.low - w.low_before
       union all
       select w.batch_id, w.product_id, w.site_id, w.in_transit, true, w.low - w.low_before, false, w.occurred_at, w.occurred_to,
         'LEFT_BY_SERIAL', w.unaffected, false, w.turn, null, w.elsewhere_at
       -- an unaffected one that was sent there by its serial says nothing of the lot
       from lowest w where w.low < w.low_before and not (w.unaffected and w.sent)
     )
     select c.batch_id, c.product_id, c.site_id, c.in_transit, c.outward, c.told, c.of_others, c.is_run, c.came_to, c.elsewhere_at,
       sum(c.quantity)::bigint as quantity, bool_or(c.unknown_amount) as unknown_amount, c.occurred_at, c.occurred_to
     from counted c
     group by c.batch_id, c.product_id, c.site_id, c.in_transit, c.outward, c.told, c.of_others, c.is_run, c.turn, c.came_to, c.elsewhere_at, c.occurred_at, c.occurred_to
     -- at equal times what is sent on goes before what is received, that before a sale, a sale before a return, an old label before the new one
     order by c.occurred_at, c.turn, c.outward`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    productId: BigInt(row.product_id),
    siteId: BigInt(row.site_id),
    inTransit: row.in_transit,
    outward: row.outward,
    quantity: BigInt(row.quantity),
    unknownAmount: row.unknown_amount,
    told: row.told,
    ofOthers: row.of_others,
    isRun: row.is_run,
    cameTo: row.came_to,
    elsewhereAt: row.elsewhere_at,
    from: row.occurred_at,
    to: row.occurred_to,
  }));
}

/** When affected goods were first sold, anywhere: what a customer brings back without its lot could be of them. */
export async function loadFirstSales(
  client: pg.ClientBase,
  batchIds: bigint[],
  goods: AffectedGoods | null,
  clocks: Clocks,
): Promise<{ batchId: bigint; productId: bigint; from: Date }[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<{ batch_id: bigint; product_id: bigint; since: Date }>(
    `select w.batch_id, b.product_id, min(w.occurred_at) as since
     from unnest(${sql.bind(batchIds)}::bigint[]) as reached (batch_id)
     join batch b on b.batch_id = reached.batch_id
     join sale w on w.batch_id = b.batch_id and (b.lot is not null or w.item_id is not null)
     where ${sql.live('w')} and ${sql.happened('w.occurred_at')} and not ${isUnaffected(sql, goods, 'w')}
     group by w.batch_id, b.product_id`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    productId: BigInt(row.product_id),
    from: row.since,
  }));
}

/** Goods that could be wherever their product is, since no movement says where they were. */
export interface UnplacedGoods {
  batchId: bigint;
  /** Null: no bound on record. */
  units: bigint | null;
  /** They were brought back then, by a buyer that nobody told of; null: never placed at all. */
  until: Date | null;
}

interface UnplacedRow {
  batch_id: bigint;
  units: bigint | null;
  until: Date | null;
}

/** Whole lots, and single items of a product's unknown lot. */
export async function loadUnplaced(
  client: pg.ClientBase,
  batchIds: bigint[],
  goods: AffectedGoods | null,
  clocks: Clocks,
): Promise<UnplacedGoods[]> {
  const sql = statement(clocks);
  const placing = (goodsOf: string) => `
    from leg l join site s on s.site_id = l.site_id
    where ${goodsOf} and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
      and s.gln <> 'urn:tracewright:unknown' and not (l.kind = 'SHIPPED' and l.state = 'IN_TRANSIT')
      -- what was out of its unit when that went on
      and (l.quantity <> 0 or l.unknown_amount or l.kind = 'SERVICED')`;
  const { rows } = await client.query<UnplacedRow>(
    `with reached as (
       select b.batch_id, b.lot from unnest(${sql.bind(batchIds)}::bigint[]) as r (batch_id) join batch b on b.batch_id = r.batch_id
     )
     select r.batch_id, null::bigint as units, null::timestamptz as until
     from reached r
     where r.lot is not null and not exists (select ${placing('l.batch_id = r.batch_id')})
     union all
     select i.batch_id, count(*), f.occurred_at
     from reached r
     join item i on i.batch_id = r.batch_id and ${sql.live('i')} and not ${isUnaffected(sql, goods, 'i')}
     left join lateral (
       select l.kind, l.occurred_at ${placing('l.batch_id = i.batch_id and l.item_id = i.item_id')}
       order by l.occurred_at limit 1) f on true
     where r.lot is null and (f.kind is null or f.kind = 'RETURNED')
     group by i.batch_id, f.occurred_at`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    units: row.units === null ? null : BigInt(row.units),
    until: row.until,
  }));
}
