/** Capture jobs: a document waits encrypted in the database, is captured in the background, and survives a restart. */
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { destroyKeys, getKeys, sealPersons } from '../../access/index.js';
import { failpoint, outageOf, withSession } from '../../database/index.js';
import type { Recorder, Services } from '../../record/index.js';
import {
  findJob,
  findJobs,
  findOpenJobs,
  finishJob,
  insertJob,
  type JobRow,
  type SealedBody,
  takeJob,
} from './capture-job.sql.js';
import { capturePacked } from './capture-pieces.js';
import type { MappingRule } from './cbv-mapping.js';

const engine = { role: 'tw_engine', partyId: null } as const;

/** A job that ends the service each time it runs is given up after this many. */
const ATTEMPTS_MAX = 3;
/** How soon a job that an outage of the database broke off is begun again. */
const OUTAGE_PAUSE_MS = 2_000;
/** Class of the advisory locks that say which jobs somebody is running. */
const RUNNING = 7205;

const bodyField = 'epcis-capture';

async function sealBody(services: Services, captureId: string, packed: Buffer): Promise<SealedBody> {
  const fields = { [bodyField]: packed.toString('base64') };
  const [sealed] = await sealPersons(services, [{ eventKey: captureId, fields }]);
  const ciphertext = sealed?.fields[0]?.ciphertext;
  if (!sealed || !ciphertext) throw new Error('the vault sealed nothing');
  return { keyId: sealed.keyId, ciphertext };
}

async function openBody(
  { database, vault }: Services,
  captureId: string,
  { keyId, ciphertext }: SealedBody,
): Promise<Buffer> {
  const key = (await getKeys(database, [keyId])).get(keyId);
  if (!key) throw new Error(`capture ${captureId}: its key is gone`);
  const packed = vault.open({ eventKey: captureId, field: bodyField, ciphertext }, key);
  return Buffer.from(packed, 'base64');
}

export interface CaptureJobs {
  /** Keeps a document, packed as it was received, to be captured; returns the job's id at once. */
  add(packed: Buffer, options: { recorder: Recorder; behaviour: 'rollback' | 'proceed' }): Promise<string>;
  find(captureId: string, recorderId: bigint | null): Promise<JobRow | null>;
  list(page: { recorderId: bigint | null; before: bigint | null; limit: number }): Promise<JobRow[]>;
  /** Goes on with what was begun before the service last ended. */
  resume(): Promise<void>;
  /** Waits for the jobs that run; none is begun after. */
  close(): Promise<void>;
}

interface RunOptions {
  rules: readonly MappingRule[];
  /** Hears of what broke a job off. */
  fault: (error: unknown, captureId: string) => void;
}

interface Run extends RunOptions {
  /** An outage broke the attempt before off, which is no fault of the job: this one is not counted. */
  again: boolean;
}

/** Runs jobs one after the other: captures of one service would wait for each other's locks anyway. */
export function createCaptureJobs(services: Services, how: RunOptions): CaptureJobs {
  let queue: Promise<void> = Promise.resolve();
  let closed = false;
  const pauses = new Set<NodeJS.Timeout>();
  const enqueue = (captureId: string, { again = false } = {}): void => {
    queue = queue.then(async () => {
      if (closed) return;
      await runJob(services, captureId, { ...how, again }).catch((error: unknown) => {
        how.fault(error, captureId);
        if (outageOf(error) !== null) enqueueLater(captureId);
      });
    });
  };
  const enqueueLater = (captureId: string): void => {
    const pause = setTimeout(() => {
      pauses.delete(pause);
      enqueue(captureId, { again: true });
    }, OUTAGE_PAUSE_MS);
    pauses.add(pause);
  };
  const asEngine = <T>(work: (client: PoolClient) => Promise<T>): Promise<T> =>
    withSession(services.database, engine, work);
  return {
    async add(packed, { recorder, behaviour }) {
      const captureId = randomUUID();
      const body = await sealBody(services, captureId, packed);
      const job = { captureId, recorderId: recorder.partyId, role: recorder.role, behaviour, body };
      await asEngine((client) => insertJob(client, job));
      enqueue(captureId);
      return captureId;
    },
    find: (captureId, recorderId) => asEngine((client) => findJob(client, captureId, recorderId)),
    list: (page) => asEngine((client) => findJobs(client, page)),
    async resume() {
      for (const captureId of await asEngine(findOpenJobs)) enqueue(captureId);
    },
    async close() {
      closed = true;
      for (const pause of pauses) clearTimeout(pause);
      await queue;
    },
  };
}

/** Runs a job unless another process does. A lock of the connection says so; it goes with the process. */
async function runJob(services: Services, captureId: string, how: Run): Promise<void> {
  const guard = await services.database.pool.connect();
  const lock = [RUNNING, captureId];
  try {
    const got = await guard.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as locked',
      lock,
    );
    if (got.rows[0]?.locked !== true) return;
    try {
      await runLocked(services, captureId, how);
    } finally {
      await guard.query('select pg_advisory_unlock($1, hashtext($2))', lock);
    }
  } finally {
    guard.release();
  }
}

async function runLocked(services: Services, captureId: string, how: Run): Promise<void> {
  const finish = async (state: 'DONE' | 'FAILED', report: JobRow['report']): Promise<void> => {
    const keyId = await withSession(services.database, engine, (client) =>
      finishJob(client, captureId, { state, report }),
    );
    if (keyId !== null) await destroyKeys(services.database, [keyId]);
  };
  for (let { again } = how; ; again = false) {
    const job = await withSession(services.database, engine, (client) =>
      takeJob(client, captureId, { attemptsMax: ATTEMPTS_MAX, counts: !again }),
    );
    if (job === null) {
      await finish('FAILED', null);
      return;
    }
    try {
      const packed = await openBody(services, captureId, job.body);
      const recorder = { partyId: job.recorder_id, role: job.recorder_role };
      const report = await capturePacked(
        services,
        { packed, file: `capture ${captureId}` },
        { recorder, behaviour: job.behaviour, reading: 'strict', rules: how.rules },
      );
      failpoint('capture.reported');
      await finish('DONE', report);
      return;
    } catch (error) {
      if (outageOf(error) !== null) throw error;
      how.fault(error, captureId); // what was done stays and is found again by the next attempt
    }
  }
}
