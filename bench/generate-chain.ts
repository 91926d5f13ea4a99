/**
 * Generates a chain of any size with known truth, as the CSV files a user would import: a material, two levels of
 * components, a hub lot of screws in everything, serialised finished goods in cases on pallets, stores and buyers.
 *
 * Seeded: the same size and seed give the same files, byte for byte.
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { gln, gtin, sscc } from '../src/demo/generate/keys.js';

/** Pieces to a lot: finished goods, assemblies, components, and components from one lot of material. */
const lotSizes = { finished: 200, assembly: 1000, component: 5000, material: 50_000 } as const;
const casesToPallet = 20;
const itemsToCase = 10;
const start = Date.UTC(2025, 0, 6);

const products = {
  finished: gtin(810001),
  assemblies: [gtin(820001), gtin(820002)],
  components: [gtin(830001), gtin(830002)],
  material: gtin(840001),
  screw: gtin(850001),
} as const;

export interface ChainOptions {
  dir: string;
  /** Finished items made. */
  items: number;
  /** Part of them that is packed, shipped and sold. */
  soldShare: number;
  seed: number;
}

/** What a recall of one lot must find. */
export interface Truth {
  gtin: string;
  lot: string;
  batches: number;
  finishedItems: number;
  buyers: number;
}

export interface Chain {
  rows: number;
  /** GLN of the brand owner of all finished goods, and the lots of one assembly it buys: what its recalls may ask about. */
  maker: string;
  suppliedLots: { gtin: string; lot: string }[];
  finishedLots: number;
  stores: string[];
  /** By the number of batches reached, ascending. */
  truths: Truth[];
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const at = (minute: number): string =>
  `${new Date(start + minute * 60_000).toISOString().slice(0, 19)}+01:00`;

/** Files written as they grow; a full buffer is waited for. */
class Files {
  readonly #streams = new Map<string, WriteStream>();
  readonly #dir: string;
  rows = 0;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  open(name: string, header: string): void {
    const stream = createWriteStream(join(this.#dir, `${name}.csv`), { highWaterMark: 1 << 20 });
    stream.write(`${header}\n`);
    this.#streams.set(name, stream);
  }

  async add(name: string, line: string): Promise<void> {
    const stream = this.#streams.get(name);
    if (!stream) throw new Error(`file ${name} is not open`);
    this.rows += 1;
    if (!stream.write(`${line}\n`)) await new Promise<void>((resolve) => stream.once('drain', resolve));
  }

  async close(): Promise<void> {
    for (const stream of this.#streams.values()) await new Promise<void>((resolve) => stream.end(resolve));
  }
}

/** Writes the files into `dir` and tells what recalls over them must answer. */
export async function generateChain(options: ChainOptions): Promise<Chain> {
  const files = new Files(options.dir);
  const random = randomOf(options.seed);
  const storeCount = Math.min(500, Math.max(20, Math.ceil(options.items / 2000)));
  const plant = gln(800001);
  const centre = gln(800002);
  const supplierSites = [gln(811001), gln(821001), gln(831001), gln(841001)];
  const stores = Array.from({ length: storeCount }, (_, i) => gln(900000 + i * 10 + 1));
  const finishedLots = Math.ceil(options.items / lotSizes.finished);
  const soldLots = Math.round(finishedLots * options.soldShare);
  await writeMaster(files, { plant, centre, supplierSites, stores });

  files.open('batches', 'gtin,lot,source,revision,site_gln,line,produced_from,produced_to,quantity,unit');
  files.open('consumption', 'gtin,lot,input_gtin,input_lot,quantity,unit,at');
  const lots = {
    assembly: Math.ceil(options.items / lotSizes.assembly),
    component: Math.ceil(options.items / lotSizes.component),
    material: Math.ceil(options.items / lotSizes.material),
  };
  const perComponent = lotSizes.material;
  for (let m = 0; m < lots.material; m += 1)
    await files.add(
      'batches',
      `${products.material},M${m},,,${supplierSites[3]},L1,${at(m)},${at(m + 60)},${perComponent},KGM`,
    );
  await files.add(
    'batches',
    `${products.screw},S0,,,${supplierSites[2]},L1,${at(0)},${at(60)},${options.items * 4},`,
  );
  for (const component of products.components)
    for (let c = 0; c < lots.component; c += 1) {
      const made = 1000 + c;
      await files.add(
        'batches',
        `${component},C${c},,,${supplierSites[1]},L1,${at(made)},${at(made + 60)},${lotSizes.component},`,
      );
      const material = Math.floor((c * lotSizes.component) / lotSizes.material);
      await files.add(
        'consumption',
        `${component},C${c},${products.material},M${material},${lotSizes.component / 2},KGM,${at(made)}`,
      );
    }
  for (const assembly of products.assemblies)
    for (let a = 0; a < lots.assembly; a += 1) {
      const made = 20_000 + a;
      await files.add(
        'batches',
        `${assembly},A${a},,,${supplierSites[0]},L1,${at(made)},${at(made + 60)},${lotSizes.assembly},`,
      );
      for (const component of products.components)
        await files.add(
          'consumption',
          `${assembly},A${a},${component},C${Math.floor((a * lotSizes.assembly) / lotSizes.component)},${lotSizes.assembly / 2},,${at(made)}`,
        );
      await files.add(
        'consumption',
        `${assembly},A${a},${products.screw},S0,${lotSizes.assembly * 2},,${at(made)}`,
      );
    }

  files.open('items', 'gtin,serial,lot,produced_at');
  files.open(
    'packings',
    'sscc,content_sscc,content_gtin,content_lot,content_serial,packed_at,unpacked_at,site_gln',
  );
  files.open('shipments', 'from_gln,to_gln,sscc,shipped_at');
  files.open('receipts', 'from_gln,to_gln,sscc,received_at');
  files.open('sales', 'site_gln,gtin,lot,serial,sold_at,receipt,country,buyer_email');
  const buyersOfLot = new Array<number>(finishedLots).fill(0);
  for (let f = 0; f < finishedLots; f += 1) {
    const made = 40_000 + f;
    await files.add(
      'batches',
      `${products.finished},F${f},,A,${plant},L${1 + (f % 3)},${at(made)},${at(made + 60)},${lotSizes.finished},`,
    );
    for (const assembly of products.assemblies)
      await files.add(
        'consumption',
        `${products.finished},F${f},${assembly},A${Math.floor((f * lotSizes.finished) / lotSizes.assembly)},${lotSizes.finished},,${at(made)}`,
      );
    for (let i = 0; i < lotSizes.finished; i += 1)
      await files.add('items', `${products.finished},${f * lotSizes.finished + i},F${f},${at(made + 30)}`);
    if (f < soldLots) buyersOfLot[f] = await sellLot(files, random, { lot: f, made, plant, centre, stores });
  }
  await files.close();

  const finishedOf = (from: number, pieces: number): Truth['batches'][] => {
    const first = Math.floor(from / lotSizes.finished);
    return Array.from(
      { length: Math.ceil(Math.min(pieces, options.items - from) / lotSizes.finished) },
      (_, i) => first + i,
    );
  };
  const truthOf = (product: string, lot: string, between: number, from: number, pieces: number): Truth => {
    const reached = finishedOf(from, pieces);
    return {
      gtin: product,
      lot,
      batches: 1 + between + reached.length,
      finishedItems: reached.length * lotSizes.finished,
      buyers: reached.reduce((sum, f) => sum + (buyersOfLot[f] ?? 0), 0),
    };
  };
  const ceil = (pieces: number, size: number) => Math.ceil(Math.min(pieces, options.items) / size);
  const truths = [
    truthOf(products.finished, 'F0', 0, 0, lotSizes.finished),
    truthOf(products.assemblies[0] as string, 'A0', 0, 0, lotSizes.assembly),
    truthOf(
      products.components[0] as string,
      'C0',
      2 * ceil(lotSizes.component, lotSizes.assembly),
      0,
      lotSizes.component,
    ),
    truthOf(
      products.material,
      'M0',
      2 * ceil(lotSizes.material, lotSizes.component) + 2 * ceil(lotSizes.material, lotSizes.assembly),
      0,
      lotSizes.material,
    ),
    truthOf(products.screw, 'S0', 2 * lots.assembly, 0, options.items),
  ];
  truths[0] = { ...(truths[0] as Truth), batches: 1 };
  const suppliedLots = Array.from({ length: lots.assembly }, (_, a) => ({
    gtin: products.assemblies[0],
    lot: `A${a}`,
  }));
  return { rows: files.rows, maker: gln(800000), suppliedLots, finishedLots, stores, truths };
}

interface Places {
  plant: string;
  centre: string;
  supplierSites: string[];
  stores: string[];
}

async function writeMaster(files: Files, places: Places): Promise<void> {
  files.open('parties', 'gln,name,roles,country');
  files.open('sites', 'gln,party_gln,name,kind,country');
  files.open('products', 'gtin,owner_gln,name,kind,unit,serialised');
  const maker = gln(800000);
  await files.add('parties', `${maker},Bench Maker,MANUFACTURER,NL`);
  await files.add('sites', `${places.plant},${maker},Plant,PLANT,NL`);
  await files.add('sites', `${places.centre},${maker},Distribution centre,WAREHOUSE,NL`);
  for (const [i, site] of places.supplierSites.entries()) {
    const party = gln(811000 + i * 10_000);
    await files.add('parties', `${party},Supplier ${i},SUPPLIER,DE`);
    await files.add('sites', `${site},${party},Supplier plant ${i},PLANT,DE`);
  }
  for (const [i, store] of places.stores.entries()) {
    const party = gln(900000 + i * 10);
    await files.add('parties', `${party},Retailer ${i},RETAILER,NL`);
    await files.add('sites', `${store},${party},Store ${i},STORE,NL`);
  }
  const owners = [maker, gln(811000), gln(811000), gln(821000), gln(821000), gln(841000), gln(831000)];
  const kinds = [
    'FINISHED,PCE,true',
    ...Array<string>(4).fill('COMPONENT,PCE,false'),
    'MATERIAL,KGM,false',
    'COMPONENT,PCE,false',
  ];
  const all = [
    products.finished,
    ...products.assemblies,
    ...products.components,
    products.material,
    products.screw,
  ];
  for (const [i, product] of all.entries())
    await files.add('products', `${product},${owners[i]},Product ${i},${kinds[i]}`);
}

/** Packs a lot in cases on one pallet, ships it over the centre to stores, sells every item; returns the number of buyers. */
async function sellLot(
  files: Files,
  random: () => number,
  {
    lot,
    made,
    plant,
    centre,
    stores,
  }: { lot: number; made: number; plant: string; centre: string; stores: string[] },
): Promise<number> {
  const pallet = sscc(1_000_000_000 + lot);
  const [packed, sent, arrived, split, out, shelved, sold] = [100, 200, 1600, 1700, 3000, 4400, 6000].map(
    (m) => at(made + m),
  );
  for (let c = 0; c < casesToPallet; c += 1) {
    const carton = sscc(2_000_000_000 + lot * casesToPallet + c);
    const store = stores[Math.floor(random() * stores.length)] as string;
    for (let i = 0; i < itemsToCase; i += 1) {
      const serial = lot * lotSizes.finished + c * itemsToCase + i;
      await files.add('packings', `${carton},,${products.finished},,${serial},${packed},${shelved},${plant}`);
      await files.add(
        'sales',
        `${store},${products.finished},,${serial},${sold},R${serial},NL,b${serial}@example.org`,
      );
    }
    await files.add('packings', `${pallet},${carton},,,,${packed},${split},${plant}`);
    await files.add('shipments', `${centre},${store},${carton},${out}`);
    await files.add('receipts', `${centre},${store},${carton},${shelved}`);
  }
  await files.add('shipments', `${plant},${centre},${pallet},${sent}`);
  await files.add('receipts', `${plant},${centre},${pallet},${arrived}`);
  return casesToPallet * itemsToCase;
}
