// Which goods a row of a movement names: an item, some of a lot, a case's content, or what a unit held at a moment.
import type { Batch, Chain, Item } from './chain.js';
import { amount, gtin14, moment, readTable } from './files.js';

export interface Goods {
  batch: Batch;
  item?: Item;
  quantity: number;
}

/** Readers of goods over one chain. */
export function goodsReader(chain: Chain) {
  const item = (gtin: string, serial: string): Item => chain.items.get(`${gtin14(gtin)}/${serial}`) as Item;
  const goodsOf = (row: {
    gtin?: string;
    lot?: string;
    serial?: string;
    quantity?: string;
    unit?: string;
  }): Goods | undefined => {
    if (!row.gtin) return undefined;
    if (row.serial)
      return { batch: item(row.gtin, row.serial).batch, item: item(row.gtin, row.serial), quantity: 1 };
    if (!row.lot) return undefined;
    const inCase = chain.cases.get(gtin14(row.gtin));
    const gtin = inCase?.gtin ?? gtin14(row.gtin);
    return {
      batch: chain.batch(gtin, row.lot),
      quantity:
        amount(row.quantity as string, row.unit || (chain.unit.get(gtin) as string)) *
        (inCase?.quantity ?? 1),
    };
  };
  const packings = readTable(chain.folder, 'packings');
  const inside = (unit: string, at: number): Goods[] =>
    packings
      .filter(
        (row) =>
          row.sscc === unit &&
          (moment(row.packed_at) as number) <= at &&
          (moment(row.unpacked_at) ?? Number.POSITIVE_INFINITY) > at,
      )
      .flatMap((row) =>
        row.content_sscc
          ? inside(row.content_sscc, at)
          : [
              goodsOf({
                gtin: row.content_gtin,
                lot: row.content_lot,
                serial: row.content_serial,
                quantity: row.quantity,
                unit: row.unit,
              }) as Goods,
            ],
      );
  return { item, goodsOf, inside };
}
