/** Reads what a notice says, to be written out. Runs as the engine. */
import type pg from 'pg';
import {
  languageOf,
  type NoticeContent,
  type NoticeGoods,
  type NoticeKind,
  type NoticeText,
  type Reader,
  readerOf,
} from './notice-content.js';

/** Lines that one letter lists; the rest is in the service, and the letter says so. */
const GOODS_MAX = 500;

export interface PartyNoticeContent extends NoticeContent {
  recipientGln: string;
  recipientEmail: string | null;
  /** Where an answer by mail goes. */
  senderEmail: string | null;
}

interface NoticeRow {
  notice_key: string;
  kind: NoticeKind;
  audience: Reader;
  message: string | null;
  due_at: Date | null;
  sent_at: Date;
  number: number;
  content: NoticeText;
  recipient: string;
  gln: string;
  country: string | null;
  email: string | null;
  sender_email: string | null;
}

/** A notice to a party as it was told; null: none, or one of before texts were kept. */
export async function readPartyNotice(
  client: pg.ClientBase,
  noticeId: bigint,
): Promise<PartyNoticeContent | null> {
  const { rows } = await client.query<NoticeRow>(
    `select n.notice_key, n.kind, n.audience, n.message, n.due_at, n.sent_at, v.number, t.content,
       p.name as recipient, p.gln, p.country, p.email, o.email as sender_email
     from notice n
     join notice_text t on t.text_id = n.text_id
     join scope_version v on v.version_id = n.version_id
     join party p on p.party_id = n.party_id
     join recall r on r.recall_id = n.recall_id
     left join party o on o.party_id = r.opener_id
     where n.notice_id = $1`,
    [noticeId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { goods, total } = await readGoods(client, 'notice_line', noticeId);
  return {
    key: row.notice_key,
    kind: row.kind,
    reader: row.audience,
    language: languageOf(row.country),
    sender: row.content.issuer,
    recipient: row.recipient,
    text: row.content,
    message: row.message,
    dueAt: row.due_at,
    sentAt: row.sent_at,
    scopeVersion: row.number,
    goods,
    goodsTotal: total,
    removed: await readRemoved(client, 'notice_line', noticeId),
    recipientGln: row.gln,
    recipientEmail: row.email,
    senderEmail: row.sender_email,
  };
}

export interface BuyerNoticeContent extends Omit<NoticeContent, 'recipient'> {
  buyerId: bigint;
  senderId: bigint | null;
  senderEmail: string | null;
}

interface BuyerNoticeRow {
  buyer_id: bigint;
  sender_id: bigint | null;
  notice_key: string;
  kind: NoticeKind;
  certain: boolean;
  country: string | null;
  message: string | null;
  sent_at: Date;
  number: number;
  content: NoticeText;
  sender: string | null;
  sender_email: string | null;
}

/** A notice to a buyer as it was told, without the buyer. */
export async function readBuyerNotice(
  client: pg.ClientBase,
  buyerNoticeId: bigint,
): Promise<BuyerNoticeContent | null> {
  const { rows } = await client.query<BuyerNoticeRow>(
    `select n.buyer_id, n.sender_id, n.notice_key, n.kind, n.certain, n.country, n.message, n.sent_at, v.number, t.content,
       p.name as sender, p.email as sender_email
     from buyer_notice n
     join notice_text t on t.text_id = n.text_id
     join scope_version v on v.version_id = n.version_id
     left join party p on p.party_id = n.sender_id
     where n.buyer_notice_id = $1`,
    [buyerNoticeId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { goods, total } = await readGoods(client, 'buyer_notice_line', buyerNoticeId);
  return {
    key: row.notice_key,
    kind: row.kind,
    reader: readerOf(row.certain),
    language: languageOf(row.country),
    sender: row.sender ?? row.content.issuer,
    text: row.content,
    message: row.message,
    dueAt: null,
    sentAt: row.sent_at,
    scopeVersion: row.number,
    goods,
    goodsTotal: total,
    removed: await readRemoved(client, 'buyer_notice_line', buyerNoticeId),
    buyerId: row.buyer_id,
    senderId: row.sender_id,
    senderEmail: row.sender_email,
  };
}

type LineTable = 'notice_line' | 'buyer_notice_line';

async function readGoods(
  client: pg.ClientBase,
  table: LineTable,
  noticeId: bigint,
): Promise<{ goods: NoticeGoods[]; total: number }> {
  const { rows } = await client.query<NoticeGoods & { total: number }>(
    `select p.gtin, p.name as product, b.lot, k.serial, l.certain, (count(*) over ())::int as total
     from ${table} l
     join batch b on b.batch_id = l.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = l.item_id
     where l.${idOf[table]} = $1
     order by p.gtin, b.lot nulls last, k.serial nulls first, l.batch_id
     limit $2`,
    [noticeId, GOODS_MAX],
  );
  return {
    goods: rows.map(({ total: _, ...goods }) => goods),
    total: rows[0]?.total ?? 0,
  };
}

const idOf = { notice_line: 'notice_id', buyer_notice_line: 'buyer_notice_id' } as const;
/** The notice before $1 to the same recipient, by the same sender and for the same reason. */
const before: Readonly<Record<LineTable, string>> = {
  notice_line: `select max(q.notice_id) from notice n
    join notice q on q.recall_id = n.recall_id and q.party_id = n.party_id and q.audience = n.audience and q.notice_id < n.notice_id
    where n.notice_id = $1`,
  buyer_notice_line: `select max(q.buyer_notice_id) from buyer_notice n
    join buyer_notice q on q.recall_id = n.recall_id and q.buyer_id = n.buyer_id and q.sender_id is not distinct from n.sender_id
      and q.buyer_notice_id < n.buyer_notice_id
    where n.buyer_notice_id = $1`,
};

/** A lot of which some items are still named, or the other way round, is not told to be out. */
async function readRemoved(
  client: pg.ClientBase,
  table: LineTable,
  noticeId: bigint,
): Promise<NoticeGoods[]> {
  const { rows } = await client.query<NoticeGoods>(
    `select p.gtin, p.name as product, b.lot, k.serial, t.certain
     from ${table} t
     join batch b on b.batch_id = t.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = t.item_id
     where t.${idOf[table]} = (${before[table]})
       and not exists (
         select from ${table} l where l.${idOf[table]} = $1 and l.batch_id = t.batch_id
           and (l.item_id = t.item_id or 0 in (l.item_id, t.item_id)))
     order by p.gtin, b.lot nulls last, k.serial nulls first, t.batch_id
     limit $2`,
    [noticeId, GOODS_MAX],
  );
  return rows;
}
