/** Containments: what is inside which unit, from when to when. */
import { dirtySubjects, reconcile } from './fragments.js';

/**
 * $1 keys of PACKED and UNPACKED events, $2 recorded_at. A unit or an item is in one unit at a time: a later packing
 * closes the earlier one. A quantity of a batch may be in many; taking some out is a row with a negative quantity.
 * A time known to the day only is taken wide: packed from its start, unpacked at its end, so that nothing moves unseen.
 * What could end a packing is found by references narrow enough that a pallet of 100,000 items costs what one of ten does.
 */
export const reconcileContainment = reconcile({
  table: 'containment',
  id: ['unit_id', 'containment_id'],
  scope: 'event_key',
  columns: [
    'unit_id',
    'content_unit_id',
    'content_batch_id',
    'content_item_id',
    'quantity',
    'packed_at',
    'unpacked_at',
    'unpacked_rank',
    'event_key',
  ],
  returning: 'unit_id, content_unit_id',
  ctes: `${dirtySubjects(['PACKED', 'UNPACKED'])},
packing as (
  select e.event_key, e.event_id, e.kind, e.occurred_at, e.target_key, e.unit_id, e.unit2_id, null::bigint as item_id,
    null::bigint as product_id, null::text as lot, null::bigint as batch_id, 1::bigint as quantity, true as whole
  from dirty e where e.unit2_id is not null and e.kind = 'PACKED'
  union all
  select s.event_key, s.event_id, s.kind, case s.kind when 'UNPACKED' then s.occurred_to else s.occurred_at end, s.target_key, s.unit_id, null, s.item_id,
    s.product_id, s.lot, case when s.item_id is null then s.batch_id end, s.quantity, s.kind = 'PACKED'
  from subject s
  where s.kind = 'PACKED' or (s.item_id is null and s.quantity is not null and s.target_key is null)
)`,
  desired: `
  select e.unit_id, e.unit2_id as content_unit_id, e.batch_id as content_batch_id, e.item_id as content_item_id,
    case when e.whole then e.quantity else -e.quantity end as quantity,
    e.occurred_at as packed_at, case when ending.at is not null then greatest(ending.at, e.occurred_at) end as unpacked_at, ending.rank::smallint as unpacked_rank, e.event_key
  from packing e
  left join lateral (
    select x.at, x.rank from (
      select u.occurred_to as at, 5 as rank, u.event_id
      from event_reference r join event u on u.event_key = r.event_key
      where r.reference in (
          hashtextextended('e:' || e.event_key, 0),
          hashtextextended('x:' || e.unit_id, 0),
          case when e.unit2_id is not null then hashtextextended('v:' || e.unit2_id, 0)
               when e.item_id is not null then hashtextextended('i:' || e.item_id, 0)
               else hashtextextended('c:' || e.unit_id || ':' || e.product_id, 0) end)
        and u.kind = 'UNPACKED' and u.voided_at is null and u.unit_id = e.unit_id
        and u.event_key <> e.event_key and u.occurred_to >= e.occurred_at
        and (u.target_key = e.event_key
          or (u.target_key is null and (
               (u.unit2_id is null and u.product_id is null)
            or u.unit2_id = e.unit2_id
            or (u.item_id = e.item_id and u.unit2_id is null)
            or (u.item_id is null and e.item_id is null and e.unit2_id is null
                and u.product_id = e.product_id and u.lot is not distinct from e.lot and u.quantity is null))))
      union all
      select y.occurred_at, 2, y.event_id
      from event_reference r join event y on y.event_key = r.event_key
      where r.reference = case when e.unit2_id is not null then hashtextextended('v:' || e.unit2_id, 0)
                               else hashtextextended('i:' || e.item_id, 0) end
        and e.kind = 'PACKED' and y.kind = 'PACKED' and y.voided_at is null
        and ((e.unit2_id is not null and y.unit2_id = e.unit2_id)
          or (e.unit2_id is null and y.unit2_id is null and y.item_id = e.item_id))
        and (y.occurred_at, y.event_id collate "C") > (e.occurred_at, e.event_id collate "C")
    ) x
    order by x.at, x.rank, x.event_id collate "C" limit 1
  ) ending on true
  where e.unit_id is not null`,
});

/** PACKED and UNPACKED events whose rows may change with those of $1: same content, packed into a unit emptied, ended by one. */
export const packingNeighbours = `
select distinct n.event_key
from event e
cross join lateral (
  select hashtextextended('v:' || e.unit2_id, 0) as reference where e.unit2_id is not null
  union all select hashtextextended('i:' || e.item_id, 0) where e.item_id is not null
  union all select hashtextextended('c:' || e.unit_id || ':' || e.product_id, 0)
    where e.kind = 'UNPACKED' and e.product_id is not null and e.unit2_id is null and e.item_id is null
  union all select hashtextextended('u:' || e.unit_id, 0)
    where e.kind = 'UNPACKED' and e.unit2_id is null and e.product_id is null
) w
join event_reference r on r.reference = w.reference
join event n on n.event_key = r.event_key and n.kind in ('PACKED', 'UNPACKED')
where e.event_key = any($1::uuid[])
union
select e.target_key from event e where e.event_key = any($1::uuid[]) and e.target_key is not null`;

/** Units of $1 and every unit that ever held one of them. */
export const unitsAndHolders = `
with recursive holder as (
  select w.unit_id from unnest($1::bigint[]) as w(unit_id)
  union
  select c.unit_id
  from holder h join logistic_unit l on l.unit_id = h.unit_id
  join lateral (
    select x.unit_id from containment x where x.content_unit_id = h.unit_id
    union all select x.unit_id from containment x where x.content_item_id = l.item_id) c on true
)
select h.unit_id, u.item_id from holder h join logistic_unit u on u.unit_id = h.unit_id`;
