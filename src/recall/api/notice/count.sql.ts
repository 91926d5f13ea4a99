/** What a party counted of the goods a notice names, beside what its book says. Runs as the engine. */
import type pg from 'pg';
import { formatQuantity } from '../../../record/input/index.js';
import type { NoticeCount } from './notice.types.js';

/** The line a count is about; nulls: the notice names no such goods of that site's party. */
export interface CountedLine {
  batchId: bigint | null;
  itemId: bigint;
  siteId: bigint | null;
  unit: string | null;
}

/** One answer a count, in their order. */
export async function findLines(
  client: pg.ClientBase,
  noticeId: bigint,
  counts: readonly { site: string; gtin: string; lot: string | null; serial: string | null }[],
): Promise<CountedLine[]> {
  const { rows } = await client.query<CountedLine>(
    `select m.batch_id as "batchId", coalesce(m.item_id, 0) as "itemId", s.site_id as "siteId", p.unit
     from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as w (site, gtin, lot, serial, place)
     join notice n on n.notice_id = $1
     left join site s on s.gln = w.site and s.party_id = n.party_id
     left join product p on p.gtin = w.gtin
     left join lateral (
       select l.batch_id, case when w.serial is null then l.item_id else k.item_id end as item_id
       from batch b join notice_line l on l.batch_id = b.batch_id and l.notice_id = $1
       left join item_key k on k.product_id = p.product_id and k.serial = w.serial
       where b.product_id = p.product_id and (w.lot is null or b.lot = w.lot)
         and case when w.serial is null then l.item_id = 0
             else k.item_id is not null and (l.item_id = k.item_id or (l.item_id = 0 and exists (
               select from item i where i.item_id = k.item_id and i.batch_id = l.batch_id and i.voided_at is null))) end
       order by l.item_id desc limit 1
     ) m on true
     order by w.place`,
    [
      noticeId,
      counts.map((count) => count.site),
      counts.map((count) => count.gtin),
      counts.map((count) => count.lot),
      counts.map((count) => count.serial),
    ],
  );
  return rows;
}

export interface NewCount {
  batchId: bigint;
  itemId: bigint;
  siteId: bigint;
  onHand: bigint;
  quarantined: bigint;
  returned: bigint;
  destroyed: bigint;
  evidenceUri: string | null;
}

/** Counts of a later acknowledgement replace those of the same goods and site. */
export async function saveCounts(
  client: pg.ClientBase,
  noticeId: bigint,
  counts: readonly NewCount[],
): Promise<void> {
  await client.query(
    `insert into notice_count (batch_id, notice_id, item_id, site_id, party_id, on_hand, quarantined, returned, destroyed, evidence_uri)
     select w.batch_id, n.notice_id, w.item_id, w.site_id, n.party_id, w.on_hand, w.quarantined, w.returned, w.destroyed, w.evidence_uri
     from notice n, unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])
       as w (batch_id, item_id, site_id, on_hand, quarantined, returned, destroyed, evidence_uri)
     where n.notice_id = $1
     on conflict (batch_id, notice_id, item_id, site_id) do update set on_hand = excluded.on_hand, quarantined = excluded.quarantined,
       returned = excluded.returned, destroyed = excluded.destroyed, evidence_uri = excluded.evidence_uri`,
    [
      noticeId,
      counts.map((count) => count.batchId),
      counts.map((count) => count.itemId),
      counts.map((count) => count.siteId),
      counts.map((count) => count.onHand),
      counts.map((count) => count.quarantined),
      counts.map((count) => count.returned),
      counts.map((count) => count.destroyed),
      counts.map((count) => count.evidenceUri),
    ],
  );
  await client.query(
    'update notice set acknowledged_at = coalesce(acknowledged_at, now()) where notice_id = $1',
    [noticeId],
  );
}

type CountRow = Record<'onHand' | 'quarantined' | 'returned' | 'destroyed' | 'booked', bigint> &
  Pick<NoticeCount, 'noticeId' | 'batchId' | 'itemId' | 'siteId' | 'evidenceUri'> & { unit: string };

export async function readCounts(
  client: pg.ClientBase,
  noticeIds: readonly bigint[],
): Promise<NoticeCount[]> {
  const { rows } = await client.query<CountRow>(
    `select c.notice_id as "noticeId", c.batch_id as "batchId", nullif(c.item_id, 0) as "itemId", c.site_id as "siteId", p.unit,
       c.on_hand as "onHand", c.quarantined, c.returned, c.destroyed, c.evidence_uri as "evidenceUri",
       greatest(coalesce(case when c.item_id = 0 then (
           select a.quantity from balance a where a.batch_id = c.batch_id and a.site_id = c.site_id and a.state = 'ON_HAND')
         else (select sum(l.quantity) from leg l where l.batch_id = c.batch_id and l.item_id = c.item_id and l.site_id = c.site_id
           and l.state = 'ON_HAND' and l.voided_at is null) end, 0), 0)::bigint as booked
     from notice_count c join batch b on b.batch_id = c.batch_id join product p on p.product_id = b.product_id
     where c.notice_id = any($1::bigint[]) order by c.notice_id, c.batch_id, c.item_id, c.site_id`,
    [noticeIds],
  );
  return rows.map(({ unit, onHand, quarantined, returned, destroyed, booked, ...row }) => ({
    ...row,
    onHand: formatQuantity(onHand, unit),
    quarantined: formatQuantity(quarantined, unit),
    returned: formatQuantity(returned, unit),
    destroyed: formatQuantity(destroyed, unit),
    booked: formatQuantity(booked, unit),
  }));
}
