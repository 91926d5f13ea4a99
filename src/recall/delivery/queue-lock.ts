/**
 * Tells the jobs of a living process from those of a killed one. graphile-worker frees a dead worker's jobs after four hours,
 * too long for a recall: each worker pool holds an advisory lock on its id, which PostgreSQL lets go when its connection dies.
 */
import pg from 'pg';

/** First key of the advisory locks, apart from every other use of them here. */
const LOCK_CLASS = 7210;

export interface QueueLock {
  hold(workerPoolId: string): Promise<void>;
  /** Frees jobs that a worker took which is no more. */
  freeAbandoned(pool: pg.Pool): Promise<void>;
  /** Ids of the jobs that the held worker pool has taken. */
  heldJobs(pool: pg.Pool): Promise<string[]>;
  release(): Promise<void>;
}

export function createQueueLock(connectionString: string): QueueLock {
  let client: pg.Client | null = null;
  let held: string | null = null;
  const take = async (id: string): Promise<void> => {
    const fresh = new pg.Client({ connectionString });
    fresh.on('error', () => {
      client = null; // taken again at the next look
    });
    await fresh.connect();
    await fresh.query('select pg_advisory_lock($1, hashtext($2))', [LOCK_CLASS, id]);
    client = fresh;
  };
  return {
    async hold(id) {
      held = id;
      await take(id);
    },
    async freeAbandoned(pool) {
      if (client === null && held !== null) await take(held);
      await pool.query(
        `with worker as (
           select distinct locked_by from graphile_worker.jobs where locked_by is not null and locked_by is distinct from $2
         )
         select graphile_worker.force_unlock_workers(array_agg(locked_by)) from worker
         where pg_try_advisory_xact_lock($1, hashtext(locked_by))`,
        [LOCK_CLASS, held],
      );
    },
    async heldJobs(pool) {
      const { rows } = await pool.query<{ id: string }>(
        'select id::text as id from graphile_worker.jobs where locked_by = $1',
        [held],
      );
      return rows.map(({ id }) => id);
    },
    async release() {
      held = null;
      await client?.end();
    },
  };
}
