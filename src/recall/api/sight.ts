/** A scope as one caller sees it: which members are shown, whose custody and buyers, and whether anything is hidden. */
import type pg from 'pg';
import type { Principal, PrincipalRole } from '../../access/index.js';
import { visibleBatches } from '../../production/index.js';
import { closureOf, statement } from '../../trace/index.js';
import { affectedGoods, isAffected, joinAffected } from '../facts/affected.js';
import { type ScopeView, seesItem, seesMovement } from '../facts/view.js';
import type { Gap, Scope, ScopeNode } from '../scope.js';

export interface ScopeSight {
  /** The scope with the members this caller sees; its facts are told in the caller's view. */
  scope: Scope;
  /** As it was evaluated. */
  whole: Scope;
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
    return { scope: whole, whole, role, partyId, hidesMembers: false, sees: () => true };
  const { view, visible } = await viewOf(client, principal, partyId, whole);
  const shownItems = await visibleItems(client, whole, view);
  const isShown = (batchId: bigint) => visible.has(batchId);
  const seesItemOf = (itemId: bigint, batchId: bigint | undefined) =>
    (batchId !== undefined && view.ownedBatches.has(batchId)) || shownItems.ids.has(itemId);
  const seesGap = (gap: Gap): boolean => {
    if (gap.itemId !== null) return seesItemOf(gap.itemId, gap.batchId ?? undefined);
    if (gap.batchId !== null)
      return view.ownedBatches.has(gap.batchId) || (isShown(gap.batchId) && gap.siteId === null);
    return gap.productId === null || view.ownedProducts.has(gap.productId);
  };
  const batches = new Map(
    [...whole.batches]
      .filter(([id]) => isShown(id))
      .map(([id, batch]) => {
        const items = view.ownedBatches.has(id) ? batch.items : (shownItems.counts.get(id) ?? 0n);
        return [id, { ...batch, items }];
      }),
  );
  const scope: Scope = {
    ...whole,
    view,
    batches,
    items: new Map([...whole.items].filter(([id, item]) => seesItemOf(id, item.batchId))),
    excluded: whole.excluded.filter(({ itemId, batchId }) =>
      itemId === null ? isShown(batchId) : seesItemOf(itemId, batchId),
    ),
    gaps: whole.gaps.filter(seesGap),
    unlotted: whole.unlotted.filter((movement) => seesMovement({ ...whole, view }, movement)),
  };
  const lessItems = [...batches].some(([id, batch]) => batch.items !== whole.batches.get(id)?.items);
  return {
    scope,
    whole,
    role,
    partyId,
    hidesMembers:
      lessItems ||
      scope.batches.size < whole.batches.size ||
      scope.items.size < whole.items.size ||
      scope.excluded.length < whole.excluded.length ||
      scope.gaps.length < whole.gaps.length,
    sees: (node) => (node.kind === 'BATCH' ? isShown(node.batchId) : seesItemOf(node.itemId, node.batchId)),
  };
}

/** A maker sees what was made from its products at any depth, a supplier one step on, both what they held. */
async function viewOf(
  client: pg.PoolClient,
  principal: Principal,
  partyId: bigint,
  scope: Scope,
): Promise<{ view: ScopeView; visible: Set<bigint> }> {
  const productOf = new Map<bigint, bigint>();
  for (const batch of scope.batches.values()) productOf.set(batch.batchId, batch.productId);
  for (const item of scope.items.values()) productOf.set(item.batchId, item.productId);
  for (const gap of scope.gaps)
    if (gap.batchId !== null && gap.productId !== null) productOf.set(gap.batchId, gap.productId);
  const batchIds = new Set([...productOf.keys(), ...scope.excluded.map((entry) => entry.batchId)]);
  const { visible, owned } = await visibleBatches(client, principal, [...batchIds]);
  const products = new Set([...productOf.values(), ...scope.unlotted.map((movement) => movement.productId)]);
  const { rows } = await client.query<{ product_id: bigint }>(
    'select product_id from product where product_id = any($1::bigint[]) and owner_id = $2',
    [[...products], partyId],
  );
  const view: ScopeView = {
    partyId,
    ownedBatches: owned,
    ownedProducts: new Set(rows.map((row) => BigInt(row.product_id))),
  };
  if (principal.role === 'MANUFACTURER') {
    for (const id of await closureOf(client, [...owned], 'DOWN', scope.clocks)) visible.add(id);
  }
  return { view, visible };
}

/** Affected items of batches that are not the caller's own which it sees all the same. */
async function visibleItems(
  client: pg.PoolClient,
  scope: Scope,
  view: ScopeView,
): Promise<{ ids: Set<bigint>; counts: Map<bigint, bigint> }> {
  const sql = statement(scope.clocks);
  const goods = affectedGoods(sql, scope);
  const { rows } = await client.query<{ item_id: bigint; batch_id: bigint }>(
    `with ${goods}
     select i.item_id, i.batch_id
     ${joinAffected('item', 'i')}
     where ${isAffected} and ${sql.live('i')} and i.batch_id <> all(${sql.bind([...view.ownedBatches])}::bigint[])
       and ${seesItem(sql, view)}`,
    sql.values,
  );
  const counts = new Map<bigint, bigint>();
  for (const row of rows) {
    const batchId = BigInt(row.batch_id);
    counts.set(batchId, (counts.get(batchId) ?? 0n) + 1n);
  }
  return { ids: new Set(rows.map((row) => BigInt(row.item_id))), counts };
}
