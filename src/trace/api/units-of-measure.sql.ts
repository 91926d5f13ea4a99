/** In which unit goods are measured: by product, and by batch. */
import type pg from 'pg';

export async function readUnitsOfMeasure(
  client: pg.ClientBase,
  productIds: readonly bigint[],
): Promise<Map<bigint, string>> {
  const { rows } = await client.query<{ product_id: bigint; unit: string }>(
    'select product_id, unit from product where product_id = any($1::bigint[])',
    [[...new Set(productIds)]],
  );
  return new Map(rows.map((row) => [row.product_id, row.unit]));
}

export async function readUnitsOfBatches(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
): Promise<Map<bigint, string>> {
  const { rows } = await client.query<{ batch_id: bigint; unit: string }>(
    `select b.batch_id, p.unit from batch b join product p on p.product_id = b.product_id
     where b.batch_id = any($1::bigint[])`,
    [[...new Set(batchIds)]],
  );
  return new Map(rows.map((row) => [row.batch_id, row.unit]));
}
