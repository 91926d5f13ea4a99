/** Statements on capture jobs. */
import type { PoolClient } from 'pg';
import type { CaptureReport } from './capture-report.js';

export interface JobRow {
  capture_id: string;
  capture_seq: bigint;
  recorder_id: bigint | null;
  recorder_role: string;
  behaviour: 'rollback' | 'proceed';
  created_at: Date;
  finished_at: Date | null;
  state: 'WAITING' | 'RUNNING' | 'DONE' | 'FAILED';
  report: CaptureReport | null;
}

const columns =
  'capture_id, capture_seq, recorder_id, recorder_role, behaviour, created_at, finished_at, state, report';

export interface SealedBody {
  keyId: string;
  ciphertext: Buffer;
}

export async function insertJob(
  client: PoolClient,
  job: { captureId: string; recorderId: bigint | null; role: string; behaviour: string; body: SealedBody },
): Promise<void> {
  const { captureId, recorderId, role, behaviour, body } = job;
  await client.query(
    `insert into epcis_capture (capture_id, recorder_id, recorder_role, behaviour, key_id, ciphertext)
     values ($1, $2, $3, $4, $5, $6)`,
    [captureId, recorderId, role, behaviour, body.keyId, body.ciphertext],
  );
}

/** Takes a job that nobody has finished, for one more attempt; null when it is done or was tried too often. */
export async function takeJob(
  client: PoolClient,
  captureId: string,
  { attemptsMax, counts }: { attemptsMax: number; counts: boolean },
): Promise<(JobRow & { body: SealedBody }) | null> {
  const taken = await client.query<JobRow & { key_id: string; ciphertext: Buffer }>(
    `update epcis_capture set state = 'RUNNING', attempts = attempts + case when $3 then 1 else 0 end
     where capture_id = $1 and finished_at is null and attempts + case when $3 then 1 else 0 end <= $2
     returning ${columns}, key_id, ciphertext`,
    [captureId, attemptsMax, counts],
  );
  const row = taken.rows[0];
  if (!row) return null;
  return { ...row, body: { keyId: row.key_id, ciphertext: row.ciphertext } };
}

/** Ends a job and forgets its document. Answers the key that the document was encrypted with, which nothing needs any more. */
export async function finishJob(
  client: PoolClient,
  captureId: string,
  { state, report }: { state: 'DONE' | 'FAILED'; report: CaptureReport | null },
): Promise<string | null> {
  const { rows } = await client.query<{ key_id: string | null }>(
    `with open_job as (
       select c.capture_id, c.key_id from epcis_capture c where c.capture_id = $1 and c.finished_at is null for update
     )
     update epcis_capture c
     set state = $2, report = $3::json, finished_at = clock_timestamp(), key_id = null, ciphertext = null
     from open_job o where c.capture_id = o.capture_id
     returning o.key_id`,
    [captureId, state, report === null ? null : JSON.stringify(report)],
  );
  return rows[0]?.key_id ?? null;
}

/** Jobs that were begun or waited when the service ended, oldest first. */
export async function findOpenJobs(client: PoolClient): Promise<string[]> {
  const found = await client.query<{ capture_id: string }>(
    'select capture_id from epcis_capture where finished_at is null order by capture_seq',
  );
  return found.rows.map((row) => row.capture_id);
}

/** A job of this recorder (null: an administrator's). */
export async function findJob(
  client: PoolClient,
  captureId: string,
  recorderId: bigint | null,
): Promise<JobRow | null> {
  const found = await client.query<JobRow>(
    `select ${columns} from epcis_capture where capture_id = $1 and recorder_id is not distinct from $2`,
    [captureId, recorderId],
  );
  return found.rows[0] ?? null;
}

/** The newest jobs of this recorder, from before a sequence number on. */
export async function findJobs(
  client: PoolClient,
  { recorderId, before, limit }: { recorderId: bigint | null; before: bigint | null; limit: number },
): Promise<JobRow[]> {
  const found = await client.query<JobRow>(
    `select ${columns} from epcis_capture
     where recorder_id is not distinct from $1 and ($2::bigint is null or capture_seq < $2)
     order by capture_seq desc limit $3`,
    [recorderId, before, limit],
  );
  return found.rows;
}
