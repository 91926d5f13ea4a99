/** Returns: what came back, the sales it could be of, and the rows that say of which it was. */
import { dirtySubjects, place, reconcile } from './fragments.js';

/** $1 event keys. Returned goods as their events name them, packaging and place resolved. */
export const returnedGoods = `with recursive ${dirtySubjects(['RETURNED'])}
select s.event_key, s.event_id, s.occurred_at, s.occurred_to, s.target_key, s.body ->> 'receipt' as receipt, t.site_id, t.party_id,
  s.product_id, s.lot is not null or s.item_id is not null as is_lot_known, s.item_id, s.batch_id, s.quantity, s.owner_id
from subject s
join site t on t.site_id = ${place('s.site_id')}
where s.role = 1`;

/** $1 event keys, $2 item ids, $3 receipts and $4 the parties they are of. Live sales that returns could be of. */
export const soldGoods = `
select s.event_key, e.event_id, s.occurred_at, s.receipt, s.party_id, b.product_id, b.lot is not null as is_lot_known, s.item_id, s.batch_id,
  case when not s.unknown_amount then s.quantity end as quantity
from (
  select s.batch_id, s.sale_id from sale s where s.event_key = any($1::uuid[]) and s.voided_at is null
  union
  select s.batch_id, s.sale_id from sale s where s.item_id = any($2::bigint[]) and s.voided_at is null
  union
  select s.batch_id, s.sale_id from unnest($3::text[], $4::bigint[]) as w(receipt, party_id)
  join sale s on s.receipt = w.receipt and s.party_id = w.party_id and s.voided_at is null
) found
join sale s on s.batch_id = found.batch_id and s.sale_id = found.sale_id
join event e on e.event_key = s.event_key
join batch b on b.batch_id = s.batch_id`;

/**
 * $1 event keys of returns, $2 recorded_at, then by position: $3 event key, $4 sale's event key, $5 batch, $6 item,
 * $7 site, $8 party, $9 owner, $10 quantity (null: unknown), $11 time.
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
  ctes: '',
  desired: `
  select w.batch_id, w.event_key, w.sale_event_key, w.item_id, w.site_id, w.party_id, w.owner_id, coalesce(w.quantity, 0) as quantity,
    w.quantity is null as unknown_amount, w.occurred_at::timestamptz(3) as occurred_at
  from unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::timestamptz[])
    as w(event_key, sale_event_key, batch_id, item_id, site_id, party_id, owner_id, quantity, occurred_at)`,
});

/** $1 sale event keys: the cached sum of what came back of each. */
export const refreshReturned = `
update sale s set returned = coalesce((
  select sum(r.quantity) from sale_return r where r.sale_event_key = s.event_key and r.voided_at is null), 0)
where s.event_key = any($1::uuid[]) and s.voided_at is null and s.returned <> coalesce((
  select sum(r.quantity) from sale_return r where r.sale_event_key = s.event_key and r.voided_at is null), 0)`;
