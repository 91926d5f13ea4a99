/** Fittings: which part was built into which item, from when to when, and where it went. */
import { batchOf, reconcile } from './fragments.js';

/**
 * $1 parent item ids, $2 recorded_at. A part taken out that nobody recorded as built in was in since an unknown time.
 * An item made by relabelling holds what it was before: the old item, or one of the old lot.
 */
export const reconcileFittings = reconcile({
  table: 'fitting',
  id: ['batch_id', 'fitting_id'],
  scope: 'parent_item_id',
  columns: [
    'batch_id',
    'parent_item_id',
    'part_batch_id',
    'part_item_id',
    'position',
    'quantity',
    'fitted_at',
    'removed_at',
    'removed_to',
    'removed_event_key',
    'owner_id',
    'event_key',
  ],
  returning: 'batch_id, part_batch_id, parent_item_id',
  ctes: `
parent as (
  select i.item_id, i.batch_id, i.owner_id from item i where i.item_id = any($1::bigint[]) and i.voided_at is null
),
told as materialized (
  select p.item_id as parent_item_id, e.*
  from parent p
  join event_reference r on r.reference = hashtextextended('i:' || p.item_id, 0)
  join event e on e.event_key = r.event_key and e.voided_at is null
    and ((e.item_id = p.item_id and e.kind in ('FITTED', 'FITTING_ENDED', 'SERVICED'))
      or (e.item2_id = p.item_id and e.kind = 'RELABELLED'))
),
built_in as materialized (
  select t.parent_item_id, t.event_key, t.event_id, t.occurred_at, t.kind = 'SERVICED' as serviced,
    t.body ->> 'position' as position,
    w.product_id, w.lot, w.item_id as part_item_id,
    case when w.item_id is not null or t.kind = 'RELABELLED' then 1 else t.quantity end as quantity,
    ${batchOf({ product: 'w.product_id', lot: 'w.lot', source: 'null::bigint', item: 'w.item_id' })} as part_batch_id
  from told t
  cross join lateral (
    select t.product2_id as product_id, t.lot2 as lot, t.item2_id as item_id where t.kind = 'FITTED'
    union all
    select t.product3_id, t.lot3, t.item3_id where t.kind = 'SERVICED'
    union all
    select t.product_id, t.lot, t.item_id where t.kind = 'RELABELLED'
  ) w
  where w.product_id is not null
),
taken_out as materialized (
  select t.parent_item_id, t.event_key, t.event_id, t.occurred_at, t.occurred_to, t.target_key, t.product2_id as product_id, t.lot2 as lot,
    t.item2_id as part_item_id, coalesce(t.body ->> 'part_out_to', 'UNKNOWN') as removed_to,
    ${batchOf({ product: 't.product2_id', lot: 't.lot2', source: 'null::bigint', item: 't.item2_id' })} as part_batch_id
  from told t
  where t.product2_id is not null and t.kind in ('FITTING_ENDED', 'SERVICED')
),
-- ended by its own row, or by a part of that serial taken out
ended_by_name as materialized (
  select b.event_key, o.event_key as out_key
  from built_in b
  cross join lateral (
    select x.event_key from taken_out x
    where x.parent_item_id = b.parent_item_id and x.event_key <> b.event_key
      and (x.target_key = b.event_key
        or (x.target_key is null and x.part_item_id = b.part_item_id and x.occurred_to >= b.occurred_at))
    order by x.target_key is null, x.occurred_at, x.event_id collate "C" limit 1
  ) o
),
-- A part taken out without its serial ends the oldest fitting still open of its lot, and without a lot only where all
-- that were built in before are of one lot. What no fitting was open for was built in before anything is on record. At
-- equal times one service is over before the next begins: it takes out first, then builds in.
open_part as materialized (
  select b.*, case when b.serviced then 2 else 1 end as rank
  from built_in b
  where not exists (select 1 from ended_by_name n where n.event_key = b.event_key)
),
only_lot as (
  select o.event_key, min(p.part_batch_id) as part_batch_id
  from taken_out o
  join open_part p on p.parent_item_id = o.parent_item_id and p.product_id = o.product_id
    and (p.occurred_at, p.rank, p.event_id collate "C") < (o.occurred_at, 2, o.event_id collate "C")
  where o.target_key is null and o.part_item_id is null and o.lot is null
  group by o.event_key
  having min(p.part_batch_id) = max(p.part_batch_id)
),
step as (
  select p.parent_item_id, p.product_id, p.part_batch_id, p.event_key, p.event_id, p.occurred_at, -1 as out, p.rank
  from open_part p
  union all
  select o.parent_item_id, o.product_id, case when o.lot is null then y.part_batch_id else o.part_batch_id end, o.event_key, o.event_id, o.occurred_at, 1, 2
  from taken_out o
  left join only_lot y on y.event_key = o.event_key
  where o.target_key is null and o.part_item_id is null
),
counted as (
  select s.*, sum(s.out) over turn as surplus, count(*) filter (where s.out = 1) over turn as outs,
    count(*) filter (where s.out = -1) over turn as ins
  from step s
  window turn as (partition by s.parent_item_id, s.product_id, s.part_batch_id
    order by s.occurred_at, s.rank, s.event_id collate "C", s.out desc)
),
-- more went out than is on record as built in: so many of the parts taken out were there before
unrecorded as (
  select c.*, greatest(0, max(c.surplus) over (partition by c.parent_item_id, c.product_id, c.part_batch_id
    order by c.occurred_at, c.rank, c.event_id collate "C", c.out desc rows between unbounded preceding and 1 preceding)) as missing
  from counted c
),
ended as materialized (
  select n.event_key, o.event_key as out_key, o.occurred_to as removed_at, o.removed_to
  from ended_by_name n join taken_out o on o.event_key = n.out_key
  union all
  select p.event_key, o.event_key, t.occurred_to, t.removed_to
  from unrecorded o
  join unrecorded i on i.parent_item_id = o.parent_item_id and i.product_id = o.product_id
    and i.part_batch_id = o.part_batch_id and i.out = -1 and i.ins = o.outs - o.missing
  join open_part p on p.event_key = i.event_key and p.part_batch_id = i.part_batch_id
  join taken_out t on t.event_key = o.event_key
  -- several pieces in one fitting are not all out because one is; one of several serials still in could be another
  where o.out = 1 and o.surplus <= o.missing
    and (i.occurred_at, i.rank, i.event_id collate "C") < (o.occurred_at, o.rank, o.event_id collate "C")
    and (p.quantity is null or p.quantity = 1) and (p.part_item_id is null or o.ins = o.outs - o.missing)
)`,
  desired: `
  select p.batch_id, b.parent_item_id, b.part_batch_id, b.part_item_id, b.position, b.quantity,
    nullif(b.occurred_at, 'epoch') as fitted_at, case when n.removed_at is not null then greatest(n.removed_at, b.occurred_at) end as removed_at, n.removed_to, n.out_key as removed_event_key,
    p.owner_id, b.event_key
  from built_in b
  join parent p on p.item_id = b.parent_item_id
  left join ended n on n.event_key = b.event_key
  union all
  select p.batch_id, o.parent_item_id, o.part_batch_id, o.part_item_id, null, case when o.part_item_id is not null then 1 end::bigint,
    null, o.occurred_to, o.removed_to, o.event_key, p.owner_id, o.event_key
  from taken_out o
  join parent p on p.item_id = o.parent_item_id
  where o.target_key is null
    and not exists (select 1 from ended n where n.out_key = o.event_key)`,
});
