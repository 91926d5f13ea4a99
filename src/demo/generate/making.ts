// Keeps the stock of each plant: what is made is added, what is consumed is drawn first in, first out.
import { at, date, type World } from './world.js';

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
  consume(
    output: { gtin: string; lot: string; source: string },
    input: Stock,
    quantity: number,
    day: number,
    options?: { unit?: string; mixing?: string; silent?: boolean },
  ): Draw[];
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
        gtin,
        lot,
        source: site,
        site_gln: site,
        line: 'M1',
        produced_from: at(day, 480),
        produced_to: at(day + 1, 960),
        expires_on: expires === undefined ? undefined : date(expires),
        quantity: decimal(quantity),
        unit,
      });
      stock(gtin, site).lots.push({ lot, source: site, day: day + 1, left: quantity });
      for (const send of sendTo) {
        const amount = { gtin, lot, quantity: decimal(send.quantity), unit };
        const reference = `DN-${world.next('delivery note')}`;
        world.add('shipments', {
          from_gln: site,
          to_gln: send.site,
          ...amount,
          shipped_at: at(send.shipDay, 900),
          reference,
        });
        world.add('receipts', {
          from_gln: site,
          to_gln: send.site,
          ...amount,
          received_at: at(send.receiptDay, 500),
          reference,
        });
        const own = stock(gtin, site).lots.find((candidate) => candidate.lot === lot);
        if (own) own.left -= send.quantity;
        stock(gtin, send.site).lots.push({
          lot,
          source: site,
          day: send.receiptDay,
          left: send.quantity - (send.keepBack ?? 0),
        });
      }
    },
    consume(output, input, quantity, day, options = {}) {
      const drawn = draw(input, quantity, day);
      if (options.silent) return drawn;
      for (const { lot, source, quantity: taken } of drawn) {
        world.add('consumption', {
          gtin: output.gtin,
          lot: output.lot,
          source: output.source,
          input_gtin: input.gtin,
          input_lot: lot,
          input_source: source,
          quantity: decimal(taken),
          unit: options.unit,
          at: at(day, 480),
          mixing: options.mixing,
        });
      }
      return drawn;
    },
  };
}
