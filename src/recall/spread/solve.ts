/**
 * Walks the loaded graph: what is affected, surely or possibly, and since when. Values only ever rise (never, possible,
 * certain, and earlier), so the walk ends, cycles or not, and does not depend on the order of the rows.
 */
import type { Origins } from '../evaluate-rule.js';
import { isAccountedFor } from '../rule-facts.js';
import type { Certainty, Exposure } from '../scope.js';
import { type Cover, coverOf } from './as-built.js';
import { type FittingRow, type Graph, type Guess, groupBy, type MadeRow, needsOf } from './graph.js';
import { type GraphIndex, indexOf } from './graph-index.js';
import { OwnItems } from './own-items.js';
import {
  ALWAYS,
  earliest,
  endOf,
  from,
  type Impact,
  impactUntil,
  isEarlier,
  isNever,
  NEVER,
  possibly,
  type Since,
  startOf,
  until,
} from './times.js';

export type { Impact } from './times.js';

export const stronger = (a: Impact, b: Impact): Impact =>
  a === 'CERTAIN' || b === 'CERTAIN' ? 'CERTAIN' : a === 'POSSIBLE' || b === 'POSSIBLE' ? 'POSSIBLE' : null;

const sinceOfTruth = (truth: string | undefined): Since =>
  truth === 'TRUE' ? ALWAYS : truth === 'UNKNOWN' ? possibly(ALWAYS) : NEVER;

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
  /** What the input was when it went in. */
  inputImpact(row: MadeRow): Impact;
  /** What the part was while it was in. */
  partImpact(fitting: FittingRow): Impact;
  guessImpact(guess: Guess): Impact;
  counts(fitting: FittingRow): boolean;
}

export function solve(graph: Graph, origins: Origins, exposure: Exposure): Solution {
  // contamination stays where the part was taken out: walked as if nothing had ever been repaired
  const persisting =
    exposure === 'CURRENT' && origins.persisting !== null ? solve(graph, origins.persisting, 'EVER') : null;
  const index = indexOf(graph, origins);
  const made = new Map<bigint, Since>();
  /** Without what is only guessed from a lot's other source. */
  const told = new Map<bigint, Since>();
  const own = new Map<bigint, { batchId: bigint; since: Since }>();
  const ownInBatch = new Map<bigint, OwnItems>();
  /** What each batch got as a whole, by the component that it came with. */
  const components = new Map<bigint, Map<bigint, Since>>();

  const counts = (fitting: FittingRow): boolean =>
    exposure === 'EVER' ||
    fitting.removedAt === null ||
    (persisting?.partImpact(fitting) ?? null) !== null ||
    mayBeLeft(fitting);
  const origin = (batchId: bigint): Since => sinceOfTruth(origins.batches.get(batchId));
  const madeOf = (batchId: bigint): Since => made.get(batchId) ?? NEVER;
  const ownOf = (itemId: bigint): Since => own.get(itemId)?.since ?? NEVER;

  const isDoubtful = (part: FittingRow): boolean =>
    !isNever(partSince(part)) || (part.partItem !== null && graph.doubledParts.has(part.partItem));

  /** The parts that leave no place for a component, of which the batch surely or possibly has an affected one. */
  const coverFor = (
    itemId: bigint,
    batchId: bigint,
    { component, isCertain }: { component: bigint; isCertain: boolean },
  ): Cover | null => {
    const batch = graph.batches.get(batchId);
    const needs = batch === undefined ? null : needsOf(graph, batch, component);
    if (needs === null) return null;
    // a part that contains, further down, what it is in proves nothing
    if (covering.has(itemId)) return null;
    covering.add(itemId);
    const fittings = index.fittingsByParent.get(itemId) ?? [];
    const parts = fittings.filter((fitting) => fitting.partProduct === component);
    const cover = coverOf(parts, { needs, exposure, isDoubtful, onlyReplaced: isCertain });
    covering.delete(itemId);
    return cover;
  };
  const covering = new Set<bigint>();
  /** Of several that were built in, one is out by now: no design wants one alone, and no other parts take all their places. */
  const mayBeLeft = (fitting: FittingRow): boolean => {
    const { parentItem, parentBatch, partProduct, removedAt, tookOne } = fitting;
    const batch = graph.batches.get(parentBatch);
    if (exposure === 'EVER' || !tookOne || removedAt === null || batch === undefined) return false;
    const needs = needsOf(graph, batch, partProduct);
    if (needs?.every((bill) => bill.reduce((sum, need) => sum + need.quantity, 0n) <= 1n)) return false;
    return coverFor(parentItem, parentBatch, { component: partProduct, isCertain: false }) === null;
  };
  /** Contamination stays when what brought it is taken out. */
  const persistsIn = (itemId: bigint, batchId: bigint): boolean =>
    persisting !== null && persisting.item(itemId, batchId) !== null;
  const acquittal = (itemId: bigint, batchId: bigint): Cover | null => {
    const affected = components.get(batchId);
    if (affected === undefined || persistsIn(itemId, batchId)) return null;
    const cover: Cover = { parts: [] };
    for (const [component, { certain }] of affected) {
      const found = coverFor(itemId, batchId, { component, isCertain: certain !== Infinity });
      if (found === null) return null;
      cover.parts.push(...found.parts);
    }
    return cover;
  };
  /** What its batch got with components that its own parts leave no place for does not count. */
  const inheritedBy = (itemId: bigint, batchId: bigint): Since => {
    if (!index.fittingsByParent.has(itemId) || persistsIn(itemId, batchId)) return madeOf(batchId);
    let since = NEVER;
    for (const [component, got] of components.get(batchId) ?? []) {
      const isCertain = got.certain !== Infinity;
      if (isNever(got) || coverFor(itemId, batchId, { component, isCertain }) !== null) continue;
      since = earliest(since, got);
    }
    return since;
  };

  const itemSince = (itemId: bigint, batchId: bigint): Since => {
    const itself = ownOf(itemId);
    const named = origins.items.has(itemId) ? NEVER : origin(batchId);
    return earliest(itself, named, inheritedBy(itemId, batchId));
  };

  const isAcquitted = (batchId: bigint): boolean => {
    const batch = graph.batches.get(batchId);
    const parents = index.parentsByBatch.get(batchId);
    if (!batch || batch.quantity === null || !parents || batch.items === 0n) return false;
    if (batch.items < batch.quantity || BigInt(parents.size) < batch.items) return false;
    return [...parents].every((parent) => acquittal(parent, batchId) !== null);
  };

  /** All units of the batch are on record, one by one, and certain: then the batch is, since the last of them. */
  const allItemsSince = (batchId: bigint): number => {
    const batch = graph.batches.get(batchId);
    const items = ownInBatch.get(batchId);
    if (!batch || batch.lot === null || batch.quantity === null || items === undefined) return Infinity;
    const count = BigInt(items.size);
    if (count < batch.items || count < batch.quantity) return Infinity;
    return items.lastCertain;
  };

  /** What the batch is as a whole; of items of a product's unknown lot its goods without a serial are none. */
  const wholeSince = (batchId: bigint): Since => {
    const named = origin(batchId);
    const inherited = madeOf(batchId);
    return earliest(
      leftOfOrigin(batchId, named),
      isPartlyRepaired(batchId) ? possibly(inherited) : inherited,
    );
  };
  /** What the rule says of a batch, but for the items that it leaves out or could. */
  const leftOfOrigin = (batchId: bigint, named: Since): Since => {
    if (!index.doubted.has(batchId)) return named;
    const spared = BigInt(index.leftOut.get(batchId)?.length ?? 0);
    const batch = graph.batches.get(batchId);
    // its units are on record, one by one, and the rule leaves out each
    return batch !== undefined && isAccountedFor(batch) && spared >= batch.items ? NEVER : possibly(named);
  };
  const asked = new Set<bigint>();
  /** Some of its units are no longer as certain as it was when it was made. */
  const isPartlyRepaired = (batchId: bigint): boolean => {
    if (exposure === 'EVER' || madeOf(batchId).certain === Infinity || asked.has(batchId)) return false;
    asked.add(batchId);
    const parents = [...(index.parentsByBatch.get(batchId) ?? [])];
    const found = parents.some((itemId) => itemSince(itemId, batchId).certain === Infinity);
    asked.delete(batchId);
    return found;
  };
  const batchSince = (batchId: bigint): Since => {
    const whole = wholeSince(batchId);
    const items = ownInBatch.get(batchId);
    if (items !== undefined) return earliest(whole, { any: items.any, certain: allItemsSince(batchId) });
    const isSuspected = isNever(origin(batchId)) && !isNever(whole);
    return isSuspected && isAcquitted(batchId) ? NEVER : whole;
  };
  const goodsSince = (batchId: bigint): Since =>
    graph.batches.get(batchId)?.lot === null ? wholeSince(batchId) : batchSince(batchId);

  const inputSince = (row: MadeRow): Since => {
    const since = row.inputItem === null ? goodsSince(row.input) : itemSince(row.inputItem, row.input);
    // rows of one pool need not follow one another
    return row.pool === null ? until(since, endOf(row.to ?? row.at)) : since;
  };
  const partSince = (fitting: FittingRow): Since => {
    const since = fitting.alternative ? possibly(fittedSince(fitting)) : fittedSince(fitting);
    return mayBeLeft(fitting)
      ? earliest(possibly(whileIn(fitting)), persisting === null ? NEVER : since)
      : since;
  };
  const fittedSince = (fitting: FittingRow): Since => {
    if (persisting !== null && fitting.removedAt !== null) {
      const impact = persisting.partImpact(fitting);
      return impact === null ? NEVER : impact === 'CERTAIN' ? ALWAYS : possibly(ALWAYS);
    }
    return whileIn(fitting);
  };
  const whileIn = (fitting: FittingRow): Since => {
    if (fitting.partItem === null)
      return until(goodsSince(fitting.partBatch), endOf(fitting.fittedTo ?? fitting.fittedAt));
    // an item is in from then to then, and may have become affected inside: making comes before all else of its moment
    const removed = fitting.removedAt === null ? Infinity : fitting.removedAt.getTime();
    return until(itemSince(fitting.partItem, fitting.partBatch), removed);
  };
  /** Parts without a lot that are out by now; what was taken out unseen and what was put in are told by one event. */
  const isOut = ({ kind, toItem, eventKey, at }: Guess): boolean => {
    if (exposure === 'EVER' || kind !== 'UNLOTTED' || toItem === null) return false;
    const told = (index.fittingsByParent.get(toItem.itemId) ?? []).filter(
      (part) => part.eventKey === eventKey && part.partWithoutLot && part.partItem === null,
    );
    const same = told.filter((part) => (part.fittedAt === null) === (at === null));
    const parts = same.length > 0 ? same : told;
    return parts.length > 0 && parts.every((part) => part.removedAt !== null && !mayBeLeft(part));
  };
  const guessSince = (guess: Guess): Since => {
    // contamination stays where the part was taken out
    if (isOut(guess)) return (persisting?.guessImpact(guess) ?? null) === null ? NEVER : possibly(ALWAYS);
    if (guess.kind === 'UNKNOWN_SOURCE') {
      const { component } = guess;
      // rows without a source are of one of the sources; what one source has says nothing of the others
      const isSource = graph.batches.get(component)?.sourceId !== null;
      return possibly(isSource ? batchSince(component) : (told.get(component) ?? NEVER));
    }
    if (guess.kind !== 'UNKNOWN_LOT' || guess.toItem === null)
      return possibly(until(batchSince(guess.component), endOf(guess.to)));
    const { itemId } = guess.toItem;
    // the rule was asked of the item itself: that its lot could be an origin adds nothing
    let since = NEVER;
    // its parts are on record, and leave no place for what the batch it could be of contains
    for (const [component, got] of components.get(guess.component) ?? [])
      if (coverFor(itemId, guess.component, { component, isCertain: false }) === null)
        since = earliest(since, got);
    return possibly(since);
  };

  const evaluateMade = (output: bigint): { told: Since; all: Since; isNews: boolean } => {
    let since = NEVER;
    let isNews = false;
    const got = (product: bigint, passed: Since) => {
      const ofOutput = components.get(output) ?? new Map<bigint, Since>();
      const before = ofOutput.get(product) ?? NEVER;
      isNews ||= isEarlier(passed, before);
      components.set(output, ofOutput.set(product, earliest(before, passed)));
    };
    const inputs = index.madeByOutput.get(output) ?? [];
    for (const [product, rows] of groupBy(inputs, (row) => row.inputProduct)) {
      const certain = certainRows(rows, inputs, (row) => impactUntil(inputSince(row)), graph);
      for (const row of rows) {
        const input = inputSince(row);
        if (isNever(input)) continue;
        const whole = from(input, row.pool === null ? startOf(row.at) : -Infinity);
        const passed = certain.has(row) ? whole : possibly(whole);
        got(product, passed);
        since = earliest(since, passed);
      }
    }
    let all = since;
    for (const guess of index.guessesByBatch.get(output) ?? []) {
      const guessed = guessSince(guess);
      if (isNever(guessed)) continue;
      const component = graph.batches.get(guess.component)?.productId;
      // a lot that could be the other's own contains nothing of it: as-built parts do not answer for that
      const passed = from(guessed, startOf(guess.at));
      if (component !== undefined) got(component, passed);
      all = earliest(all, passed);
      // what the other source is only suspected of, for lack of its inputs, this one is asked of by itself
      if (guess.kind === 'UNLOTTED') since = earliest(since, passed);
    }
    return { told: since, all, isNews };
  };

  const evaluateOwn = (itemId: bigint): Since => {
    let since = sinceOfTruth(origins.items.get(itemId)?.truth);
    for (const fitting of index.fittingsByParent.get(itemId) ?? []) {
      if (counts(fitting)) since = earliest(since, from(partSince(fitting), startOf(fitting.fittedAt)));
    }
    for (const guess of index.guessesByItem.get(itemId) ?? [])
      since = earliest(since, from(guessSince(guess), startOf(guess.at)));
    return since;
  };

  const queue: bigint[] = [];
  const queued = new Set<bigint>();
  const touch = (batchId: bigint) => {
    if (queued.has(batchId)) return;
    queued.add(batchId);
    queue.push(batchId);
  };
  const raiseOwn = (itemId: bigint, batchId: bigint): void => {
    const before = ownOf(itemId);
    const since = earliest(before, evaluateOwn(itemId));
    if (!isEarlier(since, before)) return;
    own.set(itemId, { batchId, since });
    const ofBatch = ownInBatch.get(batchId) ?? new OwnItems();
    ofBatch.set(itemId, since);
    ownInBatch.set(batchId, ofBatch);
    touch(batchId);
  };
  const raiseMade = (batchId: bigint): void => {
    const { told: without, all, isNews } = evaluateMade(batchId);
    const before = madeOf(batchId);
    const toldBefore = told.get(batchId) ?? NEVER;
    const rises = isEarlier(all, before) || isEarlier(without, toldBefore);
    if (isEarlier(all, before)) made.set(batchId, earliest(before, all));
    if (isEarlier(without, toldBefore)) told.set(batchId, earliest(toldBefore, without));
    if (rises || isNews) touch(batchId);
  };

  for (const batchId of origins.batches.keys()) touch(batchId);
  for (const [itemId, named] of origins.items) raiseOwn(itemId, named.batchId);
  // the queue grows while it is walked
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
  const ownImpacts = [...own].flatMap(([itemId, { batchId, since }]) => {
    const impact = impactUntil(since);
    return impact === null ? [] : [[itemId, { batchId, impact }] as const];
  });
  return {
    graph,
    origins,
    exposure,
    index,
    origin: (batchId) => impactUntil(origin(batchId)),
    made: (batchId) => impactUntil(madeOf(batchId)),
    overall: (batchId) => impactUntil(batchSince(batchId)),
    item: (itemId, batchId) => impactUntil(itemSince(itemId, batchId)),
    ownOf: (itemId) => impactUntil(ownOf(itemId)),
    own: new Map(ownImpacts),
    acquittal,
    inputImpact: (row) => impactUntil(inputSince(row)),
    partImpact: (fitting) => impactUntil(partSince(fitting)),
    guessImpact: (guess) => impactUntil(guessSince(guess)),
    counts,
  };
}

/**
 * The inputs of one component (`rows`, of all that the output was made of) that make the step certain: every unit of the
 * output got the defect, since it drew the component from certain inputs only, or they were blended. What was relabelled
 * into a batch that was also made otherwise is only a part of it, and need not be like the rest.
 */
export function certainRows(
  rows: readonly MadeRow[],
  all: readonly MadeRow[],
  impactOf: (row: MadeRow) => Impact,
  graph: Graph,
): Set<MadeRow> {
  const isCertain = (row: MadeRow) => impactOf(row) === 'CERTAIN';
  if (!all.every((row) => !row.relabelled || isCertain(row))) return new Set();
  const drawn = rows.filter((row) => !row.relabelled);
  if (drawn.length === 0) {
    const madeOtherwise = (row: MadeRow) =>
      graph.batches.get(row.output)?.madeHere === true || all.some((other) => !other.relabelled);
    return new Set(rows.some(madeOtherwise) ? [] : rows);
  }
  // beside a blended draw, one that was not is as certain as it would be without, since its own time
  const alone = drawn.every(isCertain) ? drawn.filter((row) => row.mixing !== 'CARRYOVER') : [];
  return new Set([...alone, ...drawn.filter((row) => row.mixing === 'BLENDED' && isCertain(row))]);
}
