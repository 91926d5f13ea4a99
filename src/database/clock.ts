/** What time it is, for whatever a moment decides: every service of one record tells the same, and none by a clock of its own. */
import type { ClientBase } from 'pg';

/** The database's clock, in milliseconds. */
export async function readClock(client: ClientBase): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>('select clock_timestamp()::timestamptz(3) as now');
  const now = rows[0]?.now;
  if (!now) throw new Error('the database told no time');
  return now;
}
