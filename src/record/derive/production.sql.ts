/** Rows that an event gives one to one: runs, inspections, holds by status. */
import { dirtySubjects, reconcile } from './fragments.js';

/** A time of the canonical row inside a body: { at, to, offsetMinutes }. */
const bodyTime = (column: string, end: 'at' | 'to') => `(e.body -> '${column}' ->> '${end}')::timestamptz`;

/** $1 event keys, $2 recorded_at. Several rows of one batch are its runs. */
export const reconcileRuns = reconcile({
  table: 'run',
  key: 'event_key',
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
  ],
  returning: 'batch_id, event_key',
  ctes: dirtySubjects(['PRODUCED']),
  desired: `
  select s.batch_id, e.event_key, e.site_id, e.body ->> 'line' as line, e.body ->> 'revision' as revision,
    nullif(e.occurred_at, 'epoch') as produced_from,
    coalesce(${bodyTime('produced_to', 'to')}, nullif(e.occurred_to, e.occurred_at)) as produced_to, s.quantity
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1`,
});

/** $1 event keys, $2 recorded_at. */
export const reconcileInspections = reconcile({
  table: 'inspection',
  key: 'event_key',
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
  select s.batch_id, e.event_key, s.item_id, p.owner_id, e.body ->> 'characteristic' as characteristic,
    (e.body ->> 'value')::numeric as value, (e.body ->> 'lower')::numeric as lower_limit,
    (e.body ->> 'upper')::numeric as upper_limit, e.body ->> 'verdict' as verdict, e.occurred_at
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1
  join product p on p.product_id = s.product_id`,
});

/** $1 event keys, $2 recorded_at. */
export const reconcileHolds = reconcile({
  table: 'batch_hold',
  key: 'event_key',
  scope: 'event_key',
  columns: ['batch_id', 'event_key', 'status', 'reason', 'occurred_at'],
  returning: 'batch_id, event_key',
  ctes: dirtySubjects(['STATUS_SET']),
  desired: `
  select s.batch_id, e.event_key, e.body ->> 'status' as status, coalesce(e.body ->> 'reason', '') as reason, e.occurred_at
  from dirty e join subject s on s.event_key = e.event_key and s.role = 1`,
});
