/** Legs of shipments and receipts: goods by themselves, or a unit with what was inside when it moved. */
import { reconcileLegs } from './legs.sql.js';

/**
 * Whether a containment held at the moving, at any time of the day if only the day is known. Some taken out of an amount
 * is a row below zero: it counts only when it surely was before, in one moment after the moving.
 */
const inside = `c.voided_at is null
    and case when c.quantity < 0 then (c.packed_at, 5) < (n.occurred_at, n.rank) else c.packed_at <= n.until end
    and (c.unpacked_at is null or (c.unpacked_at, c.unpacked_rank) > (n.occurred_at, n.rank))`;
const moving =
  'n.event_key, n.kind, n.occurred_at, n.until, n.rank, n.from_site_id, n.to_site_id, n.first_item_id';
const journey = 'n.event_key, n.kind, n.occurred_at, n.from_site_id, n.to_site_id';

/** An item may be a unit that holds others. */
export const reconcileJourneyLegs = reconcileLegs(
  ['SHIPPED', 'RECEIVED'],
  `moving_unit as (
  select e.event_key, e.kind, e.occurred_at, e.occurred_to as until, case e.kind when 'SHIPPED' then 3 else 4 end as rank,
    e.from_site_id, e.to_site_id, e.item_id as first_item_id, coalesce(e.unit_id, u.unit_id) as unit_id
  from dirty e
  left join logistic_unit u on u.item_id = e.item_id and e.unit_id is null
  where coalesce(e.unit_id, u.unit_id) is not null
),
nested_unit as (
  select ${moving}, n.unit_id from moving_unit n
  union
  select ${moving}, coalesce(c.content_unit_id, u.unit_id)
  from nested_unit n
  join containment c on c.unit_id = n.unit_id and ${inside}
  left join logistic_unit u on u.item_id = c.content_item_id
  where coalesce(c.content_unit_id, u.unit_id) is not null
),
moved_item as (
  select ${journey}, c.content_item_id as item_id
  from nested_unit n join containment c on c.unit_id = n.unit_id and c.content_item_id is not null and ${inside}
  union
  select ${journey}, u.item_id
  from nested_unit n join logistic_unit u on u.unit_id = n.unit_id and u.item_id is not null
  where n.first_item_id is distinct from u.item_id
),
-- what was in, step by step: taking out what is not in takes nothing from what is packed later
amount_step as (
  select ${journey}, n.unit_id, c.content_batch_id as batch_id, c.quantity,
    sum(coalesce(c.quantity, 0)) over (partition by n.event_key, n.unit_id, c.content_batch_id
      order by c.packed_at, c.quantity < 0, c.event_key rows unbounded preceding) as level
  from nested_unit n join containment c on c.unit_id = n.unit_id and c.content_batch_id is not null and ${inside}
),
unit_amount as (
  select ${journey}, n.batch_id, coalesce(sum(n.quantity), 0) - least(0, min(n.level)) as quantity, bool_or(n.quantity is null) as unknown_amount
  from amount_step n
  group by ${journey}, n.unit_id, n.batch_id
),
moved_amount as (
  select ${journey}, n.batch_id, sum(n.quantity)::bigint as quantity, bool_or(n.unknown_amount) as unknown_amount
  from unit_amount n
  group by ${journey}, n.batch_id
),
moved as materialized (
  select ${journey}, n.owner_id, n.batch_id, n.item_id, coalesce(n.quantity, 0) as quantity, n.quantity is null as unknown_amount
  from subject n where n.role = 1 and n.unit_id is null
  union all
  select ${journey}, i.owner_id, i.batch_id, i.item_id, 1, false
  from moved_item n join item i on i.item_id = n.item_id and i.voided_at is null
  union all
  select ${journey}, p.owner_id, n.batch_id, null, n.quantity, n.unknown_amount
  from moved_amount n join batch b on b.batch_id = n.batch_id join product p on p.product_id = b.product_id
)`,
  `
  select m.event_key, m.kind, m.occurred_at, m.owner_id, m.batch_id, m.item_id, m.quantity, m.unknown_amount,
    case m.kind when 'SHIPPED' then m.from_site_id else m.to_site_id end as from_site_id,
    case m.kind when 'SHIPPED' then 'ON_HAND' else 'IN_TRANSIT' end as from_state,
    m.to_site_id, case m.kind when 'SHIPPED' then 'IN_TRANSIT' else 'ON_HAND' end as to_state
  from moved m`,
);
