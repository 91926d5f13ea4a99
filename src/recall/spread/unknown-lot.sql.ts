/** Items whose batch is not on record could be of an affected batch of their product. */
import type pg from 'pg';
import { type Clocks, statement } from '../../trace/index.js';
import { type BatchFacts, isAccountedFor } from '../rule-facts.js';
import type { Guess } from './graph.js';

/**
 * Unless every unit of the batch is on record under its own serial, or site or time of the item contradict. Its line does
 * not: an item may tell another line than the run it was made in.
 */
export async function itemsWithoutBatch(
  client: pg.ClientBase,
  batchIds: bigint[],
  batches: Map<bigint, BatchFacts>,
  clocks: Clocks,
): Promise<Guess[]> {
  const open = batchIds.filter((id) => {
    const batch = batches.get(id);
    return batch !== undefined && batch.lot !== null && !isAccountedFor(batch);
  });
  if (open.length === 0) return [];
  const sql = statement(clocks);
  const { rows } = await client.query<{ component_batch_id: bigint; item_id: bigint; batch_id: bigint }>(
    `select b.batch_id as component_batch_id, i.item_id, i.batch_id
     from unnest(${sql.bind(open)}::bigint[]) as open_batch (batch_id)
     join batch b on b.batch_id = open_batch.batch_id
     join batch u on u.product_id = b.product_id and u.lot is null
     join item i on i.batch_id = u.batch_id and ${sql.live('i')}
     where not exists (select 1 from run r where r.batch_id = b.batch_id and ${sql.live('r')})
       or exists (
         select 1 from run r where r.batch_id = b.batch_id and ${sql.live('r')}
           and (i.site_id is null or r.site_id is null or i.site_id = r.site_id)
           and (i.produced_to is null or r.produced_from is null or i.produced_to >= r.produced_from)
           and (i.produced_at is null or r.produced_to is null or i.produced_at <= r.produced_to))`,
    sql.values,
  );
  return rows.map((row) => ({
    kind: 'UNKNOWN_LOT',
    component: BigInt(row.component_batch_id),
    toBatch: null,
    toItem: { itemId: BigInt(row.item_id), batchId: BigInt(row.batch_id) },
    eventKey: null,
    at: null,
    to: null,
  }));
}
