/** Folds, worked out anew from the rows that they sum up. */

/** $1 batch ids. Accounts whose sums are not those of their live legs; answers how many there were. */
export const mendBalances = `
with fold as materialized (
  select l.batch_id, l.site_id, l.state, max(l.party_id) as party_id, max(l.owner_id) as owner_id, sum(l.quantity)::bigint as quantity,
    count(*) filter (where l.unknown_amount) as unknown_legs
  from leg l where l.batch_id = any($1::bigint[]) and l.voided_at is null
  group by l.batch_id, l.site_id, l.state
),
mended as (
  insert into balance (batch_id, site_id, state, party_id, owner_id, quantity, unknown_legs)
  select f.batch_id, f.site_id, f.state, f.party_id, f.owner_id, f.quantity, f.unknown_legs
  from fold f
  left join balance b on b.batch_id = f.batch_id and b.site_id = f.site_id and b.state = f.state
  where (b.quantity, b.unknown_legs, b.party_id, b.owner_id) is distinct from (f.quantity, f.unknown_legs, f.party_id, f.owner_id)
    and (b.batch_id is not null or f.quantity <> 0 or f.unknown_legs <> 0)
  order by f.batch_id, f.site_id, f.state
  on conflict (batch_id, site_id, state) do update
  set quantity = excluded.quantity, unknown_legs = excluded.unknown_legs, party_id = excluded.party_id, owner_id = excluded.owner_id
  returning 1
),
emptied as (
  update balance b set quantity = 0, unknown_legs = 0
  where b.batch_id = any($1::bigint[]) and (b.quantity <> 0 or b.unknown_legs <> 0)
    and not exists (select from fold f where f.batch_id = b.batch_id and f.site_id = b.site_id and f.state = b.state)
  returning 1
)
select ((select count(*) from mended) + (select count(*) from emptied))::int as written`;

/** $1 event keys: who stands beside whom in their legs. */
export const tradesOf = `
select distinct l.batch_id, l.party_id, l.owner_id, l.counterparty_id
from leg l where l.event_key = any($1::uuid[]) and l.voided_at is null`;
