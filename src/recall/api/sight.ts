/** A scope as one caller sees it: which members are shown, whose custody and buyers, and whether anything is hidden. */
import type pg from 'pg';
import { type Principal, type PrincipalRole, seenBatches, seenItems } from '../../access/index.js';
import { statement } from '../../trace/index.js';
import { affectedGoods, isAffected, joinAffected } from '../facts/affected.js';
import { seesRow } from '../facts/view.js';
import type { Gap, Scope, ScopeNode, ScopeView } from '../scope.js';

export interface ScopeSight {
  /** The scope with the members this caller sees; its facts are told in the caller's view. */
  scope: Scope;
  /** As it was evaluated. */
  whole: Scope;
  /** Its goods of products whose custody and sales the caller does not follow; null: there are none that it could miss. */
  strange: Scope | null;
  role: PrincipalRole;
  partyId: bigint | null;
  /** Batches, items, gaps or exclusions are hidden. */
  hidesMembers: boolean;
  sees(node: ScopeNode): boolean;
}

/** Regulators and administrators see a scope whole. */
export async function sightOf(
  client: pg.PoolClient,
  principal: Principal,
  whole: Scope,
): Promise<ScopeSight> {
  const { role, partyId } = principal;
  if (role === 'REGULATOR' || role === 'ADMIN' || partyId === null)
    return { scope: whole, whole, strange: null, role, partyId, hidesMembers: false, sees: () => true };
  const seen = await seenBatches(client, principal, batchesOf(whole));
  const ownedBatches = new Set([...seen].filter(([, sight]) => sight === 'OWN').map(([id]) => id));
  const others = await otherItems(
    client,
    principal,
    without(whole, ({ batchId }) => ownedBatches.has(batchId)),
  );
  const ownedProducts = await productsOwned(client, partyId, whole);
  const view: ScopeView = {
    partyId,
    ownedBatches,
    ownedProducts,
    followedProducts: role === 'MANUFACTURER' ? ownedProducts : new Set(),
    seenItems: new Set(others.seen.keys()),
    hasOthersItems: others.any,
  };
  const sees = (node: ScopeNode): boolean => {
    if (node.kind === 'BATCH') return seen.has(node.batchId);
    return (
      (node.batchId !== undefined && view.ownedBatches.has(node.batchId)) || others.seen.has(node.itemId)
    );
  };
  const scope = narrowed(
    whole,
    view,
    sees,
    Map.groupBy(others.seen, ([, batchId]) => batchId),
  );
  const strange = without(whole, ({ productId }) => view.followedProducts.has(productId));
  return { scope, whole, strange, role, partyId, hidesMembers: isLess(scope, whole), sees };
}

/** A scope as it was evaluated, less some of its goods. */
function without(scope: Scope, isOut: (goods: { batchId: bigint; productId: bigint }) => boolean): Scope {
  return {
    ...scope,
    batches: new Map([...scope.batches].filter(([, batch]) => !isOut(batch))),
    items: new Map([...scope.items].filter(([, item]) => !isOut(item))),
    unlotted: scope.unlotted.filter((movement) => !isOut(movement)),
  };
}

function narrowed(
  whole: Scope,
  view: ScopeView,
  sees: ScopeSight['sees'],
  others: Map<bigint, unknown[]>,
): Scope {
  const seesItem = (itemId: bigint, batchId: bigint | null) =>
    sees({ kind: 'ITEM', itemId, ...(batchId === null ? {} : { batchId }) });
  const seesGap = ({ batchId, itemId, productId, siteId }: Gap): boolean => {
    if (itemId !== null) return seesItem(itemId, batchId);
    if (batchId === null) return productId === null || view.ownedProducts.has(productId);
    return view.ownedBatches.has(batchId) || (sees({ kind: 'BATCH', batchId }) && siteId === null);
  };
  const shown = [...whole.batches.values()].filter((batch) =>
    sees({ kind: 'BATCH', batchId: batch.batchId }),
  );
  const itemsOf = (batchId: bigint) => BigInt(others.get(batchId)?.length ?? 0);
  return {
    ...whole,
    view,
    batches: new Map(
      shown.map((batch) => [
        batch.batchId,
        view.ownedBatches.has(batch.batchId) ? batch : { ...batch, items: itemsOf(batch.batchId) },
      ]),
    ),
    items: new Map([...whole.items].filter(([itemId, item]) => seesItem(itemId, item.batchId))),
    excluded: whole.excluded.filter(({ itemId, batchId }) =>
      itemId === null ? sees({ kind: 'BATCH', batchId }) : seesItem(itemId, batchId),
    ),
    gaps: whole.gaps.filter(seesGap).map((gap) =>
      // how much of a stranger's batch there is stays the stranger's own
      gap.batchId === null || view.ownedBatches.has(gap.batchId) ? gap : { ...gap, atMost: null },
    ),
    unlotted: whole.unlotted.filter((movement) => seesRow(view, movement)),
  };
}

const isLess = (scope: Scope, whole: Scope): boolean =>
  scope.batches.size < whole.batches.size ||
  scope.items.size < whole.items.size ||
  scope.excluded.length < whole.excluded.length ||
  scope.gaps.length < whole.gaps.length ||
  [...scope.batches.values()].some((batch) => batch.items !== whole.batches.get(batch.batchId)?.items);

function batchesOf(scope: Scope): bigint[] {
  const ids = new Set<bigint>(scope.batches.keys());
  for (const item of scope.items.values()) ids.add(item.batchId);
  for (const entry of scope.excluded) ids.add(entry.batchId);
  for (const gap of scope.gaps) if (gap.batchId !== null) ids.add(gap.batchId);
  return [...ids];
}

async function productsOwned(client: pg.PoolClient, partyId: bigint, scope: Scope): Promise<Set<bigint>> {
  const named = new Set<bigint>();
  for (const batch of scope.batches.values()) named.add(batch.productId);
  for (const item of scope.items.values()) named.add(item.productId);
  for (const movement of scope.unlotted) named.add(movement.productId);
  for (const gap of scope.gaps) if (gap.productId !== null) named.add(gap.productId);
  const { rows } = await client.query<{ product_id: bigint }>(
    'select product_id from product where product_id = any($1::bigint[]) and owner_id = $2',
    [[...named], partyId],
  );
  return new Set(rows.map((row) => row.product_id));
}

/** Whether there are affected items of others' products, and those that the caller sees all the same, each with its batch. */
async function otherItems(
  client: pg.PoolClient,
  principal: Principal,
  goods: Scope,
): Promise<{ any: boolean; seen: Map<bigint, bigint> }> {
  if (goods.batches.size + goods.items.size === 0) return { any: false, seen: new Map() };
  const sql = statement(goods.clocks);
  const { rows } = await client.query<{ item_id: bigint; batch_id: bigint }>(
    `with ${affectedGoods(sql, goods)}
     select i.item_id, i.batch_id
     ${joinAffected('item', 'i')}
     where ${isAffected} and ${sql.live('i')}`,
    sql.values,
  );
  if (rows.length === 0) return { any: false, seen: new Map() };
  const known = await seenItems(
    client,
    principal,
    rows.map((row) => row.item_id),
  );
  const seen = rows.filter((row) => known.has(row.item_id));
  return { any: true, seen: new Map(seen.map((row) => [row.item_id, row.batch_id])) };
}
