/** The conditions that only `keep` knows: sold, registered, age. A part built in is where its parent is. */

import type { PlacedLeaf } from '../rule.js';
import type { Answer, Asked } from '../rule-facts.js';
import { attributesOf, FALSE, known, TRUE, unknown } from '../rule-facts.js';
import { groupBy } from '../spread/graph.js';
import type { Solution } from '../spread/solve.js';
import { conjunction, disjunction, type Truth } from '../truth.js';
import type { Fate } from './fates.sql.js';

const MS_PER_DAY = 86_400_000;

/** Whole days from making to `now`; an imprecise time of making gives a range of ages. */
export function answerAge(
  leaf: { minDays?: number | null; maxDays?: number | null },
  now: Date,
  asked: Asked,
): Answer {
  const { from, to } = attributesOf(asked);
  if (from === null && to === null) return unknown('produced_from');
  const days = (at: Date) => Math.floor((now.getTime() - at.getTime()) / MS_PER_DAY);
  const [least, most] = [to === null ? 0 : days(to), from === null ? Infinity : days(from)];
  const [low, high] = [leaf.minDays ?? -Infinity, leaf.maxDays ?? Infinity];
  if (most < low || least > high) return FALSE;
  return least >= low && most <= high ? TRUE : unknown('produced_from..produced_to');
}

function matches(fate: Fate, leaf: PlacedLeaf): Truth {
  const alike = (asked: string | null | undefined, found: string | null): Truth =>
    asked == null ? 'TRUE' : found === null ? 'UNKNOWN' : asked === found ? 'TRUE' : 'FALSE';
  const since = leaf.from == null || fate.at >= new Date(leaf.from);
  const until = leaf.to == null || fate.at <= new Date(leaf.to);
  return conjunction([
    since && until ? 'TRUE' : 'FALSE',
    alike(leaf.country, fate.country),
    alike(leaf.region, fate.region),
  ]);
}

/**
 * Whether goods were sold (registered) there and then: themselves, or what they were built into or made into. What a
 * sale without a lot could have been of is not known.
 */
export function answerPlaced(
  leaf: PlacedLeaf,
  fates: readonly Fate[],
  solution: Solution,
  loose: ReadonlySet<bigint>,
): (asked: Asked) => Answer {
  const ofItem = groupBy(fates, (fate) => fate.itemId ?? 0n);
  const ofBatch = groupBy(fates, (fate) => fate.batchId);
  const parents = groupBy(
    solution.graph.fittings.filter((fitting) => fitting.partItem !== null),
    (fitting) => fitting.partItem ?? 0n,
  );
  const seen = new Map<string, Truth>();
  const once = (key: string, answer: () => Truth): Truth => {
    const before = seen.get(key);
    if (before !== undefined) return before;
    seen.set(key, 'FALSE'); // a cycle adds nothing
    const truth = answer();
    seen.set(key, truth);
    return truth;
  };
  const some = (rows: readonly Fate[] | undefined): Truth =>
    disjunction((rows ?? []).map((fate) => matches(fate, leaf)));
  const item = (itemId: bigint): Truth =>
    once(`i${itemId}`, () =>
      disjunction([
        some(ofItem.get(itemId)),
        ...(parents.get(itemId) ?? []).map((fitting) => item(fitting.parentItem)),
      ]),
    );
  /** Anything of the batch. */
  const batch = (batchId: bigint): Truth =>
    once(`b${batchId}`, () => {
      const outputs = (solution.index.madeByInput.get(batchId) ?? []).map((row) => batch(row.output));
      const builtIn = (solution.index.fittingsByPart.get(batchId) ?? []).map((fitting) =>
        item(fitting.parentItem),
      );
      const ofGuesses = loose.has(batchId) ? (['UNKNOWN'] as const) : [];
      return disjunction([some(ofBatch.get(batchId)), ...outputs, ...builtIn, ...ofGuesses]);
    });
  /** Its goods without a serial: some of them there is some of them elsewhere. */
  const goods = (batchId: bigint): Truth => {
    const rows = (ofBatch.get(batchId) ?? []).filter((fate) => fate.itemId === null);
    const outputs = (solution.index.madeByInput.get(batchId) ?? []).map((row) => batch(row.output));
    const builtIn = (solution.index.fittingsByPart.get(batchId) ?? [])
      .filter((fitting) => fitting.partItem === null)
      .map((fitting) => item(fitting.parentItem));
    const any = disjunction([
      some(rows),
      ...outputs,
      ...builtIn,
      ...(loose.has(batchId) ? (['UNKNOWN'] as const) : []),
    ]);
    return any === 'TRUE' && rows.some((fate) => matches(fate, leaf) !== 'TRUE') ? 'UNKNOWN' : any;
  };
  return (asked) => {
    const { batchId } = asked.batch;
    if (asked.item === null) {
      const truth = goods(batchId);
      return truth === 'UNKNOWN' ? unknown('sold') : known(truth === 'TRUE');
    }
    const { itemId } = asked.item;
    const own = item(itemId);
    if (own !== 'FALSE') return own === 'TRUE' ? TRUE : unknown('country');
    const sold = (ofItem.get(itemId) ?? []).length > 0;
    return !sold && loose.has(batchId) ? unknown('sold') : FALSE;
  };
}
