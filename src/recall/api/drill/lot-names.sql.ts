/** What is printed on lots, for a sheet that people read. */
import type pg from 'pg';

/** GTIN, lot and lot source of batches. */
export async function lotNames(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
): Promise<Map<bigint, string>> {
  const { rows } = await client.query<{ batch_id: bigint; name: string }>(
    `select b.batch_id, concat_ws(' ', p.gtin, coalesce(b.lot, '(unknown lot)'), s.gln) as name
     from batch b join product p on p.product_id = b.product_id left join site s on s.site_id = b.source_id
     where b.batch_id = any($1::bigint[])`,
    [batchIds],
  );
  return new Map(rows.map((row) => [row.batch_id, row.name]));
}
