/** Items: what is known of a serial, folded from every live event that names it. */
import { batchOf, place, reconcile } from './fragments.js';

/** $1 item ids, $2 recorded_at. An item's lot is the one its making names, else the first event that names both. */
export const reconcileItems = reconcile({
  table: 'item',
  id: ['batch_id', 'item_id', 'item_seq'],
  scope: 'item_id',
  columns: [
    'batch_id',
    'item_id',
    'product_id',
    'owner_id',
    'serial',
    'produced_at',
    'produced_to',
    'site_id',
    'line',
    'revision',
    'known',
    'event_key',
  ],
  returning: 'item_id, batch_id',
  ctes: `
mention as materialized (
  select k.item_id, k.product_id, k.serial, p.owner_id, e.event_key, e.event_id, e.kind, e.occurred_at, e.occurred_to, w.lot, w.source_id,
    e.site_id, (e.kind = 'MADE' and w.role = 1) or (e.kind = 'RELABELLED' and w.role = 2) as makes, e.body
  from item_key k
  join product p on p.product_id = k.product_id
  join event_reference r on r.reference = hashtextextended('i:' || k.item_id, 0)
  join event e on e.event_key = r.event_key and e.voided_at is null
  cross join lateral (values
    (1, e.item_id, e.lot, e.source_id),
    (2, e.item2_id, e.lot2, e.source2_id),
    (3, e.item3_id, e.lot3, null::bigint)) as w(role, item_id, lot, source_id)
  where k.item_id = any($1::bigint[]) and w.item_id = k.item_id
),
ranked as (
  select m.*,
    row_number() over (partition by m.item_id order by m.makes desc, m.lot is null, m.occurred_at, m.event_id collate "C") = 1 and m.makes as is_making,
    row_number() over (partition by m.item_id order by m.lot is null, m.makes desc, m.occurred_at, m.event_id collate "C") = 1 as names_lot
  from mention m
),
folded as (
  select r.item_id, r.product_id, r.serial, r.owner_id,
    max(r.lot) filter (where r.names_lot) as lot, max(r.source_id) filter (where r.names_lot) as source_id,
    max(r.occurred_at) filter (where r.is_making and r.kind = 'MADE') as produced_at,
    max(r.occurred_to) filter (where r.is_making and r.kind = 'MADE') as produced_to,
    max(r.site_id) filter (where r.is_making and r.kind = 'MADE') as site_id,
    max(r.body ->> 'line') filter (where r.is_making) as line, max(r.body ->> 'revision') filter (where r.is_making) as revision,
    (array_agg(r.event_key) filter (where r.is_making))[1] as event_key
  from ranked r
  group by r.item_id, r.product_id, r.serial, r.owner_id
)`,
  desired: `
  select
    ${batchOf({ product: 'f.product_id', lot: 'f.lot', source: 'f.source_id', item: 'null::bigint' })} as batch_id,
    f.item_id, f.product_id, f.owner_id, f.serial,
    nullif(f.produced_at, 'epoch') as produced_at, nullif(f.produced_to, 'epoch') as produced_to,
    ${place('f.site_id')} as site_id, f.line, f.revision, f.event_key is not null as known, f.event_key
  from folded f`,
});
