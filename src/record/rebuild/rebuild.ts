/**
 * Derives every row of a record again from its events: what an older version wrote otherwise is closed and written as this one
 * does, known from now on. In pieces of their own transactions, each under the lock of recording, so that it may be killed and
 * gone on with, and recorders wait for half a second at most.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { type Database, failpoint, withSession } from '../../database/index.js';
import { beginRun, type Changed, finishRun, noteRun, type Run } from '../derivation.sql.js';
import { UNKNOWN_PLACE } from '../keys.js';
import { lockEverything, takeRecordedAt } from '../locks.js';
import { UNHURRIED_MS } from './pass.js';
import { type Step, steps, type Tally } from './steps.js';

/** Held by the one process that derives a record again. */
const REBUILDING_LOCK = 7212;
/** How long recorders should wait for a piece; pieces grow and shrink to it. */
const PIECE_MS = 500;
const PIECE_KEYS = { first: 200, least: 10, most: 5_000 } as const;
const ATTEMPTS_MAX = 5;
const engine = { role: 'tw_engine', partyId: null } as const;
const WORK_MEMORY = '64MB';

export interface RebuildOptions {
  progress: (line: string) => void;
  /** Stops after the piece under way; whoever comes next goes on from there. */
  signal?: AbortSignal;
  /** Whether to wait while another process does it; else it is left to that one. */
  isPatient?: boolean;
}

export interface Rebuilt extends Changed {
  table: string;
  /** Rows that stand after it, and those it closed. */
  lookedAt: number;
}

/**
 * Answers what became of each table's rows; null when it was stopped, or is left to another process. The second time in a row
 * it changes nothing. Errors: NewerDerivationError when a newer version has derived the record.
 */
export async function rebuild(database: Database, options: RebuildOptions): Promise<Rebuilt[] | null> {
  const { progress, signal, isPatient = true } = options;
  const keeper = await database.pool.connect();
  try {
    while (!(await tryLock(keeper))) {
      if (!isPatient || signal?.aborted) return null;
      progress('another process derives the record again; waiting for it');
      await sleep(1_000);
    }
    const run = await withSession(database, engine, async (client) => {
      await takeRecordedAt(client); // refuses where a newer version has been
      return beginRun(client);
    });
    const at = steps.findIndex((step) => step.name === run.step);
    if (at > 0 || run.after !== null) progress(`going on after ${run.step}, ${run.after ?? 'its start'}`);
    for (const step of steps.slice(Math.max(0, at))) {
      if (step.name !== run.step) Object.assign(run, { step: step.name, after: null });
      if (!(await takeStep(database, step, run, signal))) return null;
      progress(`${step.name}: done`);
    }
    await withSession(database, engine, async (client) => {
      await lockEverything(client);
      await finishRun(client, await takeRecordedAt(client));
    });
    return await lookedAt(database, run);
  } finally {
    await keeper.query(`select pg_advisory_unlock(${REBUILDING_LOCK})`).catch(() => {});
    keeper.release();
  }
}

async function tryLock(keeper: PoolClient): Promise<boolean> {
  const { rows } = await keeper.query<{ is_mine: boolean }>(
    `select pg_try_advisory_lock(${REBUILDING_LOCK}) as is_mine`,
  );
  return rows[0]?.is_mine ?? false;
}

/** Piece by piece to its end; false: stopped before. */
async function takeStep(database: Database, step: Step, run: Run, signal?: AbortSignal): Promise<boolean> {
  for (let size: number = PIECE_KEYS.first; ; ) {
    if (signal?.aborted) return false;
    const heldMs = await withRetry(() => takePiece(database, step, run, size));
    if (heldMs === null) return true;
    const fitting = Math.round(size * Math.min(2, PIECE_MS / Math.max(1, heldMs)));
    size = Math.min(PIECE_KEYS.most, Math.max(PIECE_KEYS.least, fitting));
  }
}

/** One transaction. Answers how long recorders were kept waiting; null: the step is at its end. */
async function takePiece(database: Database, step: Step, run: Run, size: number): Promise<number | null> {
  const after: Run = { ...run, counts: structuredClone(run.counts) };
  const heldMs = await withSession(database, engine, async (client) => {
    await client.query(`set local work_mem = '${WORK_MEMORY}'`);
    const page = await step.next(client, run.after, size);
    if (page.last === null) return null;
    await lockEverything(client);
    const started = performance.now();
    const recordedAt = await takeRecordedAt(client);
    const rebuilding = {
      client,
      recordedAt,
      dirty: new Map<string, string>(),
      unknownSiteId: await unknownSite(client),
    };
    const changes = addTally(after.counts, await step.apply(rebuilding, page.keys));
    after.after = page.last;
    await noteRun(client, after, recordedAt, changes);
    return performance.now() - started;
  });
  failpoint('rebuild.piece-derived');
  Object.assign(run, after);
  return heldMs;
}

/** Adds what a piece did, and answers how many rows it changed. */
function addTally(counts: Record<string, Changed>, tally: Tally): number {
  let changes = 0;
  for (const [table, { closed = 0, written = 0 }] of Object.entries(tally)) {
    const sum = counts[table] ?? { closed: 0, written: 0 };
    counts[table] = { closed: sum.closed + closed, written: sum.written + written };
    changes += closed + written;
  }
  return changes;
}

async function unknownSite(client: PoolClient): Promise<bigint> {
  const { rows } = await client.query<{ site_id: bigint }>('select site_id from site where gln = $1', [
    UNKNOWN_PLACE,
  ]);
  return rows[0]?.site_id ?? -1n; // nothing was ever recorded
}

/** Another writer took the same locks in another order: nothing was written, so it is done again. */
async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!['40P01', '40001', '55P03', '23505'].includes(code) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}

/** Tables that are gone through; of those with a clock of knowing, the rows that stand. */
const tables: Record<string, string> = {
  event: 'where voided_at is null',
  event_reference: '',
  batch: '',
  buyer_mark: '',
  item: 'where voided_at is null',
  containment: 'where voided_at is null',
  run: 'where voided_at is null',
  fitting: 'where voided_at is null',
  lineage: 'where voided_at is null',
  inspection: 'where voided_at is null',
  batch_hold: 'where voided_at is null',
  stock_count: 'where voided_at is null',
  service: 'where voided_at is null',
  registration: 'where voided_at is null',
  sale: 'where voided_at is null',
  sale_return: 'where voided_at is null',
  leg: 'where voided_at is null',
  balance: '',
  visible_batch: '',
};

function lookedAt(database: Database, { counts }: Run): Promise<Rebuilt[]> {
  return withSession(database, engine, async (client) => {
    const rebuilt: Rebuilt[] = [];
    for (const [table, which] of Object.entries(tables)) {
      const statement = {
        text: `select count(*) as count from ${table} ${which}`,
        query_timeout: UNHURRIED_MS,
      };
      const found = await client.query<{ count: bigint }>(statement);
      const { closed, written } = counts[table] ?? { closed: 0, written: 0 };
      rebuilt.push({ table, lookedAt: Number(found.rows[0]?.count ?? 0n) + closed, closed, written });
    }
    return rebuilt;
  });
}
