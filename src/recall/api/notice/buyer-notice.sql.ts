/** What buyers are told, and were: kept apart from the notices to parties, since nobody but the engine sees whom. */
import type pg from 'pg';
import type { NoticeKind } from '../../delivery/notice-content.js';
import { isRemedied } from '../remedy/remedied.sql.js';
import type { ToldLine } from './plan-notices.js';

/** A purchase of a buyer in a frozen scope that it may still have, with who tells the buyer of it. */
export interface BuyerLine {
  buyerId: bigint;
  /** Null: an authority without a party. */
  senderId: bigint | null;
  batchId: bigint;
  itemId: bigint;
  certain: boolean;
  country: string | null;
}

/**
 * A certain purchase is told of by the brand owner, a possible one by its seller; where there is none of either, by who
 * opened the recall. Goods that a buyer surely has no longer are nobody's to tell.
 */
export async function buyerLinesOf(
  client: pg.ClientBase,
  versionId: bigint,
  openerId: bigint | null,
): Promise<BuyerLine[]> {
  const { rows } = await client.query<BuyerLine>(
    `with purchase as (
       -- a keeper that nobody is on record to have registered is told by who sold it the same item
       select w.buyer_id, w.batch_id, w.item_id, w.certain, w.country,
         coalesce(w.party_id, max(w.party_id) over (partition by w.buyer_id, w.batch_id, w.item_id)) as party_id
       from scope_purchase w where w.version_id = $1 and w.still_holds <> 'NO'
     )
     select w.buyer_id as "buyerId", s.sender_id as "senderId", w.batch_id as "batchId", w.item_id as "itemId",
       bool_or(w.certain) as certain, min(w.country) as country
     from purchase w
     join batch b on b.batch_id = w.batch_id
     join product p on p.product_id = b.product_id
     cross join lateral (
       select case when w.certain then coalesce(p.owner_id, w.party_id, $2::bigint) else coalesce(w.party_id, p.owner_id, $2) end as sender_id) s
     group by w.buyer_id, s.sender_id, w.batch_id, w.item_id
     order by w.buyer_id, s.sender_id, w.batch_id, w.item_id`,
    [versionId, openerId],
  );
  return rows;
}

export interface LatestBuyerNotice {
  buyerNoticeId: bigint;
  buyerId: bigint;
  senderId: bigint | null;
  linesDigest: Buffer;
  textId: bigint;
  country: string | null;
  /** All it was told of is remedied: a buyer answers by coming. */
  answered: boolean;
}

export async function latestBuyerNotices(
  client: pg.ClientBase,
  recallId: bigint,
): Promise<LatestBuyerNotice[]> {
  const { rows } = await client.query<LatestBuyerNotice>(
    `with latest_notice as (
       select distinct on (n.buyer_id, n.sender_id) n.* from buyer_notice n
       where n.recall_id = $1 order by n.buyer_id, n.sender_id, n.buyer_notice_id desc
     )
     select n.buyer_notice_id as "buyerNoticeId", n.buyer_id as "buyerId", n.sender_id as "senderId",
       n.lines_digest as "linesDigest", n.text_id as "textId", n.country,
       not exists (
         select from buyer_notice_line l
         where l.buyer_notice_id = n.buyer_notice_id and (l.item_id = 0 or not ${isRemedied('$1', 'l.item_id')})) as answered
     from latest_notice n`,
    [recallId],
  );
  return rows;
}

export async function linesOfBuyerNotices(
  client: pg.ClientBase,
  buyerNoticeIds: readonly bigint[],
): Promise<(ToldLine & { buyerNoticeId: bigint })[]> {
  const { rows } = await client.query<ToldLine & { buyerNoticeId: bigint }>(
    `select buyer_notice_id as "buyerNoticeId", batch_id as "batchId", item_id as "itemId", certain
     from buyer_notice_line where buyer_notice_id = any($1::bigint[])`,
    [buyerNoticeIds],
  );
  return rows;
}

export interface NewBuyerNotice {
  buyerId: bigint;
  senderId: bigint | null;
  kind: NoticeKind;
  certain: boolean;
  country: string | null;
  linesDigest: Buffer;
  lines: readonly BuyerLine[];
}

/** Ids in the order of the notices. */
export async function insertBuyerNotices(
  client: pg.ClientBase,
  of: { recallId: bigint; versionId: bigint; textId: bigint; message: string | null },
  notices: readonly NewBuyerNotice[],
): Promise<bigint[]> {
  const { rows } = await client.query<{ buyer_notice_id: bigint }>(
    `insert into buyer_notice (recall_id, version_id, text_id, message, buyer_id, sender_id, kind, certain, country, lines_digest)
     select $1, $2, $3, $4, w.buyer_id, w.sender_id, w.kind, w.certain, w.country, w.lines_digest
     from unnest($5::bigint[], $6::bigint[], $7::text[], $8::boolean[], $9::text[], $10::bytea[])
       with ordinality as w (buyer_id, sender_id, kind, certain, country, lines_digest, place)
     order by w.place returning buyer_notice_id`,
    [
      ...[of.recallId, of.versionId, of.textId, of.message],
      notices.map((notice) => notice.buyerId),
      notices.map((notice) => notice.senderId),
      notices.map((notice) => notice.kind),
      notices.map((notice) => notice.certain),
      notices.map((notice) => notice.country),
      notices.map((notice) => notice.linesDigest),
    ],
  );
  const ids = rows.map((row) => row.buyer_notice_id);
  const lines = notices.flatMap((notice, index) =>
    notice.lines.map((line) => ({ ...line, buyerNoticeId: ids[index] })),
  );
  await client.query(
    `insert into buyer_notice_line (batch_id, buyer_notice_id, item_id, certain)
     select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[])`,
    [
      lines.map((line) => line.batchId),
      lines.map((line) => line.buyerNoticeId),
      lines.map((line) => line.itemId),
      lines.map((line) => line.certain),
    ],
  );
  return ids;
}

/** Which kinds of address the record has for whom a notice is to; what they are stays sealed. */
export async function addressesOf(
  client: pg.ClientBase,
  buyerNoticeIds: readonly bigint[],
): Promise<{ buyerNoticeId: bigint; mailed: boolean; posted: boolean }[]> {
  const { rows } = await client.query<{ buyerNoticeId: bigint; mailed: boolean; posted: boolean }>(
    `select n.buyer_notice_id as "buyerNoticeId",
       coalesce(bool_or(f.field = 'buyer_email'), false) as mailed, coalesce(bool_or(f.field = 'buyer_address'), false) as posted
     from buyer_notice n
     left join lateral (
       select s.event_key from sale s
       where s.buyer_id = n.buyer_id and s.voided_at is null and (n.sender_id is null or n.sender_id in (s.party_id, s.owner_id))
       union
       select r.event_key from registration r
       where r.buyer_id = n.buyer_id and r.voided_at is null and (n.sender_id is null or n.sender_id in (r.party_id, r.owner_id))
     ) d on true
     left join person_field f on f.event_key = d.event_key and octet_length(f.ciphertext) > 0
     where n.buyer_notice_id = any($1::bigint[])
     group by n.buyer_notice_id order by n.buyer_notice_id`,
    [buyerNoticeIds],
  );
  return rows;
}
