/** Missing genealogy does not acquit: a batch made where an affected batch of a component it wants could have been. */
import type pg from 'pg';
import type { Clocks } from '../../trace/index.js';
import type { UnlottedMovement } from '../scope.js';
import type { AffectedGoods } from './affected-goods.js';
import { type Graph, type Guess, groupBy } from './graph.js';
import { loadUnplacedBatches } from './held-legs.sql.js';
import {
  loadStockLevels,
  loadUncoveredItems,
  loadUncoveredRuns,
  type StockLevel,
  type UncoveredRun,
} from './missing-genealogy.sql.js';

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
  const runs = await loadUncoveredRuns(client, productIds, clocks);
  const items = await loadUncoveredItems(client, productIds, clocks);
  const wanted = new Set([...runs, ...items].map((made) => made.componentId));
  const asked = components.filter((batch) => wanted.has(batch.productId));
  if (asked.length === 0) return [];
  const askedIds = asked.map((batch) => batch.batchId);
  const levels = groupBy(await loadStockLevels(client, askedIds, goods, clocks), (level) => level.batchId);
  const unplaced = await loadUnplacedBatches(client, askedIds, clocks);
  const runsOf = groupBy(runs, (run) => run.componentId);
  const itemsOf = groupBy(items, (item) => item.componentId);
  return asked.flatMap(({ batchId, productId }): Guess[] => {
    const stock = levels.get(batchId) ?? [];
    const could = (made: Making) =>
      made.batchId !== batchId &&
      (unplaced.has(batchId) || couldBeThere(stock, made) || couldHaveCome(graph.unlotted, batchId, made));
    const step = {
      kind: 'MISSING_GENEALOGY',
      component: batchId,
      eventKey: null,
      at: null,
      to: null,
    } as const;
    const batches = new Set((runsOf.get(productId) ?? []).filter(could).map((run) => run.batchId));
    const single = (itemsOf.get(productId) ?? []).filter(could);
    return [
      ...[...batches].map((toBatch): Guess => ({ ...step, toBatch, toItem: null })),
      ...single.map((toItem): Guess => ({ ...step, toBatch: null, toItem })),
    ];
  });
}

/** Where and when something was made. */
type Making = Omit<UncoveredRun, 'componentId'>;

/** Pure: whether goods with these levels of stock could be at the place and time of a run. Without custody they could be anywhere. */
export function couldBeThere(stock: readonly StockLevel[], run: Making): boolean {
  if (stock.length === 0 || run.siteId === null) return true;
  const there = stock.filter((level) => level.siteId === run.siteId);
  if (there.some((level) => level.short)) return true;
  return there.some((level, index) => {
    const next = there[index + 1];
    // what left in the moment that the run began was there in it
    const gone = next !== undefined && run.from !== null && next.at < run.from;
    return level.present && !gone && (run.to === null || level.at <= run.to);
  });
}

/** It came there without its lot, as far as the record can tell. */
const couldHaveCome = (movements: readonly UnlottedMovement[], batchId: bigint, run: Making): boolean =>
  movements.some(
    (movement) =>
      movement.toSiteId === run.siteId &&
      movement.batches.has(batchId) &&
      (run.to === null || movement.occurredAt <= run.to),
  );
