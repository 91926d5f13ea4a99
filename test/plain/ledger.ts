// Where everything went: all facts played in the order of time, each movement a leg from a holding to a holding.
import {
  buyerKey,
  type Fitting,
  type Holding,
  type Ledger,
  type Sale,
  type State,
  UNKNOWN_SITE,
} from './movements.js';
import { inOrder, rankOf, ranks } from './order.js';
import { endsByName } from './parts.js';
import { couldBeOf, type Paired, pairReturns } from './returns.js';
import type { Fact } from './rows.js';
import { span } from './rows.js';
import { type Content, Units } from './units.js';
import { type Batch, type Goods, type Item, type Run, runAt, type World } from './world.js';

const outcomes: Record<string, State> = {
  STOCK: 'ON_HAND',
  HOLD: 'ON_HAND',
  RESTOCK: 'ON_HAND',
  SCRAP: 'SCRAPPED',
  MAKER: 'RETURNED_TO_MAKER',
  CUSTOMER: 'SOLD',
  UNKNOWN: 'UNKNOWN',
};

interface Step {
  at: number;
  rank: number;
  id: string;
  play: () => void;
}

class Play {
  readonly ledger: Ledger = { legs: [], sales: [], fittings: [], counts: [] };
  private readonly steps: Step[] = [];
  private readonly units = new Units();
  private readonly pairs: Map<Fact, Paired[]>;

  constructor(private readonly world: World) {
    for (const fact of world.facts) this.schedule(fact);
    const byTime = (kind: string, rank: number) =>
      world.of(kind).sort((a, b) => inOrder({ ...a, rank }, { ...b, rank }));
    this.ledger.sales.push(...byTime('sales', 0).map((fact) => this.saleOf(fact)));
    this.pairs = pairReturns(
      world,
      byTime('returns', 0).map((fact) => ({ fact, goods: this.goodsOf(fact.v) })),
      this.ledger.sales,
    );
    for (const step of this.steps.sort(inOrder)) step.play();
  }

  private step(fact: Fact, rank: string, play: () => void, at = fact.at): void {
    this.steps.push({ at, rank: ranks.indexOf(rank), id: fact.id, play });
  }

  private move(
    fact: Fact,
    goods: Goods,
    from: Holding,
    to: Holding,
    kind: string,
    { at, until } = fact as { at: number; until: number },
  ): void {
    this.ledger.legs.push({ ...goods, id: fact.id, kind, from, to, at, until, fact });
  }

  private site(gln: string): string {
    if (this.world.sites.has(gln)) return gln;
    const own = [...this.world.sites.values()].filter((site) => site.party === gln);
    return own.length === 1 ? (own[0] as { gln: string }).gln : gln || UNKNOWN_SITE;
  }

  private schedule(fact: Fact): void {
    const { kind, v } = fact;
    const { world } = this;
    if (kind === 'counts')
      this.ledger.counts.push({
        site: this.site(v.site_gln as string),
        gtin: world.content(v.gtin as string).gtin,
        lot: v.lot as string,
        until: fact.until,
        quantity: Number(v.quantity),
      });
    else if (kind === 'packings') this.schedulePacking(fact);
    else if (kind === 'fittings' || kind === 'services') this.scheduleFitting(fact);
    else if (kind === 'consumption') this.step(fact, 'made', () => this.consume(fact), this.consumedAt(fact));
    else if (kind === 'items') this.step(fact, 'made', () => this.makeItem(fact), this.itemMadeAt(fact));
    else if (kind in rankOf) this.step(fact, rankOf[kind] as string, () => this.playFact(fact));
  }

  private playFact(fact: Fact): void {
    const plays: Record<string, (fact: Fact) => void> = {
      batches: this.makeBatch,
      relabels: this.relabel,
      shipments: this.ship,
      receipts: this.receive,
      sales: this.sell,
      returns: this.takeBack,
      disposals: this.dispose,
    };
    plays[fact.kind]?.call(this, fact);
  }

  private makeBatch(fact: Fact): void {
    const { v } = fact;
    const site = this.site(v.site_gln as string);
    const goods = this.world.goods({
      gtin: v.gtin as string,
      lot: v.lot,
      source: v.source,
      quantity: v.quantity,
      unit: v.unit,
    });
    // a run without an end may go on
    const until = v.produced_to ? span(v.produced_to).until : Number.POSITIVE_INFINITY;
    const when = { at: fact.at, until };
    this.move(fact, goods, { site, state: 'SOURCE' }, { site, state: 'ON_HAND' }, 'made', when);
  }

  /** An item is made by itself where its batch does not say how many it made; else it is one of those. */
  private makeItem(fact: Fact): void {
    const { v } = fact;
    const item = this.world.item(v.gtin as string, v.serial as string);
    const { batch, own } = item;
    if (!v.produced_at && this.world.isMadeLater(batch)) return;
    const run = runAt(batch.runs, own.from);
    const site = this.site(own.site ?? run?.site ?? '');
    const [source, here]: Holding[] = [
      { site, state: 'SOURCE' },
      { site, state: 'ON_HAND' },
    ];
    if (!source || !here) return;
    const when = { at: this.itemMadeAt(fact), until: fact.until };
    this.move(fact, { batch, item, quantity: 1, unknown: false }, source, here, 'made', when);
    if (batch.counted) this.move(fact, { batch, quantity: -1, unknown: false }, source, here, 'made', when);
  }

  /** Without a time of its own an item is as old as the first run of its lot. */
  private itemMadeAt({ v, at }: Fact): number {
    const { batch } = this.world.item(v.gtin as string, v.serial as string);
    return v.produced_at ? at : (batch.runs[0]?.from ?? at);
  }

  private output(fact: Fact): Batch {
    return this.world.batch(fact.v.gtin as string, fact.v.lot as string, fact.v.source);
  }

  private consumedAt(fact: Fact): number {
    return fact.v.at ? fact.at : (this.runOf(fact)?.from ?? Number.NEGATIVE_INFINITY);
  }

  private runOf(fact: Fact): Run | undefined {
    return runAt(this.output(fact).runs, fact.v.at ? fact.at : undefined);
  }

  private consume(fact: Fact): void {
    const { v } = fact;
    if (!v.at && this.world.isMadeLater(this.output(fact))) return;
    const goods = this.world.goods({
      gtin: v.input_gtin as string,
      lot: v.input_lot,
      source: v.input_source,
      serial: v.input_serial,
      quantity: v.quantity,
      unit: v.unit,
    });
    const site = this.site(this.runOf(fact)?.site ?? '');
    this.move(fact, goods, { site, state: 'ON_HAND' }, { site, state: 'CONSUMED' }, 'consumed', {
      at: this.consumedAt(fact),
      until: fact.until,
    });
  }

  private relabel(fact: Fact): void {
    const { v } = fact;
    const site = this.site(v.site_gln as string);
    // with a serial on either side it is one
    const one = v.serial || v.new_serial ? { quantity: 1, unknown: false } : {};
    const { quantity } = v;
    const before = {
      ...this.world.goods({ gtin: v.gtin as string, lot: v.lot, serial: v.serial, quantity }),
      ...one,
    };
    const after = {
      ...this.world.goods({
        gtin: v.new_gtin as string,
        lot: v.new_lot,
        serial: v.new_serial,
        quantity,
      }),
      ...one,
    };
    this.move(fact, before, { site, state: 'ON_HAND' }, { site, state: 'CONSUMED' }, 'consumed');
    this.move(fact, after, { site, state: 'SOURCE' }, { site, state: 'ON_HAND' }, 'made');
  }

  private schedulePacking(fact: Fact): void {
    const { v } = fact;
    const unit = v.sscc as string;
    const content: Content | undefined = v.content_sscc
      ? { unit: v.content_sscc }
      : v.content_gtin
        ? this.world.goods({
            gtin: v.content_gtin,
            lot: v.content_lot,
            serial: v.content_serial,
            quantity: v.quantity,
            unit: v.unit,
          })
        : undefined;
    const end = v.unpacked_at ? span(v.unpacked_at).at : undefined;
    if (v.packed_at && content) {
      this.step(fact, 'packed', () => this.units.pack(unit, fact.id, content));
      if (end !== undefined) this.step(fact, 'unpacked', () => this.units.takeOut(unit, fact.id), end);
    } else if (content) this.step(fact, 'unpacked', () => this.units.takeContent(unit, content), end);
    else this.step(fact, 'unpacked', () => this.units.empty(unit), end);
  }

  private moved(v: Record<string, string>): Goods[] {
    return v.sscc
      ? this.units.goods(v.sscc)
      : [
          this.world.goods({
            gtin: v.gtin as string,
            lot: v.lot,
            serial: v.serial,
            quantity: v.quantity,
            unit: v.unit,
          }),
        ];
  }

  private ship(fact: Fact): void {
    const { v } = fact;
    const to = v.to_gln ? this.site(v.to_gln) : `name:${v.to_name}`;
    for (const goods of this.moved(v))
      this.move(
        fact,
        goods,
        { site: this.site(v.from_gln as string), state: 'ON_HAND' },
        { site: to, state: 'IN_TRANSIT' },
        'shipped',
      );
  }

  private receive(fact: Fact): void {
    const site = this.site(fact.v.to_gln as string);
    for (const goods of this.moved(fact.v))
      this.move(fact, goods, { site, state: 'IN_TRANSIT' }, { site, state: 'ON_HAND' }, 'received');
  }

  /** What a sale says, before anything is moved. */
  private saleOf(fact: Fact): Sale {
    const { v } = fact;
    const party =
      v.seller_gln ||
      this.world.sites.get(v.site_gln as string)?.party ||
      v.site_gln ||
      this.world.sites.get(v.ship_from_gln as string)?.party ||
      v.ship_from_gln ||
      '';
    const left = v.ship_from_gln || v.site_gln ? this.site(v.ship_from_gln || (v.site_gln as string)) : '';
    return {
      ...this.goodsOf(v),
      id: fact.id,
      site: this.site(v.site_gln || party),
      left,
      party,
      at: fact.at,
      returned: 0,
      perhapsReturned: false,
      receipt: v.receipt as string,
      country: v.country || this.world.sites.get(left)?.country || '',
      buyer: buyerKey(v, party, fact.id),
    };
  }

  private goodsOf(v: Record<string, string>): Goods {
    const { gtin = '', lot, serial, quantity, unit } = v;
    return this.world.goods({ gtin, lot, serial, quantity, unit });
  }

  private sell(fact: Fact): void {
    const sale = this.ledger.sales.find((one) => one.id === fact.id);
    if (!sale) return;
    const { batch, item, quantity, unknown, site, left } = sale;
    const goods = { batch, item, quantity, unknown };
    this.move(fact, goods, { site: left || site, state: 'ON_HAND' }, { site, state: 'SOLD' }, 'sold');
  }

  /** Comes back from where it was sold, when that is known; else from where it is brought. */
  private takeBack(fact: Fact): void {
    const { v } = fact;
    const site = this.site(v.site_gln as string);
    const goods = this.goodsOf(v);
    for (const { sale, quantity } of this.pairs.get(fact) ?? []) {
      const isTold = goods.item !== undefined || goods.batch.lot !== '';
      const back = sale && !isTold ? { batch: sale.batch, item: sale.item } : goods;
      this.move(
        fact,
        { batch: back.batch, item: back.item, quantity, unknown: goods.unknown },
        { site: sale?.site ?? site, state: 'SOLD' },
        { site, state: outcomes[v.to || 'STOCK'] as State },
        'returned',
      );
      const leg = this.ledger.legs.at(-1);
      if (leg && sale) leg.ofSale = sale.id;
      // a return lowers the sale it names; one that names none makes uncertain all it could belong to
      if (sale) {
        const more = sale.returned + (goods.unknown ? sale.quantity : quantity);
        sale.returned = sale.unknown ? more : Math.min(sale.quantity, more);
      } else
        for (const other of this.ledger.sales)
          if (couldBeOf({ ...goods, at: fact.at }, other)) other.perhapsReturned = true;
    }
  }

  private dispose(fact: Fact): void {
    const { v } = fact;
    const site = this.site(v.site_gln as string);
    const goods = this.world.goods({
      gtin: v.gtin as string,
      lot: v.lot,
      serial: v.serial,
      quantity: v.quantity,
      unit: v.unit,
    });
    this.move(fact, goods, { site, state: 'ON_HAND' }, { site, state: 'SCRAPPED' }, 'disposed');
  }

  private scheduleFitting(fact: Fact): void {
    const { v } = fact;
    const { world } = this;
    const parent = this.world.item(v.gtin as string, v.serial as string);
    if (fact.kind === 'fittings') {
      const part = { gtin: v.part_gtin as string, serial: v.part_serial, lot: v.part_lot };
      this.step(fact, 'fitted', () => this.fit(fact, parent, part, v.quantity || '', v.position as string));
      if (v.removed_at) {
        const when = span(v.removed_at);
        this.step(
          fact,
          'fitted',
          () => this.remove(fact, (one) => one.id === fact.id, when, '', ''),
          when.at,
        );
      }
      return;
    }
    this.step(fact, 'serviced', () => {
      if (v.part_out_gtin) {
        const gone = this.world.goods({
          gtin: v.part_out_gtin,
          lot: v.part_out_lot,
          serial: v.part_out_serial,
          quantity: v.part_out_serial ? '' : '1',
        });
        const open = this.ledger.fittings.filter(
          (one) =>
            one.parent === parent && one.gtin === gone.batch.gtin && one.to === Number.POSITIVE_INFINITY,
        );
        const same = open.filter((one) => {
          if (gone.item) return one.partItem === gone.item;
          return !endsByName(world, one) && (v.part_out_lot === '' || one.partBatch === gone.batch);
        });
        // a part named by nothing is the one that is in, where only one lot of it was built in and not taken out by name
        const before = this.ledger.fittings.filter(
          (one) =>
            one.parent === parent &&
            one.gtin === gone.batch.gtin &&
            one.from > Number.NEGATIVE_INFINITY &&
            !endsByName(world, one),
        );
        const oneLot = new Set(before.map((one) => one.partBatch)).size === 1;
        const oldest = same.find((one) => one.quantity <= 1);
        // of several that are in, one told by its serial could be another
        const isThat = gone.item || !oldest?.partItem || same.length === 1;
        const known = (gone.item || v.part_out_lot || oneLot) && isThat && oldest;
        const outcome = v.part_out_to || 'UNKNOWN';
        if (known) {
          this.remove(fact, (one) => one === known, fact, outcome, v.site_gln as string);
          // a serial told to be built in twice is out all the same: there is one of it
          if (gone.item) for (const one of same) one.to = fact.at;
        } else this.takeOutUnseen(fact, parent, gone, outcome);
      }
      if (v.part_in_gtin)
        this.fit(
          fact,
          parent,
          { gtin: v.part_in_gtin, serial: v.part_in_serial, lot: v.part_in_lot },
          v.part_in_serial ? '' : '1',
          '',
          this.site(v.site_gln as string),
        );
    });
  }

  /** A part nobody told was built in: it was in until now, since nobody knows when. */
  private takeOutUnseen(fact: Fact, parent: Item, goods: Goods, outcome: string): void {
    // a workshop nobody named is no place
    const site = this.site(fact.v.site_gln as string);
    this.ledger.fittings.push({
      id: fact.id,
      parent,
      gtin: goods.batch.gtin,
      partItem: goods.item,
      partBatch: goods.batch,
      quantity: goods.quantity,
      unknown: false,
      position: '',
      from: Number.NEGATIVE_INFINITY,
      to: fact.at,
      removedBy: fact.id,
      built: { site: this.madeAt(parent), state: 'FITTED' },
    });
    this.move(
      fact,
      goods,
      { site: this.madeAt(parent), state: 'FITTED' },
      { site, state: outcomes[outcome] as State },
      'removed',
    );
  }

  /** Parts are built in where the parent was made, unless a workshop did it. */
  private madeAt({ own, batch }: Item): string {
    return this.site(own.site ?? runAt(batch.runs, own.from)?.site ?? '');
  }

  private fit(
    fact: Fact,
    parent: Item,
    part: { gtin: string; serial?: string; lot?: string },
    quantity: string,
    position: string,
    workshop = UNKNOWN_SITE,
  ): void {
    const goods = this.world.goods({ ...part, quantity });
    const site = fact.kind === 'fittings' ? this.madeAt(parent) : workshop;
    // what the parent's batch drew from the lot is told once more by the item it went into: it left its place once
    const toldTwice =
      fact.kind === 'fittings' &&
      this.world
        .of('consumption')
        .some(
          ({ v }) =>
            this.world.batch(v.gtin as string, v.lot as string, v.source) === parent.batch &&
            (v.input_serial
              ? goods.item !== undefined &&
                this.world.goods({ gtin: v.input_gtin as string, serial: v.input_serial }).item === goods.item
              : this.world.batch(v.input_gtin as string, v.input_lot as string, v.input_source) ===
                goods.batch),
        );
    this.ledger.fittings.push({
      id: fact.id,
      parent,
      gtin: goods.batch.gtin,
      partItem: goods.item,
      partBatch: goods.batch,
      quantity: goods.quantity,
      unknown: goods.unknown,
      position,
      from: fact.at,
      to: Number.POSITIVE_INFINITY,
      built: { site, state: toldTwice ? 'CONSUMED' : 'FITTED' },
    });
    if (!toldTwice) this.move(fact, goods, { site, state: 'ON_HAND' }, { site, state: 'FITTED' }, 'fitted');
  }

  private remove(
    fact: Fact,
    which: (fitting: Fitting) => boolean,
    when: { at: number; until: number },
    outcome: string,
    workshop: string,
  ): boolean {
    const fitting = this.ledger.fittings.find(which);
    if (!fitting) return false;
    fitting.to = when.at;
    fitting.removedBy = fact.id;
    // a workshop takes out one, also of an amount nobody told
    const one = fact.kind === 'services';
    const site = one ? this.site(workshop) : fitting.built.site;
    const goods: Goods = {
      batch: fitting.partBatch,
      item: fitting.partItem,
      quantity: one ? 1 : fitting.quantity,
      unknown: !one && fitting.unknown,
    };
    const state = outcomes[outcome || 'UNKNOWN'] as State;
    this.move(fact, goods, fitting.built, { site, state }, 'removed', when);
    return true;
  }
}

/** Plays all movements in the order of time. */
export const playLedger = (world: World): Ledger => new Play(world).ledger;
