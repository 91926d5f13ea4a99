// The chain as the files tell it: batches with runs and inputs, items, fittings; one plain object each.
import { amount, gtin14, moment, type Row, readTable } from './files.js';

export interface Run {
  site?: string;
  line?: string;
  revision?: string;
  from?: number;
  to?: number;
}

export interface Input {
  batch: Batch;
  quantity: number;
  mixing: string;
}

export interface Batch {
  key: string;
  gtin: string;
  lot: string;
  runs: Run[];
  quantity: number;
  inputs: Input[];
  items: Item[];
}

export interface Item {
  key: string;
  gtin: string;
  serial: string;
  batch: Batch;
  own: Run;
  parts: Fitting[];
}

export interface Fitting {
  parent: Item;
  gtin: string;
  partItem?: Item;
  partBatch?: Batch;
  from: number;
  to: number;
}

export interface Site {
  gln: string;
  party: string;
  kind: string;
  country: string;
}

export interface Chain {
  folder: string;
  batches: Map<string, Batch>;
  items: Map<string, Item>;
  sites: Map<string, Site>;
  roles: Map<string, string[]>;
  partyCountry: Map<string, string>;
  productKind: Map<string, string>;
  unit: Map<string, string>;
  cases: Map<string, { gtin: string; quantity: number }>;
  /** Wanted components: product -> revision -> component -> quantity for one unit. */
  wants: Map<string, Map<string, Map<string, number>>>;
  batch(gtin: string, lot: string): Batch;
}

const orAbsent = (text: string | undefined): string | undefined => text || undefined;

export function readChain(folder: string): Chain {
  const batches = new Map<string, Batch>();
  const items = new Map<string, Item>();
  const chain: Chain = {
    folder,
    batches,
    items,
    sites: new Map(
      readTable(folder, 'sites').map((row) => [
        row.gln as string,
        {
          gln: row.gln as string,
          party: row.party_gln as string,
          kind: row.kind as string,
          country: row.country as string,
        },
      ]),
    ),
    roles: new Map(
      readTable(folder, 'parties').map((row) => [row.gln as string, (row.roles as string).split(';')]),
    ),
    partyCountry: new Map(
      readTable(folder, 'parties').map((row) => [row.gln as string, row.country as string]),
    ),
    productKind: new Map(
      readTable(folder, 'products').map((row) => [gtin14(row.gtin as string), row.kind as string]),
    ),
    unit: new Map(
      readTable(folder, 'products').map((row) => [gtin14(row.gtin as string), row.unit as string]),
    ),
    cases: new Map(
      readTable(folder, 'packaging').map((row) => [
        gtin14(row.gtin as string),
        { gtin: gtin14(row.contains_gtin as string), quantity: Number(row.quantity) },
      ]),
    ),
    wants: new Map(),
    batch(gtin, lot) {
      const key = `${gtin}/${lot}`;
      const known = batches.get(key);
      if (known) return known;
      const made: Batch = { key, gtin, lot, runs: [], quantity: 0, inputs: [], items: [] };
      batches.set(key, made);
      return made;
    },
  };
  readMaking(chain);
  readFittings(chain);
  return chain;
}

function readMaking(chain: Chain): void {
  const { folder } = chain;
  for (const row of readTable(folder, 'bill_of_materials')) {
    const revisions = chain.wants.get(gtin14(row.gtin as string)) ?? new Map();
    chain.wants.set(gtin14(row.gtin as string), revisions);
    const lines = revisions.get(row.revision) ?? new Map();
    revisions.set(row.revision, lines);
    const component = gtin14(row.component_gtin as string);
    lines.set(
      component,
      (lines.get(component) ?? 0) + amount(row.quantity as string, chain.unit.get(component) as string),
    );
  }
  for (const row of readTable(folder, 'batches')) {
    const batch = chain.batch(gtin14(row.gtin as string), row.lot as string);
    const from = moment(row.produced_from);
    batch.runs.push({
      site: orAbsent(row.site_gln),
      line: orAbsent(row.line),
      revision: orAbsent(row.revision),
      from,
      to: moment(row.produced_to) ?? from,
    });
    if (row.quantity)
      batch.quantity += amount(row.quantity, row.unit || (chain.unit.get(batch.gtin) as string));
  }
  for (const row of readTable(folder, 'consumption')) {
    const input = chain.batch(gtin14(row.input_gtin as string), row.input_lot as string);
    const unit = chain.unit.get(input.gtin) as string;
    const mixing = row.mixing || (unit === 'KGM' ? 'BLENDED' : 'DISCRETE');
    chain
      .batch(gtin14(row.gtin as string), row.lot as string)
      .inputs.push({ batch: input, quantity: amount(row.quantity as string, unit), mixing });
  }
  for (const row of readTable(folder, 'relabels')) {
    const output = chain.batch(gtin14(row.new_gtin as string), row.new_lot as string);
    const input = chain.batch(gtin14(row.gtin as string), row.lot as string);
    output.inputs.push({ batch: input, quantity: Number(row.quantity), mixing: 'DISCRETE' });
    output.runs.push({ site: row.site_gln, from: moment(row.relabelled_at), to: moment(row.relabelled_at) });
    output.quantity += Number(row.quantity);
  }
  for (const row of readTable(folder, 'items')) {
    const batch = chain.batch(gtin14(row.gtin as string), row.lot as string);
    const at = moment(row.produced_at);
    const item: Item = {
      key: `${batch.gtin}/${row.serial}`,
      gtin: batch.gtin,
      serial: row.serial as string,
      batch,
      parts: [],
      own: {
        site: orAbsent(row.site_gln),
        line: orAbsent(row.line),
        revision: orAbsent(row.revision),
        from: at,
        to: at,
      },
    };
    chain.items.set(item.key, item);
    batch.items.push(item);
  }
}

function readFittings(chain: Chain): void {
  const item = (gtin: string, serial: string): Item => {
    const found = chain.items.get(`${gtin14(gtin)}/${serial}`);
    if (!found) throw new Error(`no item ${gtin} ${serial}`);
    return found;
  };
  const addPart = (
    parent: Item,
    row: { gtin: string; serial?: string; lot?: string },
    from: number,
    to: number,
  ): void => {
    const part = row.serial
      ? { partItem: item(row.gtin, row.serial) }
      : { partBatch: chain.batch(gtin14(row.gtin), row.lot as string) };
    parent.parts.push({ parent, gtin: gtin14(row.gtin), ...part, from, to });
  };
  for (const row of readTable(chain.folder, 'fittings')) {
    addPart(
      item(row.gtin as string, row.serial as string),
      { gtin: row.part_gtin as string, serial: row.part_serial, lot: row.part_lot },
      moment(row.fitted_at) as number,
      moment(row.removed_at) ?? Number.POSITIVE_INFINITY,
    );
  }
  const services = readTable(chain.folder, 'services').sort(
    (a: Row, b: Row) => (moment(a.serviced_at) as number) - (moment(b.serviced_at) as number),
  );
  for (const row of services) {
    const parent = item(row.gtin as string, row.serial as string);
    const at = moment(row.serviced_at) as number;
    const out = parent.parts.find((part) => part.partItem?.serial === row.part_out_serial && part.to > at);
    if (out) out.to = at;
    addPart(
      parent,
      { gtin: row.part_in_gtin as string, serial: row.part_in_serial },
      at,
      Number.POSITIVE_INFINITY,
    );
  }
}
