/** Fittings: which part was built into which item, from when to when, and where it went. */
import { batchOf, reconcile } from './fragments.js';

/** $1 parent item ids, $2 recorded_at. A part taken out that nobody recorded as built in was in since an unknown time. */
export const reconcileFittings = reconcile({
  table: 'fitting',
  key: 'event_key',
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
  join event e on e.event_key = r.event_key and e.voided_at is null and e.item_id = p.item_id
    and e.kind in ('FITTED', 'FITTING_ENDED', 'SERVICED')
),
built_in as materialized (
  select t.parent_item_id, t.event_key, t.occurred_at, t.body ->> 'position' as position,
    w.product_id, w.lot, w.item_id as part_item_id,
    case when w.item_id is not null then 1 else t.quantity end as quantity,
    ${batchOf({ product: 'w.product_id', lot: 'w.lot', source: 'null::bigint', item: 'w.item_id' })} as part_batch_id
  from told t
  cross join lateral (
    select t.product2_id as product_id, t.lot2 as lot, t.item2_id as item_id where t.kind = 'FITTED'
    union all
    select t.product3_id, t.lot3, t.item3_id where t.kind = 'SERVICED'
  ) w
  where w.product_id is not null
),
taken_out as materialized (
  select t.parent_item_id, t.event_key, t.occurred_at, t.target_key, t.product2_id as product_id, t.lot2 as lot,
    t.item2_id as part_item_id, coalesce(t.body ->> 'part_out_to', 'UNKNOWN') as removed_to,
    ${batchOf({ product: 't.product2_id', lot: 't.lot2', source: 'null::bigint', item: 't.item2_id' })} as part_batch_id
  from told t
  where t.product2_id is not null and t.kind in ('FITTING_ENDED', 'SERVICED')
),
ended as materialized (
  select b.event_key, b.part_item_id, o.event_key as out_key, o.occurred_at as removed_at, o.removed_to
  from built_in b
  cross join lateral (
    select x.* from taken_out x
    where x.parent_item_id = b.parent_item_id and x.event_key <> b.event_key and x.occurred_at >= b.occurred_at
      and (x.target_key = b.event_key
        or (x.target_key is null and x.product_id = b.product_id
            and case when x.part_item_id is not null then x.part_item_id = b.part_item_id
                     else x.lot is null or x.part_batch_id = b.part_batch_id end))
    order by x.occurred_at, x.event_key limit 1
  ) o
)`,
  desired: `
  select p.batch_id, b.parent_item_id, b.part_batch_id, b.part_item_id, b.position, b.quantity,
    nullif(b.occurred_at, 'epoch') as fitted_at, n.removed_at, n.removed_to, p.owner_id, b.event_key
  from built_in b
  join parent p on p.item_id = b.parent_item_id
  left join ended n on n.event_key = b.event_key
  union all
  select p.batch_id, o.parent_item_id, o.part_batch_id, o.part_item_id, null, case when o.part_item_id is not null then 1 end::bigint,
    null, o.occurred_at, o.removed_to, p.owner_id, o.event_key
  from taken_out o
  join parent p on p.item_id = o.parent_item_id
  where o.target_key is null
    and not exists (select 1 from ended n where n.out_key = o.event_key)`,
});
