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
  const some = (rows: readonly Fate[] | undefined): Truth =>
    disjunction((rows ?? []).map((fate) => matches(fate, leaf)));
  const ended = whereGoodsEnded(solution, {
    item: (itemId) => some(ofItem.get(itemId)),
    batch: (batchId) => disjunction([some(ofBatch.get(batchId)), loose.has(batchId) ? 'UNKNOWN' : 'FALSE']),
  });
  const item = (itemId: bigint): Truth => ended(`i${itemId}`);
  const used = new Set([
    ...solution.graph.fittings.map((fitting) => fitting.partItem),
    ...solution.graph.made.map((row) => row.inputItem),
  ]);
  /** Anything of the batch. */
  const batch = (batchId: bigint): Truth => ended(`b${batchId}`);
  /** Its goods without a serial, a sale of unknown lot among what could be theirs: some of them there is some of them elsewhere. */
  const goods = (batchId: bigint): Truth => {
    const rows = (ofBatch.get(batchId) ?? []).filter((fate) => fate.itemId === null);
    const outputs = (solution.index.madeByInput.get(batchId) ?? [])
      .filter((row) => row.inputItem === null)
      .map((row) => batch(row.output));
    const builtIn = (solution.index.fittingsByPart.get(batchId) ?? [])
      .filter((fitting) => fitting.partItem === null)
      .map((fitting) => item(fitting.parentItem));
    const guessed = (solution.index.guessesByComponent.get(batchId) ?? []).map(
      ({ toBatch, toItem }): Truth => {
        const there = disjunction([
          toBatch === null ? 'FALSE' : batch(toBatch),
          toItem === null ? 'FALSE' : item(toItem.itemId),
        ]);
        return there === 'FALSE' ? 'FALSE' : 'UNKNOWN';
      },
    );
    const any = disjunction([
      some(rows),
      ...outputs,
      ...builtIn,
      ...guessed,
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
    // one whose own way is not on record may be among those of its lot that went by no serial
    const told = (ofItem.get(itemId) ?? []).length > 0 || used.has(itemId);
    return !told && goods(batchId) !== 'FALSE' ? unknown('sold') : FALSE;
  };
}

/**
 * What is true of goods or of anything they were made into or built into, however many steps on; over a step that is only
 * possible, perhaps. Told backwards from where it is true, so that lots reworked in a circle all have it: asked forwards, the
 * one asked first would miss the others'.
 */
function whereGoodsEnded(
  { graph }: Solution,
  own: { item(itemId: bigint): Truth; batch(batchId: bigint): Truth },
): (goods: string) => Truth {
  const sure = new Map<string, string[]>();
  const any = new Map<string, string[]>();
  const leads = (from: string, to: string, isSure: boolean): void => {
    for (const steps of isSure ? [sure, any] : [any]) {
      const known = steps.get(to);
      if (known) known.push(from);
      else steps.set(to, [from]);
    }
  };
  for (const { input, inputItem, output } of graph.made) {
    leads(`b${input}`, `b${output}`, true);
    if (inputItem !== null) leads(`i${inputItem}`, `b${output}`, true);
  }
  for (const { partBatch, partItem, parentItem, alternative } of graph.fittings) {
    leads(`b${partBatch}`, `i${parentItem}`, !alternative);
    if (partItem !== null) leads(`i${partItem}`, `i${parentItem}`, !alternative);
  }
  for (const { component, toBatch, toItem } of graph.guesses) {
    if (toBatch !== null) leads(`b${component}`, `b${toBatch}`, false);
    if (toItem !== null) leads(`b${component}`, `i${toItem.itemId}`, false);
  }
  const goods = new Set([...any.keys(), ...[...any.values()].flat()]);
  const ownOf = (key: string): Truth => {
    const id = BigInt(key.slice(1));
    return key.startsWith('i') ? own.item(id) : own.batch(id);
  };
  const reaching = (steps: Map<string, string[]>, isStart: (truth: Truth) => boolean): Set<string> => {
    const found = new Set([...goods].filter((key) => isStart(ownOf(key))));
    for (const key of found) for (const from of steps.get(key) ?? []) found.add(from); // a set is walked as it grows
    return found;
  };
  const yes = reaching(sure, (truth) => truth === 'TRUE');
  const maybe = reaching(any, (truth) => truth !== 'FALSE');
  return (key) => disjunction([ownOf(key), yes.has(key) ? 'TRUE' : maybe.has(key) ? 'UNKNOWN' : 'FALSE']);
}
