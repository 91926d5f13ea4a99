/** Takes away keys that no record came to use: their transaction was undone after they were stored. */
import { type Database, withSession } from '../database/index.js';
import { withKeys } from './key-store.js';

const KEYS_AT_ONCE = 1_000;
const engine = { role: 'tw_engine', partyId: null } as const;

/** Looks at keys older than `graceMs` that are not known to be in use. Returns how many were taken away. */
export async function sweepKeys(database: Database, graceMs = 3_600_000): Promise<number> {
  for (let swept = 0; ; ) {
    const { seen, gone } = await sweepSome(database, graceMs);
    swept += gone;
    if (seen < KEYS_AT_ONCE) return swept;
  }
}

async function sweepSome(database: Database, graceMs: number): Promise<{ seen: number; gone: number }> {
  // a transaction that began before a key was stored may still commit what it encrypts
  const { rows } = await database.pool.query<{ before: Date }>(
    `select least(clock_timestamp() - $1 * interval '1 millisecond', min(a.xact_start)) as before
     from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid()`,
    [graceMs],
  );
  const candidates = await withKeys(database, (client) =>
    client.query<{ key_id: string }>(
      'select key_id from person_key where not settled and created_at < $1 order by created_at limit $2',
      [rows[0]?.before, KEYS_AT_ONCE],
    ),
  );
  const ids = candidates.rows.map((row) => row.key_id);
  if (ids.length === 0) return { seen: 0, gone: 0 };
  const used = await withSession(database, engine, (client) =>
    client.query<{ key_id: string; for_good: boolean }>(
      `select f.key_id, true as for_good from person_field f where f.key_id = any($1::uuid[])
       union all
       -- only until the job ends: a backup of the record taken meanwhile holds the document still
       select c.key_id, false from epcis_capture c where c.key_id = any($1::uuid[])`,
      [ids],
    ),
  );
  const inUse = used.rows.filter((row) => row.for_good).map((row) => row.key_id);
  const known = new Set(used.rows.map((row) => row.key_id));
  const unused = ids.filter((id) => !known.has(id));
  const gone = await withKeys(database, async (client) => {
    await client.query('update person_key set settled = true where key_id = any($1::uuid[])', [inUse]);
    return client.query('delete from person_key where key_id = any($1::uuid[]) and not settled', [unused]);
  });
  return { seen: ids.length, gone: gone.rowCount ?? 0 };
}
