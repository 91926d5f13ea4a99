/** The sealer: gives recorded events their place in the log and signs where it stands. Recording never waits for it. */
import { type Database, failpoint, readClock, withSession } from '../../database/index.js';
import { type Signer } from './checkpoint.js';
import {
  appendEntries,
  insertCheckpoint,
  insertNodes,
  latestCheckpoint,
  readSize,
  readSubtrees,
} from './log.sql.js';
import { frontierOf, type Subtree, subtreesOf } from './merkle.js';

/** One sealer at a time, whatever the number of servers. */
const SEALER_LOCK = 7206;
const ENTRIES_PER_TRANSACTION = 5_000;
const engine = { role: 'tw_engine', partyId: null } as const;

/**
 * Seals what was recorded up to the watermark, in transactions of at most 5,000 entries, and signs a checkpoint at the end
 * of each. Returns how many entries were added; 0 also when another sealer is at work.
 */
export async function sealLog(
  database: Database,
  signer: Signer,
  readWatermark: () => Promise<Date>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const watermark = await readWatermark();
    const added = await sealSome(database, signer, watermark);
    total += added;
    if (added < ENTRIES_PER_TRANSACTION) return total;
  }
}

const sealSome = (database: Database, signer: Signer, watermark: Date): Promise<number> =>
  withSession(database, engine, async (client) => {
    const lock = await client.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(${SEALER_LOCK}, 0) as mine`,
    );
    if (!lock.rows[0]?.mine) return 0;
    const size = await readSize(client);
    const edge = subtreesOf({ from: 0n, to: size });
    const hashOf = await readSubtrees(client, edge);
    const frontier = frontierOf(size, edge.map(hashOf));
    const entries = await appendEntries(client, watermark, ENTRIES_PER_TRANSACTION);
    const last = await latestCheckpoint(client);
    if (entries.length === 0 && last?.treeSize === size) return 0;
    failpoint('sealing.entries-appended');
    const nodes: (Subtree & { hash: Buffer })[] = [];
    for (const entry of entries) nodes.push(...frontier.append(entry.leaf_hash));
    if (nodes.length > 0) await insertNodes(client, nodes);
    failpoint('sealing.nodes-written');
    if (frontier.size === 0n) return 0;
    const now = await readClock(client);
    // never before the last one, should the clock be set back
    const signedAt = last !== null && last.signedAt > now ? last.signedAt : now;
    const checkpoint = { treeSize: frontier.size, rootHash: frontier.root(), signedAt };
    await insertCheckpoint(client, { ...checkpoint, note: signer.sign(checkpoint) });
    return entries.length;
  });

/** Seals again and again until stopped; an error is told and the next round tries anew. */
export function startSealer(
  database: Database,
  signer: Signer,
  options: { readWatermark: () => Promise<Date>; intervalMs: number; onError: (error: unknown) => void },
): { stop(): Promise<void> } {
  let stopped = false;
  let wake = (): void => {};
  const run = async (): Promise<void> => {
    while (!stopped) {
      await sealLog(database, signer, options.readWatermark).catch(options.onError);
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.intervalMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = run();
  return {
    stop() {
      stopped = true;
      wake();
      return running;
    },
  };
}
