/** Sales, returns and registrations: who bought, what came back of which sale, who keeps it now. */
import { dirtySubjects, place, reconcile } from './fragments.js';

/** $1 event keys, $2 recorded_at. */
export const reconcileSales = reconcile({
  table: 'sale',
  key: 'event_key',
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
  ctes: `${dirtySubjects(['SOLD'])},
sold_at as (
  select e.event_key, ${place('e.site_id')} as site_id, ${place('e.to_site_id')} as seller_site_id from dirty e
)`,
  desired: `
  select s.batch_id, e.event_key, s.item_id, a.site_id, v.party_id, p.owner_id, coalesce(s.quantity, 0) as quantity,
    s.quantity is null as unknown_amount, e.buyer_id, e.body ->> 'receipt' as receipt,
    coalesce(e.body ->> 'country', t.country) as country, coalesce(e.body ->> 'region', t.region) as region, e.occurred_at
  from dirty e
  join subject s on s.event_key = e.event_key and s.role = 1
  join product p on p.product_id = s.product_id
  join sold_at a on a.event_key = e.event_key
  join site t on t.site_id = a.site_id
  join site v on v.site_id = coalesce(a.seller_site_id, a.site_id)`,
});

/** $1 event keys, $2 recorded_at. A return lowers the purchase named by its sale, serial or receipt; else nobody's. */
export const reconcileReturns = reconcile({
  table: 'sale_return',
  key: 'event_key',
  scope: 'event_key',
  columns: [
    'batch_id',
    'event_key',
    'sale_event_key',
    'item_id',
    'site_id',
    'party_id',
    'owner_id',
    'quantity',
    'unknown_amount',
    'occurred_at',
  ],
  returning: 'event_key, sale_event_key',
  ctes: `${dirtySubjects(['RETURNED'])},
returned as materialized (
  select e.event_key, e.occurred_at, ${place('e.site_id')} as site_id, s.product_id,
    case when s.item_id is null and s.lot is null then coalesce(sold.batch_id, s.batch_id) else s.batch_id end as batch_id,
    coalesce(s.item_id, case when s.lot is null then sold.item_id end) as item_id, s.quantity, sold.event_key as sale_event_key
  from dirty e
  join subject s on s.event_key = e.event_key and s.role = 1
  left join lateral (
    select w.event_key, w.batch_id, w.item_id from sale w
    where w.voided_at is null and (
      (e.target_key is not null and w.event_key = e.target_key)
      or (e.target_key is null and s.item_id is not null and w.item_id = s.item_id and w.occurred_at <= e.occurred_at)
      or (e.target_key is null and s.item_id is null and e.body ->> 'receipt' is not null
          and w.receipt = e.body ->> 'receipt'
          and exists (select 1 from batch b where b.batch_id = w.batch_id and b.product_id = s.product_id)
          and (s.lot is null or w.batch_id = s.batch_id)))
    order by w.occurred_at desc, w.event_key limit 1
  ) sold on true
)`,
  desired: `
  select r.batch_id, r.event_key, r.sale_event_key, r.item_id, r.site_id, t.party_id, p.owner_id,
    coalesce(r.quantity, 0) as quantity, r.quantity is null as unknown_amount, r.occurred_at
  from returned r
  join site t on t.site_id = r.site_id
  join product p on p.product_id = r.product_id`,
});

/** $1 sale event keys: the cached sum of what came back of each. */
export const refreshReturned = `
update sale s set returned = coalesce((
  select sum(r.quantity) from sale_return r where r.sale_event_key = s.event_key and r.voided_at is null), 0)
where s.event_key = any($1::uuid[]) and s.voided_at is null`;

/** $1 event keys, $2 recorded_at. */
export const reconcileRegistrations = reconcile({
  table: 'registration',
  key: 'event_key',
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
  select s.batch_id, e.event_key, s.item_id, p.owner_id, e.recorder_id as party_id, e.buyer_id, e.body ->> 'kind' as kind,
    e.body ->> 'country' as country, e.body ->> 'region' as region, e.occurred_at as registered_at,
    (select min(x.occurred_at)
     from event_reference r join event x on x.event_key = r.event_key
     where r.reference = hashtextextended('e:' || e.event_key, 0) and x.kind = 'REGISTRATION_ENDED'
       and x.voided_at is null) as ended_at
  from dirty e
  join subject s on s.event_key = e.event_key and s.role = 1
  join product p on p.product_id = s.product_id
  where s.item_id is not null`,
});
