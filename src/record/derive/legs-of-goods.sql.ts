/** Legs of goods that are made, used up, sold, brought back or gone: what the event names is what moves. */
import { dated, destination, madeAt, reconcileLegs, runSite } from './legs.sql.js';

const head =
  's.event_key, s.kind, s.occurred_at, s.owner_id, s.batch_id, s.item_id, coalesce(s.quantity, 0) as quantity';
const amount = `${head}, s.quantity is null as unknown_amount`;

/** A serialised product is made item by item where its runs give no quantity; software weighs nothing. */
export const reconcileMakingLegs = reconcileLegs(
  ['PRODUCED', 'MADE'],
  '',
  `
  select ${amount}, s.site_id as from_site_id, 'SOURCE' as from_state, s.site_id as to_site_id, 'ON_HAND' as to_state
  from subject s
  where s.role = 1 and s.kind = 'PRODUCED' and s.product_kind <> 'SOFTWARE' and not (s.quantity is null and s.serialised)
  union all
  select s.event_key, s.kind, ${dated('s.occurred_at', 's.batch_id')}, s.owner_id, s.batch_id, s.item_id, 1, false,
    ${madeAt('s.item_id')}, 'SOURCE', ${madeAt('s.item_id')}, 'ON_HAND'
  from subject s
  where s.role = 1 and s.kind = 'MADE'
    and exists (select 1 from item i where i.item_id = s.item_id and i.voided_at is null and i.event_key = s.event_key)
    and not exists (select 1 from run r where r.batch_id = s.batch_id and r.quantity is not null and r.voided_at is null)`,
);

/** Consumed where its output was made. */
export const reconcileConsumptionLegs = reconcileLegs(
  ['CONSUMED'],
  `consumption as (
  select s.*, max(s.batch_id) filter (where s.role = 1) over (partition by s.event_key) as made_batch_id from subject s
),
consumed_at as materialized (
  select c.*, ${runSite('c.made_batch_id', 'c.occurred_at')} as made_site_id
  from consumption c where c.role = 2
)`,
  `
  select s.event_key, s.kind, ${dated('s.occurred_at', 's.made_batch_id')} as occurred_at, s.owner_id, s.batch_id, s.item_id,
    coalesce(s.quantity, 0) as quantity, s.quantity is null as unknown_amount,
    s.made_site_id as from_site_id, 'ON_HAND' as from_state, s.made_site_id as to_site_id, 'CONSUMED' as to_state
  from consumed_at s`,
);

export const reconcileSellingLegs = reconcileLegs(
  ['SOLD', 'DISPOSED', 'RELABELLED'],
  '',
  `
  select ${amount}, case s.kind when 'SOLD' then s.from_site_id else s.site_id end as from_site_id,
    case when s.role = 1 then 'ON_HAND' else 'SOURCE' end as from_state, s.site_id as to_site_id,
    case when s.kind = 'SOLD' then 'SOLD' when s.kind = 'DISPOSED' then 'SCRAPPED' when s.role = 1 then 'CONSUMED' else 'ON_HAND' end as to_state
  from subject s
  where s.role = 1 or s.kind = 'RELABELLED'`,
);

/** From where they were sold, if that is known, to where they were brought. */
export const reconcileReturnLegs = reconcileLegs(
  ['RETURNED'],
  '',
  `
  select r.event_key, e.kind, r.occurred_at, r.owner_id, r.batch_id, r.item_id, r.quantity, r.unknown_amount,
    coalesce((select w.site_id from sale w where w.event_key = r.sale_event_key and w.voided_at is null limit 1), r.site_id) as from_site_id,
    'SOLD' as from_state, r.site_id as to_site_id,
    case when e.body ->> 'to' is null then 'ON_HAND' else ${destination('e.body', 'to')} end as to_state
  from sale_return r join event e on e.event_key = r.event_key
  where r.event_key = any($1::uuid[]) and r.voided_at is null`,
);
