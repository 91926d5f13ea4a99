/** Sales and registrations: who bought, who keeps it now. */
import { dirtySubjects, place, reconcile } from './fragments.js';

/** $1 event keys, $2 recorded_at. */
export const reconcileSales = reconcile({
  table: 'sale',
  id: ['batch_id', 'sale_id'],
  scope: 'event_key',
  columns: [
    'batch_id',
    'event_key',
    'item_id',
    'site_id',
    'party_id',
    'owner_id',
    'quantity',
    'unknown_amount',
    'buyer_id',
    'receipt',
    'country',
    'region',
    'occurred_at',
  ],
  returning: 'event_key, item_id, receipt',
  ctes: dirtySubjects(['SOLD']),
  desired: `
  select s.batch_id, s.event_key, s.item_id, t.site_id, v.party_id, s.owner_id, coalesce(s.quantity, 0) as quantity,
    s.quantity is null as unknown_amount, s.buyer_id, s.body ->> 'receipt' as receipt,
    coalesce(s.body ->> 'country', t.country) as country, coalesce(s.body ->> 'region', t.region) as region, s.occurred_at
  from subject s
  join site t on t.site_id = ${place('s.site_id')}
  join site v on v.site_id = ${place('coalesce(s.to_site_id, s.site_id)')}
  where s.role = 1`,
});

/** $1 event keys, $2 recorded_at. */
export const reconcileRegistrations = reconcile({
  table: 'registration',
  id: ['batch_id', 'registration_id'],
  scope: 'event_key',
  columns: [
    'batch_id',
    'event_key',
    'item_id',
    'owner_id',
    'party_id',
    'buyer_id',
    'kind',
    'country',
    'region',
    'registered_at',
    'ended_at',
  ],
  returning: 'event_key, item_id',
  ctes: dirtySubjects(['REGISTERED']),
  desired: `
  select s.batch_id, s.event_key, s.item_id, s.owner_id, s.recorder_id as party_id, s.buyer_id, s.body ->> 'kind' as kind,
    s.body ->> 'country' as country, s.body ->> 'region' as region, s.occurred_at as registered_at,
    (select min(greatest(x.occurred_to, s.occurred_at))
     from event_reference r join event x on x.event_key = r.event_key
     where r.reference = hashtextextended('e:' || s.event_key, 0) and x.kind = 'REGISTRATION_ENDED'
       and x.voided_at is null) as ended_at
  from subject s
  where s.role = 1 and s.item_id is not null`,
});
