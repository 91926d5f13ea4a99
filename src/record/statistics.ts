/** Keeps the planner's statistics up with a bulk import: refreshed each time the record has doubled. */
import { type Database, withSession } from '../database/index.js';

const GROWTH = 1;
const ROWS_MIN = 1000;

interface Growth {
  /** Events when the statistics were last refreshed. */
  known: number;
  since: number;
}

const growths = new WeakMap<Database, Growth>();
const engine = { role: 'tw_engine', partyId: null } as const;

/** Counts rows recorded; refreshes the statistics when they have outgrown them. Called between transactions. */
export async function noteGrowth(database: Database, rows: number): Promise<void> {
  const growth = growths.get(database) ?? { known: await knownEvents(database), since: 0 };
  growths.set(database, growth);
  growth.since += rows;
  if (growth.since < Math.max(ROWS_MIN, growth.known * GROWTH)) return;
  growth.known += growth.since;
  growth.since = 0;
  await withSession(database, engine, (client) => client.query('select refresh_statistics()'));
}

async function knownEvents(database: Database): Promise<number> {
  const found = await withSession(database, engine, (client) =>
    client.query<{ known: number }>(
      "select greatest(c.reltuples, 0)::float8 as known from pg_class c where c.oid = 'event'::regclass",
    ),
  );
  return found.rows[0]?.known ?? 0;
}
