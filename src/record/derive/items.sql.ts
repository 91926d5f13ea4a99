/** Items: what is known of a serial, folded from every live event that names it. */
import { reconcile } from './fragments.js';

/** $1 item ids, $2 recorded_at. An item's lot is the one its making names, else the first event that names both. */
export const reconcileItems = reconcile({
  table: 'item',
  key: 'item_id',
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
named_item as (
  select k.item_id, k.product_id, k.serial from item_key k where k.item_id = any($1::bigint[])
),
mention as materialized (
  select n.item_id, e.event_key, e.event_id, e.kind, e.occurred_at, e.occurred_to, w.lot, w.source_id, e.site_id,
    (e.kind = 'MADE' and w.role = 1) or (e.kind = 'RELABELLED' and w.role = 2) as makes,
    e.body
  from named_item n
  join event_reference r on r.reference = hashtextextended('i:' || n.item_id, 0)
  join event e on e.event_key = r.event_key and e.voided_at is null
  cross join lateral (values
    (1, e.item_id, e.lot, e.source_id),
    (2, e.item2_id, e.lot2, e.source2_id),
    (3, e.item3_id, e.lot3, null::bigint)) as w(role, item_id, lot, source_id)
  where w.item_id = n.item_id
),
making as (
  select distinct on (item_id) * from mention where makes order by item_id, (lot is null), occurred_at, event_id
),
lot_named as (
  select distinct on (item_id) * from mention where lot is not null order by item_id, makes desc, occurred_at, event_id
)`,
  desired: `
  select
    case when l.lot is null then (select b.batch_id from batch b where b.product_id = n.product_id and b.lot is null)
         when l.source_id is not null then
           (select b.batch_id from batch b where b.product_id = n.product_id and b.lot = l.lot and b.source_id = l.source_id)
         else (select case when count(b.source_id) = 1 then max(b.batch_id) filter (where b.source_id is not null)
                           else max(b.batch_id) filter (where b.source_id is null) end
               from batch b where b.product_id = n.product_id and b.lot = l.lot) end as batch_id,
    n.item_id, n.product_id, p.owner_id, n.serial,
    case when m.kind = 'MADE' then nullif(m.occurred_at, 'epoch') end as produced_at,
    case when m.kind = 'MADE' then nullif(m.occurred_to, 'epoch') end as produced_to,
    m.site_id, m.body ->> 'line' as line, m.body ->> 'revision' as revision,
    m.event_key is not null as known, m.event_key
  from named_item n
  join product p on p.product_id = n.product_id
  left join making m on m.item_id = n.item_id
  left join lot_named l on l.item_id = n.item_id
  where exists (select 1 from mention x where x.item_id = n.item_id)`,
});
