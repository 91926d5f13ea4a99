/** Lots inside lots: a case's lot is a lot of everything that the case contains, through all levels of packaging. */
import type { PoolClient } from 'pg';

export interface Lot {
  productId: bigint;
  lot: string;
  sourceId: bigint | null;
}

/** The same lots of the products inside these lots' products. */
export async function containedLots(client: PoolClient, lots: readonly Lot[]): Promise<Lot[]> {
  if (lots.length === 0) return [];
  const inside = await client.query<{ case_id: bigint; product_id: bigint }>(
    `with recursive inside (case_id, product_id) as (
       select p.product_id, p.contains_product_id from packaging p where p.product_id = any($1::bigint[])
       union
       select i.case_id, p.contains_product_id from inside i join packaging p on p.product_id = i.product_id
     )
     select case_id, product_id from inside`,
    [[...new Set(lots.map((lot) => lot.productId))]],
  );
  if (inside.rows.length === 0) return [];
  const ofCase = Map.groupBy(lots, (lot) => lot.productId);
  return inside.rows.flatMap(({ case_id: caseId, product_id: productId }) =>
    (ofCase.get(caseId) ?? []).map((lot) => ({ ...lot, productId })),
  );
}

/** The lots on record of some products, with the sources that standing events tell. */
export async function lotsOf(client: PoolClient, productIds: bigint[]): Promise<Lot[]> {
  const found = await client.query<{ product_id: bigint; lot: string; source_id: bigint | null }>(
    'select product_id, lot, source_id from batch where product_id = any($1::bigint[]) and lot is not null and (is_told or source_id is null)',
    [productIds],
  );
  return found.rows.map((row) => ({ productId: row.product_id, lot: row.lot, sourceId: row.source_id }));
}
