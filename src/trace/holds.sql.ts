/** Which batches are on hold: holds stack, a release ends one. */
import type pg from 'pg';
import { type Clocks, statement } from './clocks.js';

export async function heldBatches(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  clocks: Clocks,
): Promise<Set<bigint>> {
  const sql = statement(clocks);
  const { rows } = await client.query<{ batch_id: bigint; status: string }>(
    `select h.batch_id, h.status
     from unnest(${sql.bind([...batchIds])}::bigint[]) as named (batch_id)
     join batch_hold h on h.batch_id = named.batch_id
     where ${sql.live('h')} and ${sql.happened('h.occurred_at')}
     order by h.occurred_at, h.hold_id`,
    sql.values,
  );
  const open = new Map<bigint, number>();
  for (const row of rows) {
    const id = BigInt(row.batch_id);
    open.set(id, Math.max((open.get(id) ?? 0) + (row.status === 'BLOCKED' ? 1 : -1), 0));
  }
  return new Set([...open].filter(([, holds]) => holds > 0).map(([id]) => id));
}
