/** Statements of the log: its leaves in order, its subtrees and its checkpoints. */
import type { PoolClient } from 'pg';
import type { HashOf, Subtree } from './merkle.js';

export interface StoredCheckpoint {
  treeSize: bigint;
  rootHash: Buffer;
  note: string;
  signedAt: Date;
}

export async function readSize(client: PoolClient): Promise<bigint> {
  const { rows } = await client.query<{ size: bigint }>(
    'select coalesce(max(log_index) + 1, 0) as size from log_entry',
  );
  return rows[0]?.size ?? 0n;
}

/** The hashes of these subtrees; one that is missing is an error, since only complete subtrees are asked for. */
export async function readSubtrees(client: PoolClient, subtrees: readonly Subtree[]): Promise<HashOf> {
  const { rows } = await client.query<Subtree & { hash: Buffer }>(
    `select n.level, n.position, n.hash
     from unnest($1::smallint[], $2::bigint[]) as w(level, position)
     join log_node n on n.level = w.level and n.position = w.position
     union all
     select 0, e.log_index, e.leaf_hash
     from unnest($1::smallint[], $2::bigint[]) as w(level, position) join log_entry e on e.log_index = w.position
     where w.level = 0`,
    [subtrees.map(({ level }) => level), subtrees.map(({ position }) => position)],
  );
  const hashes = new Map(rows.map((row) => [`${row.level}:${row.position}`, row.hash]));
  return ({ level, position }) => {
    const hash = hashes.get(`${level}:${position}`);
    if (hash === undefined)
      throw new Error(`log: subtree ${level}:${position} is missing; run tracewright verify`);
    return hash;
  };
}

/** Gives the next events their log indexes: those recorded up to the watermark, in the order of their recording. */
export async function appendEntries(
  client: PoolClient,
  watermark: Date,
  max: number,
): Promise<{ log_index: bigint; leaf_hash: Buffer }[]> {
  const { rows } = await client.query<{ log_index: bigint; leaf_hash: Buffer }>(
    `with last as (
       select log_index, recorded_at, event_seq from log_entry order by log_index desc limit 1
     ),
     news as (
       select e.event_key, e.leaf_hash, e.recorded_at, e.event_seq
       from event e
       where (e.recorded_at, e.event_seq) > (
           coalesce((select l.recorded_at from last l), '-infinity'), coalesce((select l.event_seq from last l), 0))
         and e.recorded_at <= $1
       order by e.recorded_at, e.event_seq
       limit $2
     ),
     appended as (
       insert into log_entry (log_index, event_key, leaf_hash, recorded_at, event_seq)
       select coalesce((select l.log_index from last l), -1) + row_number() over (order by n.recorded_at, n.event_seq),
         n.event_key, n.leaf_hash, n.recorded_at, n.event_seq
       from news n
       returning log_index, leaf_hash
     )
     select a.log_index, a.leaf_hash from appended a order by a.log_index`,
    [watermark, max],
  );
  return rows;
}

export async function insertNodes(client: PoolClient, nodes: (Subtree & { hash: Buffer })[]): Promise<void> {
  await client.query(
    `insert into log_node (level, position, hash)
     select w.level, w.position, w.hash from unnest($1::smallint[], $2::bigint[], $3::bytea[]) as w(level, position, hash)`,
    [nodes.map((node) => node.level), nodes.map((node) => node.position), nodes.map((node) => node.hash)],
  );
}

const checkpointColumns = 'tree_size as "treeSize", root_hash as "rootHash", note, signed_at as "signedAt"';

export async function latestCheckpoint(client: PoolClient): Promise<StoredCheckpoint | null> {
  const { rows } = await client.query<StoredCheckpoint>(
    `select ${checkpointColumns} from log_checkpoint order by tree_size desc limit 1`,
  );
  return rows[0] ?? null;
}

export async function allCheckpoints(client: PoolClient): Promise<StoredCheckpoint[]> {
  const { rows } = await client.query<StoredCheckpoint>(
    `select ${checkpointColumns} from log_checkpoint order by tree_size`,
  );
  return rows;
}

export async function insertCheckpoint(client: PoolClient, checkpoint: StoredCheckpoint): Promise<void> {
  await client.query(
    `insert into log_checkpoint (tree_size, root_hash, note, signed_at) values ($1, $2, $3, $4)
     on conflict (tree_size) do nothing`,
    [checkpoint.treeSize, checkpoint.rootHash, checkpoint.note, checkpoint.signedAt],
  );
}
