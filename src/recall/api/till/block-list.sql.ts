/**
 * What a party's tills may not sell, as rows a till can keep: the reading of `sellable` for everything in its books at once.
 * Runs as the engine, since holds and frozen scopes are rows of it alone; answers only of products the party deals in.
 */
import type pg from 'pg';
import { recalledStates } from '../campaign/recall-states.js';
import { isUsedTwice } from '../check/named-goods.sql.js';
import { currentVersion } from '../check/recalled-goods.sql.js';
import { isRemedied } from '../remedy/remedied.sql.js';

export type BlockAction = 'STOP' | 'READ' | 'ALLOW';

export interface BlockRow {
  gtin: string;
  lot: string | null;
  /** Year-month-day. */
  expiresOn: string | null;
  serial: string | null;
  /** GLN; null: at every site of the party. */
  site: string | null;
  action: BlockAction;
  /** RECALL, HOLD, STATUS, EXPIRED. */
  why: string[];
  /** Numbers of the recalls. */
  recalls: string[];
}

/** Lots of products the party deals in that an event blocked; whether one is still blocked is read by `heldBatches`. */
export async function batchesEverBlocked(client: pg.ClientBase, partyId: bigint): Promise<bigint[]> {
  const { rows } = await client.query<{ batch_id: bigint }>(
    `with my_product as (
       select distinct b.product_id from balance a join batch b on b.batch_id = a.batch_id where a.party_id = $1
     )
     select distinct h.batch_id from my_product p join batch b on b.product_id = p.product_id
     join batch_hold h on h.batch_id = b.batch_id and h.voided_at is null and h.status = 'BLOCKED'`,
    [partyId],
  );
  return rows.map((row) => row.batch_id);
}

/** `limit` rows at most: ask for one more than are wanted to see that there are more. */
export async function blockRows(
  client: pg.ClientBase,
  asked: { partyId: bigint; siteIds: readonly bigint[]; blockedBatchIds: readonly bigint[]; limit: number },
): Promise<BlockRow[]> {
  const { rows } = await client.query<BlockRow>(statement, [
    recalledStates,
    asked.partyId,
    asked.siteIds,
    asked.blockedBatchIds,
    asked.limit,
  ]);
  return rows;
}

/** $1 states, $2 party, $3 its sites, $4 batches blocked by their status, $5 rows. Site 0: everywhere. */
const statement = `
with recursive ${currentVersion},
my_batch as materialized (
  select distinct a.batch_id from balance a where a.party_id = $2
),
my_product as materialized (
  select distinct b.product_id from my_batch m join batch b on b.batch_id = m.batch_id
),
-- what is printed on a case of the product, too
label (gtin, printed_id, product_id) as (
  select p.gtin, p.product_id, p.product_id from my_product m join product p on p.product_id = m.product_id
  union
  select p.gtin, p.product_id, l.product_id
  from label l join packaging c on c.contains_product_id = l.printed_id join product p on p.product_id = c.product_id
),
-- one row for each reason that stops a batch, or some of its items
stop as materialized (
  select b.batch_id, b.product_id, m.site_id, 'RECALL' as why, c.recall_id, c.version_id, null::bigint as hold_id,
    m.whole, m.whole or m.batch_certain as all_of_it, m.certain
  from my_product p join batch b on b.product_id = p.product_id
  join scope_batch m on m.batch_id = b.batch_id and not m.opener_only and (m.site_id = 0 or m.site_id = any($3))
  join current_version c on c.version_id = m.version_id
  union all
  select b.batch_id, b.product_id, coalesce(h.site_id, 0), 'HOLD', null, null, h.hold_id, bool_or(g.item_id = 0), bool_or(g.item_id = 0), true
  from hold h join hold_goods g on g.hold_id = h.hold_id and g.released_at is null
  join batch b on b.batch_id = g.batch_id join my_product p on p.product_id = b.product_id
  where h.released_at is null and (h.party_id is null or h.party_id = $2) and (h.site_id is null or h.site_id = any($3))
  group by b.batch_id, b.product_id, h.site_id, h.hold_id
  union all
  select b.batch_id, b.product_id, 0, 'STATUS', null, null, null, true, true, true from batch b where b.batch_id = any($4)
  union all
  select b.batch_id, b.product_id, 0, 'EXPIRED', null, null, null, true, true, true
  from my_batch m join batch b on b.batch_id = m.batch_id where b.expires_on < (now() at time zone 'utc')::date
),
lot_row as (
  select s.product_id, b.lot, b.expires_on, null::text as serial, s.site_id,
    case when bool_or(s.all_of_it) then 'STOP' else 'READ' end as action, s.why, s.recall_id
  from stop s join batch b on b.batch_id = s.batch_id
  where b.lot is not null
  group by s.product_id, b.lot, b.expires_on, s.site_id, s.why, s.recall_id
),
-- items of these products that the party has, had or will get
my_item as materialized (
  select distinct l.item_id, i.product_id, i.serial
  from leg l join item i on i.batch_id = l.batch_id and i.item_id = l.item_id and i.voided_at is null
  where l.party_id = $2 and l.item_id is not null and l.voided_at is null
    and i.product_id in (select s.product_id from stop s)
),
-- every batch an item is recorded in: a doubled number stands in several
item_batch as materialized (
  select n.item_id, i.batch_id from my_item n join item i on i.item_id = n.item_id and i.voided_at is null
),
item_reason as materialized (
  select n.item_id, 0::bigint as site_id, 'RECALL' as why, c.recall_id
  from my_item n join scope_item x on x.item_id = n.item_id and not x.spared join current_version c on c.version_id = x.version_id
  where not ${isRemedied('c.recall_id', 'n.item_id')}
  union
  select n.item_id, s.site_id, 'RECALL', s.recall_id
  from stop s join item_batch n on n.batch_id = s.batch_id
  where s.why = 'RECALL' and s.whole
    and not exists (select from scope_item x where x.version_id = s.version_id and x.item_id = n.item_id)
    and not ${isRemedied('s.recall_id', 'n.item_id')}
  union
  select n.item_id, s.site_id, 'HOLD', null
  from stop s join item_batch n on n.batch_id = s.batch_id
  join hold_goods g on g.batch_id = s.batch_id and g.hold_id = s.hold_id and g.released_at is null and g.item_id in (0, n.item_id)
  where s.why = 'HOLD' and not exists (
    select from hold_goods x where x.batch_id = s.batch_id and x.hold_id = s.hold_id and x.item_id = n.item_id and x.released_at is not null)
  union
  select n.item_id, s.site_id, s.why, null from stop s join item_batch n on n.batch_id = s.batch_id where s.why in ('STATUS', 'EXPIRED')
),
doubled as (
  select n.item_id from item_batch n group by n.item_id having count(*) > 1
  union
  select n.item_id from my_item n where ${isUsedTwice('n.item_id')}
),
serial_row as (
  select n.product_id, null::text as lot, null::date as expires_on, n.serial, r.site_id, 'STOP' as action, r.why, r.recall_id
  from my_item n join item_reason r on r.item_id = n.item_id
  union all
  select n.product_id, null, null, n.serial, 0, 'ALLOW', null, null
  from my_item n
  where not exists (select from item_reason r where r.item_id = n.item_id)
    and not exists (select from doubled d where d.item_id = n.item_id)
),
-- where the article number alone does not tell: goods that are stopped stand, or may stand, at the site
product_row as (
  select distinct s.product_id, null::text as lot, null::date as expires_on, null::text as serial, t.site_id, 'READ' as action, s.why, s.recall_id
  from stop s cross join unnest($3::bigint[]) as t (site_id)
  where s.why <> 'EXPIRED' and s.site_id in (0, t.site_id)
    and ((s.why = 'RECALL' and s.site_id = t.site_id) or exists (
      select from balance h where h.batch_id = s.batch_id and h.site_id = t.site_id and h.state = 'ON_HAND' and (h.quantity > 0 or h.unknown_amount)))
),
free_lot as (
  select b.product_id, b.lot, b.expires_on, null::text as serial, 0::bigint as site_id, 'ALLOW' as action, null::text as why, null::bigint as recall_id
  from batch b
  where b.lot is not null and b.batch_id in (select m.batch_id from my_batch m) and b.product_id in (select r.product_id from product_row r)
    and not exists (select from stop s join batch o on o.batch_id = s.batch_id where o.product_id = b.product_id and o.lot = b.lot)
),
every_row as (
  select * from lot_row union all select * from serial_row union all select * from product_row union all select * from free_lot
)
select l.gtin, e.lot, e.expires_on::text as "expiresOn", e.serial, t.gln as site,
  case when bool_or(e.action = 'STOP') then 'STOP' when bool_or(e.action = 'READ') then 'READ' else 'ALLOW' end as action,
  coalesce(array_agg(distinct e.why order by e.why) filter (where e.why is not null), '{}') as why,
  coalesce(array_agg(distinct r.number order by r.number) filter (where r.number is not null), '{}') as recalls
from every_row e
join label l on l.product_id = e.product_id
left join site t on t.site_id = e.site_id
left join recall r on r.recall_id = e.recall_id
group by l.gtin, e.lot, e.expires_on, e.serial, t.gln
order by l.gtin, e.lot nulls last, e.expires_on, e.serial nulls last, t.gln nulls first
limit $5`;
