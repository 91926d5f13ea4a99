/** What one party sees of the facts of a scope: everything of its own products' goods, and what it handled itself. */
import type { Statement } from '../../trace/index.js';
import type { ScopeView } from '../scope.js';

/** A row of custody or sales is seen by a maker of the goods, and by the party it belongs to. */
export const seesRow = (
  view: ScopeView | null | undefined,
  row: { productId: bigint | undefined; partyId: bigint },
): boolean =>
  view == null ||
  row.partyId === view.partyId ||
  (row.productId !== undefined && view.followedProducts.has(row.productId));

/** The same as a condition on sales (alias `w` of table sale, `b` its batch). */
export const seesSale = (sql: Statement, view: ScopeView | null | undefined): string =>
  view == null || !view.hasOthersItems
    ? 'true'
    : `(w.party_id = ${sql.bind(view.partyId)} or b.product_id = any(${sql.bind([...view.followedProducts])}::bigint[]))`;

/** Condition on items (alias `i` of table item): of an own product, or one of those seen one by one. */
export const seesItem = (sql: Statement, view: ScopeView | null | undefined): string =>
  view == null
    ? 'true'
    : `(i.batch_id = any(${sql.bind([...view.ownedBatches])}::bigint[]) or i.item_id = any(${sql.bind([...view.seenItems])}::bigint[]))`;
