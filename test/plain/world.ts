// What the facts speak of: parties and sites, products and cases, batches with their runs, items with their attributes.
import type { Fact } from './rows.js';
import { span } from './rows.js';

export interface Run {
  site?: string;
  line?: string;
  revision?: string;
  from?: number;
  to?: number;
  /** No end is told: the run may have gone on. */
  openEnd?: boolean;
}

export interface Batch {
  key: string;
  gtin: string;
  /** Empty: the unknown-lot batch of the product. */
  lot: string;
  source: string;
  runs: Run[];
  /** What the runs made together, in the smallest unit; undefined when any of them does not say or none is recorded. */
  quantity?: number;
  /** Some run says how many it made. */
  counted: boolean;
  items: Item[];
}

export interface Item {
  key: string;
  gtin: string;
  serial: string;
  batch: Batch;
  own: Run;
  /** Told by a row of items, not only named by others. */
  told: boolean;
}

export interface Goods {
  batch: Batch;
  item?: Item;
  quantity: number;
  unknown: boolean;
}

export interface WantedPart {
  component: string;
  position: string;
  quantity: number;
}

export interface Site {
  gln: string;
  party: string;
  kind: string;
  country: string;
}

export interface Product {
  gtin: string;
  kind: string;
  unit: string;
  serialised: boolean;
  /** Design revision -> what one unit wants. */
  wants: Map<string, WantedPart[]>;
}

const perUnit: Record<string, number> = { KGM: 1e6, GRM: 1e3, LTR: 1e6, MLT: 1e3, MTR: 1e6, CMT: 1e4 };
const mixesByNature = new Set(['KGM', 'GRM', 'LTR', 'MLT']);

export const amount = (text: string, unit: string): number => Math.round(Number(text) * (perUnit[unit] ?? 1));

export const gtin14 = (text: string): string => (/^\d+$/.test(text) ? text.padStart(14, '0') : text);

/** Every way a row can name goods: the columns of product, lot, source and serial. */
const namings = [
  ['gtin', 'lot', 'source', 'serial'],
  ['input_gtin', 'input_lot', 'input_source', 'input_serial'],
  ['part_gtin', 'part_lot', '', 'part_serial'],
  ['content_gtin', 'content_lot', '', 'content_serial'],
  ['part_out_gtin', 'part_out_lot', '', 'part_out_serial'],
  ['part_in_gtin', 'part_in_lot', '', 'part_in_serial'],
  ['new_gtin', 'new_lot', '', 'new_serial'],
] as const;

/** Kinds of rows whose products are designs and no goods. */
const masterKinds = new Set([
  'parties',
  'sites',
  'products',
  'packaging',
  'design_revisions',
  'bill_of_materials',
  'change_effectivity',
]);

export class World {
  readonly parties = new Map<string, { roles: string[]; country: string }>();
  readonly sites = new Map<string, Site>();
  readonly products = new Map<string, Product>();
  readonly cases = new Map<string, { gtin: string; quantity: number }>();
  readonly batches = new Map<string, Batch>();
  readonly items = new Map<string, Item>();
  /** gtin/lot -> the lot sources known. */
  private readonly sources = new Map<string, Set<string>>();
  /** Batches that some row moves, makes or uses. */
  private readonly moving = new Set<Batch>();
  private readonly relabelled = new Set<Batch>();
  private readonly lotOfItem = new Map<string, { lot: string; source: string }>();

  /** `known` are all facts on record, also those that happen later: they tell which lot is which. */
  constructor(
    readonly facts: readonly Fact[],
    private readonly known: readonly Fact[] = facts,
  ) {
    for (const fact of facts) this.readMaster(fact);
    for (const fact of known) if (!masterKinds.has(fact.kind)) this.readNames(fact);
    for (const fact of facts) if (!masterKinds.has(fact.kind)) this.readGoods(fact);
    this.readItemsOfLater(known);
    const runs = this.of('batches').sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    for (const fact of runs) this.readRun(fact);
    for (const fact of this.of('relabels')) this.readRelabel(fact);
  }

  of(kind: string): Fact[] {
    return this.facts.filter((fact) => fact.kind === kind);
  }

  private readMaster({ kind, v }: Fact): void {
    if (kind === 'parties')
      this.parties.set(v.gln as string, {
        roles: (v.roles as string).split(';'),
        country: v.country as string,
      });
    if (kind === 'sites')
      this.sites.set(v.gln as string, {
        gln: v.gln as string,
        party: v.party_gln as string,
        kind: v.kind as string,
        country: v.country as string,
      });
    if (kind === 'products')
      Object.assign(this.product(v.gtin as string), {
        kind: v.kind,
        unit: v.unit || 'PCE',
        serialised: v.serialised === 'true',
      });
    if (kind === 'packaging')
      this.cases.set(gtin14(v.gtin as string), {
        gtin: gtin14(v.contains_gtin as string),
        quantity: Number(v.quantity),
      });
    if (kind === 'design_revisions') this.wantsOf(v.gtin as string, v.code as string);
    if (kind === 'bill_of_materials') {
      const component = this.product(v.component_gtin as string);
      this.wantsOf(v.gtin as string, v.revision as string).push({
        component: component.gtin,
        position: v.position as string,
        quantity: amount(v.quantity as string, component.unit),
      });
    }
  }

  private wantsOf(gtin: string, revision: string): WantedPart[] {
    const { wants } = this.product(gtin);
    const parts = wants.get(revision) ?? [];
    wants.set(revision, parts);
    return parts;
  }

  product(text: string): Product {
    const gtin = gtin14(text);
    const known = this.products.get(gtin);
    if (known) return known;
    const made = { gtin, kind: 'FINISHED', unit: 'PCE', serialised: false, wants: new Map() };
    this.products.set(gtin, made);
    return made;
  }

  /** Which lot sources are known, and which lot an item is of. A row of items says it with more weight than others. */
  private readNames({ kind, v }: Fact): void {
    for (const [gtin, lot, source, serial] of namings) {
      if (!v[gtin] || !v[lot]) continue;
      const product = this.content(v[gtin]).gtin;
      const key = `${product}/${v[lot]}`;
      if (source && v[source]) this.sources.set(key, (this.sources.get(key) ?? new Set()).add(v[source]));
      if (!v[serial] || (this.lotOfItem.has(`${product}/${v[serial]}`) && kind !== 'items')) continue;
      this.lotOfItem.set(`${product}/${v[serial]}`, { lot: v[lot], source: source ? (v[source] ?? '') : '' });
    }
  }

  private readGoods({ kind, v, at, until }: Fact): void {
    for (const [gtin, lot, source, serial] of namings) {
      if (!v[gtin]) continue;
      const { gtin: product } = this.content(v[gtin]);
      if (v[serial]) this.item(product, v[serial]);
      // a count moves nothing: of a product alone, it tells of no goods
      else if (kind !== 'counts' || v[lot]) {
        const batch = this.batch(product, v[lot] ?? '', source ? (v[source] ?? '') : '');
        if (kind !== 'inspections' && kind !== 'counts') this.moving.add(batch);
      }
    }
    if (kind !== 'items') return;
    const item = this.item(v.gtin as string, v.serial as string);
    item.told = true;
    item.own = {
      site: v.site_gln || undefined,
      line: v.line || undefined,
      revision: v.revision || undefined,
      from: v.produced_at ? at : undefined,
      to: v.produced_at ? until : undefined,
    };
  }

  /** What only a later row names was made some time before that nobody told: it may have been there already. */
  private readItemsOfLater(known: readonly Fact[]): void {
    const told = new Set(
      known
        .filter((fact) => fact.kind === 'items')
        .map(({ v }) => `${this.content(v.gtin as string).gtin}/${v.serial}`),
    );
    for (const { kind, v } of known)
      for (const [gtin, , , serial] of masterKinds.has(kind) ? [] : namings)
        if (v[gtin] && v[serial] && !told.has(`${this.content(v[gtin]).gtin}/${v[serial]}`))
          this.item(v[gtin], v[serial]);
  }

  private readRun({ v, at, until }: Fact): void {
    const batch = this.batch(v.gtin as string, v.lot as string, v.source as string);
    const first = batch.runs.length === 0;
    batch.runs.push({
      site: v.site_gln || undefined,
      line: v.line || undefined,
      revision: v.revision || undefined,
      from: at,
      to: v.produced_to ? span(v.produced_to).until : until,
      openEnd: !v.produced_to,
    });
    const made = v.quantity ? amount(v.quantity, v.unit || this.product(batch.gtin).unit) : undefined;
    if (made !== undefined) batch.counted = true;
    if (made === undefined || (!first && batch.quantity === undefined)) batch.quantity = undefined;
    else batch.quantity = (batch.quantity ?? 0) + made;
  }

  /** Goods under a new label add to what their lot has. */
  private readRelabel({ v }: Fact): void {
    // one that gets a serial says nothing of how many its lot has
    if (!v.new_lot || v.new_serial) return;
    const batch = this.batch(v.new_gtin as string, v.new_lot);
    const { unit } = this.product(batch.gtin);
    const added = v.serial ? 1 : v.quantity ? amount(v.quantity, unit) : undefined;
    const first = batch.runs.length === 0 && !this.relabelled.has(batch);
    this.relabelled.add(batch);
    if (added === undefined || (!first && batch.quantity === undefined)) batch.quantity = undefined;
    else batch.quantity = (batch.quantity ?? 0) + added;
  }

  /** What a product number stands for: a case stands for its content, so many times. */
  content(text: string): { gtin: string; times: number } {
    let gtin = gtin14(text);
    let times = 1;
    for (let inside = this.cases.get(gtin); inside; inside = this.cases.get(gtin)) {
      gtin = inside.gtin;
      times *= inside.quantity;
    }
    return { gtin, times };
  }

  /** A row that names a lot without its source is that of the only source known; of several, a batch of its own. */
  batch(text: string, lot: string, named = ''): Batch {
    const { gtin } = this.content(text);
    const known = this.sources.get(`${gtin}/${lot}`) ?? new Set<string>();
    const source = lot === '' ? '' : named || (known.size === 1 ? ([...known][0] as string) : '');
    const key = `${gtin}/${lot || '-'}/${source || '-'}`;
    const found = this.batches.get(key);
    if (found) return found;
    const batch: Batch = { key, gtin, lot, source, runs: [], counted: false, items: [] };
    this.batches.set(key, batch);
    return batch;
  }

  item(text: string, serial: string): Item {
    const { gtin } = this.content(text);
    const key = `${gtin}/${serial}`;
    const found = this.items.get(key);
    if (found) return found;
    const lot = this.lotOfItem.get(key);
    const batch = this.batch(gtin, lot?.lot ?? '', lot?.source);
    const item: Item = { key, gtin, serial, batch, own: {}, told: false };
    batch.items.push(item);
    this.items.set(key, item);
    return item;
  }

  /** The goods a row names, by its columns of product, lot and serial. */
  goods(row: {
    gtin: string;
    lot?: string;
    source?: string;
    serial?: string;
    quantity?: string;
    unit?: string;
  }): Goods {
    const { gtin, times } = this.content(row.gtin);
    if (row.serial) {
      const item = this.item(gtin, row.serial);
      return { batch: item.batch, item, quantity: 1, unknown: false };
    }
    const quantity = row.quantity ? amount(row.quantity, row.unit || this.product(gtin).unit) * times : 0;
    return { batch: this.batch(gtin, row.lot ?? '', row.source), quantity, unknown: !row.quantity };
  }

  /** Several lots of one number, told apart by their source: the ones with a source. */
  namesakes(batch: Batch): Batch[] {
    return [...this.batches.values()].filter(
      (other) => other.gtin === batch.gtin && other.lot === batch.lot && other.source !== '',
    );
  }

  /** Whether any lot of a product is on record. */
  hasLots(gtin: string): boolean {
    return [...this.batches.values()].some((batch) => batch.gtin === gtin && batch.lot !== '');
  }

  /** What has no time of its own is as old as the first run of its lot: not made yet where that comes later. */
  isMadeLater({ gtin, lot, source, runs }: Batch): boolean {
    const runsOfIt = ({ kind, v }: Fact): boolean =>
      kind === 'batches' &&
      this.content(v.gtin as string).gtin === gtin &&
      v.lot === lot &&
      (!v.source || v.source === source);
    return runs.length === 0 && this.known.some(runsOfIt);
  }

  /** A remark on a lot number of several sources makes no lot of its own. */
  isRemarkOnly(batch: Batch): boolean {
    const moves = this.moving.has(batch) || batch.items.length > 0;
    return batch.source === '' && !moves && this.namesakes(batch).length > 0;
  }

  /** How lots of a product meet in an output, when the row does not say. */
  mixing(gtin: string, told: string): string {
    return told || (mixesByNature.has(this.product(gtin).unit) ? 'BLENDED' : 'DISCRETE');
  }
}

/** The run something belongs to: the one going on, else the last one begun before, else the first; of several the lesser event id. */
export function runAt(runs: Run[], at: number | undefined): Run | undefined {
  if (at === undefined) return runs[0];
  const last = runs.findLast((run) => (run.from ?? 0) <= at);
  return (
    runs.find((run) => (run.from ?? 0) <= at && (run.to ?? 0) >= at) ??
    runs.find((run) => run.from === last?.from) ??
    runs[0]
  );
}
