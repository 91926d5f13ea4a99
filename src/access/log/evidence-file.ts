/**
 * Evidence to be checked elsewhere: checkpoints, leaves and proofs, one JSON object a line. Whoever has the public key alone
 * can check it: no database, no secret and no program of ours but this one is needed.
 */
import type { KeyObject } from 'node:crypto';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Checkpoint, openNote } from './checkpoint.js';
import { allCheckpoints } from './log.sql.js';
import { frontierOf, provesConsistency, provesInclusion } from './merkle.js';
import { type InclusionProof, proveConsistency, proveInclusion } from './proofs.js';

const hash = z.base64().transform((text) => Buffer.from(text, 'base64'));
const size = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt);
const line = z.union([
  z.strictObject({ checkpoint: z.strictObject({ note: z.string() }) }),
  z.strictObject({ leaf: z.strictObject({ index: size, hash }) }),
  z.strictObject({
    inclusionProof: z.strictObject({
      eventId: z.string(),
      index: size,
      treeSize: size,
      leafHash: hash,
      path: z.array(hash),
    }),
  }),
  z.strictObject({
    consistencyProof: z.strictObject({ first: size, second: size, path: z.array(hash) }),
  }),
]);

const base64 = (bytes: Buffer): string => bytes.toString('base64');

export const inclusionLine = (proof: InclusionProof): string =>
  JSON.stringify({
    inclusionProof: {
      eventId: proof.eventId,
      index: String(proof.index),
      treeSize: String(proof.treeSize),
      leafHash: base64(proof.leafHash),
      path: proof.path.map(base64),
    },
  });

/** The lines of a file: every checkpoint and leaf, consistency between one checkpoint and the next, proofs of some events. */
export async function* evidenceLines(
  client: PoolClient,
  eventKeys: readonly string[],
): AsyncGenerator<string> {
  const checkpoints = await allCheckpoints(client);
  for (const { note } of checkpoints) yield JSON.stringify({ checkpoint: { note } });
  for (const [i, later] of checkpoints.entries()) {
    const earlier = checkpoints[i - 1];
    if (!earlier) continue;
    const proof = await proveConsistency(client, earlier.treeSize, later.treeSize);
    if (!proof) continue;
    const { first, second, path } = proof;
    yield JSON.stringify({
      consistencyProof: { first: String(first), second: String(second), path: path.map(base64) },
    });
  }
  const last = checkpoints.at(-1)?.treeSize ?? 0n;
  for (let from = 0n; from < last; from += 5_000n) {
    const { rows } = await client.query<{ log_index: bigint; leaf_hash: Buffer }>(
      'select log_index, leaf_hash from log_entry where log_index >= $1 and log_index < least($1 + 5000, $2) order by log_index',
      [from, last],
    );
    for (const row of rows)
      yield JSON.stringify({ leaf: { index: String(row.log_index), hash: base64(row.leaf_hash) } });
  }
  for (const eventKey of eventKeys) {
    const proof = await proveInclusion(client, eventKey);
    if (proof) yield inclusionLine(proof);
  }
}

export interface Evidence {
  checkpoints: number;
  leaves: number;
  proofs: number;
  problems: string[];
}

/** Checks every line with the public key alone. Proofs count only against a checkpoint that the key signed. */
export async function checkEvidence(
  lines: AsyncIterable<string> | Iterable<string>,
  publicKey: KeyObject,
): Promise<Evidence> {
  const evidence: Evidence = { checkpoints: 0, leaves: 0, proofs: 0, problems: [] };
  const tell = (problem: string): void => {
    evidence.problems.push(problem);
  };
  const signed = new Map<bigint, Checkpoint>();
  const rootOf = (treeSize: bigint): Buffer | undefined => signed.get(treeSize)?.rootHash;
  const frontier = frontierOf(0n, []);
  const proofs: z.infer<typeof line>[] = [];
  const roots = new Map<bigint, Buffer>();
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    const parsed = line.safeParse(parseJson(text));
    if (!parsed.success) tell(`line ${number}: neither checkpoint, leaf nor proof`);
    else if ('checkpoint' in parsed.data) {
      evidence.checkpoints += 1;
      const opened = openNote(parsed.data.checkpoint.note, publicKey);
      if (!opened.ok) tell(`line ${number}: checkpoint: ${opened.reason}`);
      else if (rootOf(opened.checkpoint.treeSize)?.equals(opened.checkpoint.rootHash) === false)
        tell(
          `line ${number}: a second checkpoint of ${opened.checkpoint.treeSize} entries with another root`,
        );
      else signed.set(opened.checkpoint.treeSize, opened.checkpoint);
    } else if ('leaf' in parsed.data) {
      const { index, hash: leaf } = parsed.data.leaf;
      evidence.leaves += 1;
      if (index !== frontier.size)
        tell(`line ${number}: leaf ${index}: leaf ${frontier.size} should come here`);
      frontier.append(leaf);
      roots.set(frontier.size, signed.has(frontier.size) ? frontier.root() : Buffer.alloc(0));
    } else proofs.push(parsed.data);
  }
  if (signed.size === 0) tell('no checkpoint that the key signed');
  if (evidence.leaves > 0)
    for (const { treeSize, rootHash } of signed.values())
      if (roots.get(treeSize)?.equals(rootHash) !== true)
        tell(`checkpoint of ${treeSize} entries: the leaves give another root`);
  for (const proof of proofs) {
    evidence.proofs += 1;
    const problem = problemOf(proof, rootOf);
    if (problem !== null) tell(problem);
  }
  return evidence;
}

function problemOf(proof: z.infer<typeof line>, rootOf: (size: bigint) => Buffer | undefined): string | null {
  if ('inclusionProof' in proof) {
    const { eventId, treeSize, ...rest } = proof.inclusionProof;
    const root = rootOf(treeSize);
    const holds = root !== undefined && provesInclusion({ ...rest, size: treeSize, root });
    return holds ? null : `event ${eventId}: not proven to be in the log of ${treeSize} entries`;
  }
  if (!('consistencyProof' in proof)) return null;
  const { first, second, path } = proof.consistencyProof;
  const [firstRoot, secondRoot] = [rootOf(first), rootOf(second)];
  const holds = firstRoot && secondRoot && provesConsistency({ first, second, firstRoot, secondRoot, path });
  return holds ? null : `log of ${second} entries: not proven to begin with that of ${first}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
