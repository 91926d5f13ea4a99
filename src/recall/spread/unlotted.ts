/**
 * Movements without a lot, matched at the place they left: from the earliest moment an affected batch could be there
 * until a count of zero, or until all of its units there left under their own lot. Never first-in-first-out.
 */
import type pg from 'pg';
import type { Clocks } from '../../trace/index.js';
import type { UnlottedMovement } from '../scope.js';
import type { AffectedGoods } from './affected-goods.js';
import type { Graph, Guess } from './graph.js';
import { loadFirstSales, loadHeldLegs, loadUnplaced } from './held-legs.sql.js';
import { type AskedBatch, join, nowhere, Places, type Presence } from './presence.js';
import {
  loadShippers,
  loadUnlottedLegs,
  loadUnlottedTransit,
  loadZeroCounts,
  moveWithoutLot,
  type UnlottedLeg,
} from './unlotted.sql.js';

/** Adds the movements to the graph; answers the batches and items that goods without a lot went into. */
export async function unlottedMovements(
  client: pg.ClientBase,
  graph: Graph,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Guess[]> {
  const reached = new Set(batchIds.map((id) => graph.batches.get(id)?.productId));
  const batches = [...graph.batches.values()].filter((batch) => reached.has(batch.productId));
  const found = await findMovements(client, { batches, goods: null }, clocks);
  graph.unlotted = [
    ...graph.unlotted.filter((movement) => !reached.has(movement.productId)),
    ...found.map(({ movement }) => movement),
  ];
  return guessesOf(found);
}

/** What goods without a lot went into. */
export const guessesOf = (found: readonly Found[]): Guess[] =>
  found.flatMap(({ leg, movement, since }) =>
    [...movement.batches].flatMap((component): Guess[] => {
      // what came only within the time that the movement spans was in it from then on
      const isLater = since > leg.from.getTime();
      // what is taken out was in until then, nobody knows since when
      const isOpen = leg.inward || (leg.undated && !isLater);
      const at = { at: isOpen ? null : new Date(since), to: leg.undated ? null : leg.to };
      const step = { kind: 'UNLOTTED', component, eventKey: movement.eventKey, ...at } as const;
      return [
        ...leg.outputs.map((toBatch): Guess => ({ ...step, toBatch, toItem: null })),
        // what its building in tells is not told again by its taking out
        ...(leg.inward && leg.originEventKey !== null ? [] : leg.parents).map(
          (toItem): Guess => ({ ...step, toBatch: null, toItem }),
        ),
      ];
    }),
  );

export interface Found {
  leg: UnlottedLeg;
  movement: UnlottedMovement;
  /** The first moment of the movement's at which it can have been of them, in milliseconds. */
  since: number;
}

/**
 * Movements that goods of these batches could have been in; `goods` null: any item of them. Only places where they could
 * be are read: those of the lots, then those that goods without a lot went on to.
 */
export async function findMovements(
  client: pg.ClientBase,
  { batches, goods }: { batches: readonly AskedBatch[]; goods: AffectedGoods | null },
  clocks: Clocks,
): Promise<Found[]> {
  const productIds = [...new Set(batches.map((batch) => batch.productId))];
  if (!(await moveWithoutLot(client, productIds, clocks))) return [];
  const batchIds = batches.map((batch) => batch.batchId);
  const held = await loadHeldLegs(client, batchIds, goods, clocks);
  const counts = await loadZeroCounts(client, { productIds, siteIds: null }, clocks);
  const sold = await loadFirstSales(client, batchIds, goods, clocks);
  const unplaced = await loadUnplaced(client, batchIds, goods, clocks);
  const transit = counts.length === 0 ? [] : await loadUnlottedTransit(client, productIds, clocks);
  const places = new Places({ held, counts, transit, batches, unplaced });
  const sites = new Set(held.map((leg) => leg.siteId));
  for (;;) {
    const legs = await loadUnlottedLegs(client, productIds, unplaced.length > 0 ? null : [...sites], clocks);
    const sellers = legs.flatMap((leg) => (leg.place === 'OF_SELLER' ? [leg.partyId] : []));
    const shippers = await loadShippers(client, [...new Set(sellers)], clocks);
    const found = matchUnlotted(legs, { places, sold, shippers });
    const news = found.flatMap(({ leg, movement }) => [movement.toSiteId, leg.inward ? leg.siteId : null]);
    const before = sites.size;
    for (const site of news) if (site !== null) sites.add(site);
    if (sites.size === before || unplaced.length > 0) return found;
  }
}

interface Known {
  places: Places;
  /** Batches that were sold, and since when. */
  sold: readonly { batchId: bigint; productId: bigint; from: Date }[];
  shippers: ReadonlyMap<bigint, ReadonlySet<bigint>>;
}

/**
 * Pure: which movements fall into a window, and how the window goes on where the goods went. Again and again until nothing
 * is added: what is known to the day only may have followed what comes after it in the list.
 */
export function matchUnlotted(legs: readonly UnlottedLeg[], known: Known): Found[] {
  const before = new Map<string, UnlottedMovement>();
  let found: Found[] = [];
  for (;;) {
    const extent = extentOf(found);
    found = matchOnce(legs, known, before);
    if (extentOf(found) === extent) return found;
  }
}

const extentOf = (found: readonly Found[]): string => {
  const batches = found.reduce((sum, { movement }) => sum + movement.batches.size, 0);
  const most = found.reduce((sum, { movement }) => sum + movement.atMost, 0n);
  return `${found.length} ${batches} ${most} ${found.reduce((sum, { since }) => sum + since, 0)}`;
};

function matchOnce(
  legs: readonly UnlottedLeg[],
  known: Known,
  before: Map<string, UnlottedMovement>,
): Found[] {
  const { places } = known;
  const found: Found[] = [];
  for (const leg of legs) {
    const presence = leg.inward ? broughtBack(leg, known, before) : presenceOf(leg, known);
    if (presence.batches.size === 0) continue;
    // each could have been of them: what one took does not bound the others
    const atMost = presence.room === null || presence.room > leg.quantity ? leg.quantity : presence.room;
    const movement = movementOf(leg, presence, atMost);
    found.push({ leg, movement, since: presence.since });
    const arrival = {
      ...leg,
      from: new Date(presence.since),
      sent: !leg.inward,
      batches: presence.batches,
      atMost: leg.unknownAmount ? null : atMost,
    };
    if (leg.inward) {
      if (leg.state === 'ON_HAND') places.arrive(arrival);
      continue;
    }
    before.set(leg.eventKey, movement);
    if (movement.toSiteId !== null && leg.toState === 'IN_TRANSIT')
      places.arrive({ ...arrival, siteId: movement.toSiteId });
  }
  return found;
}

/** At the place it left; where that is not on record, at every place it could have been. */
function presenceOf(leg: UnlottedLeg, { places, shippers }: Known): Presence {
  const sites =
    leg.place === 'KNOWN'
      ? [leg.siteId]
      : leg.place === 'ANY'
        ? places.sitesOf(leg.productId)
        : (shippers.get(leg.partyId) ?? [leg.siteId]);
  let presence = places.unplaced(leg.productId, leg.from, leg.to);
  for (const siteId of sites) presence = join(presence, places.at(leg.productId, siteId, leg.from, leg.to));
  return presence;
}

/**
 * What a customer or an item gave back: of the sale or the fitting it names, else of any batch that had been sold, or could
 * have been built in, by then.
 */
function broughtBack(
  leg: UnlottedLeg,
  { sold, places }: Known,
  before: ReadonlyMap<string, UnlottedMovement>,
): Presence {
  const since = leg.from.getTime();
  if (leg.originEventKey !== null) {
    const origin = before.get(leg.originEventKey);
    return origin === undefined
      ? nowhere()
      : {
          batches: new Set(origin.batches),
          room: origin.unknownAmount ? null : origin.atMost,
          since,
        };
  }
  if (leg.kind !== 'RETURNED') return { batches: places.batchesBy(leg.productId, leg.to), room: null, since };
  const batches = new Set<bigint>();
  for (const { batchId, productId, from } of sold)
    if (productId === leg.productId && from <= leg.to) batches.add(batchId);
  for (const movement of before.values())
    if (movement.kind === 'SOLD' && movement.productId === leg.productId && movement.occurredAt <= leg.to)
      for (const batchId of movement.batches) batches.add(batchId);
  return { batches, room: null, since };
}

const movementOf = (leg: UnlottedLeg, presence: Presence, atMost: bigint): UnlottedMovement => ({
  batchId: leg.batchId,
  productId: leg.productId,
  siteId: leg.siteId,
  partyId: leg.partyId,
  toSiteId: leg.inward ? leg.siteId : leg.toSiteId !== leg.siteId ? leg.toSiteId : null,
  toState: leg.inward ? leg.state : (leg.toState ?? 'UNKNOWN'),
  eventKey: leg.eventKey,
  kind: leg.kind,
  quantity: leg.quantity,
  unknownAmount: leg.unknownAmount,
  occurredAt: leg.from,
  occurredTo: leg.to,
  atMost,
  batches: presence.batches,
});
