/** What one party sees of the facts of a scope: everything of its own products' goods, and what it handled itself. */
import type { Statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';

export interface ScopeView {
  partyId: bigint;
  /** Batches in the scope of products the party owns. */
  ownedBatches: ReadonlySet<bigint>;
  ownedProducts: ReadonlySet<bigint>;
}

/** A row of custody or sales is seen by the brand owner, and by the party it belongs to. */
export const seesRow = (scope: Scope, row: { batchId: bigint; partyId: bigint }): boolean =>
  scope.view == null || scope.view.ownedBatches.has(row.batchId) || row.partyId === scope.view.partyId;

export const seesMovement = (scope: Scope, row: { productId: bigint; partyId: bigint }): boolean =>
  scope.view == null || scope.view.ownedProducts.has(row.productId) || row.partyId === scope.view.partyId;

/** Condition on items (alias `i` of table item): of an own product, handled by the party, or one step from an own item. */
export function seesItem(sql: Statement, view: ScopeView | null | undefined): string {
  if (view == null) return 'true';
  const party = `${sql.bind(view.partyId)}::bigint`;
  return `(i.batch_id = any(${sql.bind([...view.ownedBatches])}::bigint[])
    or exists (select from leg l where l.item_id = i.item_id and l.party_id = ${party})
    or exists (
      select from fitting f join batch b on b.batch_id = f.batch_id join product p on p.product_id = b.product_id
      where f.part_item_id = i.item_id and p.owner_id = ${party})
    or exists (
      select from fitting f join batch b on b.batch_id = f.part_batch_id join product p on p.product_id = b.product_id
      where f.parent_item_id = i.item_id and p.owner_id = ${party}))`;
}
