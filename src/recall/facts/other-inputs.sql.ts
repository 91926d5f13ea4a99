/** How sure a step over making is: the other batches of the same component that went into the same output. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { EvidenceStep, Scope } from '../scope.js';

interface OtherRow {
  input_batch_id: bigint;
  output_batch_id: bigint;
  occurred_at: Date | null;
  event_key: string;
  event_id: string;
}

/** Beside the steps of a chain; in order of time, at most one more than `max`. */
export async function otherInputs(
  client: pg.ClientBase,
  scope: Scope,
  chain: readonly EvidenceStep[],
  max: number,
): Promise<EvidenceStep[]> {
  const pairs = chain.flatMap(({ kind, from, to }) =>
    kind === 'MADE' && from?.batchId !== undefined && to.kind === 'BATCH'
      ? [{ input: from.batchId, output: to.batchId }]
      : [],
  );
  if (pairs.length === 0) return [];
  const sql = statement(scope.clocks);
  const { rows } = await client.query<OtherRow>(
    `with step as (
       select * from unnest(${sql.bind(pairs.map(({ input }) => input))}::bigint[], ${sql.bind(pairs.map(({ output }) => output))}::bigint[]) as s (input_batch_id, output_batch_id)
     ),
     pool as (
       select distinct s.input_batch_id, s.output_batch_id, l.pool
       from step s join lineage l on l.output_batch_id = s.output_batch_id and l.pool is not null and ${sql.live('l')}
     ),
     input as (
       select s.input_batch_id as beside, s.output_batch_id, l.input_batch_id, l.occurred_at, l.event_key
       from step s join lineage l on l.output_batch_id = s.output_batch_id and l.kind = 'MADE' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       union
       -- rows of one pool join all inputs to all outputs
       select p.input_batch_id, p.output_batch_id, l.input_batch_id, l.occurred_at, l.event_key
       from pool p join lineage l on l.pool = p.pool and l.kind = 'MADE' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     )
     select i.input_batch_id, i.output_batch_id, i.occurred_at, i.event_key, e.event_id
     from input i
     join batch b on b.batch_id = i.input_batch_id
     join batch o on o.batch_id = i.beside and o.product_id = b.product_id
     join event e on e.event_key = i.event_key
     where i.input_batch_id not in (i.beside, i.output_batch_id)
     order by i.occurred_at, e.event_id limit ${sql.bind(max + 1)}`,
    sql.values,
  );
  return rows.map((row) => ({
    kind: 'MADE',
    eventKey: row.event_key,
    eventId: row.event_id,
    occurredAt: row.occurred_at,
    from: { kind: 'BATCH', batchId: row.input_batch_id },
    to: { kind: 'BATCH', batchId: row.output_batch_id },
    certainty: 'CERTAIN',
  }));
}
