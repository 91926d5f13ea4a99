// Where affected goods could have been, and which movements without a lot could therefore have carried them.
import { type Holding, type Ledger, type Leg, UNKNOWN_SITE } from './movements.js';
import type { Batch, Item, World } from './world.js';

/** What is affected so far: asked again and again while the spread grows. */
export interface Affected {
  batch(batch: Batch): boolean;
  item(item: Item): boolean;
}

/** A movement of a product alone that could have carried affected goods. */
export interface Match {
  leg: Leg;
  /** How much each affected batch could have had there. */
  candidates: Map<Batch, number>;
  /** The first moment at which it can have carried any. */
  since: number;
  atMost: number;
}

/** What could be at a place: goods told by their lot alone, and items told by their serials, twice where two came of one. */
interface Could {
  pool: number;
  own: Item[];
}

interface Change {
  at: number;
  /** Arrivals before departures where times are equal. */
  order: number;
  /** What arrives, and until when it may: what a run made, until its end. */
  quantity?: number;
  item?: Item;
  until?: number;
  apply: (could: Could) => void;
}

const amountOf = ({ pool, own }: Could): number => Math.max(0, pool + own.length);
function takeOne(items: Item[], item: Item): boolean {
  const at = items.indexOf(item);
  if (at >= 0) items.splice(at, 1);
  return at >= 0;
}

/** What left by its lot may have come by serials, but no serial left in place of another. */
const leave = (could: Could, by: number, item?: Item): void => {
  if (!item) could.pool = Math.max(could.pool - by, -could.own.length);
  else if (!takeOne(could.own, item) && could.pool > 0) could.pool -= 1;
};

const isThere = ({ state }: Holding): boolean => state === 'ON_HAND' || state === 'IN_TRANSIT';
const withoutLot = (leg: Leg): boolean => leg.batch.lot === '' && !leg.item;
/** How much affected goods a movement without a lot may have brought. */
const boundOf = ({ leg, atMost }: Match): number => (leg.unknown ? Number.POSITIVE_INFINITY : atMost);

export class Places {
  /** Lotless movements that could have been of affected goods, by leg. */
  matches = new Map<Leg, Match>();

  constructor(
    private readonly world: World,
    private readonly ledger: Ledger,
    private readonly affected: Affected,
  ) {}

  /** Legs of affected goods that name their lot or serial. */
  private named(batch: Batch): Leg[] {
    return this.ledger.legs.filter(
      (leg) =>
        leg.batch === batch &&
        // an item of a counted lot is one of those that its run made
        !(batch.counted && leg.fact.kind === 'items') &&
        (leg.item ? this.affected.item(leg.item) : batch.lot !== '' && this.affected.batch(batch)),
    );
  }

  /**
   * Everything that made it possible, or impossible, for goods of a batch to be at a site; without what came there without
   * its lot, when only goods under their own lot and serial are asked about.
   */
  private changes(batch: Batch, site: string, came: readonly Match[] = this.cameTo(site)): Change[] {
    const changes: Change[] = [];
    const arrive = (at: number, quantity: number, until = at, item?: Item): void => {
      const apply = (could: Could): void => {
        if (item) could.own.push(item);
        else could.pool += quantity;
      };
      if (!item || quantity > 0)
        changes.push({ at, order: 0, quantity: item ? 0 : quantity, item, until, apply });
    };
    for (const leg of this.named(batch)) {
      const quantity = this.broughtBy(leg);
      // what is on its way may arrive unseen; what is then received came before
      if (leg.to.site === site && leg.to.state === 'IN_TRANSIT') arrive(leg.at, quantity, leg.at, leg.item);
      const sent = this.sentBefore(batch, site, leg);
      if (leg.to.site === site && leg.to.state === 'ON_HAND')
        arrive(
          leg.at,
          leg.kind === 'received' ? Math.max(0, leg.unknown ? quantity : quantity - sent) : quantity,
          leg.kind === 'made' ? leg.until : leg.at,
          leg.item,
        );
      if (leg.from.site === site && leg.from.state === 'ON_HAND')
        changes.push({
          at: leg.until,
          order: 2,
          // an item that nobody saw coming was among the goods of its lot
          apply: (could) => leave(could, leg.unknown ? 0 : leg.quantity, leg.item),
        });
    }
    // an unaffected item that goes without having come by its serial is one of those that came by their lot
    for (const leg of this.ledger.legs)
      if (leg.item && leg.batch === batch && !this.affected.item(leg.item) && !this.cameBySerial(leg, site))
        if (leg.from.site === site && leg.from.state === 'ON_HAND' && !this.isStranger(leg, site))
          changes.push({ at: leg.until, order: 2, apply: (could) => leave(could, 1, leg.item) });
    for (const { leg, candidates, since } of came) {
      const could = candidates.get(batch);
      if (could)
        arrive(
          Math.max(leg.at, since),
          leg.unknown ? Number.POSITIVE_INFINITY : Math.min(leg.quantity, could),
          Math.max(leg.until, since),
        );
    }
    const zeroes = this.zeroes(batch, site);
    for (const { until: counted } of zeroes)
      changes.push({
        at: counted,
        order: 3,
        // what came in that very moment may have come after the count
        apply: (could) => {
          const open = changes.filter(
            (change) => change.at <= counted && counted <= (change.until ?? change.at),
          );
          could.pool = open.reduce(
            (sum, change) => sum + (change.quantity ?? 0),
            this.onTheWay(batch, site, counted) +
              this.onTheWayWithoutLot(
                came.filter(({ candidates }) => candidates.has(batch)),
                batch.gtin,
                site,
                counted,
              ),
          );
          could.own = [
            ...open.flatMap(({ item }) => item ?? []),
            ...this.itemsOnTheWay(batch, site, counted),
          ];
          for (const change of changes) if (change.order === 2 && change.at === counted) change.apply(could);
        },
      });
    changes.sort((a, b) => a.at - b.at || a.order - b.order);
    // more left than had come, from the beginning or since a count: how it came, and how much, nobody told
    const apply = (could: Could): void => {
      could.pool = Number.POSITIVE_INFINITY;
    };
    for (const count of zeroes)
      if (this.isShort(batch, site, count.until)) {
        const after = changes.findLastIndex((change) => change.at <= count.until);
        changes.splice(after + 1, 0, { at: count.until, order: 4, apply });
      }
    if (this.isShort(batch, site, Number.NEGATIVE_INFINITY))
      changes.unshift({ at: Number.NEGATIVE_INFINITY, order: 0, apply });
    return changes;
  }

  /** How much a movement may have brought; a run of a lot of which more items are known than were made says too little. */
  private broughtBy(leg: Leg): number {
    const { batch, item, fact, unknown, quantity } = leg;
    if (fact.kind === 'batches' && !item && batch.items.length > (batch.quantity ?? Number.POSITIVE_INFINITY))
      return Number.POSITIVE_INFINITY;
    return unknown ? Number.POSITIVE_INFINITY : quantity;
  }

  private cameBySerial(left: Leg, site: string): boolean {
    return this.ledger.legs.some(
      (leg) =>
        leg.item === left.item &&
        // an item of a counted lot came with what its run made
        !(left.batch.counted && leg.fact.kind === 'items') &&
        leg.to.site === site &&
        (leg.to.state === 'ON_HAND' || leg.to.state === 'IN_TRANSIT') &&
        leg.at <= left.at,
    );
  }

  /** When an item was last known to be at another site, before a movement. */
  private lastElsewhere(left: Leg, site: string): number {
    let seen = Number.NEGATIVE_INFINITY;
    for (const leg of this.ledger.legs) {
      if (leg === left) break;
      if (leg.item !== left.item) continue;
      for (const holding of [leg.from, leg.to])
        if (isThere(holding) && holding.site !== site && holding.site !== UNKNOWN_SITE)
          seen = Math.max(seen, leg.at);
    }
    return seen;
  }

  /**
   * Items that left a site after a moment, and were none of those that had come there since: neither by their serial nor with
   * what came by its lot, since that had come before they were last known to be elsewhere, or is fewer.
   */
  private strangers(batch: Batch, site: string, since: number): Set<Leg> {
    const strangers = new Set<Leg>();
    const lots: { until: number; left: number }[] = [];
    const own: Item[] = [];
    for (const leg of this.ledger.legs) {
      if (leg.batch !== batch || leg.until < since || (batch.counted && leg.fact.kind === 'items')) continue;
      if (leg.to.site === site && leg.to.state === 'ON_HAND') {
        if (leg.item) own.push(leg.item);
        else if (batch.lot !== '') lots.push({ until: leg.until, left: this.broughtBy(leg) });
      }
      if (leg.from.site !== site || leg.from.state !== 'ON_HAND' || !leg.item) continue;
      if (takeOne(own, leg.item)) continue;
      if (!this.affected.item(leg.item) && this.cameBySerial(leg, site)) continue;
      const seen = this.lastElsewhere(leg, site);
      const lot = lots.find((one) => one.left >= 1 && one.until >= seen);
      if (lot) lot.left -= 1;
      else strangers.add(leg);
    }
    return strangers;
  }

  /** By what came since the product or its lot was last counted out. */
  private isStranger(left: Leg, site: string): boolean {
    const counted = this.zeroes(left.batch, site).map(({ until }) => until);
    const since = Math.max(Number.NEGATIVE_INFINITY, ...counted.filter((until) => until <= left.until));
    return this.strangers(left.batch, site, since).has(left);
  }

  private zeroes({ gtin, lot }: Batch, site: string): Ledger['counts'] {
    return this.ledger.counts.filter(
      (count) =>
        count.site === site &&
        count.gtin === gtin &&
        count.quantity === 0 &&
        (count.lot === '' || count.lot === lot),
    );
  }

  /** Whether a site let go more of a batch after a moment than had come there since. */
  private isShort(batch: Batch, site: string, since: number): boolean {
    const strangers = this.strangers(batch, site, since);
    let balance = 0;
    let withoutSerial = 0;
    const own: Item[] = [];
    for (const leg of this.named(batch)) {
      if (leg.until < since) continue;
      if (leg.to.site === site && leg.to.state === 'ON_HAND') {
        balance += this.broughtBy(leg);
        if (leg.item) own.push(leg.item);
        else withoutSerial += this.broughtBy(leg);
      }
      if (leg.from.site === site && leg.from.state === 'ON_HAND') {
        balance -= leg.unknown ? 1 : leg.quantity;
        if (leg.item && !takeOne(own, leg.item)) withoutSerial -= 1;
      }
      if (balance < 0 || withoutSerial < 0 || strangers.has(leg)) return true;
    }
    return false;
  }

  /** Of a batch that was nowhere as far as the record tells, nothing can be said of where it was not. */
  private nowhere(batch: Batch): boolean {
    return !this.ledger.legs.some((leg) => leg.batch === batch && leg.from.site !== '?');
  }

  /** Affected items without a lot of which no movement names a place: each could be anywhere. */
  private unplaced(batch: Batch, at: number): number {
    if (batch.lot !== '') return 0;
    return batch.items.filter((item) => {
      if (!this.affected.item(item)) return false;
      const [first] = this.ledger.legs.filter((leg) => leg.item === item && leg.from.site !== UNKNOWN_SITE);
      // brought back, though nobody told who sold it: it was somewhere before
      return first === undefined || (first.kind === 'returned' && first.at > at);
    }).length;
  }

  /** What had been sent to a site and not yet been received when this leg came. */
  private sentBefore(batch: Batch, site: string, received: Leg): number {
    let open = 0;
    for (const leg of this.named(batch)) {
      if (leg === received) return open;
      if (leg.item !== received.item) continue;
      if (leg.to.site === site && leg.to.state === 'IN_TRANSIT')
        open += leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity;
      if (leg.from.site === site && leg.from.state === 'IN_TRANSIT') open = Math.max(0, open - leg.quantity);
    }
    return open;
  }

  /** A count of zero says nothing of what had not arrived. */
  private onTheWay(batch: Batch, site: string, at: number): number {
    let open = 0;
    for (const leg of this.named(batch)) {
      if (leg.at >= at) break;
      if (leg.item) continue;
      if (leg.to.site === site && leg.to.state === 'IN_TRANSIT')
        open += leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity;
      if (leg.from.site === site && leg.from.state === 'IN_TRANSIT') open = Math.max(0, open - leg.quantity);
    }
    return open;
  }

  /** Nor of what had been sent without its lot: of that, no more than is not yet received without one. */
  private onTheWayWithoutLot(came: readonly Match[], gtin: string, site: string, at: number): number {
    let open = 0;
    for (const leg of this.ledger.legs) {
      if (!withoutLot(leg) || leg.batch.gtin !== gtin) continue;
      if (leg.to.site === site && leg.to.state === 'IN_TRANSIT' && leg.at < at)
        open += leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity;
      if (leg.from.site === site && leg.from.state === 'IN_TRANSIT' && leg.until < at)
        open = Math.max(0, open - leg.quantity);
    }
    const sent = came.filter(({ leg }) => leg.to.state === 'IN_TRANSIT' && leg.at < at);
    return Math.min(
      open,
      sent.reduce((sum, match) => sum + boundOf(match), 0),
    );
  }

  private itemsOnTheWay(batch: Batch, site: string, at: number): Set<Item> {
    const open = new Set<Item>();
    for (const leg of this.named(batch)) {
      if (leg.at >= at) break;
      if (!leg.item) continue;
      if (leg.to.site === site && leg.to.state === 'IN_TRANSIT') open.add(leg.item);
      if (leg.from.site === site && leg.from.state === 'IN_TRANSIT') open.delete(leg.item);
    }
    return open;
  }

  /** The most of a batch that could be at a site just before something left it, at a moment or within a span. */
  could(batch: Batch, site: string, from: number, to = from): number {
    return this.isAffected(batch) ? this.there(batch, site, from, to) + this.unplaced(batch, to) : 0;
  }

  /** Without the items that could be anywhere. */
  private there(batch: Batch, site: string, from: number, to: number, came = this.cameTo(site)): number {
    // a count of zero ends nothing of what nobody told the coming of
    if (batch.lot !== '' && this.nowhere(batch)) return Number.POSITIVE_INFINITY;
    const could: Could = { pool: 0, own: [] };
    let most = 0;
    let begun = false;
    for (const change of this.changes(batch, site, came)) {
      if (!begun && (change.at > from || (change.at === from && change.order > 0))) {
        begun = true;
        most = amountOf(could);
      }
      if (change.at > to || (change.at === to && change.order > 0)) break;
      change.apply(could);
      if (begun) most = Math.max(most, amountOf(could));
    }
    return begun ? most : amountOf(could);
  }

  /** Goods that came to a site without their lot, and could have been affected. */
  private cameTo(site: string): Match[] {
    return [...this.matches.values()].filter(({ leg: { to } }) => to.site === site && isThere(to));
  }

  /**
   * The most of all affected batches of a product together at a site: what came without its lot could be of any of them, but
   * came once.
   */
  private together(batches: readonly Batch[], site: string, from: number, to: number): number {
    const sum = (came?: Match[]): number =>
      batches.reduce((total, batch) => total + this.there(batch, site, from, to, came), 0);
    const [first] = batches;
    return first === undefined
      ? 0
      : Math.min(sum(), sum([]) + this.cameWithoutLot(first.gtin, site, from, to));
  }

  /** What came to a site without its lot, unless all of it was counted out. */
  private cameWithoutLot(gtin: string, site: string, from: number, to: number): number {
    const came = this.cameTo(site).filter((match) => match.leg.batch.gtin === gtin);
    const latest = ({ leg, since }: Match): number => Math.max(leg.until, since);
    const counted = Math.max(
      ...this.ledger.counts
        .filter(
          (count) =>
            count.site === site &&
            count.gtin === gtin &&
            count.quantity === 0 &&
            count.lot === '' &&
            count.until < from,
        )
        .map((count) => count.until),
      Number.NEGATIVE_INFINITY,
    );
    const after = came.filter(
      (match) => latest(match) >= counted && Math.max(match.leg.at, match.since) <= to,
    );
    const before = came.filter((match) => latest(match) < counted);
    return (
      after.reduce((sum, match) => sum + boundOf(match), 0) +
      this.onTheWayWithoutLot(before, gtin, site, counted)
    );
  }

  /** The first moment in a span at which goods of a batch could be at a site. */
  firstMoment(batch: Batch, site: string, from: number, to: number): number {
    if (this.could(batch, site, from) > 0) return from;
    const arrivals = this.changes(batch, site).filter(
      (change) => change.order === 0 && change.at >= from && change.at <= to,
    );
    return arrivals.find((change) => this.could(batch, site, change.at) > 0)?.at ?? Number.POSITIVE_INFINITY;
  }

  /** What could have left a site by a movement: each batch up to how much, all of them together, and since when. */
  private candidatesAt(leg: Leg, site: string, found: Map<Batch, number>): { since: number; most: number } {
    let since = Number.POSITIVE_INFINITY;
    const there: Batch[] = [];
    for (const batch of this.world.batches.values()) {
      if (batch.gtin !== leg.batch.gtin) continue;
      const could = this.could(batch, site, leg.at, leg.until);
      if (could <= 0) continue;
      there.push(batch);
      found.set(batch, (found.get(batch) ?? 0) + could);
      since = Math.min(since, this.firstMoment(batch, site, leg.at, leg.until));
    }
    return { since, most: this.together(there, site, leg.at, leg.until) };
  }

  /** The places a movement can have left: the one it names, else all there are. */
  private leftFrom(leg: Leg): string[] {
    if (leg.from.site !== UNKNOWN_SITE) return [leg.from.site];
    return [...new Set(this.ledger.legs.flatMap(({ from, to }) => [from.site, to.site]))];
  }

  /** Goods a buyer brings back without a lot are what its sale was of; without a sale, any of that product sold before. */
  private soldBefore(leg: Leg): Map<Batch, number> {
    if (leg.ofSale !== undefined) {
      const sale = [...this.matches.values()].find(
        (match) => match.leg.kind === 'sold' && match.leg.id === leg.ofSale,
      );
      return sale?.candidates ?? new Map();
    }
    const candidates = new Map<Batch, number>();
    for (const batch of this.world.batches.values()) {
      if (batch.gtin !== leg.batch.gtin) continue;
      const named = this.named(batch).some((one) => one.to.state === 'SOLD' && one.at <= leg.at);
      const matched = [...this.matches.values()].some(
        (match) => match.leg.to.state === 'SOLD' && match.leg.at <= leg.at && match.candidates.has(batch),
      );
      if (named || matched) candidates.set(batch, leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity);
    }
    return candidates;
  }

  /** A part taken out is what was built in; where nobody told that, any that was anywhere by then. */
  private builtIn(leg: Leg): [Map<Batch, number>, number] {
    const told = this.ledger.fittings.find(
      (fitting) => fitting.removedBy === leg.id && fitting.partBatch === leg.batch,
    );
    const fitted =
      told &&
      [...this.matches.values()].find((match) => match.leg.id === told.id && match.leg.kind === 'fitted');
    if (told && told.from > Number.NEGATIVE_INFINITY) return [fitted?.candidates ?? new Map(), leg.at];
    const candidates = new Map<Batch, number>();
    for (const batch of this.world.batches.values())
      if (batch.gtin === leg.batch.gtin && this.wasAnywhere(batch, leg.until))
        candidates.set(batch, leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity);
    // it was in until then, nobody knows since when
    return [candidates, Number.NEGATIVE_INFINITY];
  }

  private wasAnywhere(batch: Batch, by: number): boolean {
    if (!this.isAffected(batch)) return false;
    if ((batch.lot !== '' && this.nowhere(batch)) || this.unplaced(batch, by) > 0) return true;
    return this.named(batch).some((leg) => leg.at <= by && (isThere(leg.from) || isThere(leg.to)));
  }

  private isAffected(batch: Batch): boolean {
    return this.affected.batch(batch) || batch.items.some((item) => this.affected.item(item));
  }

  /** Matches all movements without a lot anew; true when more of them match than before. */
  match(): boolean {
    let grew = false;
    for (const leg of this.ledger.legs) {
      if (!withoutLot(leg)) continue;
      let candidates = new Map<Batch, number>();
      let since = leg.at;
      let most = Number.POSITIVE_INFINITY;
      if (leg.from.state === 'ON_HAND') {
        const places = this.leftFrom(leg).map((site) => this.candidatesAt(leg, site, candidates));
        since = Math.min(...places.map((place) => place.since));
        // what could be anywhere is somewhere once
        most = [...candidates.keys()].reduce(
          (sum, batch) => sum + this.unplaced(batch, leg.until),
          places.reduce((sum, place) => sum + place.most, 0),
        );
      }
      if (leg.from.state === 'SOLD') candidates = this.soldBefore(leg);
      if (leg.kind === 'removed') [candidates, since] = this.builtIn(leg);
      if (candidates.size === 0) continue;
      const total = [...candidates.values()].reduce((sum, one) => sum + one, 0);
      const atMost = leg.unknown ? 0 : Math.min(leg.quantity, total, most);
      const match: Match = { leg, candidates, since, atMost };
      if (!isSame(match, this.matches.get(leg))) grew = true;
      this.matches.set(leg, match);
    }
    return grew;
  }
}

const isSame = (one: Match, other: Match | undefined): boolean =>
  other !== undefined &&
  one.since === other.since &&
  one.atMost === other.atMost &&
  one.candidates.size === other.candidates.size &&
  [...one.candidates].every(([batch, could]) => other.candidates.get(batch) === could);
