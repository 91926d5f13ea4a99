// What is affected: the rule asked of every batch and item, then spread by making and fitting until nothing is added.
import type { Fitting, Ledger, Leg } from './movements.js';
import { Places } from './places.js';
import { askBatch, askItem, type NaiveRule, type Truth } from './rule.js';
import type { Batch, Item, Run, WantedPart, World } from './world.js';

export type Certainty = 'CERTAIN' | 'POSSIBLE';

/** From when on something is affected, surely and possibly; never is infinity. */
export interface Level {
  certain: number;
  possible: number;
}

export interface Asked {
  rule: NaiveRule;
  exposure: 'EVER' | 'CURRENT';
  asOf: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const ALWAYS = Number.NEGATIVE_INFINITY;
const none: Level = { certain: NEVER, possible: NEVER };
const possibly = (since: number): Level => ({ certain: NEVER, possible: since });

const strongest = (levels: Level[]): Level => ({
  certain: Math.min(NEVER, ...levels.map((level) => level.certain)),
  possible: Math.min(NEVER, ...levels.map((level) => Math.min(level.possible, level.certain))),
});
const isIn = (level: Level): boolean => level.possible < NEVER;
const isSure = (level: Level): boolean => level.certain < NEVER;
const ofTruth = (truth: Truth): Level =>
  truth === 'TRUE' ? { certain: ALWAYS, possible: ALWAYS } : truth === 'UNKNOWN' ? possibly(ALWAYS) : none;
export const certaintyOf = (level: Level): Certainty | undefined =>
  isSure(level) ? 'CERTAIN' : isIn(level) ? 'POSSIBLE' : undefined;

/** A level after a step that happened between two moments: what was affected only later did not take part. */
function after(level: Level, from: number, to: number): Level {
  const arrival = (since: number): number => (since <= to ? Math.max(since, from) : NEVER);
  return { certain: arrival(level.certain), possible: arrival(Math.min(level.possible, level.certain)) };
}

/** Its items account for all the record says was made. */
const isFull = (batch: Batch): boolean =>
  batch.quantity !== undefined && batch.items.length >= batch.quantity;

/** What an item says of its making contradicts no run of the batch, or not all of them. */
const couldBeOf = ({ own }: Item, batch: Batch): boolean =>
  batch.runs.length === 0 ||
  batch.runs.some(
    (run) =>
      (own.site === undefined || run.site === undefined || own.site === run.site) &&
      (own.from === undefined || run.openEnd || own.from <= (run.to ?? NEVER)) &&
      (own.to === undefined || own.to >= (run.from ?? ALWAYS)),
  );

/** One input of a batch. */
interface Edge {
  input: Batch;
  inputItem?: Item;
  output: Batch;
  from: number;
  to: number;
  quantity: number;
  unknown: boolean;
  mixing: string;
  leg?: Leg;
}

/** Why all of a batch may be affected; a component says by what. */
interface Cause {
  component?: string;
  level: Level;
}

export class Spread {
  readonly batches = new Map<Batch, Level>();
  readonly items = new Map<Item, Level>();
  readonly places: Places;
  private readonly edges: Map<Batch, Edge[]>;
  private readonly relabelled: Map<Batch, Edge[]>;
  private readonly fittings: Map<Item, Fitting[]>;
  private readonly legOf: Map<string, Leg[]>;

  constructor(
    readonly world: World,
    readonly ledger: Ledger,
    private readonly asked: Asked,
  ) {
    this.legOf = Map.groupBy(ledger.legs, (leg) => leg.id);
    this.fittings = Map.groupBy(ledger.fittings, (fitting) => fitting.parent);
    this.edges = Map.groupBy(this.consumption(), (edge) => edge.output);
    this.relabelled = Map.groupBy(this.relabels(), (edge) => edge.output);
    this.places = new Places(world, ledger, {
      batch: (batch) => isIn(this.levelOf(batch)),
      item: (item) => isIn(this.items.get(item) ?? none),
    });
    // what could have moved without a lot is asked of all that is known to be affected by then
    do while (this.grow());
    while (this.places.match());
  }

  levelOf(batch: Batch): Level {
    return this.batches.get(batch) ?? none;
  }

  private consumption(): Edge[] {
    return this.world.of('consumption').flatMap((fact) => {
      const { v } = fact;
      const goods = this.world.goods({
        gtin: v.input_gtin as string,
        lot: v.input_lot,
        source: v.input_source,
        serial: v.input_serial,
        quantity: v.quantity,
        unit: v.unit,
      });
      const output = this.world.batch(v.gtin as string, v.lot as string, v.source);
      // what a batch draws from itself brings nothing new
      if (goods.batch === output) return [];
      return {
        input: goods.batch,
        inputItem: goods.item,
        output,
        // without a time of its own it may have happened at any
        from: fact.at,
        to: fact.until,
        quantity: goods.quantity,
        unknown: goods.unknown,
        mixing: this.world.mixing(goods.batch.gtin, v.mixing as string),
        leg: this.legOf.get(fact.id)?.[0],
      };
    });
  }

  /** Relabelling into a lot; into a serial it is a step from item to item. */
  private relabels(): Edge[] {
    return this.world
      .of('relabels')
      .filter(({ v }) => !v.new_serial)
      .map(({ id, v, at, until }) => {
        const goods = this.world.goods({
          gtin: v.gtin as string,
          lot: v.lot,
          serial: v.serial,
          quantity: v.quantity,
        });
        return {
          input: goods.batch,
          inputItem: goods.item,
          output: this.world.batch(v.new_gtin as string, v.new_lot as string),
          from: at,
          to: until,
          quantity: goods.quantity,
          unknown: goods.unknown,
          mixing: 'DISCRETE',
          leg: this.legOf.get(id)?.[0],
        };
      });
  }

  /** One round over everything; true when something was added. */
  private grow(): boolean {
    let grew = false;
    const keep = <K>(map: Map<K, Level>, key: K, level: Level): void => {
      const before = map.get(key) ?? none;
      const now = strongest([before, level]);
      if (now.certain === before.certain && now.possible === before.possible) return;
      map.set(key, now);
      grew = true;
    };
    for (const batch of this.world.batches.values())
      if (!this.world.isRemarkOnly(batch)) keep(this.batches, batch, this.overall(batch));
    for (const item of this.world.items.values()) keep(this.items, item, this.ofItem(item));
    return grew;
  }

  private origin(batch: Batch): Level {
    return ofTruth(askBatch(this.asked.rule, this.world, batch));
  }

  private edgeLevel(edge: Edge): Level {
    const named = edge.inputItem ? (this.items.get(edge.inputItem) ?? none) : this.levelOf(edge.input);
    return strongest([after(named, edge.from, edge.to), this.withoutLot(edge.leg)]);
  }

  /** What a movement without a lot could have carried: only what was affected by then. */
  private withoutLot(leg: Leg | undefined): Level {
    const match = leg && this.places.matches.get(leg);
    if (!match) return none;
    // nobody said when: at any time, unless what it could have been came later
    const since = leg.fact.at === ALWAYS && match.since <= leg.at ? ALWAYS : match.since;
    return strongest(
      [...match.candidates.keys()].map((batch) => {
        const some = strongest([
          this.levelOf(batch),
          ...batch.items.map((item) => this.items.get(item) ?? none),
        ]);
        return possibly(after(some, since, leg.until).possible);
      }),
    );
  }

  /** What the recorded inputs of a batch do to it. */
  private made(batch: Batch): Cause[] {
    const causes: Cause[] = [];
    const relabelled = (this.relabelled.get(batch) ?? []).map((edge) => this.edgeLevel(edge));
    // goods that got its label need not be like the rest
    const alike = relabelled.every(isSure);
    for (const [component, edges] of Map.groupBy(this.edges.get(batch) ?? [], (edge) => edge.input.gtin)) {
      const levels = edges.map((edge) => ({ edge, level: this.edgeLevel(edge) }));
      const any = strongest(levels.map(({ level }) => level));
      if (!isIn(any)) continue;
      const blended = levels
        .filter(({ edge }) => edge.mixing === 'BLENDED')
        .map(({ level }) => level.certain);
      // what is carried over may be none at all, so it never makes a step certain by itself
      const drawn = levels
        .filter(({ edge }) => edge.mixing !== 'CARRYOVER')
        .map(({ level }) => level.certain);
      const everyInput = levels.every(({ level }) => isSure(level)) ? Math.min(NEVER, ...drawn) : NEVER;
      const certain = alike ? Math.min(everyInput, ...blended) : NEVER;
      causes.push({ component, level: { certain, possible: any.possible } });
    }
    if (relabelled.some(isIn)) {
      const any = strongest(relabelled);
      const made = batch.runs.length > 0 || this.edges.has(batch);
      const only = !made && relabelled.every(isSure);
      causes.push({ level: only ? any : possibly(any.possible) });
    }
    return causes;
  }

  /** Everything but the rule that affects a batch as a whole. */
  private causes(batch: Batch): Cause[] {
    const causes = this.made(batch);
    // a lot number of several sources: whichever of them it is
    if (batch.lot !== '' && batch.source === '')
      for (const other of this.world.namesakes(batch))
        if (isIn(this.levelOf(other))) causes.push({ level: possibly(this.levelOf(other).possible) });
    // what went into the lot of unknown source may have gone into any of the known ones
    if (batch.source !== '') {
      const unsourced = this.world.batches.get(`${batch.gtin}/${batch.lot}/-`);
      const fed = unsourced ? this.made(unsourced).map((cause) => cause.level) : [];
      if (fed.some(isIn)) causes.push({ level: possibly(strongest(fed).possible) });
    }
    const runs = batch.runs.length > 0 ? batch.runs : [{}];
    for (const component of this.uncovered(batch)) {
      const since = this.couldHaveCome(component, batch, runs);
      if (since < NEVER) causes.push({ component, level: possibly(since) });
    }
    return causes;
  }

  /** How many of each component one unit wants at most, by these revisions; of an unknown revision, by any. */
  private wanted(gtin: string, revisions: (string | undefined)[]): [string, number][] {
    const { wants } = this.world.product(gtin);
    const known = revisions.every((code) => code !== undefined && wants.has(code));
    const codes = known && revisions.length > 0 ? (revisions as string[]) : [...wants.keys()];
    const most = new Map<string, number>();
    for (const code of codes)
      for (const [component, parts] of Map.groupBy(wants.get(code) ?? [], (part) => part.component)) {
        const perUnit = parts.reduce((sum, part) => sum + part.quantity, 0);
        most.set(component, Math.max(most.get(component) ?? 0, perUnit));
      }
    return [...most];
  }

  /** Components a batch's design wants and its recorded inputs do not cover. */
  private uncovered(batch: Batch): string[] {
    if (batch.lot === '' || (batch.runs.length === 0 && this.relabelled.has(batch))) return [];
    const wanted = this.wanted(
      batch.gtin,
      batch.runs.map((run) => run.revision),
    );
    return wanted.flatMap(([component, perUnit]) => {
      const recorded = (this.edges.get(batch) ?? [])
        .filter((edge) => edge.input.gtin === component && (edge.inputItem || edge.input.lot !== ''))
        .reduce((sum, edge) => sum + edge.quantity, 0);
      // or parts built into all its units one by one
      const units = Math.max(batch.items.length, batch.quantity ?? 0, 1);
      const built = batch.items.filter((item) => this.builtInto(item, component) >= perUnit).length;
      const covered =
        batch.quantity !== undefined && (recorded >= perUnit * batch.quantity || built >= units);
      return covered ? [] : [component];
    });
  }

  /** Components that the design of an item without a lot wants and its parts do not cover: it is as a batch of one. */
  private uncoveredItem(item: Item): string[] {
    if (item.batch.lot !== '' || (this.world.hasLots(item.gtin) && !item.told)) return [];
    // what only got another serial was made of what it was made of before
    const isMade = item.own.from !== undefined || item.own.site !== undefined;
    if (!isMade && this.isRelabelled(item)) return [];
    const wanted = this.wanted(item.gtin, [item.own.revision]);
    return wanted.flatMap(([component, perUnit]) =>
      this.builtInto(item, component) >= perUnit ? [] : [component],
    );
  }

  private builtInto(item: Item, component: string): number {
    return (this.fittings.get(item) ?? [])
      .filter((fitting) => fitting.gtin === component && this.isBuiltIn(fitting))
      .filter((fitting) => fitting.partItem || fitting.partBatch.lot !== '')
      .reduce((sum, fitting) => sum + fitting.quantity, 0);
  }

  private isRelabelled(item: Item): boolean {
    return this.world
      .of('relabels')
      .some(({ v }) => v.new_serial && this.world.item(v.new_gtin as string, v.new_serial) === item);
  }

  /** In from the beginning: what a workshop put in tells nothing of that. */
  private isBuiltIn({ id }: Fitting): boolean {
    return this.world.of('fittings').some((fact) => fact.id === id);
  }

  /** Since when affected goods of a component could have lain where something was made; infinity: they could not. */
  private couldHaveCome(component: string, made: Batch, runs: Run[]): number {
    const moments = [...this.world.batches.values()]
      .filter((other) => other.gtin === component && other.lot !== '' && other !== made)
      .flatMap((other) =>
        runs.map((run) => {
          const [from, to] = [run.from ?? ALWAYS, run.openEnd ? NEVER : (run.to ?? NEVER)];
          const born = Math.min(NEVER, ...other.runs.map((one) => one.from ?? ALWAYS));
          if (other.runs.length > 0 && born > to) return NEVER;
          const first = run.site === undefined ? ALWAYS : this.places.firstMoment(other, run.site, from, to);
          return after(this.levelOf(other), first, to).possible;
        }),
      );
    return Math.min(NEVER, ...moments);
  }

  /** A batch seen from outside: certain when any given unit of it is, possible when some of it is or may be. */
  private overall(batch: Batch): Level {
    const whole = strongest([this.origin(batch), ...this.causes(batch).map((cause) => cause.level)]);
    if (batch.items.length === 0 || batch.lot === '') return whole;
    const items = batch.items.map((item) => this.items.get(item) ?? none);
    const some = strongest(items);
    if (isFull(batch))
      return { certain: items.every(isSure) ? some.certain : NEVER, possible: some.possible };
    return {
      certain: items.every(isSure) ? whole.certain : NEVER,
      possible: Math.min(whole.possible, some.possible),
    };
  }

  /** Whether goods of a batch that have no serial are affected; some items of it alone do not make them so. */
  unserialised(batch: Batch): boolean {
    return isIn(strongest([this.origin(batch), ...this.causes(batch).map((cause) => cause.level)]));
  }

  private ofItem(item: Item): Level {
    const { batch } = item;
    const origin = ofTruth(askItem(this.asked.rule, this.world, item));
    const member = this.ownMemberOf(batch, item);
    // an item whose batch is not known could be of any batch of the product
    const perhaps =
      batch.lot === ''
        ? [...this.world.batches.values()]
            .filter(
              (other) =>
                other.gtin === item.gtin && other.lot !== '' && !isFull(other) && couldBeOf(item, other),
            )
            .flatMap((other) => this.memberOf(other, item))
            .map((level) => possibly(level.possible))
        : [];
    const parts = (this.fittings.get(item) ?? [])
      .filter((fitting) => this.counts(fitting))
      .map((fitting) => {
        const level = this.whileIn(fitting);
        const isSureToBeIn = this.asked.exposure === 'EVER' || this.isIn(fitting);
        return isSureToBeIn ? level : possibly(Math.min(level.certain, level.possible));
      });
    const before = this.world
      .of('relabels')
      .filter(({ v }) => v.new_serial && this.world.item(v.new_gtin as string, v.new_serial) === item)
      .map(({ id, v, at, until }) => {
        const goods = this.world.goods({ gtin: v.gtin as string, lot: v.lot, serial: v.serial });
        // the same goods under another serial, from then on: what is told of the old one later is still of them
        if (goods.item) return after(this.items.get(goods.item) ?? none, at, NEVER);
        return strongest([
          after(this.levelOf(goods.batch), at, until),
          this.withoutLot(this.legOf.get(id)?.[0]),
        ]);
      });
    const missing = this.uncoveredItem(item).map((component) =>
      possibly(this.couldHaveCome(component, batch, [item.own])),
    );
    return strongest([origin, ...member, ...perhaps, ...parts, ...before, ...missing]);
  }

  /** How the batch as a whole affects an item of it, but for what the item's own parts rule out. */
  private memberOf(batch: Batch, item: Item): Level[] {
    return this.causes(batch)
      .filter((cause) => cause.component === undefined || !this.rulesOut(item, cause.component))
      .map((cause) => cause.level);
  }

  /** A lot that surely has an affected component: parts told to be in from the beginning contradict that, and clear nothing. */
  private ownMemberOf(batch: Batch, item: Item): Level[] {
    return this.causes(batch)
      .filter(
        ({ component, level }) => component === undefined || !this.rulesOut(item, component, isSure(level)),
      )
      .map((cause) => cause.level);
  }

  private counts(fitting: Fitting): boolean {
    return this.asked.exposure === 'EVER' || this.isIn(fitting) || this.mayBeLeft(fitting);
  }

  /** A workshop took one out of an amount that nobody told: more may be in, where there is place for more. */
  private mayBeLeft({ id, parent, gtin, unknown, removedBy }: Fitting): boolean {
    if (!unknown || removedBy === undefined || removedBy === id) return false;
    const bills = this.billsOf(parent)
      .map((bill) => bill.filter((part) => part.component === gtin))
      .filter((bill) => bill.length > 0);
    const wantsOne = bills.every((bill) => bill.reduce((sum, part) => sum + part.quantity, 0) <= 1);
    return (bills.length === 0 || !wantsOne) && !this.rulesOut(parent, gtin);
  }

  /** Goods of a lot take part as they were when they left the lot, an item also as it changes while it is in. */
  private whileIn(fitting: Fitting): Level {
    const { from, to, partItem } = fitting;
    return after(this.partLevel(fitting), from, partItem ? to : from === ALWAYS ? NEVER : from);
  }

  private partLevel(fitting: Fitting): Level {
    if (fitting.partItem) return this.items.get(fitting.partItem) ?? none;
    // one that nobody saw being built in is told by its taking out alone
    const kind = fitting.removedBy === fitting.id && fitting.from === ALWAYS ? 'removed' : 'fitted';
    const lotless = (this.legOf.get(fitting.id) ?? []).filter((leg) => leg.kind === kind);
    return strongest([this.levelOf(fitting.partBatch), ...lotless.map((leg) => this.withoutLot(leg))]);
  }

  /** Whether recorded, unaffected parts cover all an item's design wants of a component, everywhere and all the time. */
  rulesOut(item: Item, component: string, surelyHad = false): boolean {
    if (surelyHad && this.asked.exposure === 'EVER') return false;
    const bills = this.billsOf(item).filter((bill) => bill.some((part) => part.component === component));
    const parts = (this.fittings.get(item) ?? []).filter(
      (fitting) => fitting.gtin === component && (this.asked.exposure === 'EVER' || this.isIn(fitting)),
    );
    const proves = (part: Fitting): boolean =>
      (part.partItem !== undefined || part.partBatch.lot !== '') &&
      !part.unknown &&
      !this.isElsewhere(part) &&
      !isIn(this.whileIn(part));
    if (bills.length === 0 || !parts.every(proves)) return false;
    const covers = (present: Fitting[]): boolean =>
      bills.every((bill) => coversBill(bill, component, present));
    // only what a workshop put in tells that what was in before is out
    if (this.asked.exposure === 'CURRENT')
      return covers(parts.filter((part) => !surelyHad || !this.isBuiltIn(part)));
    const ends = parts.map((part) => part.to).filter((to) => to < NEVER && to <= this.asked.asOf);
    return [ALWAYS, ...ends].every((moment) =>
      covers(parts.filter((part) => (this.isBuiltIn(part) || part.from <= moment) && part.to > moment)),
    );
  }

  private isIn(fitting: Fitting): boolean {
    return fitting.to === NEVER || fitting.to > this.asked.asOf;
  }

  /** The record has the same part in another item at that time: it proves nothing. */
  private isElsewhere(part: Fitting): boolean {
    return this.ledger.fittings.some(
      (other) =>
        part.partItem !== undefined &&
        other.partItem === part.partItem &&
        other.parent !== part.parent &&
        other.from < part.to &&
        part.from < other.to,
    );
  }

  /** What each revision wants that an item could be of. */
  private billsOf({ batch, gtin }: Item): WantedPart[][] {
    const { wants } = this.world.product(gtin);
    const codes = batch.runs.map((run) => run.revision);
    const known = codes.length > 0 && codes.every((code) => code !== undefined && wants.has(code));
    return [...wants].flatMap(([code, bill]) => (known && !codes.includes(code) ? [] : [bill]));
  }
}

/** Parts without a position may be at any; one at a position covers no other. */
function coversBill(bill: WantedPart[], component: string, present: Fitting[]): boolean {
  const wanted = bill.filter((part) => part.component === component);
  const at = (position: string): number =>
    present.filter((part) => part.position === position).reduce((sum, part) => sum + part.quantity, 0);
  const named = wanted.filter((part) => part.position !== '');
  const free =
    present.reduce((sum, part) => sum + part.quantity, 0) -
    named.reduce((sum, part) => sum + at(part.position), 0);
  const missing = wanted.reduce(
    (sum, part) => sum + Math.max(0, part.quantity - (part.position === '' ? 0 : at(part.position))),
    0,
  );
  return free >= missing;
}
