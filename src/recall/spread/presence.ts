/** How many units of affected batches could be at a place, by what moved under a lot and by what came without one. */
import { groupBy } from './graph.js';
import type { HeldLeg } from './held-legs.sql.js';
import type { TransitLeg, ZeroCount } from './unlotted.sql.js';

/** Goods that came to a place without their lot. */
export interface Arrival {
  eventKey: string;
  productId: bigint;
  siteId: bigint;
  /** It came at some moment from - to, or later. */
  from: Date;
  to: Date;
  /** Sent there: a count does not see what is still on its way. */
  sent: boolean;
  batches: ReadonlySet<bigint>;
  /** Null: no bound on record. */
  atMost: bigint | null;
}

export interface Presence {
  batches: Set<bigint>;
  /** Null: no bound on record. */
  room: bigint | null;
}

export interface AskedBatch {
  batchId: bigint;
  productId: bigint;
  lot: string | null;
}

interface PlacesInput {
  held: readonly HeldLeg[];
  counts: readonly ZeroCount[];
  /** Of goods of unknown lot. */
  transit: readonly TransitLeg[];
  batches: readonly AskedBatch[];
  /** Lots that no movement places anywhere: they could be wherever their product is. */
  unplaced: ReadonlySet<bigint>;
}

export class Places {
  readonly #held: Map<string, HeldLeg[]>;
  readonly #counts: Map<string, ZeroCount[]>;
  readonly #transit: Map<string, TransitLeg[]>;
  /** By event, so that what is found again takes the place of what was found before. */
  readonly #arrivals = new Map<string, Map<string, Arrival>>();
  readonly #batches: ReadonlyMap<bigint, AskedBatch>;
  readonly #unplaced: Map<bigint, AskedBatch[]>;

  constructor({ held, counts, transit, batches, unplaced }: PlacesInput) {
    this.#held = groupBy(held, placeOf);
    this.#transit = groupBy(transit, placeOf);
    this.#counts = groupBy(counts, placeOf);
    this.#batches = new Map(batches.map((batch) => [batch.batchId, batch]));
    this.#unplaced = groupBy(
      batches.filter((batch) => unplaced.has(batch.batchId)),
      (batch) => batch.productId,
    );
  }

  arrive(arrival: Arrival): void {
    const there = this.#arrivals.get(placeOf(arrival)) ?? new Map<string, Arrival>();
    this.#arrivals.set(placeOf(arrival), there.set(arrival.eventKey, arrival));
  }

  /** What could leave this place between `from` and `to`: an imprecise time is taken at its widest. */
  at(productId: bigint, siteId: bigint, from: Date, to: Date): Presence {
    const place = placeOf({ productId, siteId });
    const zeroes = (this.#counts.get(place) ?? []).filter((count) => count.to < from);
    const batches = new Set<bigint>();
    let room: bigint | null = 0n;
    for (const [batchId, rows] of groupBy(this.#held.get(place) ?? [], (row) => row.batchId)) {
      const ended = endOf(zeroes, this.#batches.get(batchId)?.lot ?? null);
      const left = remaining(rows, ended, from, to);
      if (left !== null && left <= 0n) continue;
      batches.add(batchId);
      room = left === null || room === null ? null : room + left;
    }
    // a count says nothing of what may have come after it, unseen like all of its movements
    for (const batchId of this.unplacedOf(productId)) {
      batches.add(batchId);
      room = null;
    }
    const ended = endOf(zeroes, null);
    const onTheWay = ended !== null && isOnTheWay(this.#transit.get(place) ?? [], ended);
    for (const arrival of this.#arrivals.get(place)?.values() ?? []) {
      if (arrival.from > to || (ended !== null && arrival.to < ended && !(arrival.sent && onTheWay)))
        continue;
      for (const batchId of arrival.batches) batches.add(batchId);
      room = room === null || arrival.atMost === null ? null : room + arrival.atMost;
    }
    return { batches, room };
  }

  /** Every batch of the product that is asked about. */
  batchesOf(productId: bigint): Set<bigint> {
    const asked = [...this.#batches.values()].filter((batch) => batch.productId === productId);
    return new Set(asked.map((batch) => batch.batchId));
  }

  /** Lots of the product that could be anywhere. */
  unplacedOf(productId: bigint): bigint[] {
    return (this.#unplaced.get(productId) ?? []).map((batch) => batch.batchId);
  }

  /** Every site where goods of the product could be. */
  sitesOf(productId: bigint): Set<bigint> {
    const sites = new Set<bigint>();
    for (const rows of [...this.#held.values(), ...this.#arrivals.values()]) {
      const [first] = rows.values();
      if (first !== undefined && first.productId === productId) sites.add(first.siteId);
    }
    return sites;
  }
}

/** The last count of zero of the product, or of this lot of it: what surely had come before it was gone. */
const endOf = (zeroes: readonly ZeroCount[], lot: string | null): Date | null =>
  zeroes.filter((count) => count.lot === null || count.lot === lot).at(-1)?.from ?? null;

const placeOf = (row: { productId: bigint; siteId: bigint }): string => `${row.productId}:${row.siteId}`;

/**
 * Units of one batch that could be at a place; null: no bound on record. What was sent there counts from when it was
 * sent. A place that let go more than it got had units nobody recorded: no bound, from the beginning.
 */
function remaining(rows: readonly HeldLeg[], ended: Date | null, from: Date, to: Date): bigint | null {
  let [onHand, inTransit] = [0n, 0n];
  const book = new Book();
  let unbounded = false;
  for (const row of rows) {
    if (!row.inTransit && ended !== null && row.to < ended) continue;
    // came at the latest possible moment still, left only when it surely had
    const counts = row.outward ? row.to < from : row.from <= to;
    if (row.ofOthers) {
      if (counts && row.inTransit) inTransit = atLeastNone(inTransit + row.quantity);
      if (counts && !row.inTransit) onHand = atLeastNone(onHand + row.quantity);
      continue;
    }
    if (!row.inTransit) book.enter(row);
    // of an unknown amount that left some may be left
    if (!counts) continue;
    unbounded ||= row.unknownAmount && !row.outward;
    if (row.inTransit) inTransit += row.quantity;
    else onHand += row.quantity;
  }
  return unbounded || book.isShort ? null : onHand + (inTransit > 0n ? inTransit : 0n);
}

/** What a place got and let go, in order of time; of an unknown amount at least one went out, and no bound came in. */
class Book {
  #balance = 0n;
  #unbounded = false;
  /** More was let go than had come. */
  isShort = false;

  enter({ quantity, unknownAmount, outward }: HeldLeg): void {
    this.#unbounded ||= unknownAmount && !outward;
    this.#balance += unknownAmount && outward ? quantity - 1n : quantity;
    this.isShort ||= this.#balance < 0n && !this.#unbounded;
  }
}

const atLeastNone = (amount: bigint): bigint => (amount < 0n ? 0n : amount);

/** Something sent had not come yet, as far as the record tells: what came counts when it surely had, what was sent in any case. */
function isOnTheWay(transit: readonly TransitLeg[], at: Date): boolean {
  let open = 0n;
  for (const leg of transit) {
    if (leg.quantity < 0n ? leg.to > at : leg.from > at) continue;
    if (leg.unknownAmount) return true;
    open += leg.quantity;
  }
  return open > 0n;
}
