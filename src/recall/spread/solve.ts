/**
 * Walks the loaded graph: what is affected, surely or possibly. Values only ever rise (nothing, possible, certain), so
 * the walk ends, cycles or not, and does not depend on the order of the rows.
 */
import type { Origins } from '../evaluate-rule.js';
import type { Certainty, Exposure } from '../scope.js';
import { type Cover, coverOf } from './as-built.js';
import { type FittingRow, type Graph, type Guess, groupBy, type MadeRow, neededOf } from './graph.js';
import { passableRows } from './times.js';

export type Impact = Certainty | null;

export const stronger = (a: Impact, b: Impact): Impact =>
  a === 'CERTAIN' || b === 'CERTAIN' ? 'CERTAIN' : a === 'POSSIBLE' || b === 'POSSIBLE' ? 'POSSIBLE' : null;

const impactOfTruth = (truth: string | undefined): Impact =>
  truth === 'TRUE' ? 'CERTAIN' : truth === 'UNKNOWN' ? 'POSSIBLE' : null;

/** The solved graph, asked by everything that comes after. */
export interface Solution {
  graph: Graph;
  origins: Origins;
  exposure: Exposure;
  index: GraphIndex;
  /** What the rule says of a batch as a whole. */
  origin(batchId: bigint): Impact;
  /** What the batch got as a whole from its inputs. */
  made(batchId: bigint): Impact;
  /** The batch, its affected items counted in. */
  overall(batchId: bigint): Impact;
  item(itemId: bigint, batchId: bigint): Impact;
  /** What an item has by itself: named by the rule, or by an affected part. */
  ownOf(itemId: bigint): Impact;
  own: Map<bigint, { batchId: bigint; impact: Certainty }>;
  /** The evidence that acquits an item of what its batch is suspected of; null: none. */
  acquittal(itemId: bigint, batchId: bigint): Cover | null;
  inputImpact(row: MadeRow): Impact;
  partImpact(fitting: FittingRow): Impact;
  guessImpact(guess: Guess): Impact;
  counts(fitting: FittingRow): boolean;
}

export interface GraphIndex {
  madeByOutput: Map<bigint, MadeRow[]>;
  madeByInput: Map<bigint, MadeRow[]>;
  fittingsByParent: Map<bigint, FittingRow[]>;
  fittingsByPart: Map<bigint, FittingRow[]>;
  parentsByBatch: Map<bigint, Set<bigint>>;
  guessesByComponent: Map<bigint, Guess[]>;
  guessesByBatch: Map<bigint, Guess[]>;
  guessesByItem: Map<bigint, Guess[]>;
  /** Items of an origin batch that the rule leaves out. */
  leftOut: Map<bigint, bigint[]>;
}

function indexOf(graph: Graph, origins: Origins): GraphIndex {
  const passable = passableRows(graph, origins);
  const parents = new Map<bigint, Set<bigint>>();
  for (const fitting of graph.fittings) {
    parents.set(fitting.parentBatch, (parents.get(fitting.parentBatch) ?? new Set()).add(fitting.parentItem));
  }
  const leftOut = [...origins.items].filter(([, item]) => item.truth === 'FALSE');
  return {
    madeByOutput: groupBy(graph.made, (row) => row.output),
    madeByInput: groupBy(passable, (row) => row.input),
    fittingsByParent: groupBy(graph.fittings, (row) => row.parentItem),
    fittingsByPart: groupBy(graph.fittings, (row) => row.partBatch),
    parentsByBatch: parents,
    guessesByComponent: groupBy(graph.guesses, (guess) => guess.component),
    guessesByBatch: groupBy(
      graph.guesses.filter((guess) => guess.toBatch !== null),
      (guess) => guess.toBatch ?? 0n,
    ),
    guessesByItem: groupBy(
      graph.guesses.filter((guess) => guess.toItem !== null),
      (guess) => guess.toItem?.itemId ?? 0n,
    ),
    leftOut: new Map(
      [...groupBy(leftOut, ([, item]) => item.batchId)].map(([id, rows]) => [id, rows.map(([item]) => item)]),
    ),
  };
}

export function solve(graph: Graph, origins: Origins, exposure: Exposure): Solution {
  // contamination stays where the part was taken out: walked as if nothing had ever been repaired
  const persisting =
    exposure === 'CURRENT' && origins.persisting !== null ? solve(graph, origins.persisting, 'EVER') : null;
  const index = indexOf(graph, origins);
  const passable = new Set([...index.madeByInput.values()].flat());
  const made = new Map<bigint, Certainty>();
  const own = new Map<bigint, { batchId: bigint; impact: Certainty }>();
  const ownInBatch = new Map<bigint, { certain: bigint; possible: bigint }>();
  const components = new Map<bigint, Set<bigint>>();

  const counts = (fitting: FittingRow): boolean =>
    exposure === 'EVER' ||
    fitting.removedAt === null ||
    (persisting !== null && persisting.partImpact(fitting) !== null);
  const origin = (batchId: bigint) => impactOfTruth(origins.batches.get(batchId));
  const madeOf = (batchId: bigint): Impact => made.get(batchId) ?? null;
  const ownOf = (itemId: bigint): Impact => own.get(itemId)?.impact ?? null;

  const acquittal = (itemId: bigint, batchId: bigint): Cover | null => {
    const batch = graph.batches.get(batchId);
    const affected = components.get(batchId);
    if (batch === undefined || affected === undefined) return null;
    const fittings = index.fittingsByParent.get(itemId) ?? [];
    const cover: Cover = { parts: [], needed: 0n };
    for (const component of affected) {
      const needed = neededOf(graph, batch, component);
      if (needed === null) return null;
      const parts = fittings.filter((fitting) => fitting.partProduct === component);
      const found = coverOf(parts, needed, exposure, (part) => partImpact(part) !== null);
      if (found === null) return null;
      cover.parts.push(...found.parts);
      cover.needed += found.needed;
    }
    return cover;
  };

  const item = (itemId: bigint, batchId: bigint): Impact => {
    const itself = ownOf(itemId);
    if (itself === 'CERTAIN') return itself;
    const asked = origins.items.get(itemId);
    const named = asked === undefined ? origin(batchId) : null;
    const inherited = madeOf(batchId);
    const fromInputs = inherited === 'POSSIBLE' && acquittal(itemId, batchId) !== null ? null : inherited;
    return stronger(stronger(itself, named), fromInputs);
  };

  const isAcquitted = (batchId: bigint): boolean => {
    const batch = graph.batches.get(batchId);
    const quantity = batch === undefined ? null : batch.quantity;
    const parents = index.parentsByBatch.get(batchId);
    if (!batch || quantity === null || !parents || batch.items === 0n) return false;
    if (batch.items < quantity || BigInt(parents.size) < batch.items) return false;
    return [...parents].every((parent) => acquittal(parent, batchId) !== null);
  };

  const overall = (batchId: bigint): Impact => {
    const named = origin(batchId);
    const whole = stronger(named, madeOf(batchId));
    const spared =
      named === 'CERTAIN' && madeOf(batchId) !== 'CERTAIN' ? (index.leftOut.get(batchId)?.length ?? 0) : 0;
    if (whole === 'CERTAIN') return spared > 0 ? 'POSSIBLE' : 'CERTAIN';
    const batch = graph.batches.get(batchId);
    const items = ownInBatch.get(batchId);
    if (batch && items && items.certain > 0n) {
      const quantity = batch.quantity ?? 0n;
      if (batch.lot !== null && items.certain >= batch.items && items.certain >= quantity) return 'CERTAIN';
    }
    if (items && items.certain + items.possible > 0n) return 'POSSIBLE';
    if (whole === 'POSSIBLE' && named === null && isAcquitted(batchId)) return null;
    return whole;
  };

  const inputImpact = (row: MadeRow): Impact => {
    if (!passable.has(row)) return null;
    return row.inputItem === null ? overall(row.input) : item(row.inputItem, row.input);
  };
  const partImpact = (fitting: FittingRow): Impact => {
    if (persisting !== null && fitting.removedAt !== null) return persisting.partImpact(fitting);
    return fitting.partItem === null ? overall(fitting.partBatch) : item(fitting.partItem, fitting.partBatch);
  };
  const guessImpact = (guess: Guess): Impact => {
    if (guess.kind !== 'UNKNOWN_LOT' || guess.toItem === null)
      return overall(guess.component) === null ? null : 'POSSIBLE';
    const named = origin(guess.component);
    if (named !== null) return origins.items.get(guess.toItem.itemId)?.truth === 'FALSE' ? null : 'POSSIBLE';
    if (madeOf(guess.component) === null) return null;
    const parts = index.fittingsByParent.get(guess.toItem.itemId) ?? [];
    const batch = graph.batches.get(guess.component);
    const cleared = [...(components.get(guess.component) ?? [])].every((component) => {
      const needed = batch === undefined ? null : neededOf(graph, batch, component);
      const same = parts.filter((part) => part.partProduct === component);
      return needed !== null && coverOf(same, needed, exposure, (part) => partImpact(part) !== null) !== null;
    });
    return cleared ? null : 'POSSIBLE';
  };

  const evaluateMade = (output: bigint): Impact => {
    let impact: Impact = null;
    for (const [product, rows] of groupBy(index.madeByOutput.get(output) ?? [], (row) => row.inputProduct)) {
      const affected = rows.filter((row) => inputImpact(row) !== null);
      if (affected.length === 0) continue;
      components.set(output, (components.get(output) ?? new Set()).add(product));
      impact = stronger(impact, isCertainStep(rows, inputImpact) ? 'CERTAIN' : 'POSSIBLE');
    }
    for (const guess of index.guessesByBatch.get(output) ?? []) {
      if (guessImpact(guess) === null) continue;
      const product = graph.batches.get(guess.component)?.productId;
      if (product !== undefined) components.set(output, (components.get(output) ?? new Set()).add(product));
      impact = stronger(impact, 'POSSIBLE');
    }
    return impact;
  };

  const evaluateOwn = (itemId: bigint): Impact => {
    let impact = impactOfTruth(origins.items.get(itemId)?.truth);
    for (const fitting of index.fittingsByParent.get(itemId) ?? []) {
      if (counts(fitting)) impact = stronger(impact, partImpact(fitting));
    }
    for (const guess of index.guessesByItem.get(itemId) ?? []) impact = stronger(impact, guessImpact(guess));
    return impact;
  };

  const queue: bigint[] = [];
  const queued = new Set<bigint>();
  const touch = (batchId: bigint) => {
    if (queued.has(batchId)) return;
    queued.add(batchId);
    queue.push(batchId);
  };
  const raiseOwn = (itemId: bigint, batchId: bigint): void => {
    const impact = evaluateOwn(itemId);
    const before = ownOf(itemId);
    if (impact === null || impact === before || before === 'CERTAIN') return;
    own.set(itemId, { batchId, impact });
    const tally = ownInBatch.get(batchId) ?? { certain: 0n, possible: 0n };
    if (before === 'POSSIBLE') tally.possible -= 1n;
    if (impact === 'CERTAIN') tally.certain += 1n;
    else tally.possible += 1n;
    ownInBatch.set(batchId, tally);
    touch(batchId);
  };
  const raiseMade = (batchId: bigint): void => {
    const sizeBefore = components.get(batchId)?.size ?? 0;
    const impact = evaluateMade(batchId);
    const before = madeOf(batchId);
    if (impact !== null && before !== 'CERTAIN' && impact !== before) made.set(batchId, impact);
    if (madeOf(batchId) !== before || (components.get(batchId)?.size ?? 0) !== sizeBefore) touch(batchId);
  };

  for (const batchId of origins.batches.keys()) touch(batchId);
  for (const [itemId, named] of origins.items) raiseOwn(itemId, named.batchId);
  for (const batchId of queue) {
    queued.delete(batchId);
    for (const output of new Set((index.madeByInput.get(batchId) ?? []).map((row) => row.output)))
      raiseMade(output);
    for (const guess of index.guessesByComponent.get(batchId) ?? []) {
      if (guess.toBatch !== null) raiseMade(guess.toBatch);
      if (guess.toItem !== null) raiseOwn(guess.toItem.itemId, guess.toItem.batchId);
    }
    for (const fitting of index.fittingsByPart.get(batchId) ?? [])
      raiseOwn(fitting.parentItem, fitting.parentBatch);
  }
  return {
    graph,
    origins,
    exposure,
    index,
    origin,
    made: madeOf,
    overall,
    item,
    ownOf,
    own,
    acquittal,
    inputImpact,
    partImpact,
    guessImpact,
    counts,
  };
}

/** Every unit of the output got the defect: it drew the component from certain inputs only, or they were blended. */
export function isCertainStep(rows: readonly MadeRow[], impactOf: (row: MadeRow) => Impact): boolean {
  if (rows.some((row) => row.mixing === 'BLENDED' && impactOf(row) === 'CERTAIN')) return true;
  const inputs = groupBy(rows, (row) => `${row.input}:${row.inputItem ?? ''}`);
  return (
    rows.some((row) => row.mixing !== 'CARRYOVER') &&
    [...inputs.values()].every((same) => same.some((row) => impactOf(row) === 'CERTAIN'))
  );
}
