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
  select distinct on (item_id) * from mention where makes order by item_id, (lot is null), occurred_at, event_id collate "C"
),
lot_named as (
  select distinct on (item_id) * from mention where lot is not null order by item_id, makes desc, occurred_at, event_id collate "C"
)`,
  desired: `
  select
    ${batchOf({ product: 'n.product_id', lot: 'l.lot', source: 'l.source_id', item: 'null::bigint' })} as batch_id,
    n.item_id, n.product_id, p.owner_id, n.serial,
    case when m.kind = 'MADE' then nullif(m.occurred_at, 'epoch') end as produced_at,
    case when m.kind = 'MADE' then nullif(m.occurred_to, 'epoch') end as produced_to,
    case when m.kind = 'MADE' then ${place('m.site_id')} end as site_id, m.body ->> 'line' as line, m.body ->> 'revision' as revision,
    m.event_key is not null as known, m.event_key
  from named_item n
  join product p on p.product_id = n.product_id
  left join making m on m.item_id = n.item_id
  left join lot_named l on l.item_id = n.item_id
  where exists (select 1 from mention x where x.item_id = n.item_id)`,
});
