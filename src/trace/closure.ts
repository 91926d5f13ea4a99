/** Which batches a defect can reach, or could have come from: one recursive statement over lineage. */
import type pg from 'pg';
import { type Clocks, NOW, statement } from './clocks.js';

/** Batches reachable over lineage, those asked about included. `union` visits each node once, so cycles end. */
export async function closureOf(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  direction: 'DOWN' | 'UP',
  clocks: Clocks = NOW,
): Promise<bigint[]> {
  if (batchIds.length === 0) return [];
  const sql = statement(clocks);
  const start = sql.bind([...batchIds]);
  const [near, far] =
    direction === 'DOWN' ? ['input_batch_id', 'output_batch_id'] : ['output_batch_id', 'input_batch_id'];
  const { rows } = await client.query<{ batch_id: bigint }>(
    `with recursive reached (batch_id) as (
       select unnest(${start}::bigint[])
       union
       select next.batch_id
       from reached r
       join lineage l on l.${near} = r.batch_id and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       cross join lateral (
         select l.${far} as batch_id
         union all
         -- rows of one pool join all inputs to all outputs
         select p.${far} from lineage p where l.pool is not null and p.pool = l.pool and ${sql.live('p')} and ${sql.happened('p.occurred_at')}
       ) next
     )
     select batch_id from reached`,
    sql.values,
  );
  return rows.map((row) => BigInt(row.batch_id));
}
