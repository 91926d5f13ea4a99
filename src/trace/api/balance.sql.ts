/** Sales counted by batch, as far as the session's role sees them. */
import type pg from 'pg';

export interface BatchSales {
  batchId: bigint;
  /** Goods under the viewer's own brand. */
  isOwner: boolean;
  sales: bigint;
  withBuyer: bigint;
  quantity: bigint;
  returned: bigint;
  unknownAmount: boolean;
}

export async function countSales(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  partyId: bigint | null,
): Promise<BatchSales[]> {
  const { rows } = await client.query<BatchSales>(
    `select s.batch_id as "batchId", coalesce(s.owner_id = $2, false) as "isOwner", count(*) as sales, count(s.buyer_id) as "withBuyer",
       sum(s.quantity)::bigint as quantity, sum(s.returned)::bigint as returned, bool_or(s.unknown_amount) as "unknownAmount"
     from unnest($1::bigint[]) as n (batch_id) join sale s on s.batch_id = n.batch_id
     where s.voided_at is null group by 1, 2`,
    [[...batchIds], partyId],
  );
  return rows;
}

/** The batches of products. */
export async function batchesOfProducts(
  client: pg.ClientBase,
  productIds: readonly bigint[],
): Promise<Map<bigint, bigint[]>> {
  const { rows } = await client.query<{ product_id: bigint; batch_ids: bigint[] }>(
    'select product_id, array_agg(batch_id order by batch_id) as batch_ids from batch where product_id = any($1::bigint[]) group by product_id',
    [[...productIds]],
  );
  return new Map(rows.map((row) => [row.product_id, row.batch_ids]));
}
