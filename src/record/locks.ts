/** Locks of a recording transaction: writers of one subject queue, and readers can tell what may still appear. */
import type { PoolClient } from 'pg';

const EVERYTHING = 7201; // class of the lock that a large or containing write takes alone, a small one shared
const CLOCK = 7202; // class of the shared locks that say from which second on a transaction may record
const SUBJECTS_MAX = 400; // PostgreSQL's lock table is shared; beyond this one lock for everything is cheaper

/**
 * Serialises writers whose derivations read each other's events. Items are locked one by one; what moves or fills units
 * takes the one lock, since a pallet's journey depends on what any other event packs into it.
 */
export async function lockSubjects(
  client: PoolClient,
  itemIds: bigint[],
  touchesUnits: boolean,
): Promise<void> {
  if (touchesUnits || itemIds.length > SUBJECTS_MAX) {
    await client.query(`select pg_advisory_xact_lock(${EVERYTHING}, 0)`);
    return;
  }
  await client.query(`select pg_advisory_xact_lock_shared(${EVERYTHING}, 0)`);
  const sorted = [...new Set(itemIds)].sort((a, b) => (a < b ? -1 : 1));
  if (sorted.length === 0) return;
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended('item:' || w, 0))
     from (select w from unnest($1::bigint[]) as w order by w) as w(w)`,
    [sorted],
  );
}

/** Takes the clock of knowing: announces the second first, then reads the time, so no reader's watermark passes it. */
export async function takeRecordedAt(client: PoolClient): Promise<Date> {
  await client.query(
    `select pg_advisory_xact_lock_shared(${CLOCK}, extract(epoch from clock_timestamp())::bigint::int)`,
  );
  const row = await client.query<{ now: Date }>(
    "select date_trunc('milliseconds', clock_timestamp()) as now",
  );
  const now = row.rows[0]?.now;
  if (!now) throw new Error('the database told no time');
  return now;
}

/**
 * The moment below which nothing can still be recorded. Asked before a reading transaction takes its snapshot:
 * a recorder seen here records not before the second that it announced; one not seen here records after `now`.
 */
export async function readWatermark(client: { query: PoolClient['query'] }): Promise<Date> {
  const row = await client.query<{ watermark: Date }>(
    `with asked as materialized (select clock_timestamp() as now)
     select least(
       (select date_trunc('milliseconds', a.now) from asked a) - interval '1 millisecond',
       (select to_timestamp(min(l.objid::bigint)) - interval '1 millisecond' from asked a, pg_locks l
        where a.now is not null and l.locktype = 'advisory' and l.classid = ${CLOCK} and l.objsubid = 2
          and l.database = (select d.oid from pg_database d where d.datname = current_database()))) as watermark`,
  );
  const watermark = row.rows[0]?.watermark;
  if (!watermark) throw new Error('the database told no watermark');
  return watermark;
}
