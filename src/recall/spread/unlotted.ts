/**
 * Movements without a lot, matched at the place they left: from the earliest moment an affected batch could be there
 * until a count of zero, or until all of its units there left under their own lot. Never first-in-first-out.
 */
import type pg from 'pg';
import type { Clocks } from '../../trace/index.js';
import { type Graph, type Guess, groupBy } from './graph.js';
import {
  type HeldLeg,
  loadHeldLegs,
  loadUnlottedLegs,
  loadZeroCounts,
  type UnlottedLeg,
  type ZeroCount,
} from './unlotted.sql.js';

type Movement = Graph['unlotted'][number];

/** Adds the movements to the graph; answers the batches and items that goods without a lot went into. */
export async function unlottedMovements(
  client: pg.ClientBase,
  graph: Graph,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Guess[]> {
  const reached = new Set(batchIds.map((id) => graph.batches.get(id)?.productId));
  const productIds = [...reached].filter((id) => id !== undefined);
  const legs = await loadUnlottedLegs(client, productIds, clocks);
  if (legs.length === 0) return [];
  const siteIds = [...new Set(legs.map((leg) => leg.siteId))];
  const all = [...graph.batches.values()]
    .filter((batch) => reached.has(batch.productId))
    .map((batch) => batch.batchId);
  const held = await loadHeldLegs(client, all, siteIds, clocks);
  const counts = await loadZeroCounts(client, productIds, siteIds, clocks);
  const lots = new Map(all.map((id) => [id, graph.batches.get(id)?.lot ?? null]));
  const found = matchUnlotted(legs, held, counts, lots);
  graph.unlotted = [...graph.unlotted.filter((movement) => !reached.has(movement.productId)), ...found];
  const byEvent = new Map(legs.map((leg) => [`${leg.eventKey}:${leg.batchId}`, leg]));
  return found.flatMap((movement) => {
    const leg = byEvent.get(`${movement.eventKey}:${movement.batchId}`);
    return [...movement.batches].flatMap((component): Guess[] => [
      ...(leg?.outputs ?? []).map(
        (toBatch): Guess => ({
          kind: 'UNLOTTED',
          component,
          toBatch,
          toItem: null,
          eventKey: movement.eventKey,
          at: movement.occurredAt,
        }),
      ),
      ...(leg?.parents ?? []).map(
        (toItem): Guess => ({
          kind: 'UNLOTTED',
          component,
          toBatch: null,
          toItem,
          eventKey: movement.eventKey,
          at: movement.occurredAt,
        }),
      ),
    ]);
  });
}

/** Pure: which movements fall into a window, in order of time, so that a window goes on where the goods went. */
export function matchUnlotted(
  legs: readonly UnlottedLeg[],
  held: readonly HeldLeg[],
  counts: readonly ZeroCount[],
  lots: ReadonlyMap<bigint, string | null>,
): Movement[] {
  const place = (row: { productId: bigint; siteId: bigint }) => `${row.productId}:${row.siteId}`;
  const heldAt = groupBy(held, place);
  const countsAt = groupBy(counts, place);
  const arrivedAt = new Map<string, Movement[]>();
  const found: Movement[] = [];
  const used = new Map<string, bigint>();
  for (const leg of legs) {
    const zeroes = (countsAt.get(place(leg)) ?? []).filter((count) => count.occurredAt <= leg.occurredAt);
    const batches = new Set<bigint>();
    let room: bigint | null = 0n;
    for (const [batchId, rows] of groupBy(heldAt.get(place(leg)) ?? [], (row) => row.batchId)) {
      const lot = lots.get(batchId) ?? null;
      const left = remainingAt(
        rows,
        zeroes.filter((count) => count.lot === null || count.lot === lot),
        leg.occurredAt,
      );
      if (left !== null && left <= 0n) continue;
      batches.add(batchId);
      room = left === null || room === null ? null : room + left;
    }
    const since = zeroes.filter((count) => count.lot === null).at(-1)?.occurredAt ?? null;
    for (const arrival of arrivedAt.get(place(leg)) ?? []) {
      if (since !== null && arrival.occurredAt <= since) continue;
      for (const batchId of arrival.batches) batches.add(batchId);
      room = room === null || arrival.unknownAmount ? null : room + arrival.atMost;
    }
    if (batches.size === 0) continue;
    const before = used.get(place(leg)) ?? 0n;
    const free = room === null ? leg.quantity : room - before > 0n ? room - before : 0n;
    const movement: Movement = {
      batchId: leg.batchId,
      productId: leg.productId,
      siteId: leg.siteId,
      partyId: leg.partyId,
      toSiteId: leg.toSiteId !== null && leg.toSiteId !== leg.siteId ? leg.toSiteId : null,
      eventKey: leg.eventKey,
      kind: leg.kind,
      quantity: leg.quantity,
      unknownAmount: leg.unknownAmount,
      occurredAt: leg.occurredAt,
      atMost: free < leg.quantity ? free : leg.quantity,
      batches,
    };
    used.set(place(leg), before + movement.atMost);
    found.push(movement);
    if (movement.toSiteId === null || leg.toState !== 'IN_TRANSIT') continue;
    const there = place({ productId: leg.productId, siteId: movement.toSiteId });
    arrivedAt.set(there, [...(arrivedAt.get(there) ?? []), movement]);
  }
  return found;
}

/**
 * Units of a batch that could be at a place just before `at`; null: no bound on record. What was sent there counts from
 * when it was sent. A place that let go more than it got had units nobody recorded: no bound, from the beginning.
 */
function remainingAt(rows: readonly HeldLeg[], zeroes: readonly ZeroCount[], at: Date): bigint | null {
  const since = zeroes.at(-1)?.occurredAt ?? null;
  let [book, onHand, inTransit] = [0n, 0n, 0n];
  let unbounded = false;
  for (const row of rows) {
    if (!row.inTransit && since !== null && row.occurredAt <= since) continue;
    const later = row.occurredAt > at || (row.quantity < 0n && row.occurredAt.getTime() === at.getTime());
    if (!later) unbounded ||= row.unknownAmount;
    if (row.inTransit) {
      if (!later) inTransit += row.quantity;
      continue;
    }
    book += row.quantity;
    if (book < 0n) unbounded = true;
    if (!later) onHand += row.quantity;
  }
  return unbounded ? null : onHand + (inTransit > 0n ? inTransit : 0n);
}
