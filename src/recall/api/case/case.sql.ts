/** Defect cases, and the alerts to brand owners further on. Runs as the engine, in the caller's transaction. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import type { CauseReply, DefectAlert, DefectCase } from './case.types.js';

const caseColumns = `c.case_id as "caseId", c.number, c.title, c.party_id as "partyId", c.role, c.opened_at as "openedAt"`;
const alertColumns = `a.alert_id as "alertId", a.case_id as "caseId", a.recall_id as "recallId", a.party_id as "partyId",
  a.batch_ids as "batchIds", a.sent_at as "sentAt", a.answer_id as "answerId"`;

/** Condition on cases `c`: opened by the caller, told to it by an alert, or of a recall of its own. $1 party, $2 role. */
const concerned = `($2 in ('REGULATOR', 'ADMIN') or c.party_id = $1
  or exists (select from defect_alert a where a.case_id = c.case_id and a.party_id = $1)
  or exists (select from recall r where r.case_id = c.case_id and r.opener_id = $1))`;

/** Null: the number is taken. */
export async function insertCase(
  client: pg.ClientBase,
  { partyId, role }: { partyId: bigint | null; role: string },
  { number, title }: { number: string; title: string },
): Promise<bigint | null> {
  const { rows } = await client.query<{ case_id: bigint }>(
    `insert into defect_case (number, title, party_id, role) values ($1, $2, $3, $4)
     on conflict (number) do nothing returning case_id`,
    [number, title, partyId, role],
  );
  return rows[0]?.case_id ?? null;
}

/** A case that concerns the caller. */
export async function findCase(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  number: string,
): Promise<DefectCase | null> {
  const { rows } = await client.query<DefectCase>(
    `select ${caseColumns} from defect_case c where c.number = $3 and ${concerned}`,
    [partyId, role, number],
  );
  return rows[0] ?? null;
}

export async function readCases(client: pg.ClientBase, caseIds: readonly bigint[]): Promise<DefectCase[]> {
  const { rows } = await client.query<DefectCase>(
    `select ${caseColumns} from defect_case c where c.case_id = any($1::bigint[])`,
    [caseIds],
  );
  return rows;
}

/** Recalls of a case, in the order they were opened. */
export async function recallsOfCase(client: pg.ClientBase, caseId: bigint): Promise<bigint[]> {
  const { rows } = await client.query<{ recall_id: bigint }>(
    'select recall_id from recall where case_id = $1 order by recall_id',
    [caseId],
  );
  return rows.map((row) => row.recall_id);
}

export async function joinCase(client: pg.ClientBase, recallId: bigint, caseId: bigint): Promise<void> {
  await client.query('update recall set case_id = $2, version = version + 1 where recall_id = $1', [
    recallId,
    caseId,
  ]);
}

export interface Reached {
  partyId: bigint;
  batchIds: bigint[];
}

/** Whose goods these batches are, where they are not the opener's. */
export async function brandOwnersOf(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  openerId: bigint | null,
): Promise<Reached[]> {
  const { rows } = await client.query<Reached>(
    `select p.owner_id as "partyId", array_agg(b.batch_id order by b.batch_id) as "batchIds"
     from unnest($1::bigint[]) as reached (batch_id)
     join batch b on b.batch_id = reached.batch_id join product p on p.product_id = b.product_id
     where p.owner_id is not null and p.owner_id is distinct from $2
     group by p.owner_id order by p.owner_id`,
    [batchIds, openerId],
  );
  return rows;
}

/** One alert a recall and brand owner; a further version of the scope tells what it reaches now. */
export async function insertAlerts(
  client: pg.ClientBase,
  { recallId, caseId }: { recallId: bigint; caseId: bigint },
  reached: readonly Reached[],
): Promise<void> {
  for (const { partyId, batchIds } of reached)
    await client.query(
      `insert into defect_alert (case_id, recall_id, party_id, batch_ids) values ($1, $2, $3, $4)
       on conflict (recall_id, party_id) do update set batch_ids = excluded.batch_ids`,
      [caseId, recallId, partyId, batchIds],
    );
}

/** Alerts to a party, or of a case, oldest first. */
export async function pageOfAlerts(
  client: pg.ClientBase,
  of: { partyId: bigint | null; caseId: bigint | null },
  page: { after: string | null; limit: number },
): Promise<DefectAlert[]> {
  const { rows } = await client.query<DefectAlert>(
    `select ${alertColumns} from defect_alert a
     where ($1::bigint is null or a.party_id = $1) and ($2::bigint is null or a.case_id = $2)
       and ($3::bigint is null or a.alert_id > $3)
     order by a.alert_id limit $4`,
    [of.partyId, of.caseId, page.after, page.limit],
  );
  return rows;
}

export async function readAlert(client: pg.ClientBase, alertId: bigint): Promise<DefectAlert | null> {
  const { rows } = await client.query<DefectAlert>(
    `select ${alertColumns} from defect_alert a where a.alert_id = $1`,
    [alertId],
  );
  return rows[0] ?? null;
}

export async function answerAlert(client: pg.ClientBase, alertId: bigint, recallId: bigint): Promise<void> {
  await client.query('update defect_alert set answer_id = $2 where alert_id = $1', [alertId, recallId]);
}

/** Whether the party made what the defect entered by, in the newest frozen scope of a published recall of another. */
export async function supplierRecall(
  client: pg.ClientBase,
  number: string,
  partyId: bigint,
): Promise<bigint | null> {
  const { rows } = await client.query<{ recall_id: bigint }>(
    `select r.recall_id from recall r
     where r.number = $1 and r.published_at is not null and r.kind <> 'DRILL' and r.opener_id is distinct from $2
       and exists (
         select from scope_version v join scope_batch m on m.version_id = v.version_id and m.origin
         join batch b on b.batch_id = m.batch_id join product p on p.product_id = b.product_id
         left join site s on s.site_id = b.source_id
         where v.recall_id = r.recall_id and v.number = (select max(n.number) from scope_version n where n.recall_id = r.recall_id)
           and (s.party_id = $2 or p.owner_id = $2))`,
    [number, partyId],
  );
  return rows[0]?.recall_id ?? null;
}

export async function insertReply(
  client: pg.ClientBase,
  reply: { recallId: bigint; partyId: bigint; reply: string; statement: string; evidenceUri: string | null },
): Promise<void> {
  await client.query(
    `insert into cause_reply (recall_id, party_id, reply, statement, evidence_uri) values ($1, $2, $3, $4, $5)`,
    [reply.recallId, reply.partyId, reply.reply, reply.statement, reply.evidenceUri],
  );
}

/** Oldest first. */
export async function readReplies(client: pg.ClientBase, recallId: bigint): Promise<CauseReply[]> {
  const { rows } = await client.query<CauseReply>(
    `select party_id as "partyId", reply, statement, evidence_uri as "evidenceUri", replied_at as "repliedAt"
     from cause_reply where recall_id = $1 order by reply_id`,
    [recallId],
  );
  return rows;
}
