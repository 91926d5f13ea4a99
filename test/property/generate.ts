/** Chains as fast-check makes them: a small fixed world of makers, shops and products, and a list of things that happen. */
import fc from 'fast-check';
import type { ChainRow, GeneratedChain, Question, Values } from './chain.js';

/** Kinds of happenings the generator may use; widened as engine and plain walk agree. */
export interface Features {
  items: boolean;
  fittings: boolean;
  design: boolean;
  movements: boolean;
  lotless: boolean;
  units: boolean;
  corrections: boolean;
  sameTimes: boolean;
  imprecise: boolean;
  unknownAmounts: boolean;
  unknownLots: boolean;
  namesakes: boolean;
  relabels: boolean;
  services: boolean;
  severalRuns: boolean;
  returnsElsewhere: boolean;
  /** Runs without an end where items have no lot. */
  openRuns: boolean;
  /** A source that only a voided event names. */
  voidedSources: boolean;
  /** One serial sold or returned twice in a row. */
  doubledReturns: boolean;
}

/**
 * What engine and plain walk agree on. Not compared yet: bills of materials (missing genealogy, as-built evidence), goods without a
 * lot, relabels, one serial sold or returned twice in a row.
 */
export const agreed: Features = {
  items: true,
  fittings: true,
  design: false,
  movements: true,
  lotless: false,
  units: true,
  corrections: true,
  sameTimes: true,
  imprecise: true,
  unknownAmounts: true,
  unknownLots: true,
  namesakes: true,
  relabels: false,
  services: true,
  severalRuns: true,
  returnsElsewhere: true,
  openRuns: true,
  voidedSources: true,
  doubledReturns: false,
};

interface Happening {
  kind: Kind;
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  /** Hours since the happening before. */
  later: number;
}

const kinds = [
  'make',
  'consume',
  'item',
  'fit',
  'pack',
  'unpack',
  'ship',
  'receive',
  'sell',
  'takeBack',
  'register',
  'service',
  'relabel',
  'dispose',
  'count',
  'hold',
  'inspect',
  'void',
] as const;
type Kind = (typeof kinds)[number];

const plants = ['@l11', '@l12'];
const stores = ['@l14', '@l15'];
const sites = ['@l11', '@l12', '@l13', '@l14', '@l15', '@l16'];
const lots = ['A', 'B', 'C'];
/** Each product with what it can be made of. */
const inputsOf: Record<string, string[]> = {
  '@g1': ['@g3', '@g4', '@g1'],
  '@g2': ['@g4', '@g1', '@g5'],
  '@g3': ['@g5', '@g3'],
  '@g4': ['@g5', '@g3'],
  '@g5': ['@g5'],
};
const products = Object.keys(inputsOf);

const world = (design: boolean): ChainRow[] => [
  ...[
    ['@l1', 'Maker', 'MANUFACTURER'],
    ['@l2', 'Supplier', 'SUPPLIER'],
    ['@l3', 'Distributor', 'DISTRIBUTOR'],
    ['@l4', 'Retailer', 'RETAILER'],
    ['@l5', 'Service', 'SERVICE'],
  ].map(
    ([gln, name, roles]): ChainRow => ({
      kind: 'parties',
      values: { gln: gln as string, name: name as string, roles: roles as string },
    }),
  ),
  ...[
    ['@l11', '@l1', 'PLANT'],
    ['@l12', '@l2', 'PLANT'],
    ['@l13', '@l3', 'WAREHOUSE'],
    ['@l14', '@l4', 'STORE'],
    ['@l15', '@l4', 'STORE'],
    ['@l16', '@l5', 'WORKSHOP'],
  ].map(
    ([gln, party, kind]): ChainRow => ({
      kind: 'sites',
      values: { gln: gln as string, party_gln: party as string, name: gln as string, kind: kind as string },
    }),
  ),
  ...[
    ['@g1', 'FINISHED', 'PCE'],
    ['@g2', 'FINISHED', 'PCE'],
    ['@g3', 'COMPONENT', 'PCE'],
    ['@g4', 'COMPONENT', 'PCE'],
    ['@g5', 'MATERIAL', 'KGM'],
  ].map(
    ([gtin, kind, unit]): ChainRow => ({
      kind: 'products',
      values: {
        gtin: gtin as string,
        owner_gln: '@l1',
        name: gtin as string,
        kind: kind as string,
        unit: unit as string,
      },
    }),
  ),
  { kind: 'packaging', values: { gtin: '@g9', contains_gtin: '@g1', quantity: '4' } },
  ...(design ? designRows : []),
];

const designRows: ChainRow[] = [
  ...['@g1', '@g2', '@g3'].map(
    (gtin): ChainRow => ({ kind: 'design_revisions', values: { gtin, code: 'R1', state: 'RELEASED' } }),
  ),
  { kind: 'design_revisions', values: { gtin: '@g1', code: 'R2', state: 'RELEASED' } },
  ...[
    ['@g1', 'R1', '@g3', '1', 'left'],
    ['@g1', 'R1', '@g3', '1', 'right'],
    ['@g1', 'R1', '@g4', '1', ''],
    ['@g1', 'R2', '@g3', '1', ''],
    ['@g2', 'R1', '@g4', '2', ''],
    ['@g3', 'R1', '@g5', '0.5', ''],
  ].map(
    ([gtin, revision, component, quantity, position]): ChainRow => ({
      kind: 'bill_of_materials',
      values: {
        gtin: gtin as string,
        revision: revision as string,
        component_gtin: component as string,
        quantity: quantity as string,
        position: position as string,
      },
    }),
  ),
];

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

interface Made {
  gtin: string;
  lot: string;
  source: string;
  site: string;
}
interface Thing {
  gtin: string;
  serial: string;
}

/** Turns happenings into rows; each refers to what happened before where it can. */
class Builder {
  readonly rows: ChainRow[] = [];
  readonly made: Made[] = [];
  readonly things: Thing[] = [];
  /** Goods that are somewhere. */
  private readonly stocks: { values: Values; site: string }[] = [];
  private readonly units: string[] = [];
  private readonly packed: Values[] = [];
  private readonly sent: { from: string; to: string; values: Values }[] = [];
  private readonly sold: { id: string; values: Values; site: string; receipt: string }[] = [];
  private readonly back = new Set<string>();
  private hour = 0;
  private event = 0;
  private minute = 0;

  constructor(private readonly features: Features) {}

  private row(kind: ChainRow['kind'], values: Values): void {
    const id = `@e${this.event}`;
    this.event += 1;
    this.rows.push({
      kind,
      values: {
        event_id: id,
        ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')),
      },
    });
  }

  private at(hour = this.hour): string {
    const minutes = this.features.sameTimes ? 0 : this.minute;
    return new Date(Date.UTC(2026, 0, 1, hour, minutes)).toISOString();
  }

  play({ kind, a, b, c, d, e, later }: Happening): void {
    this.hour += later;
    this.minute = (this.minute + 1) % 60;
    this[kind](a, b, c, d, e);
  }

  private quantity(n: number): string {
    return this.features.unknownAmounts && n % 7 === 6 ? '' : String(1 + (n % 6));
  }

  private make(a: number, b: number, c: number, d: number, e: number): void {
    const gtin = pick(products, a);
    const lot = pick(lots, b);
    const known = this.made.find((one) => one.gtin === gtin && one.lot === lot);
    const site = known && !this.features.severalRuns ? known.site : pick(plants, c);
    const source = this.features.namesakes && d % 2 === 0 ? site : '';
    const revision = this.features.design ? pick(['R1', 'R1', '', gtin === '@g1' ? 'R2' : 'R1'], e) : '';
    this.row('batches', {
      gtin,
      lot,
      source,
      revision,
      site_gln: site,
      line: pick(['L1', 'L2', ''], d + e),
      produced_from: this.at(),
      produced_to: d % 3 === 0 || !this.features.openRuns ? this.at(this.hour + (e % 4)) : '',
      quantity: this.quantity(d + 2 * e),
    });
    this.made.push({ gtin, lot, source, site });
    this.stocks.push({ values: { gtin, lot }, site });
  }

  private someBatch(n: number): Made {
    return this.made.length > 0 ? pick(this.made, n) : { gtin: '@g1', lot: 'A', source: '', site: '@l11' };
  }

  private consume(a: number, b: number, c: number, d: number, e: number): void {
    const output = this.someBatch(a);
    const fitting = this.made.filter((one) => inputsOf[output.gtin]?.includes(one.gtin) && one !== output);
    const input =
      fitting.length > 0 && b % 8 !== 7
        ? pick(fitting, b)
        : { gtin: pick(inputsOf[output.gtin] ?? [], b), lot: pick(lots, c), source: '' };
    const things = this.things.filter((thing) => thing.gtin === input.gtin);
    const serial = this.features.items && things.length > 0 && d % 5 === 4 ? pick(things, c).serial : '';
    const lot = serial || (this.features.lotless && d % 5 === 3) ? '' : input.lot;
    if (output.gtin === input.gtin && output.lot === lot) return;
    this.row('consumption', {
      gtin: output.gtin,
      lot: output.lot,
      source: e % 3 === 0 ? output.source : '',
      input_gtin: input.gtin,
      input_lot: lot,
      input_serial: serial,
      input_source: lot && e % 2 === 0 ? input.source : '',
      quantity: serial ? '' : this.quantity(e + c),
      at: this.features.imprecise && e % 4 === 0 ? '' : this.at(),
      mixing: pick(['', '', 'DISCRETE', 'BLENDED', 'CARRYOVER'], c + d),
    });
  }

  private item(a: number, b: number, c: number, d: number, e: number): void {
    if (!this.features.items) return;
    const batches = this.made.filter((one) => one.gtin !== '@g5');
    const batch = batches.length > 0 ? pick(batches, a) : { gtin: '@g1', lot: 'A', source: '', site: '@l11' };
    const serial = `S${b % 6}`;
    if (this.things.some((thing) => thing.gtin === batch.gtin && thing.serial === serial)) return;
    const lot = this.features.unknownLots && c % 8 === 7 ? '' : batch.lot;
    this.row('items', {
      gtin: batch.gtin,
      serial,
      lot,
      source: lot && d % 3 === 0 ? batch.source : '',
      produced_at: d % 4 === 3 ? '' : this.at(),
      site_gln: e % 4 === 0 ? batch.site : '',
      line: e % 4 === 1 ? pick(['L1', 'L2'], c) : '',
      revision: this.features.design && e % 5 === 4 ? 'R1' : '',
    });
    this.things.push({ gtin: batch.gtin, serial });
    this.stocks.push({ values: { gtin: batch.gtin, serial }, site: batch.site });
  }

  private fit(a: number, b: number, c: number, d: number, e: number): void {
    if (!this.features.fittings) return;
    const parents = this.things.filter(
      (thing) => thing.gtin === '@g1' || thing.gtin === '@g2' || thing.gtin === '@g3',
    );
    if (parents.length === 0) return;
    const parent = pick(parents, a);
    const gtin =
      pick(inputsOf[parent.gtin]?.filter((one) => one !== '@g5' && one !== parent.gtin) ?? [], b) ?? '@g4';
    const parts = this.things.filter((thing) => thing.gtin === gtin);
    const batches = this.made.filter((one) => one.gtin === gtin);
    const serial = parts.length > 0 && c % 2 === 0 ? pick(parts, d).serial : '';
    const lot = serial || batches.length === 0 ? '' : pick(batches, d).lot;
    if (!serial && !lot && !this.features.lotless) return;
    this.row('fittings', {
      gtin: parent.gtin,
      serial: parent.serial,
      part_gtin: gtin,
      part_serial: serial,
      part_lot: this.features.lotless && c % 4 === 3 ? '' : lot,
      quantity: serial ? '' : this.features.unknownAmounts && e % 7 === 6 ? '' : '1',
      position: gtin === '@g3' ? pick(['left', 'right', ''], e) : '',
      fitted_at: this.at(),
      removed_at: e % 4 === 3 ? this.at(this.hour + 1 + (d % 9)) : '',
    });
  }

  /** Goods as a row names them, and where they are thought to be. */
  private goods(a: number, b: number, wanted: readonly string[]): { values: Values; site: string } {
    const here = this.stocks.filter((stock) => wanted.includes(stock.site));
    const stock =
      here.length > 0 && a % 6 !== 5
        ? pick(here, a)
        : this.stocks.length > 0
          ? pick(this.stocks, a + b)
          : undefined;
    if (!stock) return { values: { gtin: '@g1', lot: 'A', quantity: '1' }, site: '@l11' };
    const { gtin, lot, serial, sscc } = stock.values;
    if (sscc) return stock;
    if (this.features.lotless && b % 5 === 4)
      return { values: { gtin: gtin ?? '@g1', quantity: this.quantity(b) }, site: stock.site };
    if (serial) return { values: { gtin: gtin ?? '', serial }, site: stock.site };
    return { values: { gtin: gtin ?? '', lot: lot ?? '', quantity: this.quantity(b) }, site: stock.site };
  }

  private ship(a: number, b: number, c: number, d: number): void {
    const { values, site } = this.goods(a, b, ['@l11', '@l12', '@l13']);
    const to = pick(
      sites.filter((one) => one !== site),
      c + d,
    );
    const abroad = c % 12 === 11;
    this.row('shipments', {
      from_gln: site,
      ...(abroad ? { to_name: pick(['Alp', 'Fjord'], d), to_country: 'CH' } : { to_gln: to }),
      ...values,
      shipped_at: this.at(),
    });
    if (!abroad) this.sent.push({ from: site, to, values });
  }

  private receive(a: number, b: number, c: number, d: number): void {
    const [sent] = a % 7 === 6 ? [] : this.sent.splice(a % Math.max(1, this.sent.length), 1);
    const { from, to, values } = sent ?? {
      from: '',
      to: pick(sites, b),
      values: this.goods(c, d, sites).values,
    };
    this.row('receipts', {
      from_gln: b % 2 === 0 ? from : '',
      to_gln: to,
      ...values,
      received_at: this.at(),
    });
    if (
      !values.serial ||
      !this.stocks.some((stock) => stock.values.serial === values.serial && stock.site === to)
    )
      this.stocks.push({ values, site: to });
  }

  private buyer(c: number, d: number): Values {
    const who = String(d % 5);
    switch (c % 6) {
      case 0:
        return {};
      case 1:
        return { buyer_ref: `@p${who}` };
      case 2:
        return { buyer_email: `@p${who}@x.example` };
      case 3:
        return { buyer_phone: `@t${who}` };
      case 4:
        return { buyer_name: `Buyer ${who}` };
      default:
        return { buyer_ref: `@p${who}`, buyer_email: `@p${who}@x.example` };
    }
  }

  private sell(a: number, b: number, c: number, d: number, e: number): void {
    const { values, site } = this.goods(a, b, stores);
    if (values.sscc) return;
    const twice = this.sold.some(
      (one) => one.values.serial === values.serial && one.values.gtin === values.gtin,
    );
    if (values.serial && twice && !this.features.doubledReturns) return;
    this.sold.push({ id: `@e${this.event}`, values, site, receipt: e % 3 === 0 ? `r${this.event}` : '' });
    this.row('sales', {
      site_gln: site,
      ...values,
      sold_at: this.at(),
      receipt: this.sold.at(-1)?.receipt ?? '',
      ...this.buyer(c, d),
    });
  }

  private takeBack(a: number, b: number, c: number, d: number, e: number): void {
    const sale = this.sold.length > 0 && a % 7 !== 6 ? pick(this.sold, a) : undefined;
    const values = sale?.values ?? this.goods(b, c, stores).values;
    if (values.sscc) return;
    if (!this.features.doubledReturns) {
      const key = sale?.id ?? `${values.gtin} ${values.serial}`;
      if ((sale || values.serial) && this.back.has(key)) return;
      this.back.add(key).add(`${values.gtin} ${values.serial}`);
    }
    const named = c % 4;
    this.row('returns', {
      site_gln: sale && d % 3 !== 2 ? sale.site : pick(stores, d),
      ...values,
      ...(values.serial || b % 2 === 0 ? {} : { quantity: '1' }),
      returned_at: this.at(),
      sale_event_id: sale && named === 0 ? sale.id : '',
      receipt:
        sale && named === 1 && (stores.includes(sale.site) || this.features.returnsElsewhere)
          ? sale.receipt
          : '',
      to: pick(
        ['STOCK', 'HOLD', 'SCRAP', 'MAKER', 'UNKNOWN', this.features.returnsElsewhere ? '' : 'STOCK'],
        e,
      ),
    });
  }

  private register(a: number, b: number, c: number, d: number): void {
    if (this.things.length === 0) return;
    const thing = pick(this.things, a);
    this.row('registrations', {
      gtin: thing.gtin,
      serial: thing.serial,
      registered_at: this.at(),
      ended_at: b % 3 === 0 ? this.at(this.hour + 1 + (b % 9)) : '',
      kind: pick(['OWNER', 'OWNER', 'LESSEE', 'LOAN'], b),
      ...this.buyer(2 + (c % 2), d),
    });
  }

  private dispose(a: number, b: number, c: number): void {
    const { values, site } = this.goods(a, b, sites);
    if (values.sscc) return;
    this.row('disposals', {
      site_gln: site,
      ...values,
      disposed_at: this.at(),
      reason: pick(['SCRAPPED', 'LOST'], c),
    });
  }

  private count(a: number, _b: number, c: number, d: number): void {
    const { values, site } = this.goods(a, 0, [...stores, '@l13']);
    if (!values.gtin) return;
    this.row('counts', {
      site_gln: site,
      gtin: values.gtin,
      lot: c % 2 === 0 ? (values.lot ?? '') : '',
      quantity: d % 3 === 0 ? '2' : '0',
      counted_at: this.at(),
    });
  }

  private pack(a: number, b: number, c: number, d: number): void {
    if (!this.features.units) return;
    const unit = `@u${a % 3}`;
    if (this.units.length > 0 && b % 5 === 4 && pick(this.units, c) !== unit) {
      this.row('packings', { sscc: unit, content_sscc: pick(this.units, c), packed_at: this.at() });
    } else {
      const { values, site } = this.goods(b, c, ['@l11', '@l12', '@l13']);
      if (values.sscc) return;
      this.row('packings', {
        sscc: unit,
        content_gtin: d % 6 === 5 && values.gtin === '@g1' && values.lot ? '@g9' : (values.gtin ?? ''),
        content_lot: values.lot ?? '',
        content_serial: values.serial ?? '',
        quantity: values.quantity ?? '',
        packed_at: this.at(),
        unpacked_at: d % 4 === 3 ? this.at(this.hour + 2 + (c % 20)) : '',
        site_gln: site,
      });
      if (!this.units.includes(unit)) this.stocks.push({ values: { sscc: unit }, site });
    }
    if (!this.units.includes(unit)) this.units.push(unit);
    this.packed.push(this.rows.at(-1)?.values ?? {});
  }

  private unpack(a: number, b: number, c: number): void {
    if (this.packed.length === 0) return;
    const {
      sscc = '',
      content_sscc = '',
      content_gtin = '',
      content_lot = '',
      content_serial = '',
    } = pick(this.packed, a);
    const all = b % 3 === 0;
    this.row('packings', {
      sscc,
      ...(all
        ? {}
        : {
            content_sscc,
            content_gtin,
            content_lot,
            content_serial,
            quantity: content_lot ? String(1 + (c % 3)) : '',
          }),
      unpacked_at: this.at(),
    });
  }

  private service(a: number, b: number, c: number, d: number, e: number): void {
    if (!this.features.services) return;
    const fitted = this.rows.filter((row) => row.kind === 'fittings');
    if (fitted.length === 0) return;
    const {
      gtin = '',
      serial = '',
      part_gtin = '',
      part_serial = '',
      part_lot = '',
    } = pick(fitted, a).values;
    const spares = this.things.filter((thing) => thing.gtin === part_gtin && thing.serial !== part_serial);
    const out: Values =
      b % 4 !== 3
        ? {
            part_out_gtin: part_gtin,
            part_out_serial: part_serial,
            part_out_lot: part_serial ? '' : part_lot,
            part_out_to: pick(['MAKER', 'HOLD', 'SCRAP', 'RESTOCK', 'CUSTOMER', 'UNKNOWN'], e),
          }
        : {};
    const into: Values =
      c % 4 === 3
        ? {}
        : spares.length > 0 && d % 2 === 0
          ? { part_in_gtin: part_gtin, part_in_serial: pick(spares, d).serial }
          : {
              part_in_gtin: part_gtin,
              part_in_lot: this.features.lotless && d % 5 === 4 ? '' : pick(lots, d),
            };
    this.row('services', {
      site_gln: e % 5 === 4 ? '' : '@l16',
      gtin,
      serial,
      ...out,
      ...into,
      serviced_at: this.at(),
    });
  }

  private relabel(a: number, _b: number, c: number, d: number): void {
    const { values, site } = this.goods(a, 0, sites);
    if (values.sscc || !values.gtin) return;
    const serial = values.serial ?? '';
    const fresh = serial || d % 4 === 3 ? `N${c % 4}` : '';
    if (fresh && this.things.some((thing) => thing.gtin === values.gtin && thing.serial === fresh)) return;
    const lot = fresh && d % 2 === 0 ? '' : pick(['D', 'E', ...lots], c);
    if (!fresh && lot === values.lot) return;
    this.row('relabels', {
      gtin: values.gtin,
      lot: values.lot ?? '',
      serial,
      new_gtin: values.gtin,
      new_lot: lot,
      new_serial: fresh,
      quantity: fresh ? '' : (values.quantity ?? ''),
      site_gln: site,
      relabelled_at: this.at(),
    });
    if (fresh) this.things.push({ gtin: values.gtin, serial: fresh });
    this.stocks.push({
      values: fresh ? { gtin: values.gtin, serial: fresh } : { gtin: values.gtin, lot },
      site,
    });
  }

  private hold(): void {}

  private inspect(a: number, b: number, c: number): void {
    const { values } = this.goods(a, 0, sites);
    if (!values.gtin || values.sscc) return;
    const { gtin, lot = '', serial = '' } = values;
    this.row('inspections', {
      gtin,
      lot,
      serial,
      characteristic: pick(['torque', 'weld'], b),
      verdict: pick(['PASS', 'FAIL'], c),
      inspected_at: this.at(),
    });
  }

  private void(a: number, b: number): void {
    if (this.event === 0) return;
    const voided = a % 5 === 4 ? this.event + (b % 4) + 1 : (a * 7 + b) % this.event;
    if (!this.features.voidedSources && (voided >= this.event || this.rows[voided]?.values.source)) return;
    this.row('voids', {
      voided_event_id: `@e${voided}`,
      voided_at: this.at(),
      reason: 'did not happen',
    });
  }
}

const weights: Record<Kind, number> = {
  make: 5,
  consume: 7,
  item: 5,
  fit: 6,
  pack: 2,
  unpack: 1,
  ship: 4,
  receive: 4,
  sell: 5,
  takeBack: 2,
  register: 2,
  service: 2,
  relabel: 1,
  dispose: 1,
  count: 2,
  hold: 1,
  inspect: 1,
  void: 1,
};

const small = fc.nat({ max: 41 });
const happening = (features: Features): fc.Arbitrary<Happening> =>
  fc.record({
    kind: fc.oneof(
      ...kinds
        .filter((kind) => enabled(kind, features))
        .map((kind) => ({ weight: weights[kind], arbitrary: fc.constant(kind) })),
    ),
    a: small,
    b: small,
    c: small,
    d: small,
    e: small,
    later: fc.nat({ max: 5 }),
  });

function enabled(kind: Kind, features: Features): boolean {
  if (kind === 'make' || kind === 'consume') return true;
  if (kind === 'item') return features.items;
  if (kind === 'fit') return features.fittings;
  if (kind === 'service') return features.services;
  if (kind === 'relabel') return features.relabels;
  if (kind === 'void') return features.corrections;
  return features.movements;
}

function questionsOf(builder: Builder, picks: number[]): Question[] {
  return picks.map((at): Question => {
    const { gtin, lot } = builder.made.length > 0 ? pick(builder.made, at) : { gtin: '@g1', lot: 'A' };
    return { rule: { batch: { gtin, lot } }, exposure: 'EVER', asOf: null };
  });
}

/** Deterministic order from a number: each row gets a draw, rows are sorted by it. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed + 1;
  return list
    .map((value) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return { value, draw: state };
    })
    .sort((x, y) => x.draw - y.draw)
    .map(({ value }) => value);
}

export const chains = (features: Features): fc.Arbitrary<GeneratedChain> =>
  fc
    .record({
      happenings: fc.array(happening(features), { minLength: 6, maxLength: 28, size: 'max' }),
      order: fc.nat({ max: 1000 }),
      picks: fc.array(fc.nat({ max: 200 }), { minLength: 2, maxLength: 2 }),
    })
    .map(({ happenings, order, picks }) => {
      const builder = new Builder(features);
      for (const one of happenings) builder.play(one);
      return {
        portions: [[...world(features.design), ...shuffled(builder.rows, order)]],
        questions: questionsOf(builder, picks),
      };
    });
