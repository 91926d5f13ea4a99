/** What forms tell of a frozen scope: which goods, made when, under which numbers, and who sold them. Runs as the engine. */
import type pg from 'pg';
import { formatQuantity } from '../../../record/input/index.js';

export interface FormGoods {
  gtin: string;
  name: string;
  model: string | null;
  lots: string[];
  producedFrom: Date | null;
  producedTo: Date | null;
  serialFrom: string | null;
  serialTo: string | null;
  items: bigint;
  made: string;
}

/** Of finished products in the newest frozen scope that its opener answers for. $1 version. */
export async function formGoods(client: pg.ClientBase, versionId: bigint): Promise<FormGoods[]> {
  const { rows } = await client.query<Omit<FormGoods, 'made'> & { made: bigint; unit: string }>(
    `with member_batch as (
       select m.batch_id, b.product_id, b.lot from scope_batch m join batch b on b.batch_id = m.batch_id
       where m.version_id = $1 and m.site_id = 0 and not m.opener_only
     ), member_item as (
       select i.item_id, b.product_id, i.serial, i.produced_at
       from scope_item s join member_batch b on b.batch_id = s.batch_id
       join item i on i.item_id = s.item_id and i.batch_id = s.batch_id and i.voided_at is null
       where s.version_id = $1 and not s.spared
       union
       select i.item_id, b.product_id, i.serial, i.produced_at
       from scope_batch m join member_batch b on b.batch_id = m.batch_id join item i on i.batch_id = m.batch_id and i.voided_at is null
       where m.version_id = $1 and m.whole and m.site_id = 0
         and not exists (select from scope_item s where s.version_id = $1 and s.item_id = i.item_id)
     )
     select p.gtin, p.name, p.model, p.unit,
       (select coalesce(array_agg(distinct b.lot order by b.lot) filter (where b.lot is not null), '{}') from member_batch b
         where b.product_id = p.product_id) as lots,
       least((select min(r.produced_from) from member_batch b join run r on r.batch_id = b.batch_id and r.voided_at is null
           where b.product_id = p.product_id), (select min(i.produced_at) from member_item i where i.product_id = p.product_id)) as "producedFrom",
       greatest((select max(coalesce(r.produced_to, r.produced_from)) from member_batch b join run r on r.batch_id = b.batch_id and r.voided_at is null
           where b.product_id = p.product_id), (select max(i.produced_at) from member_item i where i.product_id = p.product_id)) as "producedTo",
       (select min(i.serial collate "C") from member_item i where i.product_id = p.product_id) as "serialFrom",
       (select max(i.serial collate "C") from member_item i where i.product_id = p.product_id) as "serialTo",
       (select count(*) from member_item i where i.product_id = p.product_id) as items,
       (select coalesce(-sum(l.quantity), 0)::bigint from member_batch b join leg l on l.batch_id = b.batch_id and l.voided_at is null
           and l.state = 'SOURCE' where b.product_id = p.product_id) as made
     from product p
     where p.kind = 'FINISHED' and exists (select from member_batch b where b.product_id = p.product_id) order by p.gtin`,
    [versionId],
  );
  return rows.map(({ made, unit, ...row }) => ({ ...row, made: formatQuantity(made, unit) }));
}

export interface FormSeller {
  name: string;
  country: string | null;
  items: bigint;
}

/** Who sold the finished goods, the most first, at most 50. */
export async function formSellers(client: pg.ClientBase, versionId: bigint): Promise<FormSeller[]> {
  const { rows } = await client.query<FormSeller>(
    `select q.name, q.country, count(*) as items
     from scope_batch m join batch b on b.batch_id = m.batch_id join product p on p.product_id = b.product_id and p.kind = 'FINISHED'
     join sale w on w.batch_id = m.batch_id and w.voided_at is null and w.returned < w.quantity
     join party q on q.party_id = w.party_id
     where m.version_id = $1 and m.site_id = 0 and not m.opener_only
       and (m.whole or exists (select from scope_item s where s.version_id = $1 and s.item_id = w.item_id and not s.spared))
       and not exists (select from scope_item s where s.version_id = $1 and s.item_id = w.item_id and s.spared)
     group by q.party_id, q.name, q.country order by items desc, q.name limit 50`,
    [versionId],
  );
  return rows;
}

export interface FormDates {
  openerName: string | null;
  authorityNumbers: string | null;
  noticesFrom: Date | null;
  noticesTo: Date | null;
  buyersFrom: Date | null;
  buyersTo: Date | null;
  buyersTold: number;
  quarterlyReports: number;
}

export async function formDates(client: pg.ClientBase, recallId: bigint): Promise<FormDates> {
  const { rows } = await client.query<FormDates>(
    `select (select p.name from recall r join party p on p.party_id = r.opener_id where r.recall_id = $1) as "openerName",
       (select string_agg(a.number, '; ' order by a.number) from recall_authority a where a.recall_id = $1) as "authorityNumbers",
       (select min(n.sent_at) from notice n where n.recall_id = $1 and n.audience = 'HOLDER') as "noticesFrom",
       (select max(n.sent_at) from notice n where n.recall_id = $1 and n.audience = 'HOLDER' and n.kind = 'INITIAL') as "noticesTo",
       (select min(n.sent_at) from buyer_notice n where n.recall_id = $1) as "buyersFrom",
       (select max(n.sent_at) from buyer_notice n where n.recall_id = $1 and n.kind = 'INITIAL') as "buyersTo",
       (select count(distinct n.buyer_id)::int from buyer_notice n where n.recall_id = $1) as "buyersTold",
       (select count(*)::int from filing f where f.recall_id = $1 and f.form = 'STAGE_REPORT' and f.regime = 'US_VEHICLE') as "quarterlyReports"`,
    [recallId],
  );
  return rows[0] as FormDates;
}
