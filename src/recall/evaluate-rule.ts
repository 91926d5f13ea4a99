/** Asks the rule of every candidate, run by run and item by item: what is an origin, surely or possibly, and why not surely. */
import type pg from 'pg';
import type { Clocks } from '../trace/index.js';
import { answerLeaf } from './answer-leaf.js';
import { resolveLeaves } from './resolve-leaf.js';
import { type Leaf, persistingPart, type Rule } from './rule.js';
import { loadCandidates } from './rule-candidates.sql.js';
import {
  type Answer,
  type Asked,
  type BatchFacts,
  type Candidates,
  type ItemFacts,
  isAccountedFor,
  type ResolvedLeaf,
  type Run,
} from './rule-facts.js';
import { leafGaps, originGap } from './rule-gaps.js';
import type { Exposure, Gap } from './scope.js';
import { agreement, conjunction, disjunction, negation, type Truth } from './truth.js';

export interface Origins {
  /** Batches that are origins as a whole; a batch not in the map is none. */
  batches: Map<bigint, Exclude<Truth, 'FALSE'>>;
  /** Items that differ from their batch: FALSE is left out of an origin batch by the rule. */
  items: Map<bigint, { batchId: bigint; productId: bigint; truth: Truth }>;
  gaps: Gap[];
  /** Origins whose defect stays where the part was taken out; null: the rule has none. */
  persisting: Origins | null;
}

export type Leaves = Map<Leaf, ResolvedLeaf>;

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
  const opened = openProducts(origins, leaves, candidates);
  for (const item of candidates.items.values()) {
    const batch = candidates.batches.get(item.batchId);
    if (batch === undefined) continue;
    const answer = askItem(rule, leaves, batch, item);
    const inherited = truths.get(item.batchId) ?? 'FALSE';
    if (answer.truth === inherited) continue;
    if (
      answer.truth === 'UNKNOWN' &&
      batch.lot === null &&
      answer.fields.includes('lot') &&
      !opened.has(item.productId)
    )
      continue;
    origins.items.set(item.itemId, { batchId: item.batchId, productId: item.productId, truth: answer.truth });
    if (answer.truth === 'UNKNOWN') origins.gaps.push(originGap(batch, item, answer.fields));
  }
  return origins;
}

/**
 * Products with an origin batch whose units are not all on record, or with a named lot of which nothing is: an item
 * without a batch could be one of them.
 */
function openProducts(origins: Origins, leaves: Leaves, candidates: Candidates): Set<bigint> {
  const open = new Set<bigint>();
  for (const { leaf, positive, productIds } of leaves.values()) {
    if (!positive || !('batch' in leaf)) continue;
    const { lot } = leaf.batch;
    const found = [...candidates.batches.values()].some((b) => b.lot === lot && productIds.has(b.productId));
    if (!found) for (const id of productIds) open.add(id);
  }
  for (const id of origins.batches.keys()) {
    const batch = candidates.batches.get(id);
    if (batch && !isAccountedFor(batch)) open.add(batch.productId);
  }
  return open;
}

/** A batch is TRUE when every run is, FALSE when every run is, else UNKNOWN. */
export function askBatch(rule: Rule, leaves: Leaves, batch: BatchFacts): Answer {
  if (batch.lot === null) return askUnknownLot(rule, leaves, batch);
  return agreed(
    (batch.runs.length > 0 ? batch.runs : [null]).map((run) => ask(rule, leaves, { batch, run, item: null })),
  );
}

/** Goods of unknown lot are an origin only where the rule names the product, or where nothing else of it is on record. */
function askUnknownLot(rule: Rule, leaves: Leaves, batch: BatchFacts): Answer {
  const answer = ask(rule, leaves, { batch, run: null, item: null });
  if (answer.truth !== 'UNKNOWN' || !batch.productHasLots) return answer;
  return { truth: 'FALSE', fields: [] };
}

/** An item takes its own attributes, else those of its run; which run is seen from site, line and time where it can be. */
export function askItem(rule: Rule, leaves: Leaves, batch: BatchFacts, item: ItemFacts): Answer {
  const runs = batch.runs.filter((run) => couldBeMadeIn(item, run));
  return agreed((runs.length > 0 ? runs : [null]).map((run) => ask(rule, leaves, { batch, run, item })));
}

function couldBeMadeIn(item: ItemFacts, run: Run): boolean {
  const differ = <T>(a: T | null, b: T | null) => a !== null && b !== null && a !== b;
  if (differ(item.siteId, run.siteId) || differ(item.line, run.line) || differ(item.revision, run.revision))
    return false;
  if (item.to !== null && run.from !== null && item.to < run.from) return false;
  return !(item.from !== null && run.to !== null && item.from > run.to);
}

function agreed(answers: Answer[]): Answer {
  const truth = agreement(answers.map((answer) => answer.truth));
  if (truth !== 'UNKNOWN') return { truth, fields: [] };
  const fields = new Set(answers.flatMap((answer) => answer.fields));
  return { truth, fields: fields.size > 0 ? [...fields] : ['run'] };
}

/** The rule of one run, or of one item made in it. */
export function ask(rule: Rule, leaves: Leaves, asked: Asked): Answer {
  if ('persists' in rule) return ask(rule.persists.rule, leaves, asked);
  if ('not' in rule) {
    const answer = ask(rule.not, leaves, asked);
    return { truth: negation(answer.truth), fields: answer.fields };
  }
  if ('all' in rule || 'any' in rule) {
    const [parts, fold] = 'all' in rule ? [rule.all, conjunction] : [rule.any, disjunction];
    const answers = parts.map((part) => ask(part, leaves, asked));
    const truth = fold(answers.map((answer) => answer.truth));
    return { truth, fields: truth === 'UNKNOWN' ? answers.flatMap((answer) => answer.fields) : [] };
  }
  const leaf = leaves.get(rule);
  return leaf === undefined ? { truth: 'FALSE', fields: [] } : answerLeaf(leaf, asked);
}

/** Each leaf asked of one subject, for `membership`. */
export function askEachLeaf(
  leaves: Leaves,
  batch: BatchFacts,
  item: ItemFacts | null,
): { leaf: string; truth: Truth }[] {
  return [...leaves.entries()].map(([leaf, resolved]) => ({
    leaf: resolved.label,
    truth: (item === null ? askBatch(leaf, leaves, batch) : askItem(leaf, leaves, batch, item)).truth,
  }));
}
