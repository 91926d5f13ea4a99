/** Recalls as they are stored, read and moved. Every statement runs as the engine, in the caller's transaction. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import type { Recall, RecallTransition } from './recall.types.js';
import type { RecallState } from './recall-states.js';

const columns = `r.recall_id as "recallId", r.number, r.title, r.kind, r.state, r.opener_id as "openerId", r.opener_role as "openerRole",
  r.rule, r.keep, r.exposure, r.defect, r.risk, r.instructions, r.created_at as "openedAt", r.published_at as "publishedAt", r.version, r.details,
  r.case_id as "caseId", r.parent_id as "parentId", r.relation`;

/** Condition on recalls `r`: those of the party $1, or of that role where neither has a party. $2 role. */
const opened = '(r.opener_id = $1 or (r.opener_id is null and $1::bigint is null and r.opener_role = $2))';

/** Condition on an item's row `l` (batch, item): member of the version `v`, spared ones left out; `m` its batch. */
const isMember = `not exists (
      select from scope_item s where s.batch_id = m.batch_id and s.version_id = m.version_id and s.item_id = l.item_id and s.spared)
    and (m.whole or l.item_id is null or exists (
      select from scope_item s where s.batch_id = m.batch_id and s.version_id = m.version_id and s.item_id = l.item_id))`;

/**
 * Condition on recalls `r` that concern the party $1: published, and it holds, held or serviced goods that a version
 * names. A drill concerns nobody.
 */
const concerns = `(r.published_at is not null and r.kind <> 'DRILL' and (exists (
  select from scope_version v
  join scope_batch m on m.version_id = v.version_id and not m.opener_only
  join leg l on l.batch_id = m.batch_id and l.party_id = $1 and l.voided_at is null
  where v.recall_id = r.recall_id and (m.site_id = 0 or l.site_id = m.site_id) and ${isMember})
  or exists (
  select from scope_version v
  join scope_batch m on m.version_id = v.version_id and not m.opener_only and m.site_id = 0
  join service l on l.batch_id = m.batch_id and l.party_id = $1 and l.voided_at is null
  where v.recall_id = r.recall_id and ${isMember})))`;

/** $3: the caller sees the chain as a whole, and so every recall that is no draft. */
const visible = `(${opened} or ($3 and r.state <> 'DRAFT') or (not $3 and ${concerns}))`;

const callerOf = ({ role, partyId }: Principal): unknown[] => [
  partyId,
  role,
  role === 'REGULATOR' || role === 'ADMIN',
];

/** The recall of that number, when the caller sees it. */
export async function findRecall(
  client: pg.ClientBase,
  principal: Principal,
  number: string,
): Promise<Recall | null> {
  const { rows } = await client.query<Recall>(
    `select ${columns} from recall r where r.number = $4 and ${visible}`,
    [...callerOf(principal), number],
  );
  return rows[0] ?? null;
}

export interface RecallPage {
  states: readonly RecallState[] | null;
  kind: string | null;
  after: string | null;
  limit: number;
}

/** Recalls the caller sees, in the order they were opened. */
export async function pageOfRecalls(
  client: pg.ClientBase,
  principal: Principal,
  { states, kind, after, limit }: RecallPage,
): Promise<Recall[]> {
  const { rows } = await client.query<Recall>(
    `select ${columns} from recall r
     where ${visible} and ($4::text[] is null or r.state = any($4)) and ($5::text is null or r.kind = $5)
       and ($6::bigint is null or r.recall_id > $6)
     order by r.recall_id limit $7`,
    [...callerOf(principal), states, kind, after, limit],
  );
  return rows;
}

export async function readRecall(client: pg.ClientBase, recallId: bigint): Promise<Recall | null> {
  const { rows } = await client.query<Recall>(`select ${columns} from recall r where r.recall_id = $1`, [
    recallId,
  ]);
  return rows[0] ?? null;
}

export async function readRecalls(client: pg.ClientBase, recallIds: readonly bigint[]): Promise<Recall[]> {
  const { rows } = await client.query<Recall>(
    `select ${columns} from recall r where r.recall_id = any($1::bigint[])`,
    [recallIds],
  );
  return rows;
}

/** Until the transaction ends nobody else freezes, tells or moves it. */
export async function lockRecall(client: pg.ClientBase, recallId: bigint): Promise<Recall> {
  await client.query('select 1 from recall where recall_id = $1 for update', [recallId]);
  const recall = await readRecall(client, recallId);
  if (recall === null) throw new Error(`recall ${recallId}: gone`);
  return recall;
}

export type NewRecall = Pick<
  Recall,
  | 'number'
  | 'title'
  | 'kind'
  | 'rule'
  | 'keep'
  | 'exposure'
  | 'defect'
  | 'risk'
  | 'instructions'
  | 'caseId'
  | 'parentId'
  | 'relation'
>;

/** Null: the number is taken. */
export async function insertRecall(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  recall: NewRecall,
): Promise<bigint | null> {
  const { rows } = await client.query<{ recall_id: bigint }>(
    `insert into recall (number, title, kind, rule, keep, exposure, defect, risk, instructions, opener_id, opener_role, case_id, parent_id, relation)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (number) do nothing returning recall_id`,
    [
      recall.number,
      recall.title,
      recall.kind,
      JSON.stringify(recall.rule),
      recall.keep === null ? null : JSON.stringify(recall.keep),
      recall.exposure,
      recall.defect,
      recall.risk,
      recall.instructions,
      partyId,
      role,
      recall.caseId,
      recall.parentId,
      recall.relation,
    ],
  );
  return rows[0]?.recall_id ?? null;
}

/** Guarded: moves only from one of these states and, where given, from that version. */
export async function moveState(
  client: pg.ClientBase,
  recallId: bigint,
  move: { from: readonly RecallState[]; to: RecallState; expectedVersion: number | null },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update recall r set state = $2, version = r.version + 1,
       published_at = case when $2 = 'PUBLISHED' then coalesce(r.published_at, now()) else r.published_at end
     where r.recall_id = $1 and r.state = any($3) and ($4::integer is null or r.version = $4)`,
    [recallId, move.to, move.from, move.expectedVersion],
  );
  return rowCount === 1;
}

export async function bumpVersion(client: pg.ClientBase, recallId: bigint): Promise<void> {
  await client.query('update recall set version = version + 1 where recall_id = $1', [recallId]);
}

export async function addTransition(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  transition: {
    recallId: bigint;
    from: RecallState | null;
    to: RecallState;
    reason: string | null;
    /** With which authority; null: the recall itself. */
    authorityId?: bigint | null;
  },
): Promise<void> {
  await client.query(
    `insert into recall_transition (recall_id, from_state, to_state, party_id, role, reason, authority_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      transition.recallId,
      transition.from,
      transition.to,
      partyId,
      role,
      transition.reason,
      transition.authorityId ?? null,
    ],
  );
}

export async function readTransitions(
  client: pg.ClientBase,
  recallIds: bigint[],
): Promise<(RecallTransition & { of: bigint })[]> {
  const { rows } = await client.query<RecallTransition & { of: bigint }>(
    `select recall_id as of, from_state as "from", to_state as "to", party_id as "partyId", role, reason, happened_at as at,
       authority_id as "authorityId"
     from recall_transition where recall_id = any($1::bigint[]) order by recall_id, transition_id`,
    [recallIds],
  );
  return rows;
}

export interface Description {
  defect: string | null;
  risk: string | null;
  instructions: string | null;
  details: Record<string, unknown>;
  /** The version it is a description of. */
  expected: number;
}

/** What is null or absent stays as it is. Guarded: false when the recall has another version. */
export async function describe(
  client: pg.ClientBase,
  recallId: bigint,
  description: Description,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update recall r set defect = coalesce($3, r.defect), risk = coalesce($4, r.risk), instructions = coalesce($5, r.instructions),
       details = r.details || $6::jsonb, version = r.version + 1
     where r.recall_id = $1 and r.version = $2`,
    [
      recallId,
      description.expected,
      description.defect,
      description.risk,
      description.instructions,
      JSON.stringify(description.details),
    ],
  );
  return rowCount === 1;
}

/** Earlier rules stay with the versions that were frozen by them. */
export async function changeRule(
  client: pg.ClientBase,
  recallId: bigint,
  { rule, keep, exposure }: Pick<Recall, 'rule' | 'keep' | 'exposure'>,
): Promise<void> {
  await client.query(
    'update recall set rule = $2, keep = $3, exposure = $4, version = version + 1 where recall_id = $1',
    [recallId, JSON.stringify(rule), keep === null ? null : JSON.stringify(keep), exposure],
  );
}
