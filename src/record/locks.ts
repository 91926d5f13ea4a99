/** Locks of a recording transaction: writers of one subject queue, and readers can tell what may still appear. */
import type { Pool, PoolClient } from 'pg';
import { noteFirstDerivation } from './derivation.sql.js';
import { DERIVATION_VERSION } from './derive/version.js';
import type { Draft } from './draft.js';

const EVERYTHING = 7201; // class of the lock that a large or containing write takes alone, a small one shared
const CLOCK = 7202; // class of the shared locks that say from which second on a transaction may record
const SUBJECTS_MAX = 400; // PostgreSQL's lock table is shared; beyond this one lock for everything is cheaper

/**
 * What derivations of different events meet in, by natural key: an item, a lot (of any product: a case's lot is its
 * content's), a receipt, an event and whatever names it.
 */
function meetingPoints(draft: Draft): string[] {
  const points = [`e:${draft.eventKey}`];
  if (draft.targetKey !== null) points.push(`e:${draft.targetKey}`);
  if (typeof draft.body.receipt === 'string') points.push(`r:${draft.body.receipt}`);
  for (const subject of draft.subjects) {
    if (subject?.lot) points.push(`l:${subject.lot}`);
    if (subject?.serial) points.push(`i:${subject.gtin}|${subject.serial}`);
  }
  return points;
}

/** A pallet's journey depends on what any other event packs into it; an item may be a pallet; a void may be of either. */
const meetsAnything = (draft: Draft): boolean =>
  draft.unit !== null ||
  draft.contentUnit !== null ||
  draft.kind === 'VOIDED' ||
  ((draft.kind === 'SHIPPED' || draft.kind === 'RECEIVED') && Boolean(draft.subjects[0]?.serial));

/**
 * Serialises writers whose derivations read each other's events, before anything is read: after it, every statement
 * sees what the writers before have committed. `describes`: master data is among the rows, on which all else depends.
 */
export async function lockSubjects(client: PoolClient, drafts: Draft[], describes: boolean): Promise<void> {
  const points = new Set(drafts.flatMap(meetingPoints));
  if (describes || points.size > SUBJECTS_MAX || drafts.some(meetsAnything)) {
    await lockEverything(client);
    return;
  }
  await client.query(`select pg_advisory_xact_lock_shared(${EVERYTHING}, 0)`);
  await lockAll(client, points);
  const named = drafts.flatMap((draft) => draft.subjects).filter((subject) => subject?.serial);
  const lots = await client.query<{ lot: string }>(
    `select distinct b.lot
     from unnest($1::text[], $2::text[]) as w(gtin, serial)
     join product p on p.gtin = w.gtin
     join item_key k on k.product_id = p.product_id and k.serial = w.serial
     join item i on i.item_id = k.item_id and i.voided_at is null
     join batch b on b.batch_id = i.batch_id
     where b.lot is not null`,
    [named.map((subject) => subject?.gtin), named.map((subject) => subject?.serial)],
  );
  // the lots of items named by serial alone; two writers that lock these crosswise are told apart by a retry
  await lockAll(
    client,
    lots.rows.map((row) => `l:${row.lot}`).filter((point) => !points.has(point)),
  );
}

/** Waits until nobody else is recording, and keeps everybody from it. Whoever had a share already may be told to retry. */
export async function lockEverything(client: PoolClient): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(${EVERYTHING}, 0)`);
}

async function lockAll(client: PoolClient, points: Iterable<string>): Promise<void> {
  await client.query(
    `select pg_advisory_xact_lock(w.point)
     from (select distinct hashtextextended(p, 0) as point from unnest($1::text[]) as p order by 1) as w`,
    [[...points]],
  );
}

/** The service has been overtaken: what it would derive is no longer what the record's rows are. */
export class NewerDerivationError extends Error {}

/**
 * Takes the clock of knowing: announces the second first, then reads the time, so no reader's watermark passes it. Should the
 * server's clock be set back, it stands where the record does and goes on by a millisecond, so that it neither runs back nor
 * records into what a reader was told is complete. Errors: NewerDerivationError when a newer version derives the rows.
 */
export async function takeRecordedAt(client: PoolClient): Promise<Date> {
  const announced = await client.query<{ second: number; derivation: number | null }>(
    `with announced as materialized (
       select floor(extract(epoch from greatest(clock_timestamp(), recorded_until())))::int as second
     )
     select a.second, pg_advisory_xact_lock_shared(${CLOCK}, a.second), (select max(d.version) from derivation d) as derivation
     from announced a`,
  );
  const derivation = announced.rows[0]?.derivation ?? null;
  if (derivation === null) await noteFirstDerivation(client);
  else if (derivation > DERIVATION_VERSION)
    throw new NewerDerivationError(
      `a newer version of the service derives this record (derivation ${derivation}, this is ${DERIVATION_VERSION}); stop this one`,
    );
  const row = await client.query<{ now: Date }>(
    `select greatest(date_trunc('milliseconds', clock_timestamp()), to_timestamp($1::int),
       recorded_until() + interval '1 millisecond') as now`,
    [announced.rows[0]?.second],
  );
  const now = row.rows[0]?.now;
  if (!now) throw new Error('the database told no time');
  return now;
}

/**
 * The moment below which nothing can still be recorded. Asked before a reading transaction takes its snapshot:
 * a recorder seen here records not before the second that it announced; one not seen here records after `now`, and after
 * all that is recorded, which lies ahead of `now` where the server's clock was set back.
 */
export async function readWatermark(client: { query: PoolClient['query'] }): Promise<Date> {
  return told(await client.query<{ watermark: Date }>(watermark));
}

/** The same on a connection outside a transaction, in one message, and no longer than so many milliseconds. */
export async function readWatermarkWithin(client: PoolClient, timeoutMs: number): Promise<Date> {
  const timed = `begin; set local statement_timeout = ${Math.trunc(timeoutMs)}; ${watermark}; commit`;
  try {
    // several statements in one message have a result each
    const results = (await client.query(timed)) as unknown as { rows: { watermark: Date }[] }[];
    return told(results[2]);
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** The same over a connection of its own. */
export async function askWatermark(pool: Pool, timeoutMs: number): Promise<Date> {
  const client = await pool.connect();
  try {
    return await readWatermarkWithin(client, timeoutMs);
  } finally {
    client.release();
  }
}

function told(result: { rows: { watermark: Date }[] } | undefined): Date {
  const moment = result?.rows[0]?.watermark;
  if (!moment) throw new Error('the database told no watermark');
  return moment;
}

const watermark = `
    with asked as materialized (select date_trunc('milliseconds', clock_timestamp()) as now, recorded_until() as until)
     select least(
       (select case when a.until > a.now then a.until else a.now - interval '1 millisecond' end from asked a),
       (select to_timestamp(min(l.objid::bigint)) - interval '1 millisecond' from asked a, pg_locks l
        where a.now is not null and l.locktype = 'advisory' and l.classid = ${CLOCK} and l.objsubid = 2
          and l.database = (select d.oid from pg_database d where d.datname = current_database()))) as watermark`;
