/** Which batches a caller sees: its own products, what it holds or held, and what went directly in or out. */
import type pg from 'pg';
import type { Principal } from '../access/index.js';

/** `owned`: of its own products; its custody is shown to the owner everywhere. */
export interface VisibleBatches {
  visible: Set<bigint>;
  owned: Set<bigint>;
}

const statement = `
with asked (batch_id) as (select unnest($1::bigint[])),
owned as (
  select a.batch_id from asked a join batch b on b.batch_id = a.batch_id
  join product p on p.product_id = b.product_id where p.owner_id = $2
),
held as (select a.batch_id from asked a where exists (select from leg l where l.batch_id = a.batch_id and l.party_id = $2)),
-- what a direct supplier put into an own product
supplied as (
  select a.batch_id from asked a where exists (
    select from lineage l join batch b on b.batch_id = l.output_batch_id join product p on p.product_id = b.product_id
    where l.input_batch_id = a.batch_id and p.owner_id = $2)
),
-- into which an own batch went directly
made_from_own as (
  select a.batch_id from asked a where exists (
    select from lineage l join batch b on b.batch_id = l.input_batch_id join product p on p.product_id = b.product_id
    where l.output_batch_id = a.batch_id and p.owner_id = $2)
)
select batch_id, bool_or(is_owned) as owned from (
  select batch_id, true as is_owned from owned
  union all select batch_id, false from held
  union all select batch_id, false from supplied where $3
  union all select batch_id, false from made_from_own where $3
) seen group by batch_id`;

export async function visibleBatches(
  client: pg.PoolClient,
  principal: Principal,
  batchIds: bigint[],
): Promise<VisibleBatches> {
  if (principal.role === 'REGULATOR' || principal.role === 'ADMIN') {
    return { visible: new Set(batchIds), owned: new Set(batchIds) };
  }
  if (principal.partyId === null || batchIds.length === 0) return { visible: new Set(), owned: new Set() };
  const makes = principal.role === 'MANUFACTURER' || principal.role === 'SUPPLIER';
  const { rows } = await client.query<{ batch_id: bigint; owned: boolean }>(statement, [
    batchIds,
    principal.partyId,
    makes,
  ]);
  return {
    visible: new Set(rows.map((row) => row.batch_id)),
    owned: new Set(rows.filter((row) => row.owned).map((row) => row.batch_id)),
  };
}

/** An item is seen with its batch, or by who handled that very item. */
export async function isItemVisible(
  client: pg.PoolClient,
  principal: Principal,
  itemId: bigint,
): Promise<boolean> {
  if (principal.role === 'REGULATOR' || principal.role === 'ADMIN') return true;
  if (principal.partyId === null) return false;
  const { rows } = await client.query<{
    batch_id: bigint;
    handled: boolean;
    owned: boolean;
  }>(
    `select k.item_id, coalesce(i.batch_id, 0) as batch_id, coalesce(p.owner_id = $2, false) as owned,
       exists (select from leg l where l.item_id = k.item_id and l.party_id = $2) as handled
     from item_key k join product p on p.product_id = k.product_id
     left join item i on i.item_id = k.item_id and i.voided_at is null
     where k.item_id = $1`,
    [itemId, principal.partyId],
  );
  if (rows.some((row) => row.owned || row.handled)) return true;
  if (principal.role !== 'MANUFACTURER' && principal.role !== 'SUPPLIER') return false;
  const { rows: parts } = await client.query<{ near: boolean }>(
    `select exists (
       select from fitting f join batch b on b.batch_id = f.batch_id join product p on p.product_id = b.product_id
       where f.part_item_id = $1 and p.owner_id = $2
     ) or exists (
       select from fitting f join batch b on b.batch_id = f.part_batch_id join product p on p.product_id = b.product_id
       where f.parent_item_id = $1 and p.owner_id = $2
     ) as near`,
    [itemId, principal.partyId],
  );
  return parts[0]?.near ?? false;
}
