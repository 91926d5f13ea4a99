/** Asks the rule of every candidate, run by run and item by item: what is an origin, surely or possibly, and why not surely. */
import type pg from 'pg';
import type { Clocks } from '../trace/index.js';
import { askBatch, askItem, type Leaves } from './ask-rule.js';
import { failedCondition } from './failed-condition.js';
import { resolveLeaves } from './resolve-leaf.js';
import { persistingPart, type Rule } from './rule.js';
import { loadCandidates } from './rule-candidates.sql.js';
import type { BatchFacts, Candidates } from './rule-facts.js';
import { leafGaps, originGap } from './rule-gaps.js';
import type { Exposure, Gap } from './scope.js';
import type { Truth } from './truth.js';

export interface Origins {
  /** Batches that are origins as a whole; a batch not in the map is none. */
  batches: Map<bigint, Exclude<Truth, 'FALSE'>>;
  /** Items that differ from their batch: FALSE is left out of an origin batch by the rule, with the condition that failed. */
  items: Map<bigint, { batchId: bigint; productId: bigint; truth: Truth; failed?: string }>;
  gaps: Gap[];
  /** Origins whose defect stays where the part was taken out; null: the rule has none. */
  persisting: Origins | null;
  /** Of the batches that the rule was asked of, as they were read for it: not read again. */
  facts?: ReadonlyMap<bigint, BatchFacts>;
}

/** Origins of a rule in the caller's snapshot. */
export async function evaluateRule(
  client: pg.ClientBase,
  rule: Rule,
  clocks: Clocks,
  exposure: Exposure,
): Promise<Origins> {
  const leaves = await resolveLeaves(client, rule, clocks, exposure);
  const candidates = await loadCandidates(client, [...leaves.values()], clocks);
  const origins = originsOf(rule, leaves, candidates);
  origins.facts = candidates.batches;
  const persisting = persistingPart(rule);
  if (persisting !== null) origins.persisting = originsOf(persisting, leaves, candidates);
  origins.gaps.push(...leafGaps([...leaves.values()], candidates));
  return origins;
}

/** Pure: the same rule over the same facts. */
export function originsOf(rule: Rule, leaves: Leaves, candidates: Candidates): Origins {
  const origins: Origins = { batches: new Map(), items: new Map(), gaps: [], persisting: null };
  const truths = new Map<bigint, Truth>();
  for (const batch of candidates.batches.values()) {
    const answer = askBatch(rule, leaves, batch);
    truths.set(batch.batchId, answer.truth);
    if (answer.truth === 'FALSE') continue;
    origins.batches.set(batch.batchId, answer.truth);
    if (answer.truth === 'UNKNOWN') origins.gaps.push(originGap(batch, null, answer.fields));
  }
  for (const item of candidates.items.values()) {
    const batch = candidates.batches.get(item.batchId);
    if (batch === undefined) continue;
    const answer = askItem(rule, leaves, batch, item);
    const inherited = truths.get(item.batchId) ?? 'FALSE';
    if (answer.truth === inherited) continue;
    const failed = answer.truth === 'FALSE' ? { failed: failedCondition(rule, leaves, batch, item) } : {};
    const { batchId, productId } = item;
    origins.items.set(item.itemId, { batchId, productId, truth: answer.truth, ...failed });
    if (answer.truth === 'UNKNOWN') origins.gaps.push(originGap(batch, item, answer.fields));
  }
  return origins;
}
