// Makes the battery packs, lot by lot, from the cells and the resin that lay at the plant.
import { products, sites } from '../story.js';
import type { Making } from './making.js';
import { at } from './world.js';

export interface Pack {
  gtin: string;
  serial: string;
  lot: string;
  madeDay: number;
}

const packKinds = [
  {
    gtin: products.pack500,
    short: 'BP5',
    serial: 'P5',
    line: 'P1',
    first: 48,
    step: 30,
    lots: 13,
    cells: 40,
    resin: 0.25,
  },
  {
    gtin: products.pack630,
    short: 'BP6',
    serial: 'P6',
    line: 'P2',
    first: 52,
    step: 48,
    lots: 8,
    cells: 52,
    resin: 0.3,
  },
];

/** The lot whose cell scans were lost when the line's scanner failed. */
export const unrecordedPackLot = 'BP5-07';

/** Battery packs, 35 to a lot, made by the bicycle maker from cells and resin. */
export function makePacks(making: Making): Pack[] {
  const { world } = making;
  const plans = packKinds.flatMap((kind) =>
    Array.from({ length: kind.lots }, (_, index) => ({ kind, index, day: kind.first + kind.step * index })),
  );
  plans.sort((a, b) => a.day - b.day || a.kind.short.localeCompare(b.kind.short));
  const packs: Pack[] = [];
  let previousResin: string | undefined;
  for (const { kind, index, day } of plans) {
    const lot = `${kind.short}-${String(index + 1).padStart(2, '0')}`;
    const output = { gtin: kind.gtin, lot, source: sites.eindhoven };
    world.add('batches', {
      ...output,
      revision: 'P1',
      site_gln: sites.eindhoven,
      line: kind.line,
      produced_from: at(day, 480),
      produced_to: at(day + 2, 960),
      quantity: '35',
    });
    making.consume(output, making.stock(products.cell, sites.eindhoven), 35 * kind.cells, day, {
      silent: lot === unrecordedPackLot,
    });
    const resin = making.consume(
      output,
      making.stock(products.resin, sites.eindhoven),
      35 * kind.resin,
      day,
      { unit: 'KGM', mixing: 'BLENDED' },
    );
    const current = resin.at(-1)?.lot;
    if (previousResin && current !== previousResin && resin.length === 1) {
      world.add('consumption', {
        ...output,
        input_gtin: products.resin,
        input_lot: previousResin,
        quantity: '0.05',
        unit: 'KGM',
        at: at(day, 480),
        mixing: 'CARRYOVER',
      });
    }
    previousResin = resin[0]?.lot;
    for (let unit = 0; unit < 35; unit++) {
      const serial = `${kind.serial}-${String(index * 35 + unit + 1).padStart(5, '0')}`;
      world.add('items', {
        gtin: kind.gtin,
        serial,
        lot,
        produced_at: at(day + Math.floor(unit / 12), 500 + (unit % 12) * 35),
      });
      if (unit % 18 === 7)
        world.add('inspections', {
          gtin: kind.gtin,
          serial,
          characteristic: 'capacity_wh',
          value: String(kind.cells * 12.4 + world.between(-6, 6)),
          lower: String(kind.cells * 12),
          verdict: 'PASS',
          inspected_at: at(day + 3),
        });
      packs.push({ gtin: kind.gtin, serial, lot, madeDay: day + 3 });
    }
  }
  return packs;
}
