/** Missing genealogy does not acquit: who wants a component whose inputs are not on record, and where and when it was made. */
import type pg from 'pg';
import { type Clocks, statement } from '../../trace/index.js';
import { isOnRecord } from '../batch-facts.sql.js';
import { type AffectedGoods, isUnaffected } from './affected-goods.js';
import { isOutward, spanOf } from './held-legs.sql.js';

/** A run of a batch that wants a component and has no recorded inputs that cover it. */
export interface UncoveredRun {
  componentId: bigint;
  batchId: bigint;
  siteId: bigint | null;
  from: Date | null;
  to: Date | null;
}

interface UncoveredRow {
  component_id: bigint;
  batch_id: bigint;
  site_id: bigint | null;
  produced_from: Date | null;
  produced_to: Date | null;
}

/**
 * Covered is what its recorded inputs, or parts built into all its units one by one, are enough for; an amount that
 * nobody gave is enough for nothing.
 */
export async function loadUncoveredRuns(
  client: pg.ClientBase,
  componentIds: bigint[],
  clocks: Clocks,
): Promise<UncoveredRun[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<UncoveredRow>(
    `with component as (
       select distinct c.product_id from unnest(${sql.bind(componentIds)}::bigint[]) as c (product_id)
     ),
     -- what a unit needs by each revision
     need as (
       select d.product_id, d.code, l.component_id, sum(l.quantity) as quantity
       from component c
       join ${sql.master('bill_of_materials_line')} l on l.component_id = c.product_id
       join design_revision d on d.revision_id = l.revision_id
       group by d.product_id, d.code, l.component_id
     ),
     -- batches whose revision, as far as it is known, wants the component
     wanting_batch as (
       select p.batch_id, n.component_id, max(n.quantity) as quantity
       from need n
       join batch p on p.product_id = n.product_id and p.lot is not null
       left join run r on r.batch_id = p.batch_id and ${sql.live('r')} and ${sql.happened('r.produced_from')}
       where (r.revision is null or r.revision = n.code
           or not exists (select 1 from ${sql.master('design_revision')} o where o.product_id = p.product_id and o.code = r.revision))
         -- what only got another name was made of what it was made of before
         and (r.batch_id is not null or not exists (
           select 1 from lineage g join event x on x.event_key = g.event_key and x.kind = 'RELABELLED'
           where g.output_batch_id = p.batch_id and g.kind = 'MADE' and ${sql.live('g')} and ${sql.happened('g.occurred_at')}
           offset 0)) -- by the index of each batch, not all events hashed
       group by p.batch_id, n.component_id
     ),
     made as (
       select w.batch_id, w.component_id, w.quantity as unit_quantity,
         (select case when bool_and(r.quantity is not null) then sum(r.quantity) end
          from run r where r.batch_id = w.batch_id and ${sql.live('r')} and ${sql.happened('r.produced_from')}) as units,
         (select count(*) from item i where i.batch_id = w.batch_id and ${sql.live('i')} and ${sql.happened('i.produced_at')}) as items
       from wanting_batch w
     ),
     uncovered_batch as (
       select m.batch_id, m.component_id from made m
       where m.units is null or (
         coalesce((
           select sum(l.quantity) from lineage l
           join batch i on i.batch_id = l.input_batch_id and i.product_id = m.component_id and i.lot is not null
           where l.output_batch_id = m.batch_id and l.kind = 'MADE' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}), 0)
           < m.unit_quantity * m.units
         and (
           -- units with parts enough from the beginning: what a workshop put in tells nothing of that
           select count(*) from (
             select f.parent_item_id
             from fitting f
             join batch i on i.batch_id = f.part_batch_id and i.product_id = m.component_id
             join event e on e.event_key = f.event_key and e.kind <> 'SERVICED'
             where f.batch_id = m.batch_id and (f.part_item_id is not null or i.lot is not null)
               and ${sql.live('f')} and ${sql.happened('f.fitted_at')}
             group by f.parent_item_id
             having sum(coalesce(f.quantity, case when f.part_item_id is not null then 1 else 0 end)) >= m.unit_quantity
           ) as built_unit) < greatest(m.items, m.units, 1))
     )
     select u.component_id, u.batch_id, r.site_id, r.produced_from, r.produced_to
     from uncovered_batch u
     left join run r on r.batch_id = u.batch_id and ${sql.live('r')} and ${sql.happened('r.produced_from')}`,
    sql.values,
  );
  return rows.map((row) => ({
    componentId: BigInt(row.component_id),
    batchId: BigInt(row.batch_id),
    siteId: row.site_id === null ? null : BigInt(row.site_id),
    from: row.produced_from,
    to: row.produced_to,
  }));
}

/** An item without a lot that wants a component and has no recorded parts that cover it: as a batch of one. */
export interface UncoveredItem extends Omit<UncoveredRun, 'batchId'> {
  itemId: bigint;
  batchId: bigint;
}

interface UncoveredItemRow extends UncoveredRow {
  item_id: bigint;
}

/**
 * Items whose making is on record without a lot; and those only named by other events where their product has no lot at
 * all, since else they are of one of its lots.
 */
export async function loadUncoveredItems(
  client: pg.ClientBase,
  componentIds: bigint[],
  clocks: Clocks,
): Promise<UncoveredItem[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<UncoveredItemRow>(
    `with need as (
       select d.product_id, d.code, l.component_id, sum(l.quantity) as quantity
       from (select distinct c.product_id from unnest(${sql.bind(componentIds)}::bigint[]) as c (product_id)) component
       join ${sql.master('bill_of_materials_line')} l on l.component_id = component.product_id
       join design_revision d on d.revision_id = l.revision_id
       group by d.product_id, d.code, l.component_id
     ),
     wanting_item as (
       select i.item_id, i.batch_id, i.site_id, i.produced_at, i.produced_to, n.component_id, max(n.quantity) as quantity
       from need n
       join batch u on u.product_id = n.product_id and u.lot is null
       join item i on i.batch_id = u.batch_id and ${sql.live('i')} and ${sql.happened('i.produced_at')}
       where (i.known or not exists (
           select 1 from batch o where o.product_id = u.product_id and o.lot is not null and ${isOnRecord(sql, 'o')}))
         -- what only got another serial was made of what it was made of before
         and (i.produced_at is not null or i.site_id is not null or not exists (
           select 1 from fitting g join event x on x.event_key = g.event_key and x.kind = 'RELABELLED'
           where g.batch_id = i.batch_id and g.parent_item_id = i.item_id and ${sql.live('g')} and ${sql.happened('g.fitted_at')}
           offset 0))
         and (i.revision is null or i.revision = n.code
           or not exists (select 1 from ${sql.master('design_revision')} o where o.product_id = u.product_id and o.code = i.revision))
       group by i.item_id, i.batch_id, i.site_id, i.produced_at, i.produced_to, n.component_id
     )
     select w.item_id, w.batch_id, w.component_id, w.site_id, w.produced_at as produced_from, w.produced_to
     from wanting_item w
     where coalesce((
       select sum(coalesce(f.quantity, case when f.part_item_id is not null then 1 else 0 end))
       from fitting f
       join batch p on p.batch_id = f.part_batch_id and p.product_id = w.component_id
       join event e on e.event_key = f.event_key and e.kind <> 'SERVICED'
       where f.batch_id = w.batch_id and f.parent_item_id = w.item_id and (f.part_item_id is not null or p.lot is not null)
         and ${sql.live('f')} and ${sql.happened('f.fitted_at')}), 0) < w.quantity`,
    sql.values,
  );
  return rows.map((row) => ({
    componentId: BigInt(row.component_id),
    itemId: BigInt(row.item_id),
    batchId: BigInt(row.batch_id),
    siteId: row.site_id === null ? null : BigInt(row.site_id),
    from: row.produced_from,
    to: row.produced_to,
  }));
}

/** Stock of a batch at a site after a change. */
export interface StockLevel {
  batchId: bigint;
  siteId: bigint;
  at: Date;
  /** On hand, or on the way there. */
  present: boolean;
  /** In that very moment, though it may have gone on at once. */
  passing: boolean;
  /** More left than came: what was there, and when, is not known. */
  short: boolean;
}

interface LevelRow {
  batch_id: bigint;
  site_id: bigint;
  occurred_at: Date;
  present: boolean;
  passing: boolean;
  short: boolean;
}

/**
 * How the stock of each batch at each site changed, in order of time: what came is there from the earliest moment it can
 * have come, what left until the latest. Items known to be unaffected (`goods`) are left out.
 */
export async function loadStockLevels(
  client: pg.ClientBase,
  batchIds: bigint[],
  goods: AffectedGoods | null,
  clocks: Clocks,
): Promise<StockLevel[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<LevelRow>(
    `with moved as (
       select l.batch_id, l.site_id, l.state, l.quantity, l.unknown_amount, w.outward,
         case when w.outward then t.occurred_to else l.occurred_at end as occurred_at
       from unnest(${sql.bind(batchIds)}::bigint[]) as component (batch_id)
       join leg l on l.batch_id = component.batch_id and l.state in ('ON_HAND', 'IN_TRANSIT')
       join event e on e.event_key = l.event_key
       cross join lateral (select ${spanOf('l')}) t
       cross join lateral (select ${isOutward('l')} as outward) w
       where ${sql.live('l')} and ${sql.happened('l.occurred_at')} and not ${isUnaffected(sql, goods, 'l')}
     ),
     change as (
       select m.batch_id, m.site_id, m.occurred_at,
         coalesce(sum(m.quantity) filter (where m.state = 'ON_HAND'), 0) as on_hand,
         coalesce(sum(m.quantity) filter (where m.state = 'IN_TRANSIT'), 0) as in_transit,
         coalesce(sum(m.quantity) filter (where m.state = 'ON_HAND' and m.outward), 0) as left_hand,
         coalesce(sum(m.quantity) filter (where m.state = 'IN_TRANSIT' and m.outward), 0) as left_transit,
         -- of an unknown amount at least one went out, and no bound came in
         count(*) filter (where m.state = 'ON_HAND' and m.unknown_amount and m.outward) as out_unknown,
         bool_or(m.unknown_amount and not m.outward) as unbounded,
         bool_or(m.unknown_amount and not m.outward and m.state = 'ON_HAND') as unbounded_hand
       from moved m
       group by m.batch_id, m.site_id, m.occurred_at
     )
     select c.batch_id, c.site_id, c.occurred_at,
       sum(c.on_hand) over earlier > 0 or sum(c.in_transit) over earlier > 0 or bool_or(c.unbounded) over earlier as present,
       -- at equal times what comes is there before what goes
       sum(c.on_hand) over earlier - c.left_hand > 0 or sum(c.in_transit) over earlier - c.left_transit > 0 as passing,
       sum(c.on_hand - c.out_unknown) over earlier < 0 and not bool_or(c.unbounded_hand) over earlier as short
     from change c
     window earlier as (partition by c.batch_id, c.site_id order by c.occurred_at)
     order by c.batch_id, c.site_id, c.occurred_at`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    siteId: BigInt(row.site_id),
    at: row.occurred_at,
    present: row.present,
    passing: row.passing,
    short: row.short,
  }));
}
