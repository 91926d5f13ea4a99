/** Custody, double entry: every movement of goods becomes postings, every posting two legs that sum to zero. */
import { dirtySubjects, place, reconcile } from './fragments.js';

export const movingKinds = [
  'PRODUCED',
  'MADE',
  'CONSUMED',
  'FITTED',
  'FITTING_ENDED',
  'SHIPPED',
  'RECEIVED',
  'SOLD',
  'RETURNED',
  'SERVICED',
  'RELABELLED',
  'DISPOSED',
] as const;

/** Where goods go that are taken out or brought back. */
const destination = (column: string) => `case e.body ->> '${column}'
  when 'MAKER' then 'RETURNED_TO_MAKER' when 'HOLD' then 'ON_HAND' when 'STOCK' then 'ON_HAND' when 'RESTOCK' then 'ON_HAND'
  when 'SCRAP' then 'SCRAPPED' when 'CUSTOMER' then 'SOLD' else 'UNKNOWN' end`;

/** Lineage says that the part's batch was consumed into the parent's: its fittings tell the same movement again. */
const consumedAlready = `exists (
  select 1 from lineage l where l.input_batch_id = f.part_batch_id and l.output_batch_id = f.batch_id
    and l.kind = 'MADE' and l.voided_at is null)`;

/** $1 event keys, $2 recorded_at, $3 the site that stands for an unknown place. */
export const reconcileLegs = reconcile({
  table: 'leg',
  id: ['batch_id', 'leg_id'],
  scope: 'event_key',
  columns: [
    'batch_id',
    'event_key',
    'kind',
    'item_id',
    'site_id',
    'party_id',
    'state',
    'quantity',
    'unknown_amount',
    'owner_id',
    'counterparty_id',
    'occurred_at',
  ],
  returning: 'batch_id, site_id, party_id, counterparty_id, state, owner_id, quantity, unknown_amount',
  ctes: `${dirtySubjects(movingKinds)},
-- a unit that moves takes along what was inside it when it moved, at any time of the day if only the day is known;
-- an item may be such a unit
moving_unit as (
  select e.event_key, coalesce(e.unit_id, u.unit_id) as unit_id, e.occurred_at as at, e.occurred_to as until,
    case e.kind when 'SHIPPED' then 3 else 4 end as rank
  from dirty e left join logistic_unit u on u.item_id = e.item_id and e.unit_id is null
  where e.kind in ('SHIPPED', 'RECEIVED') and coalesce(e.unit_id, u.unit_id) is not null
),
nested_unit as (
  select m.event_key, m.unit_id, m.at, m.until, m.rank from moving_unit m
  union
  select n.event_key, coalesce(c.content_unit_id, u.unit_id), n.at, n.until, n.rank
  from nested_unit n
  join containment c on c.unit_id = n.unit_id and c.voided_at is null
    and c.packed_at <= n.until and (c.unpacked_at is null or (c.unpacked_at, c.unpacked_rank) > (n.at, n.rank))
  left join logistic_unit u on u.item_id = c.content_item_id
  where coalesce(c.content_unit_id, u.unit_id) is not null
),
moved as materialized (
  select s.event_key, s.batch_id, s.item_id, s.quantity, s.quantity is null as unknown_amount
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1
  where e.kind in ('SHIPPED', 'RECEIVED') and e.unit_id is null
  union all
  select x.event_key, i.batch_id, i.item_id, 1, false
  from (
    select n.event_key, c.content_item_id as item_id
    from nested_unit n
    join containment c on c.unit_id = n.unit_id and c.content_item_id is not null and c.voided_at is null
      and c.packed_at <= n.until and (c.unpacked_at is null or (c.unpacked_at, c.unpacked_rank) > (n.at, n.rank))
    union
    select n.event_key, u.item_id
    from nested_unit n join logistic_unit u on u.unit_id = n.unit_id and u.item_id is not null
    join dirty e on e.event_key = n.event_key and e.item_id is distinct from u.item_id
  ) x
  join item i on i.item_id = x.item_id and i.voided_at is null
  union all
  select n.event_key, c.content_batch_id, null, greatest(coalesce(sum(c.quantity), 0), 0)::bigint, bool_or(c.quantity is null)
  from nested_unit n
  join containment c on c.unit_id = n.unit_id and c.content_batch_id is not null and c.voided_at is null
    and c.packed_at <= n.until and (c.unpacked_at is null or (c.unpacked_at, c.unpacked_rank) > (n.at, n.rank))
  group by n.event_key, c.content_batch_id
),
-- where a parent item was made: its own site, else that of its batch's only or first run
made_at as (
  select i.item_id, coalesce(i.site_id, (
    select min(r.site_id) from run r where r.batch_id = i.batch_id and r.voided_at is null)) as site_id
  from item i where i.voided_at is null and i.item_id in (select d.item_id from dirty d where d.item_id is not null)
),
posting as materialized (
  select e.event_key, s.batch_id, null::bigint as item_id, coalesce(s.quantity, 0) as quantity, s.quantity is null as unknown_amount,
    e.site_id as from_site_id, 'SOURCE' as from_state, e.site_id as to_site_id, 'ON_HAND' as to_state
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1 join product p on p.product_id = s.product_id
  where e.kind = 'PRODUCED' and p.kind <> 'SOFTWARE' and not (s.quantity is null and p.serialised)
  union all
  -- an item of a batch whose runs give no quantity is made by its own event
  select e.event_key, s.batch_id, s.item_id, 1, false, m.site_id, 'SOURCE', m.site_id, 'ON_HAND'
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1
  join item i on i.item_id = s.item_id and i.voided_at is null and i.event_key = e.event_key
  left join made_at m on m.item_id = i.item_id
  where e.kind = 'MADE' and not exists (
    select 1 from run r where r.batch_id = s.batch_id and r.quantity is not null and r.voided_at is null)
  union all
  select e.event_key, s.batch_id, s.item_id, coalesce(s.quantity, 0), s.quantity is null, w.site_id, 'ON_HAND', w.site_id, 'CONSUMED'
  from dirty e join subject s on s.event_key = e.event_key and s.role = 2
  join subject o on o.event_key = e.event_key and o.role = 1
  left join lateral (select min(r.site_id) as site_id from run r where r.batch_id = o.batch_id and r.voided_at is null) w on true
  where e.kind = 'CONSUMED'
  union all
  select e.event_key, f.part_batch_id, f.part_item_id, coalesce(f.quantity, 0), f.quantity is null,
    m.site_id, 'ON_HAND', m.site_id, 'FITTED'
  from dirty e
  join fitting f on f.event_key = e.event_key and f.voided_at is null
  join batch b on b.batch_id = f.part_batch_id join product p on p.product_id = b.product_id
  left join made_at m on m.item_id = f.parent_item_id
  where e.kind = 'FITTED' and p.kind <> 'SOFTWARE' and not ${consumedAlready}
  union all
  select e.event_key, f.part_batch_id, f.part_item_id, coalesce(f.quantity, 0), f.quantity is null,
    m.site_id, case when ${consumedAlready} then 'CONSUMED' else 'FITTED' end, m.site_id, 'UNKNOWN'
  from dirty e
  join fitting f on f.event_key = e.target_key and f.voided_at is null
  join batch b on b.batch_id = f.part_batch_id join product p on p.product_id = b.product_id
  left join made_at m on m.item_id = f.parent_item_id
  where e.kind = 'FITTING_ENDED' and p.kind <> 'SOFTWARE'
  union all
  select e.event_key, f.part_batch_id, f.part_item_id, coalesce(f.quantity, 0), f.quantity is null,
    e.site_id, 'ON_HAND', e.site_id, 'FITTED'
  from dirty e join fitting f on f.event_key = e.event_key and f.fitted_at is not null and f.voided_at is null
  join batch b on b.batch_id = f.part_batch_id join product p on p.product_id = b.product_id
  where e.kind = 'SERVICED' and p.kind <> 'SOFTWARE'
  union all
  select e.event_key, s.batch_id, s.item_id, coalesce(s.quantity, 0), s.quantity is null,
    coalesce(origin.site_id, m.site_id), coalesce(origin.state, 'FITTED'), e.site_id, ${destination('part_out_to')}
  from dirty e join subject s on s.event_key = e.event_key and s.role = 2
  join product p on p.product_id = s.product_id
  left join made_at m on m.item_id = e.item_id
  left join lateral (
    select case when x.kind = 'SERVICED' then x.site_id else m.site_id end as site_id,
      case when ${consumedAlready} and x.kind = 'FITTED' then 'CONSUMED' else 'FITTED' end as state
    from fitting f join event x on x.event_key = f.event_key
    where f.parent_item_id = e.item_id and f.removed_event_key = e.event_key and f.fitted_at is not null and f.voided_at is null
    limit 1
  ) origin on true
  where e.kind = 'SERVICED' and p.kind <> 'SOFTWARE'
  union all
  select e.event_key, m.batch_id, m.item_id, coalesce(m.quantity, 0), m.unknown_amount,
    case e.kind when 'SHIPPED' then e.from_site_id else e.to_site_id end,
    case e.kind when 'SHIPPED' then 'ON_HAND' else 'IN_TRANSIT' end,
    e.to_site_id, case e.kind when 'SHIPPED' then 'IN_TRANSIT' else 'ON_HAND' end
  from dirty e join moved m on m.event_key = e.event_key
  union all
  select e.event_key, s.batch_id, s.item_id, coalesce(s.quantity, 0), s.quantity is null,
    e.from_site_id, 'ON_HAND', e.site_id, 'SOLD'
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1
  where e.kind = 'SOLD'
  union all
  select e.event_key, r.batch_id, r.item_id, r.quantity, r.unknown_amount,
    coalesce((select w.site_id from sale w where w.event_key = r.sale_event_key and w.voided_at is null limit 1), e.site_id), 'SOLD',
    e.site_id, case when e.body ->> 'to' is null then 'ON_HAND' else ${destination('to')} end
  from dirty e join sale_return r on r.event_key = e.event_key and r.voided_at is null
  where e.kind = 'RETURNED'
  union all
  select e.event_key, s.batch_id, s.item_id, coalesce(s.quantity, 0), s.quantity is null,
    e.site_id, case s.role when 1 then 'ON_HAND' else 'SOURCE' end, e.site_id, case s.role when 1 then 'CONSUMED' else 'ON_HAND' end
  from dirty e join subject s on s.event_key = e.event_key
  where e.kind = 'RELABELLED'
  union all
  select e.event_key, s.batch_id, s.item_id, coalesce(s.quantity, 0), s.quantity is null, e.site_id, 'ON_HAND', e.site_id, 'SCRAPPED'
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1
  where e.kind = 'DISPOSED'
),
placed as materialized (
  select p.event_key, p.batch_id, p.item_id, p.quantity, p.unknown_amount, p.from_state, p.to_state,
    coalesce(${place('p.from_site_id')}, $3::bigint) as from_site_id, coalesce(${place('p.to_site_id')}, $3::bigint) as to_site_id
  from posting p
),
-- a making, consumption or fitting without a time is as old as the first run of what was made
undated as (
  select e.event_key, min(r.produced_from) as at
  from dirty e
  join subject o on o.event_key = e.event_key and o.role = 1
  join run r on r.batch_id = o.batch_id and r.voided_at is null
  where e.occurred_at = 'epoch'
  group by e.event_key
),
entry as (
  select p.event_key, p.batch_id, p.item_id, p.from_site_id as site_id, p.from_state as state, -p.quantity as quantity,
    p.unknown_amount, p.to_site_id as counter_site_id from placed p
  union all
  select p.event_key, p.batch_id, p.item_id, p.to_site_id, p.to_state, p.quantity, p.unknown_amount, p.from_site_id from placed p
)`,
  desired: `
  select n.batch_id, n.event_key, e.kind, n.item_id, n.site_id, h.party_id, n.state, sum(n.quantity)::bigint as quantity,
    bool_or(n.unknown_amount) as unknown_amount, p.owner_id, c.party_id as counterparty_id, coalesce(u.at, e.occurred_at) as occurred_at
  from entry n
  join dirty e on e.event_key = n.event_key
  left join undated u on u.event_key = n.event_key
  join batch b on b.batch_id = n.batch_id
  join product p on p.product_id = b.product_id
  join site h on h.site_id = n.site_id
  join site c on c.site_id = n.counter_site_id
  group by n.batch_id, n.event_key, e.kind, n.item_id, n.site_id, h.party_id, n.state, p.owner_id, c.party_id, e.occurred_at, u.at`,
});

/** Balance deltas by account, applied in account order so that writers of one account queue instead of deadlocking. */
export const applyBalances = `
insert into balance (batch_id, site_id, party_id, state, owner_id, quantity, unknown_legs)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
  as d(batch_id, site_id, party_id, state, owner_id, quantity, unknown_legs)
order by d.batch_id, d.site_id, d.state
on conflict (batch_id, site_id, state) do update
set quantity = balance.quantity + excluded.quantity, unknown_legs = balance.unknown_legs + excluded.unknown_legs,
  party_id = excluded.party_id, owner_id = excluded.owner_id`;
