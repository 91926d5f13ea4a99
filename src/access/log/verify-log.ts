/** Checks the log against the events, and its checkpoints against the key: names what was changed, taken out, put in or moved. */
import type { KeyObject } from 'node:crypto';
import type { PoolClient } from 'pg';
import { openNote } from './checkpoint.js';
import { leafHash } from './leaf.js';
import { allCheckpoints } from './log.sql.js';
import { frontierOf } from './merkle.js';

export type FindingCode =
  | 'EVENT_CHANGED'
  | 'EVENT_DELETED'
  | 'EVENT_INSERTED'
  | 'ENTRY_CHANGED'
  | 'ENTRY_DELETED'
  | 'ENTRIES_REORDERED'
  | 'SUBTREE_CHANGED'
  | 'CHECKPOINT_FORGED'
  | 'CHECKPOINT_DIFFERS';

export interface Finding {
  code: FindingCode;
  message: string;
}

/** Below every number a row can have, also one that somebody made up. */
const FIRST = -(2n ** 63n);
const ROWS_AT_ONCE = 2_000;
/** Beyond this many, more of the same tell nothing new. */
const FINDINGS_MAX = 100;

interface EventRow {
  event_seq: bigint;
  event_id: string;
  kind: string;
  occurred_at: Date;
  occurred_to: Date;
  offset_minutes: number;
  recorder_id: bigint | null;
  recorded_at: Date;
  target_key: string | null;
  body: unknown;
  received: unknown;
  commitment: Buffer | null;
  leaf_hash: Buffer;
  log_index: bigint | null;
  logged_hash: Buffer | null;
  overdue: boolean;
}

/** $1 the last event_seq looked at, $2 how many. An event before the log's end in recording order should be in it. */
const eventPage = `
with last as (select l.recorded_at, l.event_seq from log_entry l order by l.log_index desc limit 1)
select e.event_seq, e.event_id, e.kind, e.occurred_at, e.occurred_to, e.offset_minutes, e.recorder_id, e.recorded_at,
  e.target_key, e.body, e.received, e.commitment, e.leaf_hash, l.log_index, l.leaf_hash as logged_hash,
  coalesce((e.recorded_at, e.event_seq) <= (select n.recorded_at, n.event_seq from last n), false) as overdue
from event e left join log_entry l on l.event_key = e.event_key
where e.event_seq > $1
order by e.event_seq
limit $2`;

async function checkEvents(client: PoolClient, tell: (finding: Finding) => void): Promise<void> {
  for (let after = FIRST; ; ) {
    const { rows } = await client.query<EventRow>(eventPage, [after, ROWS_AT_ONCE]);
    for (const row of rows) {
      const said = leafHash({
        eventId: row.event_id,
        kind: row.kind,
        occurredAt: row.occurred_at,
        occurredTo: row.occurred_to,
        offsetMinutes: row.offset_minutes,
        recorderId: row.recorder_id,
        recordedAt: row.recorded_at,
        targetKey: row.target_key,
        body: row.body,
        received: row.received,
        commitment: row.commitment,
      });
      const name = `event ${row.event_id}`;
      if (row.log_index === null && row.overdue)
        tell({
          code: 'EVENT_INSERTED',
          message: `${name}: recorded before the log was last sealed, by its own word, but the log has no entry of it`,
        });
      else if (!said.equals(row.logged_hash ?? row.leaf_hash))
        tell({ code: 'EVENT_CHANGED', message: `${name}: says something else than when it was recorded` });
      after = row.event_seq;
    }
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

interface LeafRow {
  log_index: bigint;
  leaf_hash: Buffer;
  in_order: boolean;
  event_leaf: Buffer | null;
}

const leafPage = `
select l.log_index, l.leaf_hash, e.leaf_hash as event_leaf,
  coalesce((l.recorded_at, l.event_seq) > (p.recorded_at, p.event_seq), true)
    and (e.event_key is null or (e.recorded_at, e.event_seq) = (l.recorded_at, l.event_seq)) as in_order
from log_entry l
left join event e on e.event_key = l.event_key
left join log_entry p on p.log_index = l.log_index - 1
where l.log_index > $1
order by l.log_index
limit $2`;

/** Walks the leaves in order, growing the tree anew; returns the root at each asked size. */
async function checkEntries(
  client: PoolClient,
  sizes: ReadonlySet<bigint>,
  tell: (finding: Finding) => void,
): Promise<Map<bigint, Buffer>> {
  const roots = new Map<bigint, Buffer>();
  const frontier = frontierOf(0n, []);
  for (let after = FIRST; ; ) {
    const { rows } = await client.query<LeafRow>(leafPage, [after, ROWS_AT_ONCE]);
    for (const row of rows) {
      for (let gone = after < 0n ? 0n : after + 1n; gone < row.log_index; gone += 1n)
        tell({ code: 'ENTRY_DELETED', message: `log index ${gone}: its entry is gone` });
      after = row.log_index;
      if (row.event_leaf === null)
        tell({
          code: 'EVENT_DELETED',
          message: `log index ${row.log_index}: its event is gone from the record`,
        });
      else if (!row.event_leaf.equals(row.leaf_hash))
        tell({ code: 'ENTRY_CHANGED', message: `log index ${row.log_index}: its leaf is not its event's` });
      if (!row.in_order)
        tell({
          code: 'ENTRIES_REORDERED',
          message: `log index ${row.log_index}: stands before or after an event that was recorded on its other side`,
        });
      const closed = frontier.append(row.leaf_hash);
      if (sizes.has(frontier.size)) roots.set(frontier.size, frontier.root());
      await checkNodes(client, closed, tell);
    }
    if (rows.length < ROWS_AT_ONCE) return roots;
  }
}

async function checkNodes(
  client: PoolClient,
  closed: { level: number; position: bigint; hash: Buffer }[],
  tell: (finding: Finding) => void,
): Promise<void> {
  // only the topmost: a subtree below it that differs was asked for when it was closed
  const top = closed.at(-1);
  if (!top) return;
  const { rows } = await client.query<{ hash: Buffer }>(
    'select hash from log_node where level = $1 and position = $2',
    [top.level, top.position],
  );
  if (!rows[0]?.hash.equals(top.hash))
    tell({
      code: 'SUBTREE_CHANGED',
      message: `subtree ${top.level}:${top.position}: not what its leaves give`,
    });
}

/** Every finding, at most a hundred. The key is the one checkpoints must be signed with. */
export async function verifyLog(client: PoolClient, publicKey: KeyObject): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    if (findings.length < FINDINGS_MAX) findings.push(finding);
  };
  const checkpoints = await allCheckpoints(client);
  await checkEvents(client, tell);
  const roots = await checkEntries(client, new Set(checkpoints.map((one) => one.treeSize)), tell);
  for (const stored of checkpoints) {
    const opened = openNote(stored.note, publicKey);
    const name = `checkpoint of ${stored.treeSize} entries`;
    if (!opened.ok) tell({ code: 'CHECKPOINT_FORGED', message: `${name}: ${opened.reason}` });
    else if (
      opened.checkpoint.treeSize !== stored.treeSize ||
      !opened.checkpoint.rootHash.equals(roots.get(stored.treeSize) ?? Buffer.alloc(0))
    )
      tell({ code: 'CHECKPOINT_DIFFERS', message: `${name}: the entries of today give another root` });
  }
  return findings;
}
