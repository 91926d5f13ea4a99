/** Which products a caller may look up: its own, what it holds or held, and what went directly into its own. */
import type pg from 'pg';
import type { Principal } from '../access/index.js';

export async function visibleProducts(
  client: pg.PoolClient,
  principal: Principal,
  productIds: bigint[],
): Promise<Set<bigint>> {
  if (principal.role === 'REGULATOR' || principal.role === 'ADMIN') return new Set(productIds);
  if (principal.partyId === null || productIds.length === 0) return new Set();
  const { rows } = await client.query<{ product_id: bigint }>(
    `select p.product_id from product p
     where p.product_id = any($1::bigint[]) and (
       p.owner_id = $2
       or exists (select from batch b join leg l on l.batch_id = b.batch_id and l.party_id = $2 where b.product_id = p.product_id)
       or exists (
         select from bill_of_materials_line m join design_revision r on r.revision_id = m.revision_id
         join product o on o.product_id = r.product_id
         where m.component_id = p.product_id and o.owner_id = $2))`,
    [productIds, principal.partyId],
  );
  return new Set(rows.map((row) => row.product_id));
}
