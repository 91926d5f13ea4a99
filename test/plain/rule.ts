// The rule asked of one batch or item: every leaf answers true, false or unknown, run by run.
import type { Batch, Item, Run, World } from './world.js';
import { gtin14 } from './world.js';

export type Truth = 'TRUE' | 'FALSE' | 'UNKNOWN';

export type NaiveLeaf =
  | { batch: { gtin: string; lot: string; source?: string } }
  | { product: { gtin: string } }
  | { designRevision: { gtin: string; code: string } }
  | { supplier: { gln: string } }
  | { produced: { gtin?: string; site?: string; line?: string; from?: string; to?: string } }
  | { serials: { gtin: string; scheme?: string; from?: string; to?: string; pattern?: string } }
  | { items: { gtin?: string; serial: string }[] }
  | { inspection: { gtin?: string; characteristic?: string; verdict?: string } }
  | { component: { gtin: string } };
export type NaiveRule = NaiveLeaf | { all: NaiveRule[] } | { any: NaiveRule[] } | { not: NaiveRule };

const is = (condition: boolean): Truth => (condition ? 'TRUE' : 'FALSE');

export function every(truths: Truth[]): Truth {
  if (truths.includes('FALSE')) return 'FALSE';
  return truths.includes('UNKNOWN') ? 'UNKNOWN' : 'TRUE';
}

const not = (truth: Truth): Truth => (truth === 'TRUE' ? 'FALSE' : truth === 'FALSE' ? 'TRUE' : 'UNKNOWN');
const some = (truths: Truth[]): Truth => not(every(truths.map(not)));

/** One answer for several runs: all alike, or unknown. */
export function agreed(truths: Truth[]): Truth {
  return truths.every((truth) => truth === truths[0]) ? (truths[0] as Truth) : 'UNKNOWN';
}

const same = (value: string | undefined, wanted: string): Truth =>
  value === undefined ? 'UNKNOWN' : is(value === wanted);

/** A serial's last digits as a number, and what stands before them. */
function numbered(serial: string): { prefix: string; number: bigint } | undefined {
  const match = /^(.*?)(\d+)$/.exec(serial);
  return match ? { prefix: match[1] as string, number: BigInt(match[2] as string) } : undefined;
}

function inRange(serial: string, from = '', to = ''): boolean {
  const own = numbered(serial);
  const low = numbered(from);
  const high = numbered(to);
  if (!own || own.prefix !== (low ?? high)?.prefix) return false;
  return (!low || own.number >= low.number) && (!high || own.number <= high.number);
}

interface Subject {
  world: World;
  batch: Batch;
  item?: Item;
}

/** Which revisions of this product have the component anywhere below; a part may be of any revision of its own. */
function havingComponent(world: World, gtin: string, component: string): Map<string, Truth> {
  return new Map(
    [...world.product(gtin).wants].map(([code, parts]) => [
      code,
      some(
        parts.map((part) => {
          if (part.component === component) return 'TRUE';
          const below = [...havingComponent(world, part.component, component).values()];
          return below.length === 0 ? 'FALSE' : agreed(below);
        }),
      ),
    ]),
  );
}

/** Of a revision that nobody told it is not known whether it has what some revision has. */
function hasComponent(world: World, gtin: string, revision: string | undefined, component: string): Truth {
  const having = havingComponent(world, gtin, component);
  const told = revision === undefined ? undefined : having.get(revision);
  if (told !== undefined) return told;
  return [...having.values()].every((truth) => truth === 'FALSE') ? 'FALSE' : 'UNKNOWN';
}

function producedIn(rule: { site?: string; line?: string; from?: string; to?: string }, run: Run): Truth[] {
  const truths: Truth[] = [];
  if (rule.site) truths.push(same(run.site, rule.site));
  if (rule.line) truths.push(same(run.line, rule.line));
  if (!rule.from && !rule.to) return truths;
  const low = rule.from ? Date.parse(rule.from) : Number.NEGATIVE_INFINITY;
  const high = rule.to ? Date.parse(rule.to) : Number.POSITIVE_INFINITY;
  const from = run.from ?? Number.NEGATIVE_INFINITY;
  const to = run.openEnd ? Number.POSITIVE_INFINITY : (run.to ?? Number.POSITIVE_INFINITY);
  if (from >= low && to <= high) truths.push('TRUE');
  else truths.push(to < low || from > high ? 'FALSE' : 'UNKNOWN');
  return truths;
}

/** An item whose lot is not known could be of any lot, but for those whose items account for all that was made. */
function couldBeOf(
  world: World,
  { gtin, lot, source }: { gtin: string; lot: string; source?: string },
): Truth {
  const named = [...world.batches.values()].filter(
    (one) =>
      one.gtin === gtin14(gtin) &&
      one.lot === lot &&
      (!source || one.source === '' || one.source === source) &&
      !world.isRemarkOnly(one),
  );
  const full = named.every((one) => one.quantity !== undefined && one.items.length >= one.quantity);
  return named.length > 0 && full ? 'FALSE' : 'UNKNOWN';
}

function askLeaf(rule: NaiveLeaf, { world, batch, item }: Subject, run: Run): Truth {
  if ('batch' in rule) {
    if (batch.gtin !== gtin14(rule.batch.gtin)) return 'FALSE';
    if (batch.lot === '') return item ? couldBeOf(world, rule.batch) : 'UNKNOWN';
    if (batch.lot !== rule.batch.lot) return 'FALSE';
    if (!rule.batch.source || rule.batch.source === batch.source) return 'TRUE';
    return batch.source === '' ? 'UNKNOWN' : 'FALSE';
  }
  if ('product' in rule) return is(batch.gtin === gtin14(rule.product.gtin));
  if ('designRevision' in rule)
    return batch.gtin === gtin14(rule.designRevision.gtin)
      ? same(run.revision, rule.designRevision.code)
      : 'FALSE';
  if ('supplier' in rule) {
    const isTheirs = (site: string): boolean => (world.sites.get(site)?.party ?? site) === rule.supplier.gln;
    if (run.site !== undefined) return is(isTheirs(run.site));
    // the site that gave a lot its number speaks for having made it
    return isTheirs(batch.source) ? 'TRUE' : 'UNKNOWN';
  }
  if ('produced' in rule) {
    const ofProduct = rule.produced.gtin ? [is(batch.gtin === gtin14(rule.produced.gtin))] : [];
    return every([...ofProduct, ...producedIn(rule.produced, run)]);
  }
  if ('serials' in rule) {
    if (batch.gtin !== gtin14(rule.serials.gtin)) return 'FALSE';
    // a number that no record holds is a gap, and makes no goods without a serial an origin
    if (!item) return 'FALSE';
    if (rule.serials.scheme === 'PREFIX') return is(item.serial.startsWith(rule.serials.pattern ?? ''));
    return is(inRange(item.serial, rule.serials.from, rule.serials.to));
  }
  if ('items' in rule)
    return is(
      rule.items.some(
        (one) => item && one.serial === item.serial && (!one.gtin || gtin14(one.gtin) === item.gtin),
      ),
    );
  if ('component' in rule) return hasComponent(world, batch.gtin, run.revision, gtin14(rule.component.gtin));
  return askInspection(rule.inspection, { world, batch, item });
}

/** An inspection that was never made says nothing either way. */
function askInspection(
  rule: { gtin?: string; characteristic?: string; verdict?: string },
  { world, batch, item }: Subject,
): Truth {
  if (rule.gtin && gtin14(rule.gtin) !== batch.gtin) return 'FALSE';
  const made = world.of('inspections').filter(({ v }) => {
    if (rule.characteristic && v.characteristic !== rule.characteristic) return false;
    if (v.serial) return item === world.item(v.gtin as string, v.serial);
    return v.lot && batch === world.batch(v.gtin as string, v.lot);
  });
  const own = made.filter(({ v }) => v.serial);
  const asked = own.length > 0 ? own : made;
  if (asked.length === 0) return 'UNKNOWN';
  return is(asked.some(({ v }) => !rule.verdict || v.verdict === rule.verdict));
}

/** The rule asked of a subject as made in one run. */
export function ask(rule: NaiveRule, subject: Subject, run: Run): Truth {
  if ('all' in rule) return every(rule.all.map((part) => ask(part, subject, run)));
  if ('any' in rule) return some(rule.any.map((part) => ask(part, subject, run)));
  if ('not' in rule) return not(ask(rule.not, subject, run));
  return askLeaf(rule, subject, run);
}

/** What an item says of itself goes before what its run says. */
export const merged = (own: Run, run: Run): Run => ({
  site: own.site ?? run.site,
  line: own.line ?? run.line,
  revision: own.revision ?? run.revision,
  ...(own.from === undefined
    ? { from: run.from, to: run.to, openEnd: run.openEnd }
    : { from: own.from, to: own.to }),
});

/**
 * The runs a rule is asked of: those of the batch; without any, those of the goods it is, a run nobody told where they have
 * none either. A lot without a source is like one of that lot from a source; what was relabelled was made under its
 * label before.
 */
function runsOfGoods(world: World, batch: Batch, seen: ReadonlySet<Batch> = new Set()): Run[] {
  if (batch.runs.length > 0 || batch.lot === '' || seen.has(batch)) return batch.runs;
  const before = world
    .of('relabels')
    .filter(({ v }) => !v.new_serial && world.batch(v.new_gtin as string, v.new_lot as string) === batch)
    .map(({ v }) => world.goods({ gtin: v.gtin as string, lot: v.lot, serial: v.serial }).batch);
  const others = batch.source === '' ? world.namesakes(batch) : [];
  return [
    ...others.flatMap((other) => (other.runs.length > 0 ? other.runs : [{}])),
    ...before.flatMap((other) => {
      const runs = runsOfGoods(world, other, new Set([...seen, batch]));
      return runs.length > 0 ? runs : [{}];
    }),
  ];
}

/**
 * The runs an item can be of: those whose place and revision its own attributes do not contradict, and of these the ones of
 * its time, if any. One that contradicts each is of a run nobody told.
 */
export function runsOf(world: World, { own, batch }: Item): Run[] {
  const differ = <T>(one: T | undefined, other: T | undefined): boolean =>
    one !== undefined && other !== undefined && one !== other;
  const alike = runsOfGoods(world, batch).filter(
    (run) =>
      !differ(own.site, run.site) && !differ(own.line, run.line) && !differ(own.revision, run.revision),
  );
  if (alike.length === 0) return [own];
  const inTime = alike.filter(
    (run) =>
      !(own.to !== undefined && run.from !== undefined && own.to < run.from) &&
      !(own.from !== undefined && run.to !== undefined && !run.openEnd && own.from > run.to),
  );
  return (inTime.length > 0 ? inTime : alike).map((run) => merged(own, run));
}

/**
 * A rule asked of goods without a lot where lots are on record: nothing but the product names them. What a condition under
 * `not` does not know of them leaves them in, perhaps.
 */
function askWithoutLot(rule: NaiveRule, subject: Subject, isNamed = true): Truth {
  if ('all' in rule) return every(rule.all.map((part) => askWithoutLot(part, subject, isNamed)));
  if ('any' in rule) return some(rule.any.map((part) => askWithoutLot(part, subject, isNamed)));
  if ('not' in rule) return not(askWithoutLot(rule.not, subject, !isNamed));
  const truth = askLeaf(rule, subject, {});
  return isNamed && truth === 'UNKNOWN' ? 'FALSE' : truth;
}

/**
 * Of the goods of a batch that have no serial. The unknown-lot batch is an origin of the leaf `product` only; where no
 * lot of its product is on record, it can be of any.
 */
export function askBatch(rule: NaiveRule, world: World, batch: Batch): Truth {
  if (batch.lot === '') {
    if (!world.hasLots(batch.gtin)) return ask(rule, { world, batch }, {});
    return askWithoutLot(rule, { world, batch });
  }
  const runs = runsOfGoods(world, batch);
  return agreed((runs.length > 0 ? runs : [{}]).map((run) => ask(rule, { world, batch }, run)));
}

export const askItem = (rule: NaiveRule, world: World, item: Item): Truth =>
  agreed(runsOf(world, item).map((run) => ask(rule, { world, batch: item.batch, item }, run)));
