/** In which unit each product is measured. */
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
