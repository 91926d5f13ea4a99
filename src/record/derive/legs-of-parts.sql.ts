/** Legs of parts that are built in and taken out. */
import { dated, destination, madeAt, reconcileLegs } from './legs.sql.js';

/**
 * Lineage says that the part's batch was consumed into the parent's: its fittings tell the same movement again. What was
 * consumed under a serial is that item alone.
 */
const consumedAlready = `exists (
  select 1 from lineage l left join event c on c.event_key = l.event_key and c.kind = 'CONSUMED'
  where l.input_batch_id = f.part_batch_id and l.output_batch_id = f.batch_id
    and l.kind = 'MADE' and l.voided_at is null and (c.item2_id is null or c.item2_id = f.part_item_id))`;

/** Built in where the parent was made, or at the workshop; taken out to where the workshop says, else nobody knows where. */
export const reconcilePartLegs = reconcileLegs(
  ['FITTED', 'FITTING_ENDED', 'SERVICED'],
  `part as materialized (
  select f.*, p.owner_id as part_owner_id, ${madeAt('f.parent_item_id')} as made_site_id, ${consumedAlready} as is_consumed
  from fitting f
  join batch b on b.batch_id = f.part_batch_id
  join product p on p.product_id = b.product_id
  where f.voided_at is null and p.kind <> 'SOFTWARE'
    and (f.event_key = any($1::uuid[]) or f.removed_event_key = any($1::uuid[]))
)`,
  `
  select e.event_key, e.kind, ${dated('e.occurred_at', 'f.batch_id')} as occurred_at, f.part_owner_id as owner_id, f.part_batch_id as batch_id,
    f.part_item_id as item_id, coalesce(f.quantity, 0) as quantity, f.quantity is null as unknown_amount,
    f.made_site_id as from_site_id, 'ON_HAND' as from_state, f.made_site_id as to_site_id, 'FITTED' as to_state
  from part f join event e on e.event_key = f.event_key
  where e.event_key = any($1::uuid[]) and e.kind = 'FITTED' and not f.is_consumed
  union all
  select e.event_key, e.kind, e.occurred_at, f.part_owner_id, f.part_batch_id, f.part_item_id, coalesce(f.quantity, 0), f.quantity is null,
    f.made_site_id, case when f.is_consumed then 'CONSUMED' else 'FITTED' end, f.made_site_id, 'UNKNOWN'
  from part f join event e on e.event_key = f.removed_event_key and e.target_key = f.event_key
  where e.event_key = any($1::uuid[]) and e.kind = 'FITTING_ENDED'
  union all
  select e.event_key, e.kind, e.occurred_at, f.part_owner_id, f.part_batch_id, f.part_item_id, coalesce(f.quantity, 0), f.quantity is null,
    e.site_id, 'ON_HAND', e.site_id, 'FITTED'
  from part f join event e on e.event_key = f.event_key
  where e.event_key = any($1::uuid[]) and e.kind = 'SERVICED' and f.fitted_at is not null
  union all
  select s.event_key, s.kind, s.occurred_at, s.owner_id, coalesce(o.part_batch_id, s.batch_id), coalesce(o.part_item_id, s.item_id), coalesce(s.quantity, 0), s.quantity is null,
    case when o.state is null then ${madeAt('s.first_item_id')} else o.site_id end, coalesce(o.state, 'FITTED'), s.site_id, ${destination('s.body', 'part_out_to')}
  from subject s
  left join lateral (
    -- a part named by nothing is the one that was in, also what a workshop that nobody named put in
    select f.part_batch_id, f.part_item_id, case when x.kind = 'SERVICED' then x.site_id else f.made_site_id end as site_id,
      case when f.is_consumed and x.kind = 'FITTED' then 'CONSUMED' else 'FITTED' end as state
    from part f join event x on x.event_key = f.event_key
    where f.removed_event_key = s.event_key and f.event_key <> s.event_key limit 1
  ) o on true
  where s.kind = 'SERVICED' and s.role = 2 and s.product_kind <> 'SOFTWARE'`,
);
