/** Custody, double entry: every movement of goods becomes postings, every posting two legs that sum to zero. */
import { dirtySubjects, place, reconcile } from './fragments.js';

/** Where goods go that are taken out or brought back. */
export const destination = (body: string, column: string): string => `case ${body} ->> '${column}'
  when 'MAKER' then 'RETURNED_TO_MAKER' when 'HOLD' then 'ON_HAND' when 'STOCK' then 'ON_HAND' when 'RESTOCK' then 'ON_HAND'
  when 'SCRAP' then 'SCRAPPED' when 'CUSTOMER' then 'SOLD' else 'UNKNOWN' end`;

/**
 * Where a batch was being made at a moment: by the run whose window holds it, else the last one begun before, else the
 * first; the lesser event id where several fit. Without a moment (1970) the first run.
 */
export const runSite = (batch: string, at: string): string => `(
  select its_run.site_id from run its_run join event its_event on its_event.event_key = its_run.event_key
  where its_run.batch_id = ${batch} and its_run.voided_at is null and its_run.site_id is not null
  order by coalesce(its_run.produced_from <= ${at} and coalesce(its_run.produced_to, its_run.produced_from) >= ${at}, false) desc,
    coalesce(its_run.produced_from <= ${at}, false) desc,
    case when its_run.produced_from <= ${at} then its_run.produced_from end desc nulls last,
    its_run.produced_from, its_event.event_id collate "C"
  limit 1)`;

/** Where an item was made: its own site, else that of its batch's run. */
export const madeAt = (item: string): string => `(
  select coalesce(i.site_id, ${runSite('i.batch_id', "coalesce(i.produced_at, 'epoch')")})
  from item i where i.item_id = ${item} and i.voided_at is null limit 1)`;

/** A making, consumption or fitting without a time is as old as the first run of what was made. */
export const dated = (at: string, madeBatch: string): string => `case when ${at} = 'epoch' then coalesce(
  (select min(r.produced_from) from run r where r.batch_id = ${madeBatch} and r.voided_at is null), ${at}) else ${at} end`;

/**
 * Legs of the events of some kinds; $1 event keys, $2 recorded_at, $3 the site that stands for an unknown place.
 * `postings` is a select of event_key, kind, occurred_at, owner_id, batch_id, item_id, quantity, unknown_amount,
 * from_site_id, from_state, to_site_id, to_state over the CTEs.
 */
export const reconcileLegs = (kinds: readonly string[], ctes: string, postings: string): string =>
  reconcile({
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
    ctes: `${dirtySubjects(kinds)},
${ctes === '' ? '' : `${ctes},\n`}posting as materialized (${postings}),
placed as materialized (
  select p.*, f.party_id as from_party_id, t.party_id as to_party_id, f.site_id as from_id, t.site_id as to_id
  from posting p
  join site f on f.site_id = coalesce(${place('p.from_site_id')}, $3::bigint)
  join site t on t.site_id = coalesce(${place('p.to_site_id')}, $3::bigint)
),
entry as (
  select p.batch_id, p.event_key, p.kind, p.item_id, p.from_id as site_id, p.from_party_id as party_id, p.from_state as state,
    -p.quantity as quantity, p.unknown_amount, p.owner_id, p.to_party_id as counterparty_id, p.occurred_at
  from placed p
  union all
  select p.batch_id, p.event_key, p.kind, p.item_id, p.to_id, p.to_party_id, p.to_state,
    p.quantity, p.unknown_amount, p.owner_id, p.from_party_id, p.occurred_at
  from placed p
)`,
    desired: `
  select n.batch_id, n.event_key, n.kind, n.item_id, n.site_id, n.party_id, n.state, sum(n.quantity)::bigint as quantity,
    bool_or(n.unknown_amount) as unknown_amount, n.owner_id, n.counterparty_id, n.occurred_at
  from entry n
  group by n.batch_id, n.event_key, n.kind, n.item_id, n.site_id, n.party_id, n.state, n.owner_id, n.counterparty_id, n.occurred_at`,
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
