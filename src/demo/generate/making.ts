// Makes the goods: materials, cells, packs and chargers, each lot drawn from the lots that lay at the plant.
import { defectiveCellLot, products, sites } from '../story.js';
import { at, date, type World } from './world.js';

export interface Pack {
  gtin: string;
  serial: string;
  lot: string;
  madeDay: number;
}

/** A stock of one component at one plant, drawn first in, first out. */
interface Stock {
  gtin: string;
  lots: { lot: string; source: string; day: number; left: number }[];
}

interface Draw {
  lot: string;
  source: string;
  quantity: number;
}

function draw(stock: Stock, quantity: number, day: number): Draw[] {
  const drawn: Draw[] = [];
  let wanted = quantity;
  while (wanted > 1e-9) {
    const lot = stock.lots.find((candidate) => candidate.left > 1e-9);
    if (!lot || lot.day > day) throw new Error(`${stock.gtin}: nothing to draw on day ${day}`);
    const taken = Math.min(lot.left, wanted);
    lot.left -= taken;
    wanted -= taken;
    drawn.push({ lot: lot.lot, source: lot.source, quantity: taken });
  }
  return drawn;
}

const decimal = (value: number): string => String(Math.round(value * 1e6) / 1e6);

export interface Making {
  world: World;
  stock(gtin: string, site: string): Stock;
  /** Makes a lot of goods without serials at a plant and sends parts of it on. */
  make(lot: {
    gtin: string;
    lot: string;
    site: string;
    day: number;
    quantity: number;
    unit?: string;
    expires?: number;
    sendTo?: { site: string; quantity: number; shipDay: number; receiptDay: number; keepBack?: number }[];
  }): void;
  consume(output: { gtin: string; lot: string; source: string }, input: Stock, quantity: number, day: number, options?: { unit?: string; mixing?: string; silent?: boolean }): Draw[];
}

export function createMaking(world: World): Making {
  const stocks = new Map<string, Stock>();
  const stock = (gtin: string, site: string): Stock => {
    const key = `${gtin}@${site}`;
    const known = stocks.get(key) ?? { gtin, lots: [] };
    stocks.set(key, known);
    return known;
  };
  return {
    world,
    stock,
    make({ gtin, lot, site, day, quantity, unit, expires, sendTo = [] }) {
      world.add('batches', {
        gtin, lot, source: site, site_gln: site, line: 'M1', produced_from: at(day, 480), produced_to: at(day + 1, 960),
        expires_on: expires === undefined ? undefined : date(expires), quantity: decimal(quantity), unit,
      });
      stock(gtin, site).lots.push({ lot, source: site, day: day + 1, left: quantity });
      for (const send of sendTo) {
        const amount = { gtin, lot, quantity: decimal(send.quantity), unit };
        const reference = `DN-${world.next('delivery note')}`;
        world.add('shipments', { from_gln: site, to_gln: send.site, ...amount, shipped_at: at(send.shipDay, 900), reference });
        world.add('receipts', { from_gln: site, to_gln: send.site, ...amount, received_at: at(send.receiptDay, 500), reference });
        const own = stock(gtin, site).lots.find((candidate) => candidate.lot === lot);
        if (own) own.left -= send.quantity;
        stock(gtin, send.site).lots.push({ lot, source: site, day: send.receiptDay, left: send.quantity - (send.keepBack ?? 0) });
      }
    },
    consume(output, input, quantity, day, options = {}) {
      const drawn = draw(input, quantity, day);
      if (options.silent) return drawn;
      for (const { lot, source, quantity: taken } of drawn) {
        world.add('consumption', {
          gtin: output.gtin, lot: output.lot, source: output.source, input_gtin: input.gtin, input_lot: lot,
          input_source: source, quantity: decimal(taken), unit: options.unit,
          at: at(day, 480), mixing: options.mixing,
        });
      }
      return drawn;
    },
  };
}

/** Cathode powder, resin, screws, motors and frames. */
export function makeMaterials(making: Making): void {
  [2, 75, 170, 270].forEach((day, index) => {
    making.make({
      gtin: products.cathode, lot: `PC25-0${index + 1}`, site: sites.cathodePlant, day: day - 1, quantity: 260, unit: 'KGM',
      sendTo: [{ site: sites.cellPlant, quantity: 240, shipDay: day, receiptDay: day + 1 }],
    });
  });
  [5, 70, 150, 230, 310].forEach((day, index) => {
    making.make({
      gtin: products.resin, lot: `RP25-0${index + 1}`, site: sites.resinPlant, day, quantity: 70, unit: 'KGM', expires: day + 365,
      sendTo: [
        { site: sites.eindhoven, quantity: 42, shipDay: day + 5, receiptDay: day + 8, keepBack: 1 },
        { site: sites.chargerPlant, quantity: 24, shipDay: day + 5, receiptDay: day + 9 },
      ],
    });
  });
  [3, 120].forEach((day, index) => {
    making.make({ gtin: products.screw, lot: `SC-${index + 1}`, site: sites.motorPlant, day, quantity: 2200 });
  });
  const motors = [10, 80, 150, 220, 290].map((day) => ({ day, to: sites.eindhoven as string }));
  motors.push(...[15, 135, 255].map((day) => ({ day, to: sites.porto as string })));
  motors.sort((a, b) => a.day - b.day).forEach(({ day, to }, index) => {
    const lot = `TD-${String(index + 1).padStart(2, '0')}`;
    making.make({
      gtin: products.motor, lot, site: sites.motorPlant, day, quantity: 80,
      sendTo: [{ site: to, quantity: 80, shipDay: day + 10, receiptDay: day + 25 }],
    });
    making.consume({ gtin: products.motor, lot, source: sites.motorPlant }, making.stock(products.screw, sites.motorPlant), 480, day);
  });
  const frames = [
    [products.frameUrban, 'F25-02', sites.framePlantTaiwan, 5, 100, sites.eindhoven],
    [products.frameTrail, 'FT25-01', sites.framePlantTaiwan, 8, 120, sites.porto],
    [products.frameUrban, 'F25-08', sites.framePlantTaiwan, 80, 100, sites.eindhoven],
    [products.frameUrban, 'F25-11', sites.framePlantVietnam, 165, 100, sites.eindhoven],
    [products.frameTrail, 'FT25-02', sites.framePlantVietnam, 180, 120, sites.porto],
    [products.frameUrban, 'F25-14', sites.framePlantVietnam, 250, 100, sites.eindhoven],
  ] as const;
  for (const [gtin, lot, site, day, quantity, to] of frames) {
    making.make({ gtin, lot, site, day, quantity, sendTo: [{ site: to, quantity, shipDay: day + 5, receiptDay: day + 45 }] });
  }
}

/** Eleven lots of cells, two lots of powder blended where one ran out. */
export function makeCells(making: Making): void {
  const { world } = making;
  for (let index = 0; index < 11; index++) {
    const day = index === 0 ? 3 : 20 + 33 * (index - 1);
    const lot = `HC25-${String(index + 1).padStart(2, '0')}`;
    const arrival = Math.max(day + 27, 30);
    making.make({
      gtin: products.cell, lot, site: sites.cellPlant, day, quantity: 3100, expires: day + 900,
      sendTo: [{ site: sites.eindhoven, quantity: 3100, shipDay: day + 3, receiptDay: arrival, keepBack: 60 }],
    });
    making.consume({ gtin: products.cell, lot, source: sites.cellPlant }, making.stock(products.cathode, sites.cellPlant), 62, day, { unit: 'KGM', mixing: 'BLENDED' });
    world.add('disposals', { site_gln: sites.eindhoven, gtin: products.cell, lot, quantity: '20', disposed_at: at(arrival, 700), reason: 'SAMPLED' });
    world.add('inspections', {
      gtin: products.cell, lot, characteristic: 'separator_thickness_um', value: lot === defectiveCellLot ? '16.1' : (16.4 + (index % 4) * 0.2).toFixed(1),
      lower: '16', upper: '18', verdict: 'PASS', inspected_at: at(arrival, 720),
    });
    if (index < 4) world.add('disposals', { site_gln: sites.eindhoven, gtin: products.cell, lot, quantity: '40', disposed_at: at(200 + index), reason: 'DESTROYED' });
  }
  const suspect = { gtin: products.cell, lot: defectiveCellLot };
  world.add('counts', { site_gln: sites.eindhoven, ...suspect, quantity: '40', counted_at: at(300) });
  world.add('inspections', { ...suspect, characteristic: 'separator_thickness_um', value: '14.2', lower: '16', upper: '18', verdict: 'FAIL', inspected_at: at(480) });
  world.add('batch_status', { ...suspect, source: sites.cellPlant, status: 'BLOCKED', reason: 'separator below limit', at: at(481) });
  const early = { gtin: products.cell, lot: 'HC25-02', source: sites.cellPlant };
  world.add('batch_status', { ...early, status: 'BLOCKED', reason: 'certificate of analysis missing', at: at(66) });
  world.add('batch_status', { ...early, status: 'RELEASED', reason: 'certificate of analysis received', at: at(68) });
}

const packKinds = [
  { gtin: products.pack500, short: 'BP5', serial: 'P5', line: 'P1', first: 48, step: 30, lots: 13, cells: 40, resin: 0.25 },
  { gtin: products.pack630, short: 'BP6', serial: 'P6', line: 'P2', first: 52, step: 48, lots: 8, cells: 52, resin: 0.3 },
];

/** The lot whose cell scans were lost when the line's scanner failed. */
export const unrecordedPackLot = 'BP5-07';

/** Battery packs, 35 to a lot, made by the bicycle maker from cells and resin. */
export function makePacks(making: Making): Pack[] {
  const { world } = making;
  const plans = packKinds.flatMap((kind) => Array.from({ length: kind.lots }, (_, index) => ({ kind, index, day: kind.first + kind.step * index })));
  plans.sort((a, b) => a.day - b.day || a.kind.short.localeCompare(b.kind.short));
  const packs: Pack[] = [];
  let previousResin: string | undefined;
  for (const { kind, index, day } of plans) {
    const lot = `${kind.short}-${String(index + 1).padStart(2, '0')}`;
    const output = { gtin: kind.gtin, lot, source: sites.eindhoven };
    world.add('batches', { ...output, revision: 'P1', site_gln: sites.eindhoven, line: kind.line, produced_from: at(day, 480), produced_to: at(day + 2, 960), quantity: '35' });
    making.consume(output, making.stock(products.cell, sites.eindhoven), 35 * kind.cells, day, { silent: lot === unrecordedPackLot });
    const resin = making.consume(output, making.stock(products.resin, sites.eindhoven), 35 * kind.resin, day, { unit: 'KGM', mixing: 'BLENDED' });
    const current = resin.at(-1)?.lot;
    if (previousResin && current !== previousResin && resin.length === 1) {
      world.add('consumption', { ...output, input_gtin: products.resin, input_lot: previousResin, quantity: '0.05', unit: 'KGM', at: at(day, 480), mixing: 'CARRYOVER' });
    }
    previousResin = resin[0]?.lot;
    for (let unit = 0; unit < 35; unit++) {
      const serial = `${kind.serial}-${String(index * 35 + unit + 1).padStart(5, '0')}`;
      world.add('items', { gtin: kind.gtin, serial, lot, produced_at: at(day + Math.floor(unit / 12), 500 + (unit % 12) * 35) });
      if (unit % 18 === 7) world.add('inspections', { gtin: kind.gtin, serial, characteristic: 'capacity_wh', value: String(kind.cells * 12.4 + world.between(-6, 6)), lower: String(kind.cells * 12), verdict: 'PASS', inspected_at: at(day + 3) });
      packs.push({ gtin: kind.gtin, serial, lot, madeDay: day + 3 });
    }
  }
  return packs;
}

/** Eight lots of chargers, potted in the same resin as the packs. */
export function makeChargers(making: Making): { lot: string; day: number }[] {
  return [20, 70, 120, 170, 220, 270, 320, 370].map((day, index) => {
    const lot = `CH25-0${index + 1}`;
    making.make({ gtin: products.charger, lot, site: sites.chargerPlant, day, quantity: 240 });
    making.consume({ gtin: products.charger, lot, source: sites.chargerPlant }, making.stock(products.resin, sites.chargerPlant), 12, day, { unit: 'KGM', mixing: 'BLENDED' });
    return { lot, day: day + 2 };
  });
}

/** Software versions: batches without quantity. */
export function releaseFirmware(making: Making): void {
  for (const [lot, day] of [['2.3.0', 40], ['2.4.1', 195], ['2.5.0', 325]] as const) {
    making.world.add('batches', { gtin: products.firmware, lot, source: sites.eindhoven, site_gln: sites.eindhoven, line: 'software', produced_from: at(day) });
  }
}
