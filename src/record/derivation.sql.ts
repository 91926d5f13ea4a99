/** Which version of the derivation the rows of a record are of, and what an answer that rests on older ones has to say. */
import type { ClientBase } from 'pg';
import { type Database, withSession } from '../database/index.js';
import { DERIVATION_VERSION } from './derive/version.js';

/** Why rows known at a moment may lack something that the events tell. */
export interface DerivationGap {
  /** The version that all rows are of, at least. */
  version: number;
  message: string;
}

/** $1 the moment of knowing; null: now. */
const state = `
select max(d.version) filter (where d.finished_at is not null) as version, coalesce(bool_or(d.finished_at is null), false) as is_running,
  coalesce(bool_or(d.finished_at is null and d.changes > 0), false) as is_mixed,
  coalesce(bool_or(d.changes > 0 and $1::timestamptz(3) < d.finished_at), false) as is_changed_since
from derivation d`;

interface State {
  /** Null: nothing was on record when derivation began to be noted. */
  version: number | null;
  is_running: boolean;
  is_mixed: boolean;
  is_changed_since: boolean;
}

async function readState(client: ClientBase, knownAt: Date | null): Promise<State> {
  const { rows } = await client.query<State>(state, [knownAt]);
  const [found] = rows;
  if (!found) throw new Error('the database told no derivation');
  return found;
}

/**
 * What keeps an answer, as known at a moment (null: now), from resting on rows of this version alone; null: nothing. What was
 * known before rows were derived again stays as it was known, and lacks for good what was found missing.
 */
export async function derivationGap(client: ClientBase, knownAt: Date | null): Promise<DerivationGap | null> {
  const found = await readState(client, knownAt);
  const version = found.version ?? DERIVATION_VERSION;
  const now = found.is_running
    ? 'they are being derived again from the events'
    : '`tracewright rebuild` derives them again from the events';
  if (version < DERIVATION_VERSION)
    return {
      version,
      message: `rows are of derivation ${version}, this is ${DERIVATION_VERSION}: they may lack what the events tell; ${now}`,
    };
  if (found.is_mixed)
    return { version, message: `rows were found that are not what the events tell; ${now}` };
  if (found.is_changed_since)
    return {
      version,
      message: 'rows known then were found not to be what the events tell when they were derived again later',
    };
  return null;
}

/** Whether every row has to be derived again: this version's derivation is newer, or was interrupted. */
export async function isDerivationDue(database: Database): Promise<boolean> {
  const engine = { role: 'tw_engine', partyId: null } as const;
  const found = await withSession(database, engine, (client) => readState(client, null));
  return found.is_mixed || (found.version ?? DERIVATION_VERSION) < DERIVATION_VERSION;
}

/** The first that is recorded says of which version its rows are; two that are the first at once say the same. */
export async function noteFirstDerivation(client: ClientBase): Promise<void> {
  await client.query(
    `insert into derivation (derivation_id, version, began_at, finished_at) values (0, $1, '-infinity', '-infinity')
     on conflict do nothing`,
    [DERIVATION_VERSION],
  );
}

/** How far a run has come. */
export interface Run {
  id: bigint;
  step: string | null;
  after: string | null;
  counts: Record<string, Changed>;
}

/** Rows of one table. */
export interface Changed {
  closed: number;
  written: number;
}

/** Goes on with this version's run that was interrupted, else begins one. */
export async function beginRun(client: ClientBase): Promise<Run> {
  const open = await client.query<Run & { derivation_id: bigint }>(
    `select derivation_id, step, after, counts from derivation where finished_at is null and version = $1
     order by derivation_id desc limit 1`,
    [DERIVATION_VERSION],
  );
  const begun =
    open.rows[0] ??
    (
      await client.query<Run & { derivation_id: bigint }>(
        `insert into derivation (version, began_at) values ($1, clock_timestamp()) returning derivation_id, step, after, counts`,
        [DERIVATION_VERSION],
      )
    ).rows[0];
  if (!begun) throw new Error('no derivation was begun');
  const { derivation_id: id, step, after, counts } = begun;
  return { id, step, after, counts };
}

/** Notes how far a run has come, in the transaction that came so far. */
export async function noteRun(
  client: ClientBase,
  run: Run,
  recordedAt: Date,
  changes: number,
): Promise<void> {
  await client.query(
    `update derivation set step = $2, after = $3, counts = $4, changes = changes + $5,
       written_at = case when $5::bigint > 0 then $6 else written_at end
     where derivation_id = $1`,
    [run.id, run.step, run.after, JSON.stringify(run.counts), changes, recordedAt],
  );
}

/** From this moment on all rows are of this version; what an older version left half done is over as well. */
export async function finishRun(client: ClientBase, recordedAt: Date): Promise<void> {
  await client.query(
    'update derivation set finished_at = $1, step = null, after = null where finished_at is null',
    [recordedAt],
  );
}
