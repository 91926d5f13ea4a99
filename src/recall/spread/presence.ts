/** How many units of affected batches could be at a place, by what moved under a lot and by what came without one. */
import { groupBy } from './graph.js';
import type { HeldLeg, UnplacedGoods } from './held-legs.sql.js';
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
  /** The first moment asked about at which any could be there, in milliseconds. */
  since: number;
}

export const nowhere = (): Presence => ({ batches: new Set(), room: 0n, since: Infinity });

/** Both places together. */
export function join(one: Presence, other: Presence): Presence {
  return {
    batches: new Set([...one.batches, ...other.batches]),
    room: one.room === null || other.room === null ? null : one.room + other.room,
    since: Math.min(one.since, other.since),
  };
}

export interface AskedBatch {
  batchId: bigint;
  productId: bigint;
  lot: string | null;
  /** Units made; null: not on record. */
  quantity: bigint | null;
  /** Items on record. */
  items: bigint;
}

interface PlacesInput {
  held: readonly HeldLeg[];
  counts: readonly ZeroCount[];
  /** Of goods of unknown lot. */
  transit: readonly TransitLeg[];
  batches: readonly AskedBatch[];
  /** Goods that no movement places anywhere: they could be wherever their product is. */
  unplaced: readonly UnplacedGoods[];
}

export class Places {
  readonly #held: Map<string, HeldLeg[]>;
  readonly #counts: Map<string, ZeroCount[]>;
  readonly #transit: Map<string, TransitLeg[]>;
  /** By event, so that what is found again takes the place of what was found before. */
  readonly #arrivals = new Map<string, Map<string, Arrival>>();
  readonly #batches: ReadonlyMap<bigint, AskedBatch>;
  readonly #unplaced: Map<bigint | undefined, UnplacedGoods[]>;

  constructor({ held, counts, transit, batches, unplaced }: PlacesInput) {
    this.#held = groupBy(held, placeOf);
    this.#transit = groupBy(transit, placeOf);
    this.#counts = groupBy(counts, placeOf);
    this.#batches = new Map(batches.map((batch) => [batch.batchId, batch]));
    this.#unplaced = groupBy(unplaced, (goods) => this.#batches.get(goods.batchId)?.productId);
  }

  arrive(arrival: Arrival): void {
    const there = this.#arrivals.get(placeOf(arrival)) ?? new Map<string, Arrival>();
    this.#arrivals.set(placeOf(arrival), there.set(arrival.eventKey, arrival));
  }

  /** What could leave this place between `from` and `to`: an imprecise time is taken at its widest. */
  at(productId: bigint, siteId: bigint, from: Date, to: Date): Presence {
    const place = placeOf({ productId, siteId });
    const zeroes = (this.#counts.get(place) ?? []).filter((count) => count.to < from);
    let presence = nowhere();
    for (const [batchId, held] of groupBy(this.#held.get(place) ?? [], (row) => row.batchId)) {
      const batch = this.#batches.get(batchId);
      const ended = endOf(zeroes, batch?.lot ?? null);
      const rows = batch !== undefined && isMoreThanMade(batch) ? held.map(madeUnknown) : held;
      const room = remaining(rows, ended, from, to);
      if (room !== null && room <= 0n) continue;
      const since = sinceOf(rows, ended, from, to);
      presence = join(presence, { batches: new Set([batchId]), room, since });
    }
    return join(presence, this.#cameWithoutLot(place, zeroes, from, to));
  }

  /** A count of zero ends what had come of a lot, not what was still on its way: no more than that can have come since. */
  #cameWithoutLot(place: string, zeroes: readonly ZeroCount[], from: Date, to: Date): Presence {
    const transit = this.#transit.get(place) ?? [];
    let there = nowhere();
    let sinceCount = nowhere();
    let open: bigint | null = 0n;
    for (const arrival of this.#arrivals.get(place)?.values() ?? []) {
      if (arrival.from > to) continue;
      const since = Math.max(arrival.from.getTime(), from.getTime());
      const [still, coming] = [new Set<bigint>(), new Set<bigint>()];
      for (const batchId of arrival.batches) {
        const ended = endOf(zeroes, this.#batches.get(batchId)?.lot ?? null);
        const onTheWay = ended === null || !arrival.sent ? 0n : amountOnTheWay(transit, ended);
        if (ended === null || arrival.to >= ended) still.add(batchId);
        else if (onTheWay === null || onTheWay > 0n) {
          coming.add(batchId);
          open = open === null || onTheWay === null ? null : open > onTheWay ? open : onTheWay;
        }
      }
      const room = arrival.atMost;
      if (still.size > 0) there = join(there, { batches: new Set([...still, ...coming]), room, since });
      else if (coming.size > 0) sinceCount = join(sinceCount, { batches: coming, room, since });
    }
    const { room } = sinceCount;
    return join(there, {
      ...sinceCount,
      room: open === null || (room !== null && room < open) ? room : open,
    });
  }

  /**
   * Goods of the product that could be anywhere until then. No count ends that: what came unseen may have come after it.
   */
  unplaced(productId: bigint, from: Date, to: Date): Presence {
    const since = from.getTime();
    return (this.#unplaced.get(productId) ?? [])
      .filter((goods) => goods.until === null || goods.until > to)
      .reduce(
        (presence, { batchId, units }) => join(presence, { batches: new Set([batchId]), room: units, since }),
        nowhere(),
      );
  }

  /** Batches of the product that were anywhere by then, as far as the record can tell. */
  batchesBy(productId: bigint, to: Date): Set<bigint> {
    const batches = new Set(this.unplaced(productId, to, to).batches);
    for (const rows of this.#held.values())
      for (const row of rows) if (row.productId === productId && row.from <= to) batches.add(row.batchId);
    return batches;
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

/** More items are on record than were made: its runs tell too little. */
export const isMoreThanMade = ({ quantity, items }: Pick<AskedBatch, 'quantity' | 'items'>): boolean =>
  quantity !== null && items > quantity;
const madeUnknown = (row: HeldLeg): HeldLeg => (row.isRun ? { ...row, unknownAmount: true } : row);

/** The last count of zero of the product, or of this lot of it: what surely had come before it was gone. */
const endOf = (zeroes: readonly ZeroCount[], lot: string | null): Date | null =>
  zeroes.filter((count) => count.lot === null || count.lot === lot).at(-1)?.from ?? null;

const placeOf = (row: { productId: bigint; siteId: bigint }): string => `${row.productId}:${row.siteId}`;

/**
 * Units of one batch that could be at a place; null: no bound on record. What was sent there counts from when it was
 * sent. A place that let go more than it got had units nobody recorded: no bound, from the beginning.
 */
function remaining(rows: readonly HeldLeg[], ended: Date | null, from: Date, to: Date): bigint | null {
  const [there, onTheWay] = [new Goods(), new SentGoods()];
  const book = new Book();
  const lots = new Lots();
  let unbounded = false;
  let isShort = false;
  for (const row of rows) {
    if (!row.inTransit && ended !== null && row.to < ended) continue;
    // counted out before it left: how it came back nobody told
    const isBack = !row.inTransit && ended !== null && row.cameTo !== null && row.cameTo < ended;
    const told = isBack ? 'LEFT_BY_SERIAL' : row.told;
    if (!row.inTransit && !row.ofOthers) book.enter({ ...row, told });
    if (!row.inTransit && told === 'LOT' && !row.outward) lots.came(row);
    // one that was elsewhere when the lot came was none of it
    const ofLot = !row.inTransit && told === 'LEFT_BY_SERIAL' ? lots.left(row) : row.quantity;
    isShort ||= ofLot !== row.quantity && !row.ofOthers;
    // came at the latest possible moment still, and then it is on its way no longer; left only when it surely had
    const counts = row.outward && !row.inTransit ? row.to < from : row.from <= to;
    // of an unknown amount that left some may be left
    if (!counts) continue;
    unbounded ||= row.unknownAmount && !row.outward;
    (row.inTransit ? onTheWay : there).add(told, ofLot);
  }
  return unbounded || book.isShort || isShort ? null : there.amount + onTheWay.amount;
}

/** Goods at a place. What left by its lot may have come by serials, but no serial left in place of another. */
class Goods {
  #lot = 0n;
  #serials = 0n;

  add(told: HeldLeg['told'], quantity: bigint): void {
    if (told === 'SERIAL') this.#serials += quantity;
    else if (told === 'LOT') {
      const lot = this.#lot + quantity;
      // no more can have been of what came later
      this.#lot = lot + this.#serials < 0n ? -this.#serials : lot;
    } else if (this.#lot > 0n) this.#lot = atLeastNone(this.#lot + quantity);
  }

  get amount(): bigint {
    return this.#lot + this.#serials;
  }
}

/**
 * Goods sent to a place: of its lot until as many came by their lot, of serials until these came. A serial that came without
 * having been sent by it does not prove that it was one of those sent by their lot, nor a lot that came that it was a serial
 * sent before: the others may have come unseen.
 */
class SentGoods {
  #lot = 0n;
  #serials = 0n;

  add(told: HeldLeg['told'], quantity: bigint): void {
    if (told === 'SERIAL') this.#serials = atLeastNone(this.#serials + quantity);
    else if (told === 'LOT') this.#lot = atLeastNone(this.#lot + quantity);
  }

  get amount(): bigint {
    return this.#lot + this.#serials;
  }
}

/** When the first of them could be there: from the beginning, or since one came within the time asked about. */
function sinceOf(rows: readonly HeldLeg[], ended: Date | null, from: Date, to: Date): number {
  const before = remaining(rows, ended, from, from);
  if (before === null || before > 0n) return from.getTime();
  const came = rows.filter((row) => !row.outward && row.from >= from && row.from <= to);
  return Math.min(...came.map((row) => row.from.getTime()));
}

/** What a place got and let go, in order of time; of an unknown amount at least one went out, and no bound came in. */
class Book {
  #balance = 0n;
  /** Came by their lot, without those that left by serial. */
  #withoutSerial = 0n;
  #unbounded = false;
  /** More was let go than had come. */
  isShort = false;

  enter({ quantity, unknownAmount, outward, told }: HeldLeg): void {
    this.#unbounded ||= unknownAmount && !outward;
    this.#balance += unknownAmount && outward ? quantity - 1n : quantity;
    if (told === 'LEFT_BY_SERIAL' || (told === 'LOT' && !outward)) this.#withoutSerial += quantity;
    this.isShort ||= (this.#balance < 0n || this.#withoutSerial < 0n) && !this.#unbounded;
  }
}

/** What came to a place by its lot, and how much of it could be the items that left by their serials. */
class Lots {
  readonly #came: { to: Date; rest: bigint | null }[] = [];

  came({ to, quantity, unknownAmount }: HeldLeg): void {
    this.#came.push({ to, rest: unknownAmount ? null : quantity });
  }

  /** As a negative amount, how many of them came by their lot after they were last known to be elsewhere. */
  left({ quantity, elsewhereAt }: HeldLeg): bigint {
    let items = -quantity;
    for (const lot of this.#came) {
      if (elsewhereAt !== null && lot.to < elsewhereAt) continue;
      if (lot.rest === null) return quantity;
      const taken = lot.rest < items ? lot.rest : items;
      lot.rest -= taken;
      items -= taken;
    }
    return quantity + items;
  }
}

const atLeastNone = (amount: bigint): bigint => (amount < 0n ? 0n : amount);

/**
 * How much of what was sent had not come yet, as far as the record tells; null: no bound on record. What came counts when it
 * surely had, what was sent before in any case; what came without having been sent is not of it.
 */
function amountOnTheWay(transit: readonly TransitLeg[], at: Date): bigint | null {
  let open = 0n;
  for (const leg of transit) {
    if (leg.outward ? leg.to >= at : leg.from >= at) continue;
    if (leg.unknownAmount && !leg.outward) return null;
    open = atLeastNone(open + leg.quantity);
  }
  return open;
}
