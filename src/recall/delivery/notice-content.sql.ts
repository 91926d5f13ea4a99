/** Reads what a notice says, to be written out. Runs as the engine. */
import type pg from 'pg';
import {
  languageOf,
  type NoticeContent,
  type NoticeGoods,
  type NoticeKind,
  type NoticeText,
  type Reader,
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
  const { goods, total } = await readGoods(client, noticeId);
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
    recipientGln: row.gln,
    recipientEmail: row.email,
    senderEmail: row.sender_email,
  };
}

async function readGoods(
  client: pg.ClientBase,
  noticeId: bigint,
): Promise<{ goods: NoticeGoods[]; total: number }> {
  const { rows } = await client.query<NoticeGoods & { total: number }>(
    `select p.gtin, p.name as product, b.lot, k.serial, l.certain, (count(*) over ())::int as total
     from notice_line l
     join batch b on b.batch_id = l.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = l.item_id
     where l.notice_id = $1
     order by p.gtin, b.lot nulls last, k.serial nulls first, l.batch_id
     limit $2`,
    [noticeId, GOODS_MAX],
  );
  return {
    goods: rows.map(({ total: _, ...goods }) => goods),
    total: rows[0]?.total ?? 0,
  };
}
