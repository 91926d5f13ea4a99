/** One recall query: the rule picks origins, the record spreads them, and every member says why it is in. */
import type pg from 'pg';
import { derivationGap } from '../record/index.js';
import type { Clocks } from '../trace/index.js';
import { evaluateRule } from './evaluate-rule.js';
import { applyKeep } from './keep/apply-keep.js';
import type { EvidenceStep, Scope, ScopeBatch, ScopeItem, ScopeNode, ScopeRequest } from './scope.js';
import { exclusionsOf } from './spread/exclusions.js';
import { spreadGaps } from './spread/gaps.js';
import { loadGraph } from './spread/load-graph.js';
import { solveNarrowed } from './spread/narrow.js';
import { shareOut } from './spread/share-out.js';
import { type Solution, stronger } from './spread/solve.js';
import { type Chains, chainsOf, nodeKey, type Step } from './spread/why.js';

/** Evaluates in the caller's snapshot, as the engine. */
export async function evaluateScope(client: pg.ClientBase, request: ScopeRequest): Promise<Scope> {
  const clocks: Clocks = { asOf: request.asOf, knownAt: request.knownAt };
  const origins = await evaluateRule(client, request.rule, clocks, request.exposure);
  const loaded = await loadGraph(client, origins, clocks, request.limits);
  const solution = await solveNarrowed(client, loaded, origins, { ...clocks, exposure: request.exposure });
  const { graph } = solution;
  const chains = chainsOf(solution);
  const scope: Scope = {
    request,
    clocks,
    batches: new Map(),
    items: new Map(),
    spared: new Map(),
    excluded: [],
    gaps: [...origins.gaps, ...graph.gaps, ...spreadGaps(solution)],
    limits: [...graph.limits],
    isComplete: true,
    unlotted: graph.unlotted.filter((movement) =>
      [...movement.batches].some((id) => solution.overall(id) !== null),
    ),
    why: () => [],
  };
  addMembers(scope, solution, chains);
  const { excluded, spared } = exclusionsOf(solution);
  scope.excluded = excluded;
  for (const [itemId, batchId] of spared) scope.spared.set(itemId, batchId);
  const sparedOf = new Map<bigint, bigint>();
  for (const batchId of scope.spared.values()) sparedOf.set(batchId, (sparedOf.get(batchId) ?? 0n) + 1n);
  for (const batch of scope.batches.values())
    if (batch.extent === 'WHOLE') batch.items -= sparedOf.get(batch.batchId) ?? 0n;
  cutDepth(scope, chains, request.limits?.scopeDepth ?? null);
  if (request.keep != null) await applyKeep(client, scope, solution, request.keep);
  const older = await derivationGap(client, clocks.knownAt ?? null);
  if (older !== null) scope.limits.push({ kind: 'DERIVATION', value: older.version, message: older.message });
  scope.isComplete = scope.limits.length === 0;
  const eventIds = await loadEventIds(client, solution);
  scope.why = (node) => evidenceOf(node, solution, chains, eventIds);
  for (const exclusion of scope.excluded) {
    for (const step of exclusion.evidence) step.eventId = eventIds.get(step.eventKey ?? '') ?? null;
  }
  return scope;
}

function addMembers(scope: Scope, solution: Solution, chains: Chains): void {
  const shares = shareOut(solution);
  const ownItems = new Map<bigint, bigint>();
  for (const { batchId } of solution.own.values()) ownItems.set(batchId, (ownItems.get(batchId) ?? 0n) + 1n);
  for (const facts of solution.graph.batches.values()) {
    const { batchId } = facts;
    const certainty = solution.overall(batchId);
    const whole = stronger(solution.origin(batchId), solution.made(batchId));
    if (certainty === null || (facts.lot === null && whole === null)) continue;
    const batch: ScopeBatch = {
      batchId,
      productId: facts.productId,
      lot: facts.lot,
      certainty,
      share: shares.batch(batchId),
      origin: solution.origins.batches.has(batchId),
      depth: chains.depthOf({ kind: 'BATCH', batchId }),
      extent: whole === null ? 'ITEMS' : 'WHOLE',
      // all its units may be certain, one by one, where it is only possible as a whole
      memberCertainty: certainty === 'CERTAIN' ? certainty : (whole ?? certainty),
      memberShare: whole === 'POSSIBLE' && certainty !== 'CERTAIN' ? shares.members(batchId) : null,
      items: whole === null ? (ownItems.get(batchId) ?? 0n) : facts.items,
    };
    scope.batches.set(batchId, batch);
    // less certain than its lot: the affected part that it surely had is out
    for (const itemId of solution.index.parentsByBatch.get(batchId) ?? [])
      if (batch.memberCertainty === 'CERTAIN' && !solution.own.has(itemId))
        if (solution.item(itemId, batchId) === 'POSSIBLE')
          scope.items.set(itemId, {
            ...{ itemId, batchId, productId: facts.productId, certainty: 'POSSIBLE' },
            ...{ share: null, origin: false },
          });
  }
  // what the rule leaves out of its batch is as sure as what else affects it, not as the rest of the batch
  const leftOut = [...solution.index.leftOut].flatMap(([batchId, itemIds]) =>
    itemIds.map((itemId) => [itemId, { batchId }] as const),
  );
  for (const [itemId, { batchId }] of [...leftOut, ...solution.own]) {
    const certainty = solution.item(itemId, batchId);
    const facts = solution.graph.batches.get(batchId);
    if (certainty === null || facts === undefined) continue;
    const named = solution.origins.items.get(itemId);
    const item: ScopeItem = {
      itemId,
      batchId,
      productId: facts.productId,
      certainty,
      share: shares.item(itemId, batchId),
      origin: named !== undefined && named.truth !== 'FALSE',
    };
    scope.items.set(itemId, item);
  }
}

/** A depth that stops the walk is reported, never silent. */
function cutDepth(scope: Scope, chains: Chains, maxDepth: number | null): void {
  if (maxDepth === null) return;
  const before = scope.batches.size + scope.items.size;
  for (const id of [...scope.batches.keys()]) {
    if (chains.depthOf({ kind: 'BATCH', batchId: id }) > maxDepth) scope.batches.delete(id);
  }
  for (const id of [...scope.items.keys()])
    if (chains.depthOf({ kind: 'ITEM', itemId: id }) > maxDepth) scope.items.delete(id);
  const cut = before - scope.batches.size - scope.items.size;
  if (cut > 0)
    scope.limits.push({
      kind: 'DEPTH',
      value: maxDepth,
      message: `${cut} members lie deeper than ${maxDepth} steps`,
    });
}

async function loadEventIds(client: pg.ClientBase, solution: Solution): Promise<Map<string, string>> {
  const { eventIds, made, fittings, stated, guesses } = solution.graph;
  const keys = new Set<string>();
  for (const { eventKey } of [...made, ...fittings, ...stated, ...guesses])
    if (eventKey !== null && !eventIds.has(eventKey)) keys.add(eventKey);
  if (keys.size === 0) return eventIds;
  const { rows } = await client.query<{ event_key: string; event_id: string }>(
    `select e.event_key, e.event_id
     from unnest($1::uuid[]) as named_event (event_key) join event e on e.event_key = named_event.event_key`,
    [[...keys]],
  );
  for (const row of rows) eventIds.set(row.event_key, row.event_id);
  return eventIds;
}

function evidenceOf(
  node: ScopeNode,
  solution: Solution,
  chains: Chains,
  eventIds: Map<string, string>,
): EvidenceStep[] {
  const steps = chainOf(node, solution, chains);
  if (steps === null) return [];
  const start: ScopeNode = steps[0]?.from ?? node;
  const certain =
    start.kind === 'BATCH'
      ? solution.origin(start.batchId) === 'CERTAIN'
      : solution.origins.items.get(start.itemId)?.truth === 'TRUE';
  const origin: EvidenceStep = {
    kind: 'ORIGIN',
    eventKey: null,
    eventId: null,
    occurredAt: null,
    from: null,
    to: start,
    certainty: certain ? 'CERTAIN' : 'POSSIBLE',
  };
  return [
    origin,
    ...steps.map(
      (step): EvidenceStep => ({
        kind: step.kind,
        eventKey: step.eventKey,
        eventId: step.eventKey === null ? null : (eventIds.get(step.eventKey) ?? null),
        occurredAt: step.occurredAt,
        from: step.from,
        to: step.to,
        certainty: step.certain ? 'CERTAIN' : 'POSSIBLE',
      }),
    ),
  ];
}

/** An item without evidence of its own is in because its batch is. */
function chainOf(node: ScopeNode, solution: Solution, chains: Chains): Step[] | null {
  const itself = chains.chainOf(node);
  if (itself !== null || node.kind === 'BATCH' || node.batchId === undefined) return itself;
  const { batchId } = node;
  const impact = solution.item(node.itemId, batchId);
  const ofBatch = chains.chainOf({ kind: 'BATCH', batchId });
  if (impact === null || ofBatch === null) return null;
  const member: Step = {
    kind: 'MEMBER',
    from: { kind: 'BATCH', batchId },
    to: node,
    eventKey: null,
    occurredAt: null,
    certain: impact === 'CERTAIN',
  };
  return [...ofBatch.filter((step) => nodeKey(step.to) !== nodeKey(node)), member];
}
