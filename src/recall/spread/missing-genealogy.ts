/** Missing genealogy does not acquit: a batch made where an affected batch of a component it wants could have been. */
import type pg from 'pg';
import type { Clocks } from '../../trace/index.js';
import type { BatchFacts } from '../rule-facts.js';
import type { UnlottedMovement } from '../scope.js';
import type { AffectedGoods } from './affected-goods.js';
import { type Graph, type Guess, groupBy } from './graph.js';
import { loadHeldLegs, loadUnplaced } from './held-legs.sql.js';
import {
  loadStockLevels,
  loadUncoveredItems,
  loadUncoveredRuns,
  type StockLevel,
  type UncoveredRun,
} from './missing-genealogy.sql.js';
import { isMoreThanMade, Places } from './presence.js';
import { endOf, startOf } from './times.js';
import { loadUnlottedTransit, loadZeroCounts, type ZeroCount } from './unlotted.sql.js';
import { loadNames, loadUseStatements, statementAgainst } from './uses-stated.sql.js';

/** Batches that could contain one of those reached, though no record says so. */
export async function missingGenealogy(
  client: pg.ClientBase,
  graph: Graph,
  reached: bigint[],
  { goods, ...clocks }: Clocks & { goods: AffectedGoods | null },
): Promise<Guess[]> {
  const components = reached.flatMap((id) => {
    const batch = graph.batches.get(id);
    return batch === undefined || batch.lot === null ? [] : [batch];
  });
  const productIds = [...new Set(components.map((batch) => batch.productId))];
  const [runs, items] = await Promise.all([
    loadUncoveredRuns(client, productIds, clocks),
    loadUncoveredItems(client, productIds, clocks),
  ]);
  const wanted = new Set([...runs, ...items].map((made) => made.componentId));
  const asked = components.filter((batch) => wanted.has(batch.productId));
  if (asked.length === 0) return [];
  const askedIds = asked.map((batch) => batch.batchId);
  const levels = groupBy(await loadStockLevels(client, askedIds, goods, clocks), (level) => level.batchId);
  const unplaced = new Set((await loadUnplaced(client, askedIds, goods, clocks)).map((lot) => lot.batchId));
  const counted = await loadCounted(client, graph, { asked, made: [...runs, ...items], goods }, clocks);
  const statements = groupBy(await loadUseStatements(client, askedIds, clocks), (one) => one.batchId);
  const made = [...new Set([...runs, ...items].map((one) => one.batchId))];
  const names: Awaited<ReturnType<typeof loadNames>> =
    statements.size === 0 ? new Map() : await loadNames(client, made);
  const runsOf = groupBy(runs, (run) => run.componentId);
  const itemsOf = groupBy(items, (item) => item.componentId);
  return asked.flatMap((component): Guess[] => {
    const { batchId, productId } = component;
    const stock = levels.get(batchId) ?? [];
    const born = bornAt(component);
    const stated = statements.get(batchId) ?? [];
    const sincePresent = (made: Making): number => {
      if (made.batchId === batchId || born > endOf(made.to)) return Infinity;
      if (unplaced.has(batchId)) return Math.max(born, startOf(made.from));
      const sinceCount = counted(component, made);
      if (sinceCount !== null) return sinceCount;
      // how many were made nobody knows, so some may be left where they were
      if (
        isMoreThanMade(component) &&
        component.runs.some(({ siteId }) => siteId === null || siteId === made.siteId)
      )
        return Math.max(born, startOf(made.from));
      return Math.min(firstThere(stock, made), firstCome(graph.unlotted, batchId, made));
    };
    /**
     * The first moment of its making at which goods of the batch could be where it was made; Infinity: they could not, or
     * its maker states that it used none of them there.
     */
    const since = (made: Making & { itemId?: bigint }): number => {
      const at = sincePresent(made);
      const against = at === Infinity ? undefined : statementAgainst(stated, made, names.get(made.batchId));
      if (against === undefined) return at;
      const told = { component: batchId, batchId: made.batchId, itemId: made.itemId ?? null };
      graph.stated.push({ ...told, eventKey: against.eventKey, at: against.statedAt });
      return Infinity;
    };
    /** What became affected when it had been made is not in it. */
    const guessed = (
      made: Making & { itemId?: bigint },
      into: Pick<Guess, 'toBatch' | 'toItem'>,
    ): Guess[] => {
      const at = since(made);
      if (at === Infinity) return [];
      const times = { at: at === -Infinity ? null : new Date(at), to: made.to };
      return [{ kind: 'MISSING_GENEALOGY', component: batchId, eventKey: null, ...times, ...into }];
    };
    return [
      ...(runsOf.get(productId) ?? []).flatMap((run) => guessed(run, { toBatch: run.batchId, toItem: null })),
      ...(itemsOf.get(productId) ?? []).flatMap((item) => guessed(item, { toBatch: null, toItem: item })),
    ];
  });
}

/**
 * What a count of zero before the making leaves: the first moment of it at which goods of a lot could be there all the same;
 * null: nobody counted none of it there before.
 */
type SinceCount = (component: BatchFacts, made: Making) => number | null;

async function loadCounted(
  client: pg.ClientBase,
  { unlotted }: Graph,
  { asked, made, goods }: { asked: BatchFacts[]; made: Making[]; goods: AffectedGoods | null },
  clocks: Clocks,
): Promise<SinceCount> {
  const productIds = [...new Set(asked.map((batch) => batch.productId))];
  const siteIds = [...new Set(made.flatMap(({ siteId }) => (siteId === null ? [] : [siteId])))];
  const counts = await loadZeroCounts(client, { productIds, siteIds }, clocks);
  const isCounted = ({ productId, lot }: BatchFacts, siteId: bigint, from: number): boolean =>
    counts.some((count) => ends(count, { productId, lot, siteId }) && count.to.getTime() < from);
  const batches = asked.filter((batch) => siteIds.some((siteId) => isCounted(batch, siteId, Infinity)));
  if (batches.length === 0) return () => null;
  const batchIds = batches.map((batch) => batch.batchId);
  const held = groupBy(await loadHeldLegs(client, batchIds, goods, clocks), (leg) => leg.batchId);
  const transit = await loadUnlottedTransit(client, productIds, clocks);
  const placesOf = (batch: BatchFacts): Places => {
    const rows = held.get(batch.batchId) ?? [];
    const places = new Places({ held: rows, counts, transit, batches: [batch], unplaced: [] });
    for (const movement of unlotted) {
      const { productId, toSiteId, toState, eventKey, occurredAt, occurredTo } = movement;
      if (!movement.batches.has(batch.batchId) || toSiteId === null) continue;
      if (toState !== 'IN_TRANSIT' && toState !== 'ON_HAND') continue;
      const came = { from: occurredAt, to: occurredTo, sent: toState === 'IN_TRANSIT', atMost: null };
      places.arrive({ ...came, eventKey, productId, siteId: toSiteId, batches: movement.batches });
    }
    return places;
  };
  const places = new Map(batches.map((batch) => [batch.batchId, placesOf(batch)]));
  return (component, { siteId, from, to }) => {
    const there = places.get(component.batchId);
    if (siteId === null || there === undefined || !isCounted(component, siteId, startOf(from))) return null;
    const { batches: found, since } = there.at(
      component.productId,
      siteId,
      from ?? NEVER_BEFORE,
      to ?? FOREVER,
    );
    return found.has(component.batchId) ? since : Infinity;
  };
}

/** Whether a count of zero is of this lot there. */
const ends = (
  count: ZeroCount,
  { productId, lot, siteId }: { productId: bigint; lot: string | null; siteId: bigint },
): boolean =>
  count.siteId === siteId && count.productId === productId && (count.lot === null || count.lot === lot);

const NEVER_BEFORE = new Date(-8.64e15);
const FOREVER = new Date(8.64e15);

/** When the first of a lot can have been made; -Infinity: its runs do not say. */
const bornAt = ({ madeHere, runs }: BatchFacts): number =>
  madeHere ? Math.min(...runs.map((run) => startOf(run.from))) : -Infinity;

/** Where and when something was made. */
type Making = Omit<UncoveredRun, 'componentId'>;

/**
 * Pure: the first moment of a run at which goods with these levels of stock could be at its place; Infinity: never. Without
 * custody they could be anywhere.
 */
export function firstThere(stock: readonly StockLevel[], run: Making): number {
  const start = startOf(run.from);
  // of an unknown place nothing says since when
  if (run.siteId === null) return -Infinity;
  if (stock.length === 0) return start;
  const there = stock.filter((level) => level.siteId === run.siteId);
  if (there.some((level) => level.short)) return start;
  const moments = there.map((level, index) => {
    const next = there[index + 1];
    // what left in the moment that the run began was there in it
    const gone = next !== undefined && next.at.getTime() < start;
    const stays = level.present && !gone;
    const passes = level.passing && level.at.getTime() >= start;
    const isIn = (stays || passes) && (run.to === null || level.at <= run.to);
    return isIn ? Math.max(level.at.getTime(), start) : Infinity;
  });
  return Math.min(Infinity, ...moments);
}

/** When it first came there without its lot, as far as the record can tell. */
function firstCome(movements: readonly UnlottedMovement[], batchId: bigint, run: Making): number {
  const came = movements.filter(
    (movement) =>
      movement.toSiteId === run.siteId &&
      (movement.toState === 'IN_TRANSIT' || movement.toState === 'ON_HAND') &&
      movement.batches.has(batchId) &&
      (run.to === null || movement.occurredAt <= run.to),
  );
  const times = came.map((movement) => Math.max(movement.occurredAt.getTime(), startOf(run.from)));
  return Math.min(Infinity, ...times);
}
