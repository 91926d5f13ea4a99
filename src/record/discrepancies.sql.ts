/**
 * Discrepancies: where the record contradicts itself. Asked of the live rows rather than stored, so that the order in
 * which events arrive cannot leave one behind.
 */
import type { PoolClient } from 'pg';

export const discrepancyKinds = [
  'NEGATIVE_HOLDING',
  'ITEM_SOLD_TWICE',
  'COUNT_DIFFERS',
  'REPACKED_WITHOUT_UNPACKING',
  'MORE_ITEMS_THAN_MADE',
  'UNKNOWN_PRODUCT',
  'UNKNOWN_PARTY',
  'UNKNOWN_LOT',
  'LOT_SOURCE_UNKNOWN',
  'ITEM_LOT_DIFFERS',
  'ITEM_MADE_TWICE',
  'PART_IN_TWO_ITEMS',
  'RETURN_WITHOUT_SALE',
  'VOID_OF_NOTHING',
  'AMOUNT_NOT_MEASURABLE',
] as const;
export type DiscrepancyKind = (typeof discrepancyKinds)[number];

export interface Discrepancy {
  /** Unique and stable: the page key. */
  key: string;
  kind: DiscrepancyKind;
  batchId: bigint | null;
  itemId: bigint | null;
  siteId: bigint | null;
  productId: bigint | null;
  /** Unit of measure of the product. */
  unit: string | null;
  /** How far off, in the product's smallest unit; null where that has no meaning. */
  quantity: bigint | null;
  message: string;
}

const discrepancies = `
with negative_holding as (
  select 'NEGATIVE_HOLDING' as kind, b.batch_id, null::bigint as item_id, b.site_id, t.product_id, b.quantity,
    'more left ' || b.state || ' than ever came there' as message, b.batch_id || ':' || b.site_id || ':' || b.state as subject
  from balance b join batch t on t.batch_id = b.batch_id
  where b.quantity < 0 and b.state <> 'SOURCE'
),
item_sold_twice as (
  select 'ITEM_SOLD_TWICE', min(s.batch_id), s.item_id, null::bigint, null::bigint, count(*) - coalesce(max(r.returns), 0),
    'sold ' || count(*) || ' times, returned ' || coalesce(max(r.returns), 0) || ' times', s.item_id::text
  from sale s
  left join lateral (
    select count(*) as returns from sale_return x where x.batch_id = s.batch_id and x.item_id = s.item_id and x.voided_at is null) r on true
  where s.item_id is not null and s.voided_at is null
  group by s.item_id having count(*) - coalesce(max(r.returns), 0) > 1
),
count_differs as (
  select 'COUNT_DIFFERS', c.batch_id, c.item_id, c.site_id, b.product_id, c.quantity - coalesce(k.booked, 0),
    'counted ' || c.quantity || ', booked ' || coalesce(k.booked, 0), c.event_key::text
  from stock_count c
  join batch b on b.batch_id = c.batch_id
  left join lateral (
    select sum(l.quantity) as booked from leg l join batch t on t.batch_id = l.batch_id
    where t.product_id = b.product_id and (b.lot is null or t.batch_id = c.batch_id) and (c.item_id is null or l.item_id = c.item_id)
      and l.site_id = c.site_id and l.state = 'ON_HAND' and l.occurred_at <= c.occurred_at and l.voided_at is null) k on true
  where c.voided_at is null and c.quantity is distinct from coalesce(k.booked, 0)
),
repacked as (
  select 'REPACKED_WITHOUT_UNPACKING', null::bigint, c.content_item_id, null::bigint, null::bigint, null::bigint,
    'packed again while still in another unit', c.event_key::text
  from containment c where c.unpacked_rank = 2 and c.voided_at is null
),
more_items_than_made as (
  select 'MORE_ITEMS_THAN_MADE', m.batch_id, null::bigint, null::bigint, b.product_id, i.items - m.made,
    i.items || ' items of ' || m.made || ' made', m.batch_id::text
  from (select batch_id, sum(quantity) as made from run where voided_at is null group by batch_id
        having bool_and(quantity is not null)) m
  join (select batch_id, count(*) as items from item where voided_at is null group by batch_id) i on i.batch_id = m.batch_id
  join batch b on b.batch_id = m.batch_id
  where i.items > m.made
),
unknown_product as (
  select 'UNKNOWN_PRODUCT', null::bigint, null::bigint, null::bigint, p.product_id, null::bigint,
    'named by events, never defined', p.product_id::text
  from product p where p.stub
),
unknown_party as (
  select 'UNKNOWN_PARTY', null::bigint, null::bigint, s.site_id, null::bigint, null::bigint,
    'named by events, never registered', p.party_id::text
  from party p join site s on s.party_id = p.party_id and s.gln = p.gln
  where p.stub and p.gln not like 'urn:tracewright:%' and s.stub
),
unknown_lot as (
  select 'UNKNOWN_LOT', b.batch_id, null::bigint, null::bigint, b.product_id, null::bigint, 'moved, never produced', b.batch_id::text
  from batch b join product p on p.product_id = b.product_id
  where b.lot is not null and p.kind <> 'SOFTWARE'
    and exists (select 1 from leg l where l.batch_id = b.batch_id and l.voided_at is null and l.state <> 'SOURCE')
    and not exists (select 1 from leg l where l.batch_id = b.batch_id and l.voided_at is null and l.state = 'SOURCE')
    and not (b.source_id is null and exists (select 1 from batch o where o.product_id = b.product_id and o.lot = b.lot and o.is_told))
),
lot_source_unknown as (
  select 'LOT_SOURCE_UNKNOWN', b.batch_id, null::bigint, null::bigint, b.product_id, null::bigint,
    'rows name the lot without its source, and several are known', b.batch_id::text
  from batch b
  where b.lot is not null and b.source_id is null
    and exists (select 1 from leg l where l.batch_id = b.batch_id and l.voided_at is null)
    and (select count(*) from batch o where o.product_id = b.product_id and o.lot = b.lot and o.is_told) > 1
),
item_lot_differs as (
  select 'ITEM_LOT_DIFFERS', null::bigint, n.item_id, null::bigint, null::bigint, null::bigint,
    'events name ' || count(distinct n.lot) || ' lots: ' || string_agg(distinct n.lot, ', '), n.item_id::text
  from (
    select e.item_id, e.lot from event e where e.item_id is not null and e.lot is not null and e.voided_at is null
    union all
    select e.item2_id, e.lot2 from event e where e.item2_id is not null and e.lot2 is not null and e.voided_at is null
    union all
    select e.item3_id, e.lot3 from event e where e.item3_id is not null and e.lot3 is not null and e.voided_at is null
  ) n
  group by n.item_id having count(distinct n.lot) > 1
),
item_made_twice as (
  select 'ITEM_MADE_TWICE', null::bigint, e.item_id, null::bigint, null::bigint, count(*), 'made ' || count(*) || ' times', e.item_id::text
  from event e where e.kind = 'MADE' and e.voided_at is null group by e.item_id having count(*) > 1
),
part_in_two_items as (
  select 'PART_IN_TWO_ITEMS', null::bigint, f.part_item_id, null::bigint, null::bigint, count(*),
    'built into ' || count(distinct f.parent_item_id) || ' items and not taken out', f.part_item_id::text
  from fitting f where f.part_item_id is not null and f.removed_at is null and f.voided_at is null
  group by f.part_item_id having count(distinct f.parent_item_id) > 1
),
return_without_sale as (
  select 'RETURN_WITHOUT_SALE', r.batch_id, r.item_id, r.site_id, null::bigint, r.quantity,
    'names no sale on record, or more than was sold', r.event_key || ':' || r.batch_id
  from sale_return r where r.sale_event_key is null and r.voided_at is null
),
void_of_nothing as (
  select 'VOID_OF_NOTHING', null::bigint, null::bigint, null::bigint, null::bigint, null::bigint,
    'voids event ' || coalesce(v.body ->> 'voided_event_id', '') || ', which is not on record or another party''s', v.event_key::text
  from event v left join event e on e.event_key = v.target_key
  where v.kind = 'VOIDED' and (e.event_key is null or (e.voided_at is null and e.kind <> 'VOIDED'))
),
amount_not_measurable as (
  select 'AMOUNT_NOT_MEASURABLE', null::bigint, e.item_id, null::bigint, coalesce(e.product2_id, e.product_id), null::bigint,
    (e.body ->> 'quantity') || coalesce(' ' || (e.body ->> 'unit'), '') || ': no amount of the product', e.event_key::text
  from event e where e.quantity is null and e.body ->> 'quantity' is not null and e.voided_at is null
),
discrepancy as (
  select * from negative_holding union all select * from item_sold_twice union all select * from count_differs
  union all select * from repacked union all select * from more_items_than_made union all select * from unknown_product
  union all select * from unknown_party union all select * from unknown_lot union all select * from lot_source_unknown
  union all select * from item_lot_differs union all select * from item_made_twice union all select * from part_in_two_items
  union all select * from return_without_sale union all select * from void_of_nothing union all select * from amount_not_measurable
)`;

const statement = `${discrepancies}
select d.kind || ':' || d.subject as key, d.kind, d.batch_id, d.item_id, d.site_id, p.product_id, p.unit, d.quantity::bigint, d.message
from discrepancy d
left join batch b on b.batch_id = d.batch_id
left join item_key k on k.item_id = d.item_id
left join product p on p.product_id = coalesce(d.product_id, b.product_id, k.product_id)
where ($1::text is null or d.kind = $1) and (d.kind || ':' || d.subject) > $2
  -- at a site of the party, or of goods under its brand
  and ($4::bigint is null or p.owner_id = $4 or d.site_id in (select s.site_id from site s where s.party_id = $4))
order by 1 limit $3`;

/** How many there are of each kind, none of a kind told as 0. */
export async function countDiscrepancies(client: PoolClient): Promise<Map<DiscrepancyKind, number>> {
  const { rows } = await client.query<{ kind: DiscrepancyKind; number: number }>(
    `${discrepancies} select d.kind, count(*)::int as number from discrepancy d group by 1`,
  );
  const found = new Map(rows.map(({ kind, number }) => [kind, number]));
  return new Map(discrepancyKinds.map((kind) => [kind, found.get(kind) ?? 0]));
}

/** One page of discrepancies in the order of their keys; `after` is the last key seen. */
export async function findDiscrepancies(
  client: PoolClient,
  options: {
    kind: DiscrepancyKind | null;
    after: string;
    limit: number;
    /** Whose discrepancies: at its sites, or of its products; absent: everyone's. */
    partyId?: bigint | null;
  },
): Promise<Discrepancy[]> {
  const found = await client.query<{
    key: string;
    kind: DiscrepancyKind;
    batch_id: bigint | null;
    item_id: bigint | null;
    site_id: bigint | null;
    product_id: bigint | null;
    unit: string | null;
    quantity: bigint | null;
    message: string;
  }>(statement, [options.kind, options.after, options.limit, options.partyId ?? null]);
  return found.rows.map((row) => ({
    key: row.key,
    kind: row.kind,
    batchId: row.batch_id,
    itemId: row.item_id,
    siteId: row.site_id,
    productId: row.product_id,
    unit: row.unit,
    quantity: row.quantity,
    message: row.message,
  }));
}
