/** Happenings of production as rows: runs, inputs, items, parts built in. Each refers to what happened before where it can. */
import type { ChainRow, Values } from './chain.js';
import type { Features } from './features.js';
import { inputsOf, lots, pick, plants, products } from './fixed-world.js';

export interface Made {
  gtin: string;
  lot: string;
  source: string;
  site: string;
}
export interface Thing {
  gtin: string;
  serial: string;
}

/** Turns happenings into rows; each refers to what happened before where it can. */
export class Making {
  readonly rows: ChainRow[] = [];
  readonly made: Made[] = [];
  readonly things: Thing[] = [];
  /** Goods that are somewhere. */
  readonly stocks: { values: Values; site: string }[] = [];
  readonly units: string[] = [];
  readonly packed: Values[] = [];
  readonly sent: { from: string; to: string; values: Values }[] = [];
  readonly sold: { id: string; values: Values; site: string; receipt: string }[] = [];
  readonly back = new Set<string>();
  hour = 0;
  event = 0;
  minute = 0;

  constructor(readonly features: Features) {}

  row(kind: ChainRow['kind'], values: Values): void {
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

  at(hour = this.hour): string {
    const minutes = this.features.sameTimes ? 0 : this.minute;
    return new Date(Date.UTC(2026, 0, 1, hour, minutes)).toISOString();
  }

  quantity(n: number): string {
    return this.features.unknownAmounts && n % 7 === 6 ? '' : String(1 + (n % 6));
  }

  make(a: number, b: number, c: number, d: number, e: number): void {
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

  someBatch(n: number): Made {
    return this.made.length > 0 ? pick(this.made, n) : { gtin: '@g1', lot: 'A', source: '', site: '@l11' };
  }

  consume(a: number, b: number, c: number, d: number, e: number): void {
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

  item(a: number, b: number, c: number, d: number, e: number): void {
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

  fit(a: number, b: number, c: number, d: number, e: number): void {
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
}
