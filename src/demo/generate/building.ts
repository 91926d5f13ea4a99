// Builds the bicycles: frames and motors by lot, battery packs by serial, software by version; packs them on pallets.
import { faultyFirmware, products, sites } from '../story.js';
import { sscc } from './keys.js';
import type { Making } from './making.js';
import type { Pack } from './packs.js';
import { at, type World } from './world.js';

export interface Bicycle {
  gtin: string;
  serial: string;
  lot: string;
  madeDay: number;
  pack: Pack | undefined;
}

export interface Pallet {
  key: string;
  readyDay: number;
  from: string;
  bicycles: Bicycle[];
  packingRows: { unpacked_at?: string | undefined; [column: string]: string | undefined }[];
}

const models = [
  {
    gtin: products.urban,
    pack: products.pack500,
    frame: products.frameUrban,
    site: sites.eindhoven,
    short: 'U',
    first: 70,
    step: 20,
    lots: 19,
  },
  {
    gtin: products.trail,
    pack: products.pack630,
    frame: products.frameTrail,
    site: sites.porto,
    short: 'T',
    first: 80,
    step: 33,
    lots: 11,
  },
];

function revisionOf(short: string, day: number): string | undefined {
  if (short === 'T') return day < 110 ? 'A' : day < 250 ? 'B' : 'C';
  if (day >= 228 && day <= 259) return undefined;
  return day < 130 ? 'A' : day < 228 ? 'B' : 'C';
}

function firmwareOf(day: number): string {
  return day < 200 ? '2.3.0' : day < 330 ? faultyFirmware : '2.5.0';
}

/** Sends the packs that Porto will fit there, on pallets of one pack lot. */
function sendPacksToPorto(world: World, packs: Pack[]): void {
  const byLot = Map.groupBy(packs, (pack) => pack.lot);
  for (const [, lot] of byLot) {
    const day = (lot[0] as Pack).madeDay + 2;
    const key = sscc(20000 + world.next('pack pallet'));
    for (const pack of lot) {
      world.add('packings', {
        sscc: key,
        content_gtin: pack.gtin,
        content_serial: pack.serial,
        packed_at: at(day, 600),
        unpacked_at: at(day + 7, 800),
        site_gln: sites.eindhoven,
      });
    }
    world.add('shipments', {
      from_gln: sites.eindhoven,
      to_gln: sites.porto,
      sscc: key,
      shipped_at: at(day, 900),
    });
    world.add('receipts', {
      from_gln: sites.eindhoven,
      to_gln: sites.porto,
      sscc: key,
      received_at: at(day + 7, 600),
    });
  }
}

/** Splits packs into those for bicycles and spares: the last few of each lot are kept as spares. */
export function reserveSpares(packs: Pack[]): { forBicycles: Pack[]; spares: Pack[] } {
  const forBicycles: Pack[] = [];
  const spares: Pack[] = [];
  for (const [lot, units] of Map.groupBy(packs, (pack) => pack.lot)) {
    const kept = lot.startsWith('BP5') ? 4 : lot === 'BP6-08' ? 35 : 3;
    forBicycles.push(...units.slice(0, units.length - kept));
    spares.push(...units.slice(units.length - kept));
  }
  return { forBicycles, spares };
}

export function buildBicycles(making: Making, packs: Pack[]): { bicycles: Bicycle[]; pallets: Pallet[] } {
  const { world } = making;
  sendPacksToPorto(
    world,
    packs.filter((pack) => pack.gtin === products.pack630),
  );
  const bicycles: Bicycle[] = [];
  const pallets: Pallet[] = [];
  for (const model of models) {
    const queue = packs.filter((pack) => pack.gtin === model.pack);
    let running = 0;
    for (let index = 0; index < model.lots; index++) {
      const day = model.first + model.step * index;
      const lot = `${model.short}${String(index + 1).padStart(3, '0')}`;
      const output = { gtin: model.gtin, lot, source: model.site };
      const twoLines = model.short === 'U' && index === 9;
      const lines = twoLines ? ['L1', 'L2'] : [model.short === 'U' && index % 2 === 1 ? 'L2' : 'L1'];
      for (const line of lines) {
        world.add('batches', {
          ...output,
          revision: revisionOf(model.short, day),
          site_gln: model.site,
          line,
          produced_from: at(day, 480),
          produced_to: at(day + 2, 1080),
          quantity: String(20 / lines.length),
        });
      }
      making.consume(output, making.stock(model.frame, model.site), 20, day);
      making.consume(output, making.stock(products.motor, model.site), 20, day);
      const isThere = (pack: Pack): boolean => pack.madeDay + (model.short === 'T' ? 9 : 0) <= day;
      const built: Bicycle[] = [];
      for (let unit = 0; unit < 20; unit++) {
        running += 1;
        const serial =
          model.short === 'U' ? String(100000 + running) : `TR25A${String(running).padStart(4, '0')}`;
        const producedAt = at(day + Math.floor(unit / 8), 500 + (unit % 8) * 60);
        world.add('items', {
          gtin: model.gtin,
          serial,
          lot,
          produced_at: producedAt,
          ...(twoLines ? { site_gln: model.site, line: lines[unit % 2] } : {}),
        });
        const ahead = running % 9 === 4 ? queue[2] : undefined;
        const position = ahead && isThere(ahead) ? 2 : 0;
        const [pack] = queue.splice(position, 1);
        if (!pack || !isThere(pack)) throw new Error(`no pack for ${serial} on day ${day}`);
        const scanned = !(lot === 'U008' && unit % 10 === 3) && !(lot === 'T005' && unit === 11);
        if (scanned)
          world.add('fittings', {
            gtin: model.gtin,
            serial,
            part_gtin: pack.gtin,
            part_serial: pack.serial,
            position: 'down tube',
            fitted_at: producedAt,
          });
        fitFirmware(world, { gtin: model.gtin, serial, day, running });
        built.push({ gtin: model.gtin, serial, lot, madeDay: day + 3, pack: scanned ? pack : undefined });
      }
      bicycles.push(...built);
      pallets.push(
        packPallet(world, built.slice(0, 10), model.site),
        packPallet(world, built.slice(10), model.site),
      );
    }
  }
  return { bicycles, pallets };
}

function fitFirmware(
  world: World,
  { gtin, serial, day, running }: { gtin: string; serial: string; day: number; running: number },
): void {
  const version = firmwareOf(day);
  const updated = version === faultyFirmware && running % 25 === 0;
  const fitted = { gtin, serial, part_gtin: products.firmware, position: 'controller' };
  world.add('fittings', {
    ...fitted,
    part_lot: version,
    fitted_at: at(day + 2, 1000),
    removed_at: updated ? at(400, 600) : undefined,
  });
  if (updated) world.add('fittings', { ...fitted, part_lot: '2.5.0', fitted_at: at(400, 601) });
}

function packPallet(world: World, bicycles: Bicycle[], site: string): Pallet {
  const readyDay = (bicycles[0] as Bicycle).madeDay + 1;
  const key = sscc(10000 + world.next('bicycle pallet'));
  const packingRows = bicycles.map((bicycle) => {
    world.add('packings', {
      sscc: key,
      content_gtin: bicycle.gtin,
      content_serial: bicycle.serial,
      packed_at: at(readyDay, 600),
      site_gln: site,
    });
    return world.rows.get('packings')?.at(-1) as Pallet['packingRows'][number];
  });
  return { key, readyDay, from: site, bicycles, packingRows };
}
