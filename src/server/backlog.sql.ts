/** What waits inside the record: one statement, for whoever watches it. */
import type { PoolClient } from 'pg';

export interface Backlog {
  /** Seconds since the oldest event was recorded that is not sealed yet; 0 when all are. */
  unsealed_seconds: number;
  /** EPCIS documents accepted and not captured yet. */
  captures_open: number;
  /** Letters and webhooks not delivered yet. */
  deliveries_open: number;
}

export async function readBacklog(client: PoolClient): Promise<Backlog> {
  const { rows } = await client.query<Backlog>(
    `with last as (
       select recorded_at, event_seq from log_entry order by log_index desc limit 1
     ),
     oldest as (
       select e.recorded_at from event e
       where (e.recorded_at, e.event_seq) > (
         coalesce((select l.recorded_at from last l), '-infinity'), coalesce((select l.event_seq from last l), 0))
       order by e.recorded_at, e.event_seq limit 1
     )
     select
       coalesce((select extract(epoch from clock_timestamp() - o.recorded_at) from oldest o), 0)::float8 as unsealed_seconds,
       (select count(*) from epcis_capture where finished_at is null)::int as captures_open,
       (select count(*) from delivery where state = 'QUEUED')::int as deliveries_open`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database told no backlog');
  return row;
}
