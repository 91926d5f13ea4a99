// Makes what the bicycle maker buys and blends: materials, frames, motors, cells, chargers, and its software.
import { defectiveCellLot, products, sites } from '../story.js';
import type { Making } from './making.js';
import { at } from './world.js';

/** Cathode powder, resin, screws, motors and frames. */
export function makeMaterials(making: Making): void {
  [2, 75, 170, 270].forEach((day, index) => {
    making.make({
      gtin: products.cathode,
      lot: `PC25-0${index + 1}`,
      site: sites.cathodePlant,
      day: day - 1,
      quantity: 260,
      unit: 'KGM',
      sendTo: [{ site: sites.cellPlant, quantity: 240, shipDay: day, receiptDay: day + 1 }],
    });
  });
  [5, 70, 150, 230, 310].forEach((day, index) => {
    making.make({
      gtin: products.resin,
      lot: `RP25-0${index + 1}`,
      site: sites.resinPlant,
      day,
      quantity: 70,
      unit: 'KGM',
      expires: day + 365,
      sendTo: [
        { site: sites.eindhoven, quantity: 42, shipDay: day + 5, receiptDay: day + 8, keepBack: 1 },
        { site: sites.chargerPlant, quantity: 24, shipDay: day + 5, receiptDay: day + 9 },
      ],
    });
  });
  [3, 120].forEach((day, index) => {
    making.make({
      gtin: products.screw,
      lot: `SC-${index + 1}`,
      site: sites.motorPlant,
      day,
      quantity: 2200,
    });
  });
  const motors = [10, 80, 150, 220, 290].map((day) => ({ day, to: sites.eindhoven as string }));
  motors.push(...[15, 135, 255].map((day) => ({ day, to: sites.porto as string })));
  motors
    .sort((a, b) => a.day - b.day)
    .forEach(({ day, to }, index) => {
      const lot = `TD-${String(index + 1).padStart(2, '0')}`;
      making.make({
        gtin: products.motor,
        lot,
        site: sites.motorPlant,
        day,
        quantity: 80,
        sendTo: [{ site: to, quantity: 80, shipDay: day + 10, receiptDay: day + 25 }],
      });
      making.consume(
        { gtin: products.motor, lot, source: sites.motorPlant },
        making.stock(products.screw, sites.motorPlant),
        480,
        day,
      );
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
    making.make({
      gtin,
      lot,
      site,
      day,
      quantity,
      sendTo: [{ site: to, quantity, shipDay: day + 5, receiptDay: day + 45 }],
    });
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
      gtin: products.cell,
      lot,
      site: sites.cellPlant,
      day,
      quantity: 3100,
      expires: day + 900,
      sendTo: [
        { site: sites.eindhoven, quantity: 3100, shipDay: day + 3, receiptDay: arrival, keepBack: 60 },
      ],
    });
    making.consume(
      { gtin: products.cell, lot, source: sites.cellPlant },
      making.stock(products.cathode, sites.cellPlant),
      62,
      day,
      { unit: 'KGM', mixing: 'BLENDED' },
    );
    world.add('disposals', {
      site_gln: sites.eindhoven,
      gtin: products.cell,
      lot,
      quantity: '20',
      disposed_at: at(arrival, 700),
      reason: 'SAMPLED',
    });
    world.add('inspections', {
      gtin: products.cell,
      lot,
      characteristic: 'separator_thickness_um',
      value: lot === defectiveCellLot ? '16.1' : (16.4 + (index % 4) * 0.2).toFixed(1),
      lower: '16',
      upper: '18',
      verdict: 'PASS',
      inspected_at: at(arrival, 720),
    });
    if (index < 4)
      world.add('disposals', {
        site_gln: sites.eindhoven,
        gtin: products.cell,
        lot,
        quantity: '40',
        disposed_at: at(200 + index),
        reason: 'DESTROYED',
      });
  }
  const suspect = { gtin: products.cell, lot: defectiveCellLot };
  world.add('counts', { site_gln: sites.eindhoven, ...suspect, quantity: '40', counted_at: at(300) });
  world.add('inspections', {
    ...suspect,
    characteristic: 'separator_thickness_um',
    value: '14.2',
    lower: '16',
    upper: '18',
    verdict: 'FAIL',
    inspected_at: at(480),
  });
  world.add('batch_status', {
    ...suspect,
    source: sites.cellPlant,
    status: 'BLOCKED',
    reason: 'separator below limit',
    at: at(481),
  });
  const early = { gtin: products.cell, lot: 'HC25-02', source: sites.cellPlant };
  world.add('batch_status', {
    ...early,
    status: 'BLOCKED',
    reason: 'certificate of analysis missing',
    at: at(66),
  });
  world.add('batch_status', {
    ...early,
    status: 'RELEASED',
    reason: 'certificate of analysis received',
    at: at(68),
  });
}

/** Eight lots of chargers, potted in the same resin as the packs. */
export function makeChargers(making: Making): { lot: string; day: number }[] {
  return [20, 70, 120, 170, 220, 270, 320, 370].map((day, index) => {
    const lot = `CH25-0${index + 1}`;
    making.make({ gtin: products.charger, lot, site: sites.chargerPlant, day, quantity: 240 });
    making.consume(
      { gtin: products.charger, lot, source: sites.chargerPlant },
      making.stock(products.resin, sites.chargerPlant),
      12,
      day,
      { unit: 'KGM', mixing: 'BLENDED' },
    );
    return { lot, day: day + 2 };
  });
}

/** Software versions: batches without quantity. */
export function releaseFirmware(making: Making): void {
  for (const [lot, day] of [
    ['2.3.0', 40],
    ['2.4.1', 195],
    ['2.5.0', 325],
  ] as const) {
    making.world.add('batches', {
      gtin: products.firmware,
      lot,
      source: sites.eindhoven,
      site_gln: sites.eindhoven,
      line: 'software',
      produced_from: at(day),
    });
  }
}
