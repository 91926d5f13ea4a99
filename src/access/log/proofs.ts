/** Proofs anybody can check with the public key alone: that an event is in the log, and that the log only ever grew. */
import type { PoolClient } from 'pg';
import { latestCheckpoint, readSize, readSubtrees } from './log.sql.js';
import { planConsistency, planInclusion } from './merkle.js';

export interface InclusionProof {
  eventId: string;
  index: bigint;
  treeSize: bigint;
  leafHash: Buffer;
  path: Buffer[];
}

export interface ConsistencyProof {
  first: bigint;
  second: bigint;
  path: Buffer[];
}

/** Of an event in the tree of the latest checkpoint, or of `treeSize`; null while it is not sealed into that tree. */
export async function proveInclusion(
  client: PoolClient,
  eventKey: string,
  treeSize?: bigint,
): Promise<InclusionProof | null> {
  const size = treeSize ?? (await latestCheckpoint(client))?.treeSize ?? 0n;
  const { rows } = await client.query<{ log_index: bigint; leaf_hash: Buffer; event_id: string }>(
    `select l.log_index, l.leaf_hash, e.event_id from log_entry l join event e on e.event_key = l.event_key
     where l.event_key = $1`,
    [eventKey],
  );
  const entry = rows[0];
  if (!entry || entry.log_index >= size || size > (await readSize(client))) return null;
  const plan = planInclusion(entry.log_index, size);
  const path = plan.make(await readSubtrees(client, plan.needs));
  return { eventId: entry.event_id, index: entry.log_index, treeSize: size, leafHash: entry.leaf_hash, path };
}

/** That the tree of `second` leaves begins with that of `first`; null where there are no such trees. */
export async function proveConsistency(
  client: PoolClient,
  first: bigint,
  second: bigint,
): Promise<ConsistencyProof | null> {
  if (first <= 0n || first > second || second > (await readSize(client))) return null;
  const plan = planConsistency(first, second);
  return { first, second, path: plan.make(await readSubtrees(client, plan.needs)) };
}
