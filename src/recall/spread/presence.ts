/** How many units of affected batches could be at a place, by what moved under a lot and by what came without one. */
import { groupBy } from './graph.js';
import type { HeldLeg, ZeroCount } from './unlotted.sql.js';

/** Goods that came to a place without their lot. */
export interface Arrival {
  productId: bigint;
  siteId: bigint;
  from: Date;
  batches: ReadonlySet<bigint>;
  /** Null: no bound on record. */
  atMost: bigint | null;
}

export interface Presence {
  batches: Set<bigint>;
  /** Null: no bound on record. */
  room: bigint | null;
}

export class Places {
  readonly #held: Map<string, HeldLeg[]>;
  readonly #counts: Map<string, ZeroCount[]>;
  readonly #arrivals = new Map<string, Arrival[]>();

  constructor(
    held: readonly HeldLeg[],
    counts: readonly ZeroCount[],
    readonly lots: ReadonlyMap<bigint, string | null>,
  ) {
    this.#held = groupBy(held, placeOf);
    this.#counts = groupBy(counts, placeOf);
  }

  arrive(arrival: Arrival): void {
    const there = this.#arrivals.get(placeOf(arrival));
    if (there) there.push(arrival);
    else this.#arrivals.set(placeOf(arrival), [arrival]);
  }

  /** What could leave this place between `from` and `to`: an imprecise time is taken at its widest. */
  at(productId: bigint, siteId: bigint, from: Date, to: Date): Presence {
    const place = placeOf({ productId, siteId });
    const zeroes = (this.#counts.get(place) ?? []).filter((count) => count.at < from);
    const batches = new Set<bigint>();
    let room: bigint | null = 0n;
    for (const [batchId, rows] of groupBy(this.#held.get(place) ?? [], (row) => row.batchId)) {
      const lot = this.lots.get(batchId) ?? null;
      const ended = zeroes.filter((count) => count.lot === null || count.lot === lot).at(-1)?.at ?? null;
      const left = remaining(rows, ended, from, to);
      if (left !== null && left <= 0n) continue;
      batches.add(batchId);
      room = left === null || room === null ? null : room + left;
    }
    const ended = zeroes.filter((count) => count.lot === null).at(-1)?.at ?? null;
    for (const arrival of this.#arrivals.get(place) ?? []) {
      if (arrival.from > to || (ended !== null && arrival.from < ended)) continue;
      for (const batchId of arrival.batches) batches.add(batchId);
      room = room === null || arrival.atMost === null ? null : room + arrival.atMost;
    }
    return { batches, room };
  }

  /** Every batch of the product that is asked about. */
  batchesOf(productId: bigint): Set<bigint> {
    const rows = [...this.#held.values()].flat().filter((row) => row.productId === productId);
    return new Set(rows.map((row) => row.batchId));
  }

  /** Every site where goods of the product could be. */
  sitesOf(productId: bigint): Set<bigint> {
    const sites = new Set<bigint>();
    for (const rows of [...this.#held.values(), ...this.#arrivals.values()]) {
      const [first] = rows;
      if (first !== undefined && first.productId === productId) sites.add(first.siteId);
    }
    return sites;
  }
}

const placeOf = (row: { productId: bigint; siteId: bigint }): string => `${row.productId}:${row.siteId}`;

/**
 * Units of one batch that could be at a place; null: no bound on record. What was sent there counts from when it was
 * sent. A place that let go more than it got had units nobody recorded: no bound, from the beginning.
 */
function remaining(rows: readonly HeldLeg[], ended: Date | null, from: Date, to: Date): bigint | null {
  let [book, onHand, inTransit] = [0n, 0n, 0n];
  let unbounded = false;
  for (const row of rows) {
    if (!row.inTransit && ended !== null && row.to < ended) continue;
    // came at the latest possible moment still, left only when it surely had
    const counts = row.quantity < 0n ? row.to < from : row.from <= to;
    if (counts) unbounded ||= row.unknownAmount;
    if (row.inTransit) {
      if (counts) inTransit += row.quantity;
      continue;
    }
    book += row.quantity;
    if (book < 0n) unbounded = true;
    if (counts) onHand += row.quantity;
  }
  return unbounded ? null : onHand + (inTransit > 0n ? inTransit : 0n);
}
