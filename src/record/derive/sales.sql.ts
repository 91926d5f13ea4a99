/** Sales, returns and registrations: who bought, what came back of which sale, who keeps it now. */
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

/** Sales dearer to a return than this are as good as unlimited: a sale of an unknown amount takes back any. */
const UNLIMITED = '1000000000000000000';

/**
 * $1 event keys, $2 recorded_at. A return lowers the purchase that its sale's event names, else its serial (the last
 * sale before it), else its receipt; else nobody's. Receipts are numbered by each seller for itself, so one means a sale of the
 * party that takes the goods back. Several lines of one receipt take their returns back in order, each up to its
 * amount; what exceeds them all lowers nobody's. All returns of a receipt are derived together.
 */
export const reconcileReturns = reconcile({
  table: 'sale_return',
  id: ['batch_id', 'return_id'],
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
  select s.event_key, s.event_id, s.occurred_at, s.occurred_to, s.target_key, s.body ->> 'receipt' as receipt,
    t.site_id, t.party_id, s.product_id, s.lot, s.item_id, s.batch_id, s.quantity, s.owner_id
  from subject s
  join site t on t.site_id = ${place('s.site_id')}
  where s.role = 1
),
-- of one sale by its id or its serial
by_name as materialized (
  select r.event_key, r.product_id, w.event_key as sale_event_key, w.batch_id, w.item_id
  from returned r
  cross join lateral (
    select s.event_key, s.batch_id, s.item_id
    from sale s
    join event e on e.event_key = s.event_key
    where s.voided_at is null
      and (s.event_key = r.target_key or (r.item_id is not null and s.item_id = r.item_id and s.occurred_at <= r.occurred_to))
    order by s.event_key = r.target_key desc nulls last, s.occurred_at desc, e.event_id collate "C" desc limit 1
  ) w
),
receipt_line as materialized (
  select r.event_key, r.product_id, s.event_key as sale_event_key, e.event_id as sale_event_id, s.occurred_at, s.batch_id, s.item_id,
    case when s.unknown_amount then ${UNLIMITED} else s.quantity end as quantity
  from returned r
  join sale s on s.receipt = r.receipt and s.party_id = r.party_id and s.voided_at is null and s.occurred_at <= r.occurred_to
  join event e on e.event_key = s.event_key
  join batch b on b.batch_id = s.batch_id and b.product_id = r.product_id
  where r.receipt is not null and (r.item_id is null or s.item_id is null)
    and ((r.lot is null and r.item_id is null) or s.batch_id = r.batch_id or b.lot is null)
    and not exists (select 1 from by_name n where n.event_key = r.event_key and n.product_id = r.product_id)
),
line_span as (
  select l.*, sum(l.quantity) over turn - l.quantity as low, sum(l.quantity) over turn as high
  from receipt_line l
  window turn as (partition by l.event_key, l.product_id order by l.occurred_at, l.sale_event_id collate "C" rows unbounded preceding)
),
return_span as (
  select r.event_key, r.product_id, r.quantity,
    coalesce(sum(coalesce(r.quantity, 0)) over (partition by r.receipt, r.party_id, r.product_id, r.lot
      order by r.occurred_at, r.event_id collate "C" rows unbounded preceding), 0) as high
  from returned r
  where exists (select 1 from line_span l where l.event_key = r.event_key and l.product_id = r.product_id)
),
by_receipt as (
  select r.event_key, r.product_id, l.sale_event_key, l.batch_id, l.item_id,
    case when r.quantity is not null then least(l.high, r.high) - greatest(l.low, r.high - r.quantity) end as quantity
  from return_span r
  join line_span l on l.event_key = r.event_key and l.product_id = r.product_id
    and l.low < greatest(r.high, 1) and l.high > r.high - coalesce(r.quantity, 0)
  where coalesce(r.quantity, 1) > 0
),
-- an unknown amount is of the first line that has anything left
matched as (
  select event_key, product_id, sale_event_key, batch_id, item_id, null::numeric as quantity, true as whole from by_name
  union all
  select event_key, product_id, sale_event_key, batch_id, item_id, quantity, false from by_receipt where quantity > 0
  union all
  select * from (
    select distinct on (b.event_key, b.product_id) b.event_key, b.product_id, b.sale_event_key, b.batch_id, b.item_id, null::numeric, true
    from by_receipt b join line_span l on l.event_key = b.event_key and l.sale_event_key = b.sale_event_key and l.product_id = b.product_id
    where b.quantity is null order by b.event_key, b.product_id, l.low) unknown_amount
),
rest as (
  select r.event_key, r.product_id, r.quantity - coalesce(sum(m.quantity), 0) as quantity
  from returned r left join matched m on m.event_key = r.event_key and m.product_id = r.product_id
  where r.quantity is not null
  group by r.event_key, r.product_id, r.quantity
  having not coalesce(bool_or(m.whole), false) and r.quantity - coalesce(sum(m.quantity), 0) > 0
)`,
  desired: `
  select case when r.item_id is null and r.lot is null then m.batch_id else r.batch_id end as batch_id, r.event_key, m.sale_event_key,
    coalesce(r.item_id, case when r.lot is null then m.item_id end) as item_id, r.site_id, r.party_id, r.owner_id,
    (case when m.whole then coalesce(r.quantity, 0) else m.quantity end)::bigint as quantity, r.quantity is null as unknown_amount, r.occurred_at
  from returned r
  join matched m on m.event_key = r.event_key and m.product_id = r.product_id
  union all
  select r.batch_id, r.event_key, null, r.item_id, r.site_id, r.party_id, r.owner_id,
    coalesce(x.quantity, 0)::bigint, r.quantity is null, r.occurred_at
  from returned r
  left join rest x on x.event_key = r.event_key and x.product_id = r.product_id
  where x.event_key is not null
    or not exists (select 1 from matched m where m.event_key = r.event_key and m.product_id = r.product_id)`,
});

/** $1 sale event keys: the cached sum of what came back of each. */
export const refreshReturned = `
update sale s set returned = coalesce((
  select sum(r.quantity) from sale_return r where r.sale_event_key = s.event_key and r.voided_at is null), 0)
where s.event_key = any($1::uuid[]) and s.voided_at is null and s.returned <> coalesce((
  select sum(r.quantity) from sale_return r where r.sale_event_key = s.event_key and r.voided_at is null), 0)`;

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
