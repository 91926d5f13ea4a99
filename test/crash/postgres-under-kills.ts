/** The processes of a PostgreSQL server of one's own, to be killed one at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** One of each stands on every server of this version; `postmaster` watches over the others. */
export const postgresProcesses = [
  'postmaster',
  'client backend',
  'checkpointer',
  'background writer',
  'walwriter',
  'autovacuum launcher',
  'logical replication launcher',
  'io worker',
] as const;
export type PostgresProcess = (typeof postgresProcesses)[number];

/** Asks a server that is getting up again until it answers. */
export async function rowsOf<T>(url: string, statement: string): Promise<T[]> {
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query<T & pg.QueryResultRow>(statement)).rows;
    } catch (error) {
      const isRefused = error instanceof pg.DatabaseError && !/^(57|53|08)/.test(error.code ?? '');
      if (isRefused || tries > 300) throw error;
      await sleep(100);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** Kills one process of a kind, of several one that works just now. Answers whether there was one. */
export async function killPostgres(
  url: string,
  kind: PostgresProcess,
  random: () => number,
): Promise<boolean> {
  const found = await rowsOf<{ pid: number }>(
    url,
    kind === 'postmaster'
      ? "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid"
      : `select pid from pg_stat_activity
         where backend_type = '${kind}' and pid <> pg_backend_pid()
         order by state is distinct from 'active', state is distinct from 'idle in transaction', pid`,
  );
  // among sessions the first quarter are those at work, if any is
  const chosen = found[Math.floor(random() * Math.max(1, found.length / 4))];
  if (chosen === undefined) return false;
  try {
    process.kill(chosen.pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it ended by itself a moment ago
  }
}
