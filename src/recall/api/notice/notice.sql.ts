/** Notices as they are stored: the lines of each party in a frozen scope, and what it was told before. Runs as the engine. */
import type pg from 'pg';
import type { NoticeKind } from '../../delivery/notice-content.js';
import type { Audience, Notice, NoticeCounts, NoticeLine } from './notice.types.js';

const columns = `n.notice_id as "noticeId", n.recall_id as "recallId", n.party_id as "partyId", n.kind, n.audience, n.message,
  v.number as "scopeVersion", n.sent_at as "sentAt", n.due_at as "dueAt", n.acknowledged_at as "acknowledgedAt"`;

export interface PartyLine {
  partyId: bigint;
  audience: Audience;
  /** Null: an authority is told of the recall, not of goods. */
  batchId: bigint | null;
  itemId: bigint;
  certain: boolean;
}

/**
 * The own goods of each party in a frozen scope that passed through its hands: items by their serial, goods without one by
 * their batch. The opener tells others, not itself.
 */
export async function linesOf(
  client: pg.ClientBase,
  versionId: bigint,
  openerId: bigint | null,
): Promise<PartyLine[]> {
  const { rows } = await client.query<PartyLine>(
    `with holder_line as (
       select l.party_id, m.batch_id, coalesce(l.item_id, 0) as item_id, m.certain
       from scope_batch m
       join leg l on l.batch_id = m.batch_id and l.voided_at is null and (m.site_id = 0 or l.site_id = m.site_id)
       where m.version_id = $1 and m.whole and not m.opener_only
         and not exists (
           select from scope_item s where s.version_id = $1 and s.batch_id = m.batch_id and s.item_id = l.item_id)
       union
       select l.party_id, i.batch_id, i.item_id, i.certain
       from scope_item i join leg l on l.batch_id = i.batch_id and l.item_id = i.item_id and l.voided_at is null
       where i.version_id = $1 and not i.spared
     ),
     supplier_line as (
       select distinct s.party_id, m.batch_id, m.certain
       from scope_batch m join batch b on b.batch_id = m.batch_id join site s on s.site_id = b.source_id
       where m.version_id = $1 and m.origin and m.opener_only
     )
     select party_id as "partyId", 'HOLDER' as audience, batch_id as "batchId", item_id as "itemId", bool_or(certain) as certain
     from holder_line where party_id is distinct from $2 group by party_id, batch_id, item_id
     union all
     select party_id, 'SUPPLIER', batch_id, 0, certain from supplier_line where party_id is distinct from $2
     union all
     select party_id, 'AUTHORITY', null, 0, false from party where 'REGULATOR' = any(roles) and party_id is distinct from $2
     order by 1, 2, 3, 4`,
    [versionId, openerId],
  );
  return rows;
}

/** Notices to a party by their ids, oldest first; ids of other parties' notices are left out. */
export async function readNotices(
  client: pg.ClientBase,
  partyId: bigint,
  noticeIds: readonly bigint[],
): Promise<Notice[]> {
  const { rows } = await client.query<Notice>(
    `select ${columns} from notice n join scope_version v on v.version_id = n.version_id
     where n.notice_id = any($1::bigint[]) and n.party_id = $2 order by n.notice_id`,
    [noticeIds, partyId],
  );
  return rows;
}

export interface LatestNotice {
  partyId: bigint;
  audience: Audience;
  linesDigest: Buffer;
  noticeId: bigint;
  textId: bigint | null;
  answered: boolean;
}

/** The latest notice to each party and audience. */
export async function latestNotices(client: pg.ClientBase, recallId: bigint): Promise<LatestNotice[]> {
  const { rows } = await client.query<LatestNotice>(
    `select distinct on (n.party_id, n.audience) n.party_id as "partyId", n.audience, n.lines_digest as "linesDigest",
       n.notice_id as "noticeId", n.text_id as "textId", n.acknowledged_at is not null as answered
     from notice n where n.recall_id = $1 order by n.party_id, n.audience, n.notice_id desc`,
    [recallId],
  );
  return rows;
}

export async function linesOfNotices(
  client: pg.ClientBase,
  noticeIds: readonly bigint[],
): Promise<(NoticeLine & { certain: boolean })[]> {
  const { rows } = await client.query<{
    noticeId: bigint;
    batchId: bigint;
    itemId: bigint;
    certain: boolean;
  }>(
    `select notice_id as "noticeId", batch_id as "batchId", item_id as "itemId", certain from notice_line
     where notice_id = any($1::bigint[])`,
    [noticeIds],
  );
  return rows.map((row) => ({ ...row, certainty: row.certain ? 'CERTAIN' : 'POSSIBLE' }));
}

export interface NewNotice {
  partyId: bigint;
  audience: Audience;
  kind: NoticeKind;
  linesDigest: Buffer;
  lines: readonly PartyLine[];
}

export async function insertNotices(
  client: pg.ClientBase,
  of: { recallId: bigint; versionId: bigint; textId: bigint; message: string | null; dueAt: Date | null },
  notices: readonly NewNotice[],
): Promise<bigint[]> {
  const { rows } = await client.query<{ notice_id: bigint }>(
    `insert into notice (recall_id, version_id, party_id, audience, kind, lines_digest, message, due_at, text_id)
     select $1, $2, w.party_id, w.audience, w.kind, w.lines_digest, $3, $4, $9
     from unnest($5::bigint[], $6::text[], $7::text[], $8::bytea[]) with ordinality as w (party_id, audience, kind, lines_digest, place)
     order by w.place returning notice_id`,
    [
      of.recallId,
      of.versionId,
      of.message,
      of.dueAt,
      notices.map((notice) => notice.partyId),
      notices.map((notice) => notice.audience),
      notices.map((notice) => notice.kind),
      notices.map((notice) => notice.linesDigest),
      of.textId,
    ],
  );
  const lines = notices.flatMap((notice, index) =>
    notice.lines
      .filter((line) => line.batchId !== null)
      .map((line) => ({ ...line, noticeId: rows[index]?.notice_id as bigint })),
  );
  await client.query(
    `insert into notice_line (batch_id, notice_id, item_id, party_id, certain)
     select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[])`,
    [
      lines.map((line) => line.batchId),
      lines.map((line) => line.noticeId),
      lines.map((line) => line.itemId),
      lines.map((line) => line.partyId),
      lines.map((line) => line.certain),
    ],
  );
  return rows.map((row) => row.notice_id);
}

export async function readNotice(client: pg.ClientBase, noticeId: bigint): Promise<Notice | null> {
  const { rows } = await client.query<Notice>(
    `select ${columns} from notice n join scope_version v on v.version_id = n.version_id where n.notice_id = $1`,
    [noticeId],
  );
  return rows[0] ?? null;
}

/** Notices to a party, or of a recall, newest last. */
export async function pageOfNotices(
  client: pg.ClientBase,
  of: { partyId: bigint | null; recallId: bigint | null },
  page: { acknowledged: boolean | null; after: string | null; limit: number },
): Promise<Notice[]> {
  const { rows } = await client.query<Notice>(
    `select ${columns} from notice n join scope_version v on v.version_id = n.version_id
     where ($1::bigint is null or n.party_id = $1) and ($2::bigint is null or n.recall_id = $2)
       and ($3::boolean is null or (n.acknowledged_at is not null) = $3) and ($4::bigint is null or n.notice_id > $4)
     order by n.notice_id limit $5`,
    [of.partyId, of.recallId, page.acknowledged, page.after, page.limit],
  );
  return rows;
}

export async function pageOfLines(
  client: pg.ClientBase,
  noticeId: bigint,
  page: { after: [string, string] | null; limit: number },
): Promise<NoticeLine[]> {
  const { rows } = await client.query<Omit<NoticeLine, 'certainty'> & { certain: boolean }>(
    `select notice_id as "noticeId", batch_id as "batchId", nullif(item_id, 0) as "itemId", certain from notice_line
     where notice_id = $1 and ($2::bigint is null or (batch_id, item_id) > ($2, $3::bigint))
     order by batch_id, item_id limit $4`,
    [noticeId, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
  );
  return rows.map(({ certain, ...line }) => ({ ...line, certainty: certain ? 'CERTAIN' : 'POSSIBLE' }));
}

/** By the latest notice to each party. */
export async function countNotices(client: pg.ClientBase, recallId: bigint): Promise<NoticeCounts> {
  const { rows } = await client.query<NoticeCounts>(
    `with latest_notice as (
       select distinct on (n.party_id) n.acknowledged_at, n.due_at from notice n
       where n.recall_id = $1 order by n.party_id, n.notice_id desc
     )
     select count(*)::int as parties, count(acknowledged_at)::int as acknowledged,
       (count(*) filter (where acknowledged_at is null and due_at < now()))::int as overdue
     from latest_notice`,
    [recallId],
  );
  return rows[0] as NoticeCounts;
}
