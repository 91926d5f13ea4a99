/** Why each member is in: the strongest, then shortest, chain of steps from an origin. */
import type { EvidenceKind, ScopeNode } from '../scope.js';
import { groupBy } from './graph.js';
import { certainRows, type Solution } from './solve.js';

/** Where a node's chain comes from. */
export interface Step {
  kind: EvidenceKind;
  from: ScopeNode;
  to: ScopeNode;
  eventKey: string | null;
  occurredAt: Date | null;
  certain: boolean;
}

export interface Chains {
  /** From the origin to the node; empty: the node is an origin. Null: not reached. */
  chainOf(node: ScopeNode): Step[] | null;
  depthOf(node: ScopeNode): number;
}

export const nodeKey = (node: ScopeNode): string =>
  node.kind === 'BATCH' ? `b${node.batchId}` : `i${node.itemId}`;

export function chainsOf(solution: Solution): Chains {
  const steps = stepsOf(solution);
  const byFrom = groupBy(steps, (step) => nodeKey(step.from));
  const origins: { node: ScopeNode; certain: boolean }[] = [];
  for (const batchId of solution.origins.batches.keys()) {
    origins.push({ node: { kind: 'BATCH', batchId }, certain: solution.origin(batchId) === 'CERTAIN' });
  }
  for (const [itemId, named] of solution.origins.items) {
    if (named.truth === 'FALSE') continue;
    origins.push({ node: { kind: 'ITEM', itemId, batchId: named.batchId }, certain: named.truth === 'TRUE' });
  }
  const any = walk(
    origins.map(({ node }) => node),
    byFrom,
    false,
  );
  let sure: Walk | null = null;
  /** Only a question why needs it; the depth of a scope does not. */
  const walkOf = (key: string): Walk => {
    sure ??= walk(
      origins.filter((origin) => origin.certain).map(({ node }) => node),
      byFrom,
      true,
    );
    return sure.depths.has(key) ? sure : any;
  };
  return {
    chainOf(node) {
      const found = walkOf(nodeKey(node));
      if (!found.depths.has(nodeKey(node))) return null;
      const chain: Step[] = [];
      for (
        let step = found.steps.get(nodeKey(node));
        step !== undefined;
        step = found.steps.get(nodeKey(step.from))
      ) {
        chain.unshift(step);
      }
      return chain;
    },
    depthOf: (node) => any.depths.get(nodeKey(node)) ?? 0,
  };
}

interface Walk {
  depths: Map<string, number>;
  steps: Map<string, Step>;
}

/** Level by level; being a member of a batch is no step of its own. */
function walk(origins: ScopeNode[], byFrom: Map<string, Step[]>, certainOnly: boolean): Walk {
  const depths = new Map<string, number>();
  const steps = new Map<string, Step>();
  let level: string[] = [];
  for (const origin of origins) {
    depths.set(nodeKey(origin), 0);
    level.push(nodeKey(origin));
  }
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const key of level) {
      for (const step of byFrom.get(key) ?? []) {
        const to = nodeKey(step.to);
        if (certainOnly && !step.certain) continue;
        const stays = step.kind === 'MEMBER' || step.kind === 'UNKNOWN_LOT';
        const known = depths.get(to);
        if (known !== undefined && known <= (stays ? depth : depth + 1)) continue;
        depths.set(to, stays ? depth : depth + 1);
        steps.set(to, step);
        if (stays) level.push(to);
        else next.push(to);
      }
    }
    level = next.filter((key) => depths.get(key) === depth + 1);
  }
  return { depths, steps };
}

function stepsOf(solution: Solution): Step[] {
  const { graph, index } = solution;
  const steps: Step[] = [];
  const batch = (batchId: bigint): ScopeNode => ({ kind: 'BATCH', batchId });
  const item = (itemId: bigint, batchId: bigint): ScopeNode => ({ kind: 'ITEM', itemId, batchId });
  for (const [output, made] of index.madeByOutput) {
    if (solution.made(output) === null) continue;
    for (const rows of groupBy(made, (row) => row.inputProduct).values()) {
      const certainOnes = certainRows(rows, made, solution.inputImpact, graph);
      for (const row of rows) {
        const impact = solution.inputImpact(row);
        if (impact === null) continue;
        const from = row.inputItem === null ? batch(row.input) : item(row.inputItem, row.input);
        const certain = certainOnes.has(row);
        steps.push({
          kind: 'MADE',
          from,
          to: batch(output),
          eventKey: row.eventKey,
          occurredAt: row.at,
          certain,
        });
        if (row.inputItem !== null) pushMembership(row.inputItem, row.input);
      }
    }
  }
  for (const fitting of graph.fittings) {
    const impact = solution.partImpact(fitting);
    if (impact === null || !solution.counts(fitting)) continue;
    const from =
      fitting.partItem === null ? batch(fitting.partBatch) : item(fitting.partItem, fitting.partBatch);
    const to = item(fitting.parentItem, fitting.parentBatch);
    steps.push({
      kind: fitting.fittingId === null ? 'MADE' : 'FITTED',
      from,
      to,
      eventKey: fitting.eventKey,
      occurredAt: fitting.fittedAt,
      certain: impact === 'CERTAIN',
    });
    if (fitting.partItem !== null) pushMembership(fitting.partItem, fitting.partBatch);
  }
  for (const guess of graph.guesses) {
    if (solution.guessImpact(guess) === null) continue;
    const to =
      guess.toItem === null ? batch(guess.toBatch ?? 0n) : item(guess.toItem.itemId, guess.toItem.batchId);
    steps.push({
      kind: guess.kind,
      from: batch(guess.component),
      to,
      eventKey: guess.eventKey,
      occurredAt: guess.at,
      certain: false,
    });
  }
  for (const [itemId, { batchId, impact }] of solution.own) {
    const certain = impact === 'CERTAIN' && solution.overall(batchId) === 'CERTAIN';
    steps.push({
      kind: 'MEMBER',
      from: item(itemId, batchId),
      to: batch(batchId),
      eventKey: null,
      occurredAt: null,
      certain,
    });
  }
  return steps;

  /** An item that is affected as one of its batch: the chain goes on from the batch to it. */
  function pushMembership(itemId: bigint, batchId: bigint): void {
    const inherited = solution.origins.items.has(itemId)
      ? solution.made(batchId)
      : (solution.origin(batchId) ?? solution.made(batchId));
    if (inherited === null || solution.item(itemId, batchId) === null) return;
    const certain = solution.origin(batchId) === 'CERTAIN' || solution.made(batchId) === 'CERTAIN';
    steps.push({
      kind: 'MEMBER',
      from: batch(batchId),
      to: item(itemId, batchId),
      eventKey: null,
      occurredAt: null,
      certain,
    });
  }
}
