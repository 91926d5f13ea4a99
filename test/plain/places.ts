// Where affected goods could have been, and which movements without a lot could therefore have carried them.
import type { Ledger, Leg } from './ledger.js';
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
  atMost: number;
}

interface Change {
  at: number;
  /** Arrivals before departures where times are equal. */
  order: number;
  apply: (could: number) => number;
}

const withoutLot = (leg: Leg): boolean => leg.batch.lot === '' && !leg.item;

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
      (leg) => leg.batch === batch && (leg.item ? this.affected.item(leg.item) : this.affected.batch(batch)),
    );
  }

  /** Everything that made it possible, or impossible, for goods of a batch to be at a site. */
  private changes(batch: Batch, site: string): Change[] {
    const changes: Change[] = [];
    const arrive = (at: number, quantity: number): void => {
      changes.push({ at, order: 0, apply: (could) => could + quantity });
    };
    for (const leg of this.named(batch)) {
      const quantity = leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity;
      // what is on its way may arrive unseen; what is then received came before
      if (leg.to.site === site && leg.to.state === 'IN_TRANSIT') arrive(leg.at, quantity);
      const sent = this.sentBefore(batch, site, leg);
      if (leg.to.site === site && leg.to.state === 'ON_HAND')
        arrive(
          leg.at,
          leg.kind === 'received' ? Math.max(0, leg.unknown ? quantity : quantity - sent) : quantity,
        );
      if (leg.from.site === site && leg.from.state === 'ON_HAND')
        changes.push({
          at: leg.at,
          order: 2,
          apply: (could) => Math.max(0, could - (leg.unknown ? 0 : leg.quantity)),
        });
    }
    for (const { leg, candidates } of this.matches.values()) {
      const could = candidates.get(batch);
      if (could && leg.to.site === site && (leg.to.state === 'IN_TRANSIT' || leg.to.state === 'ON_HAND'))
        arrive(leg.at, leg.unknown ? Number.POSITIVE_INFINITY : Math.min(leg.quantity, could));
    }
    for (const count of this.ledger.counts)
      if (count.site === site && count.gtin === batch.gtin && count.quantity === 0)
        if (count.lot === '' || count.lot === batch.lot)
          changes.push({ at: count.at, order: 3, apply: () => this.onTheWay(batch, site, count.at) });
    changes.sort((a, b) => a.at - b.at || a.order - b.order);
    // more left than had come: how it came, and how much, nobody told
    let booked = 0;
    let unseen = false;
    for (const { leg, sign } of this.bookedAt(batch, site)) {
      booked += sign * (leg.unknown ? (sign > 0 ? Number.POSITIVE_INFINITY : 1) : leg.quantity);
      if (booked < 0) unseen = true;
    }
    if (unseen || this.nowhere(batch)) {
      const unbounded = () => Number.POSITIVE_INFINITY;
      changes.unshift({ at: Number.NEGATIVE_INFINITY, order: 0, apply: unbounded });
    }
    return changes;
  }

  private bookedAt(batch: Batch, site: string): { leg: Leg; sign: number }[] {
    return this.named(batch).flatMap((leg) => {
      if (leg.to.site === site && (leg.to.state === 'ON_HAND' || leg.to.state === 'IN_TRANSIT'))
        return leg.kind === 'received' && leg.from.site === site ? [] : [{ leg, sign: 1 }];
      return leg.from.site === site && leg.from.state === 'ON_HAND' ? [{ leg, sign: -1 }] : [];
    });
  }

  /** Of a batch that was nowhere as far as the record tells, nothing can be said of where it was not. */
  private nowhere(batch: Batch): boolean {
    return !this.ledger.legs.some((leg) => leg.batch === batch && leg.from.site !== '?');
  }

  /** What had been sent to a site and not yet been received when this leg came. */
  private sentBefore(batch: Batch, site: string, received: Leg): number {
    let open = 0;
    for (const leg of this.named(batch)) {
      if (leg === received) return open;
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
      if (leg.at > at) break;
      if (leg.to.site === site && leg.to.state === 'IN_TRANSIT')
        open += leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity;
      if (leg.from.site === site && leg.from.state === 'IN_TRANSIT') open = Math.max(0, open - leg.quantity);
    }
    return open;
  }

  /** The most of a batch that could be at a site just before something left it at a moment. */
  could(batch: Batch, site: string, at: number): number {
    let could = 0;
    for (const change of this.changes(batch, site)) {
      if (change.at > at || (change.at === at && change.order > 0)) break;
      could = change.apply(could);
    }
    return could;
  }

  /** The first moment in a span at which goods of a batch could be at a site. */
  firstMoment(batch: Batch, site: string, from: number, to: number): number {
    if (this.could(batch, site, from) > 0) return from;
    const arrivals = this.changes(batch, site).filter(
      (change) => change.order === 0 && change.at >= from && change.at <= to,
    );
    return arrivals.find((change) => this.could(batch, site, change.at) > 0)?.at ?? Number.POSITIVE_INFINITY;
  }

  private candidatesAt(gtin: string, site: string, at: number): Map<Batch, number> {
    const candidates = new Map<Batch, number>();
    for (const batch of this.world.batches.values()) {
      if (batch.gtin !== gtin || batch.lot === '') continue;
      const could = this.could(batch, site, at);
      if (could > 0) candidates.set(batch, could);
    }
    return candidates;
  }

  /** The places a movement can have left: the one it names, else all that could have shipped. */
  private leftFrom(leg: Leg): string[] {
    return [leg.from.site];
  }

  /** Goods a buyer brings back without a lot could be any of that product that was sold before. */
  private soldBefore(leg: Leg): Map<Batch, number> {
    const candidates = new Map<Batch, number>();
    for (const batch of this.world.batches.values()) {
      if (batch.gtin !== leg.batch.gtin || batch.lot === '') continue;
      const named = this.named(batch).some((one) => one.to.state === 'SOLD' && one.at <= leg.at);
      const matched = [...this.matches.values()].some(
        (match) => match.leg.to.state === 'SOLD' && match.leg.at <= leg.at && match.candidates.has(batch),
      );
      if (named || matched) candidates.set(batch, leg.unknown ? Number.POSITIVE_INFINITY : leg.quantity);
    }
    return candidates;
  }

  /** Matches all movements without a lot anew; true when more of them match than before. */
  match(): boolean {
    let grew = false;
    for (const leg of this.ledger.legs) {
      if (!withoutLot(leg)) continue;
      const candidates =
        leg.from.state === 'ON_HAND'
          ? new Map(
              this.leftFrom(leg).flatMap((site) => [...this.candidatesAt(leg.batch.gtin, site, leg.at)]),
            )
          : leg.from.state === 'SOLD'
            ? this.soldBefore(leg)
            : new Map<Batch, number>();
      if (candidates.size === 0) continue;
      const total = [...candidates.values()].reduce((sum, one) => sum + one, 0);
      const atMost = leg.unknown ? 0 : Math.min(leg.quantity, total);
      const before = this.matches.get(leg);
      if (!before || before.atMost !== atMost || before.candidates.size !== candidates.size) grew = true;
      this.matches.set(leg, { leg, candidates, atMost });
    }
    return grew;
  }
}
