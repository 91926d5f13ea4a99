/** Where the record contradicts itself: kept as told, and found by kind. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type DiscrepancyKind, discrepancyKinds, findDiscrepancies } from '../../src/record/index.js';
import { recordsOfFile, row, type TestRecord } from './recorder.js';

const plant = '9521234000013';
const other = '9521234000020';
const shop = '9521234000037';
const bike = '09521234000105';
const cell = '09521234000112';
const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T08:00:00Z`;
const sold = (values: Record<string, string>) =>
  row('sales', { site_gln: shop, gtin: bike, sold_at: at(9), ...values });
const made = (gtin: string, lot: string, source: string, quantity = '1') =>
  row('batches', { gtin, lot, source, site_gln: source, produced_from: at(1), quantity });
const packed = (sscc: string, day: number) =>
  row('packings', { sscc, content_gtin: bike, content_serial: 'K1', packed_at: at(day) });
const fitted = (serial: string) =>
  row('fittings', { gtin: bike, serial, part_gtin: cell, part_serial: 'C1', fitted_at: at(3) });

/** How often each kind is told of the rows below. */
const contradictions: Record<DiscrepancyKind, number> = {
  NEGATIVE_HOLDING: 5,
  ITEM_SOLD_TWICE: 1,
  COUNT_DIFFERS: 1,
  REPACKED_WITHOUT_UNPACKING: 1,
  MORE_ITEMS_THAN_MADE: 1,
  UNKNOWN_PRODUCT: 1,
  UNKNOWN_PARTY: 3,
  UNKNOWN_LOT: 2,
  LOT_SOURCE_UNKNOWN: 1,
  ITEM_LOT_DIFFERS: 1,
  ITEM_MADE_TWICE: 1,
  PART_IN_TWO_ITEMS: 1,
  RETURN_WITHOUT_SALE: 1,
  VOID_OF_NOTHING: 1,
  AMOUNT_NOT_MEASURABLE: 1,
};

describe('discrepancies', () => {
  const open = recordsOfFile();
  let record: TestRecord;

  beforeAll(async () => {
    record = await open();
    await record.record(
      row('products', { gtin: bike, owner_gln: plant, name: 'Bike', kind: 'FINISHED', serialised: 'true' }),
      made(bike, 'B1', plant),
      row('items', { gtin: bike, serial: 'K1', lot: 'B1', produced_at: at(1) }),
      row('items', { gtin: bike, serial: 'K2', lot: 'B1', produced_at: at(1) }),
      row('items', { gtin: bike, serial: 'K2', lot: 'B1', produced_at: at(2) }),
      row('inspections', {
        gtin: bike,
        serial: 'K1',
        lot: 'B9',
        characteristic: 'brake',
        verdict: 'PASS',
        inspected_at: at(2),
      }),
      fitted('K1'),
      fitted('K2'),
      packed('095212340000000013', 3),
      packed('095212340000000020', 4),
      sold({ serial: 'K1' }),
      sold({ serial: 'K1', receipt: 'R2' }),
      sold({ lot: 'NEVER-MADE', quantity: '1' }),
      made(bike, 'TWO', plant),
      made(bike, 'TWO', other),
      sold({ lot: 'TWO', quantity: '1' }),
      row('counts', { site_gln: shop, gtin: cell, quantity: '7', counted_at: at(9) }),
      row('returns', { site_gln: shop, gtin: cell, quantity: '1', returned_at: at(9), receipt: 'NONE' }),
      row('voids', { voided_event_id: 'nothing', voided_at: at(9), reason: 'typo' }),
      row('sales', { site_gln: shop, gtin: cell, lot: 'L', quantity: '2.5', sold_at: at(9) }),
    );
  });

  const find = async (kind: DiscrepancyKind | null, after = '', limit = 100) => {
    const client = await record.database.ownerPool.connect();
    try {
      return await findDiscrepancies(client, { kind, after, limit });
    } finally {
      client.release();
    }
  };

  it.each(discrepancyKinds.map((kind) => [kind]))(
    '%s is told of what contradicts, and of nothing else',
    async (kind) => {
      const found = await find(kind);
      expect(found.map((one) => one.message).join('\n')).not.toBe('');
      expect(found).toHaveLength(contradictions[kind]);
    },
  );

  it('come in pages that put together are the whole', async () => {
    const keys = (await find(null)).map((one) => one.key);
    const paged: string[] = [];
    for (let page = await find(null, '', 4); page.length > 0; page = await find(null, paged.at(-1), 4))
      paged.push(...page.map((one) => one.key));
    expect(paged).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
