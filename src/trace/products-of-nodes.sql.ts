/** The products of the batches and items that a walk found. */
import type pg from 'pg';
import { type Clocks, statement } from './clocks.js';

export async function productsOfNodes(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  itemIds: readonly bigint[],
  clocks: Clocks,
): Promise<{
  batches: Map<bigint, bigint>;
  items: Map<bigint, { productId: bigint; batchId: bigint | null }>;
}> {
  const batches = await client.query<{ batch_id: bigint; product_id: bigint }>(
    'select b.batch_id, b.product_id from batch b where b.batch_id = any($1::bigint[])',
    [[...batchIds]],
  );
  const sql = statement(clocks);
  const items = await client.query<{ item_id: bigint; batch_id: bigint | null; product_id: bigint }>(
    `select k.item_id, k.product_id, i.batch_id
     from item_key k left join item i on i.item_id = k.item_id and ${sql.live('i')}
     where k.item_id = any(${sql.bind([...itemIds])}::bigint[])`,
    sql.values,
  );
  return {
    batches: new Map(batches.rows.map((row) => [row.batch_id, row.product_id])),
    items: new Map(
      items.rows.map((row) => [row.item_id, { productId: row.product_id, batchId: row.batch_id }]),
    ),
  };
}
