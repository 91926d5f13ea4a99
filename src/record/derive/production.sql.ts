/** Rows that an event gives one to one: runs, inspections, holds by status. */
import { dirtySubjects, place, reconcile } from './fragments.js';

/** A time of the canonical row inside a body: { at, to, offsetMinutes }. */
const bodyTime = (column: string, end: 'at' | 'to') => `(s.body -> '${column}' ->> '${end}')::timestamptz`;

/** $1 event keys, $2 recorded_at. Several rows of one batch are its runs. */
export const reconcileRuns = reconcile({
  table: 'run',
  id: ['batch_id', 'run_id'],
  scope: 'event_key',
  columns: [
    'batch_id',
    'event_key',
    'site_id',
    'line',
    'revision',
    'produced_from',
    'produced_to',
    'quantity',
    'expires_on',
  ],
  returning: 'batch_id, run_id, site_id, quantity, produced_from, produced_to',
  ctes: dirtySubjects(['PRODUCED']),
  desired: `
  select s.batch_id, s.event_key, ${place('s.site_id')} as site_id, s.body ->> 'line' as line, s.body ->> 'revision' as revision,
    nullif(s.occurred_at, 'epoch') as produced_from,
    coalesce(${bodyTime('produced_to', 'to')}, nullif(s.occurred_to, s.occurred_at)) as produced_to, s.quantity,
    (s.body ->> 'expires_on')::date as expires_on
  from subject s where s.role = 1`,
});

/** $1 event keys, $2 recorded_at. */
export const reconcileInspections = reconcile({
  table: 'inspection',
  id: ['batch_id', 'inspection_id'],
  scope: 'event_key',
  columns: [
    'batch_id',
    'event_key',
    'item_id',
    'owner_id',
    'characteristic',
    'value',
    'lower_limit',
    'upper_limit',
    'verdict',
    'occurred_at',
  ],
  returning: 'batch_id, event_key',
  ctes: dirtySubjects(['INSPECTED']),
  desired: `
  select s.batch_id, s.event_key, s.item_id, s.owner_id, s.body ->> 'characteristic' as characteristic,
    (s.body ->> 'value')::numeric as value, (s.body ->> 'lower')::numeric as lower_limit,
    (s.body ->> 'upper')::numeric as upper_limit, s.body ->> 'verdict' as verdict, s.occurred_at
  from subject s where s.role = 1`,
});

/** $1 event keys, $2 recorded_at. */
export const reconcileHolds = reconcile({
  table: 'batch_hold',
  id: ['batch_id', 'hold_id'],
  scope: 'event_key',
  columns: ['batch_id', 'event_key', 'status', 'reason', 'occurred_at'],
  returning: 'batch_id, event_key',
  ctes: dirtySubjects(['STATUS_SET']),
  desired: `
  select s.batch_id, s.event_key, s.body ->> 'status' as status, coalesce(s.body ->> 'reason', '') as reason, s.occurred_at
  from subject s where s.role = 1`,
});

/** $1 batch ids: the last day of use of each, the earliest that a live run tells. */
export const refreshExpiry = `
update batch b set expires_on = (select min(r.expires_on) from run r where r.batch_id = b.batch_id and r.voided_at is null)
where b.batch_id = any($1::bigint[])
  and b.expires_on is distinct from (select min(r.expires_on) from run r where r.batch_id = b.batch_id and r.voided_at is null)`;

/** $1 event keys, $2 recorded_at. What stocktaking found, of the lot it names or of all of the product. */
export const reconcileCounts = reconcile({
  table: 'stock_count',
  id: ['batch_id', 'count_id'],
  scope: 'event_key',
  columns: ['batch_id', 'event_key', 'item_id', 'site_id', 'party_id', 'owner_id', 'quantity', 'occurred_at'],
  returning: 'batch_id, event_key',
  ctes: dirtySubjects(['COUNTED']),
  desired: `
  select s.batch_id, s.event_key, s.item_id, t.site_id, t.party_id, s.owner_id, coalesce(s.quantity, 0) as quantity, s.occurred_at
  from subject s
  join site t on t.site_id = ${place('s.site_id')}
  where s.role = 1`,
});

/** $1 event keys, $2 recorded_at. Visits of an item to a workshop, with or without parts. */
export const reconcileServices = reconcile({
  table: 'service',
  id: ['batch_id', 'service_id'],
  scope: 'event_key',
  columns: ['batch_id', 'event_key', 'item_id', 'site_id', 'party_id', 'owner_id', 'occurred_at'],
  returning: 'batch_id, event_key',
  ctes: dirtySubjects(['SERVICED']),
  desired: `
  select s.batch_id, s.event_key, s.item_id, t.site_id, coalesce(t.party_id, s.recorder_id) as party_id, s.owner_id, s.occurred_at
  from subject s
  left join site t on t.site_id = ${place('s.site_id')}
  where s.role = 1`,
});
