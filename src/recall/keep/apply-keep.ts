/** `keep` filters the members after the spread; what it leaves out is listed with the leaf that did it. */
import type pg from 'pg';
import { readClock } from '../../database/index.js';
import { askBatch, askEachLeaf, askItem, type Leaves } from '../ask-rule.js';
import { loadBatches } from '../batch-facts.sql.js';
import { failedCondition } from '../failed-condition.js';
import { resolveLeaves } from '../resolve-leaf.js';
import { leavesOf, type Rule } from '../rule.js';
import { loadItems, ownAttributes, type WhichItems, withSeveralRuns } from '../rule-candidates.sql.js';
import type { BatchFacts, ItemFacts } from '../rule-facts.js';
import type { Exclusion, Scope, ScopeBatch } from '../scope.js';
import { groupBy } from '../spread/graph.js';
import type { Solution } from '../spread/solve.js';
import { answerAge, answerPlaced } from './answer-fates.js';
import { loadRegistered, loadSold } from './fates.sql.js';

/** Changes the scope: members of which `keep` is FALSE go to `excluded`; UNKNOWN stays in. */
export async function applyKeep(
  client: pg.ClientBase,
  scope: Scope,
  solution: Solution,
  keep: Rule,
): Promise<void> {
  const leaves = await keepLeaves(client, scope, solution, keep);
  scope.askKeep = (batch, item) => askEachLeaf(leaves, batch, item);
  const outside = [...scope.items.values()].map((item) => item.batchId);
  const batchIds = new Set([...scope.batches.keys(), ...outside]);
  const batches = await loadBatches(client, [...batchIds], scope.clocks);
  const which = itemsAsked(keep, leaves);
  const items = await loadItems(client, {
    batchIds: new Set(scope.batches.keys()),
    itemIds: new Set(scope.items.keys()),
    which,
    severalRuns: which.length > 0 ? withSeveralRuns(batches.values()) : [],
    clocks: scope.clocks,
  });
  const itemsOf = groupBy([...items.values()], (item) => item.batchId);
  for (const facts of batches.values())
    keepBatch({ scope, keep, leaves }, facts, itemsOf.get(facts.batchId) ?? []);
  scope.excluded.sort((a, b) => (a.key < b.key ? -1 : 1));
  scope.unlotted = scope.unlotted.filter((movement) =>
    [...movement.batches].some((batchId) => scope.batches.has(batchId)),
  );
}

/** The leaves with their facts; sold and registered ask where the goods, or what they went into, ended. */
export async function keepLeaves(
  client: pg.ClientBase,
  scope: Scope,
  solution: Solution,
  keep: Rule,
): Promise<Leaves> {
  const leaves = await resolveLeaves(client, keep, scope.clocks, scope.request.exposure);
  const ids = [...solution.graph.batches.keys()];
  const loose = new Set(
    scope.unlotted
      .filter((movement) => movement.kind === 'SOLD')
      .flatMap((movement) => [...movement.batches]),
  );
  for (const [leaf, resolved] of leaves) {
    if ('age' in leaf) {
      const now = scope.clocks.asOf ?? (await readClock(client));
      resolved.decide = (asked) => answerAge(leaf.age, now, asked);
    }
    if ('sold' in leaf)
      resolved.decide = answerPlaced(leaf.sold, await loadSold(client, ids, scope.clocks), solution, loose);
    if ('registered' in leaf) {
      const registered = await loadRegistered(client, ids, scope.clocks);
      resolved.decide = answerPlaced(leaf.registered, registered, solution, new Set());
    }
  }
  return leaves;
}

/** Items are asked one by one only where their answer may differ from their batch's. */
function itemsAsked(keep: Rule, leaves: Leaves): WhichItems {
  const single = ['serials', 'items', 'installed', 'inspection', 'sold', 'registered', 'changeOrder'];
  if (leavesOf(keep).some(({ leaf }) => single.some((kind) => kind in leaf))) return 'EVERY';
  return ownAttributes([...leaves.values()]);
}

interface Keeping {
  scope: Scope;
  keep: Rule;
  leaves: Leaves;
}

/** Pure: what `keep` leaves of one batch of the scope, `items` being those of it that could answer otherwise. */
export function keepBatch(keeping: Keeping, facts: BatchFacts, items: ItemFacts[]): void {
  const { scope, keep, leaves } = keeping;
  const batch = scope.batches.get(facts.batchId);
  const whole = batch?.extent === 'WHOLE';
  const asked = items.filter(({ itemId }) => scope.items.has(itemId) || (whole && !scope.spared.has(itemId)));
  const goods = askBatch(keep, leaves, facts).truth;
  const out = asked.filter((item) => askItem(keep, leaves, facts, item).truth === 'FALSE');
  const gone = new Set(out.map((item) => item.itemId));
  const kept = asked.filter(({ itemId }) => !gone.has(itemId));
  const failed = (item: ItemFacts | null) => failedCondition(keep, leaves, facts, item);
  const nothingLeft = kept.length === 0 && (whole ? goods === 'FALSE' : true);
  if (batch !== undefined && nothingLeft) {
    scope.batches.delete(facts.batchId);
    for (const { itemId } of asked) scope.items.delete(itemId);
    scope.excluded.push(leftOut(facts.batchId, null, failed(null)));
    return;
  }
  for (const item of out) {
    scope.items.delete(item.itemId);
    if (whole) scope.spared.set(item.itemId, facts.batchId);
    scope.excluded.push(leftOut(facts.batchId, item.itemId, failed(item)));
  }
  if (batch === undefined) return;
  if (whole && goods === 'FALSE') onlyItems(scope, batch, kept);
  else if (whole) batch.items -= BigInt(out.length);
  else batch.items = BigInt(kept.length);
}

/** Its goods as a whole are left out; what remains is known one by one. */
function onlyItems(scope: Scope, batch: ScopeBatch, kept: ItemFacts[]): void {
  for (const { itemId } of kept) {
    if (scope.items.has(itemId)) continue;
    scope.items.set(itemId, {
      itemId,
      batchId: batch.batchId,
      productId: batch.productId,
      certainty: batch.memberCertainty,
      share: batch.memberShare,
      origin: batch.origin,
    });
  }
  batch.extent = 'ITEMS';
  batch.items = BigInt(kept.length);
}

const leftOut = (batchId: bigint, itemId: bigint | null, condition: string): Exclusion => ({
  key: itemId === null ? `batch:${batchId}` : `item:${itemId}`,
  batchId,
  itemId,
  reason: 'KEEP',
  message: `affected, but keep leaves it out: "${condition}" is false of it`,
  condition,
  evidence: [],
});
