/** How far a recall has come beside its items' remedies: where, by which channel, what was sold and complained of since. */
import type pg from 'pg';
import { isRemedied, memberItems } from '../remedy/remedied.sql.js';

export interface PlaceRow {
  country: string | null;
  region: string | null;
  channel: 'PLATFORM' | 'STORE' | 'OTHER' | 'UNSOLD';
  items: bigint;
  remedied: bigint;
}

/** $1 version, $2 recall. An item is where its keeper lives, else where it was sold to, else where it lies. */
export async function readPlaces(
  client: pg.ClientBase,
  versionId: bigint,
  recallId: bigint,
): Promise<PlaceRow[]> {
  const { rows } = await client.query<PlaceRow>(
    `with ${memberItems}
     select coalesce(k.country, w.country, h.country) as country,
       case when k.country is not null then k.region when w.country is not null then w.region else h.region end as region,
       coalesce(w.channel, 'UNSOLD') as channel,
       count(*) as items, count(*) filter (where ${isRemedied('$2', 'm.item_id')}) as remedied
     from member_item m
     left join lateral (
       select coalesce(s.country, t.country) as country, case when s.country is null then t.region else s.region end as region,
         case when e.body ->> 'platform_gln' is not null then 'PLATFORM' when t.kind = 'STORE' then 'STORE' else 'OTHER' end as channel
       from sale s join event e on e.event_key = s.event_key left join site t on t.site_id = s.site_id
       where s.item_id = m.item_id and s.voided_at is null and s.returned < s.quantity
       order by s.occurred_at desc, s.sale_id desc limit 1
     ) w on true
     left join lateral (
       select r.country, r.region from registration r
       where r.item_id = m.item_id and r.voided_at is null and r.ended_at is null
       order by r.registered_at desc, r.registration_id desc limit 1
     ) k on true
     left join lateral (
       select s.country, s.region from leg l join site s on s.site_id = l.site_id
       where l.item_id = m.item_id and l.voided_at is null and l.state in ('ON_HAND', 'IN_TRANSIT')
       group by s.site_id having sum(l.quantity) > 0 order by max(l.occurred_at) desc, s.site_id limit 1
     ) h on true
     group by 1, 2, 3 order by 1 nulls last, 2 nulls last, 3`,
    [versionId, recallId],
  );
  return rows;
}

/** Condition: the row `w` (batch, item) is of goods that the version $1 names; `m` is its batch there. */
const isMember = `(case
    when exists (select from scope_item s where s.version_id = $1 and s.batch_id = w.batch_id and s.item_id = w.item_id)
      then exists (select from scope_item s where s.version_id = $1 and s.batch_id = w.batch_id and s.item_id = w.item_id and not s.spared)
    else exists (select from scope_batch m where m.version_id = $1 and m.batch_id = w.batch_id and m.whole and not m.opener_only
      and m.site_id = 0) end)`;

export interface LateSaleRow {
  partyId: bigint;
  productId: bigint;
  unit: string;
  sales: number;
  amount: bigint;
  toldAt: Date;
  firstAt: Date;
  lastAt: Date;
}

/** Sales of recalled goods by sellers that had been told. */
export async function readSalesAfterNotice(
  client: pg.ClientBase,
  versionId: bigint,
  recallId: bigint,
): Promise<LateSaleRow[]> {
  const { rows } = await client.query<LateSaleRow>(
    `with told as (
       select n.party_id, min(n.sent_at) as at from notice n where n.recall_id = $2 and n.audience = 'HOLDER' group by n.party_id
     )
     select w.party_id as "partyId", p.product_id as "productId", p.unit, count(*)::int as sales, sum(w.quantity)::bigint as amount,
       t.at as "toldAt", min(w.occurred_at) as "firstAt", max(w.occurred_at) as "lastAt"
     from told t join sale w on w.party_id = t.party_id and w.voided_at is null and w.occurred_at > t.at
     join batch b on b.batch_id = w.batch_id join product p on p.product_id = b.product_id
     where ${isMember}
     group by w.party_id, p.product_id, p.unit, t.at order by w.party_id, p.product_id`,
    [versionId, recallId],
  );
  return rows;
}

export interface ComplaintRow {
  place: 'INSIDE' | 'OUTSIDE' | 'UNKNOWN';
  isAfter: boolean;
  complaints: number;
  withHarm: number;
  serious: number;
}

/** Complaints about the recalled products: of goods in the scope, out of it, or that name neither serial nor lot. */
export async function readComplaints(
  client: pg.ClientBase,
  versionId: bigint,
  publishedAt: Date | null,
): Promise<ComplaintRow[]> {
  const { rows } = await client.query<ComplaintRow>(
    `with recalled_product as (
       select distinct b.product_id from scope_batch m join batch b on b.batch_id = m.batch_id
       where m.version_id = $1 and not m.opener_only
     ), complaint as (
       select e.item_id, e.occurred_at, e.body ->> 'severity' as severity, coalesce(e.body ->> 'harm', '') <> '' as harm,
         coalesce(i.batch_id, b.batch_id) as batch_id
       from recalled_product r join event e on e.product_id = r.product_id and e.kind = 'COMPLAINED' and e.voided_at is null
       left join item i on i.item_id = e.item_id and i.voided_at is null
       left join lateral (
         select min(b.batch_id) as batch_id from batch b
         where b.product_id = e.product_id and b.lot = e.lot having count(*) = 1
       ) b on e.item_id is null
     )
     select case when w.batch_id is null then 'UNKNOWN' when ${isMember} then 'INSIDE' else 'OUTSIDE' end as place,
       coalesce(w.occurred_at >= $2, false) as "isAfter", count(*)::int as complaints,
       (count(*) filter (where w.harm))::int as "withHarm", (count(*) filter (where w.severity in ('SERIOUS', 'CRITICAL', 'FATAL')))::int as serious
     from complaint w group by 1, 2 order by 1, 2`,
    [versionId, publishedAt],
  );
  return rows;
}

export interface CountedRow {
  productId: bigint;
  onHand: bigint;
  quarantined: bigint;
  returned: bigint;
  destroyed: bigint;
}

/** What holders counted in their latest answer, by product. */
export async function readCounted(client: pg.ClientBase, recallId: bigint): Promise<CountedRow[]> {
  const { rows } = await client.query<CountedRow>(
    `with latest_count as (
       select distinct on (c.batch_id, c.item_id, c.site_id) c.*
       from notice n join notice_count c on c.notice_id = n.notice_id where n.recall_id = $1
       order by c.batch_id, c.item_id, c.site_id, c.notice_id desc
     )
     select b.product_id as "productId", sum(c.on_hand)::bigint as "onHand", sum(c.quarantined)::bigint as quarantined,
       sum(c.returned)::bigint as returned, sum(c.destroyed)::bigint as destroyed
     from latest_count c join batch b on b.batch_id = c.batch_id group by b.product_id`,
    [recallId],
  );
  return rows;
}

/** Final remedies of goods without a serial, by product. */
export async function readRemediedAmounts(
  client: pg.ClientBase,
  recallId: bigint,
): Promise<{ productId: bigint; remedied: bigint }[]> {
  const { rows } = await client.query<{ productId: bigint; remedied: bigint }>(
    `select b.product_id as "productId", sum(y.quantity)::bigint as remedied
     from remedy y join batch b on b.batch_id = y.batch_id
     where y.recall_id = $1 and y.item_id is null and y.is_final and (y.kind <> 'INSPECT' or y.outcome = 'CLEARED')
     group by b.product_id`,
    [recallId],
  );
  return rows;
}
