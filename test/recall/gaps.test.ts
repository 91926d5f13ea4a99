// Every kind of hole in the record, each in a small chain, with the most that it could hide.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import type { Gap } from '../../src/recall/index.js';
import { type Chain, createChain } from '../support/chain.js';
import { createTestDatabase } from '../support/database.js';
import { recall } from '../support/recall.js';

interface Hole {
  /** What is told. */
  tell(c: Chain): void;
  rule: object;
  gap: string;
}

/** One for each kind: a further one has no case, and this does not compile. */
const holes: Record<Gap['kind'], Hole> = {
  // lot L1 without its line, asked for line 2
  ATTRIBUTE_MISSING: {
    tell: (c) => c.made('lamp/L1', 30, 'maker', '01-01 08:00'),
    rule: { produced: { gtin: 'lamp', line: '2' } },
    gap: 'ATTRIBUTE_MISSING: batch L1: line not on record, so the rule cannot rule it out (at most 30)',
  },
  // made somewhen on 1 January, asked for its morning
  TIME_IMPRECISE: {
    tell: (c) => c.made('lamp/L1', 30, 'maker', '01-01'),
    rule: { produced: { gtin: 'lamp', from: '2026-01-01T00:00:00Z', to: '2026-01-01T12:00:00Z' } },
    gap: 'TIME_IMPRECISE: batch L1: its time of production overlaps the window of the rule only in part (at most 30)',
  },
  // 1 and 5 of the numbers 1 to 5
  SERIAL_NOT_ON_RECORD: {
    tell: (c) => {
      c.made('bike/B1', 2, 'maker', '01-01 08:00');
      for (const serial of ['1', '5']) c.item(`bike#${serial}`, 'bike/B1', '01-01 09:00');
    },
    rule: { serials: { gtin: 'bike', scheme: 'NUMERIC', from: '1', to: '5' } },
    gap: 'SERIAL_NOT_ON_RECORD: serials gtin BIKE, scheme NUMERIC, from 1, to 5: 3 of 5 numbers not on record: 2 to 4 (at most 3)',
  },
  SUBJECT_NOT_ON_RECORD: {
    tell: (c) => c.made('lamp/L1', 30, 'maker', '01-01 08:00'),
    rule: { any: [{ batch: 'lamp/L1' }, { items: ['bike#7', 'bike#8'] }] },
    gap: 'SUBJECT_NOT_ON_RECORD: items 7, 8: 2 of them not on record (at most 2)',
  },
  // bicycles that want a lamp, made where and while affected lamps lay, without any input on record
  GENEALOGY_MISSING: {
    tell: (c) => {
      c.revision('bike', 'A', { lamp: 1 });
      c.made('lamp/L1', 30, 'maker', '01-01 08:00');
      c.made('bike/B1', 20, 'maker', '01-05 08:00', { revision: 'A' });
    },
    rule: { batch: 'lamp/L1' },
    gap: 'GENEALOGY_MISSING: batch B1: its bill of materials wants an affected component, and its recorded inputs do not cover it (at most 20)',
  },
  // a bicycle whose lot nobody told, of a lot with more units than serials on record
  LOT_MISSING: {
    tell: (c) => {
      c.made('bike/B1', 2, 'maker', '01-01 08:00');
      c.item('bike#1', 'bike/B1', '01-01 09:00');
      c.item('bike#2', null, '01-01 09:00');
    },
    rule: { batch: 'bike/B1' },
    gap: 'LOT_MISSING: item 2: lot not on record, so the rule cannot rule it out (at most 1)',
  },
  AMOUNT_MISSING: {
    tell: (c) => {
      c.made('lamp/L1', 30, 'maker', '01-01 08:00');
      c.shipped('lamp/L1', null, 'maker', 'shop', '01-02 08:00');
    },
    rule: { batch: 'lamp/L1' },
    gap: 'AMOUNT_MISSING at shop: a movement here gave no quantity: the figures it touches are ranges (at most 30)',
  },
  CUSTODY_MISSING: {
    tell: (c) => {
      c.made('lamp/L1', 30, 'maker', '01-01 08:00');
      c.sold('lamp/L1', 2, 'shop', '01-05 08:00');
    },
    rule: { batch: 'lamp/L1' },
    gap: 'CUSTODY_MISSING at shop: more left this site than the record says came there: a delivery is not on record (at most 2)',
  },
  SHIPMENT_MISSING: {
    tell: (c) => {
      c.made('lamp/L1', 30, 'maker', '01-01 08:00');
      c.received('lamp/L1', 6, 'shop', '01-03 08:00');
    },
    rule: { batch: 'lamp/L1' },
    gap: 'SHIPMENT_MISSING at shop: more was received here than was sent here: a shipment is not on record (at most 6)',
  },
  // a case of 12 that came to the shop, which sells from its shelves as if it were empty
  UNIT_NOT_OPENED: {
    tell: (c) => {
      c.made('lamp/L1', 30, 'maker', '01-01 08:00');
      c.packed('unit 1', 'lamp/L1', 12, '01-01 09:00');
      c.shipped('unit 1', null, 'maker', 'shop', '01-02 08:00');
      c.received('unit 1', null, 'shop', '01-03 08:00');
    },
    rule: { batch: 'lamp/L1' },
    gap: 'UNIT_NOT_OPENED at shop: a unit with affected goods inside came here and was never opened (at most 12)',
  },
  PARTY_SILENT: {
    tell: (c) => {
      c.made('lamp/L1', 30, 'maker', '01-01 08:00');
      c.shipped('lamp/L1', 4, 'maker', 'shop', '01-02 08:00');
    },
    rule: { batch: 'lamp/L1' },
    gap: 'PARTY_SILENT at shop: affected goods were sent here, and this site has not reported anything (at most 4)',
  },
  // a lot of a product that only a relation names: how much of it there is, nobody told
  PART_UNDESCRIBED: {
    tell: (c) => {
      c.made('lamp/L1', 30, 'maker', '01-01 08:00');
      c.row('consumption', {
        ...c.goods('lamp/L1'),
        input_gtin: '09521000999985',
        input_lot: 'X',
        at: '01-01 08:00',
      });
    },
    rule: { batch: { gtin: '09521000999985', lot: 'X' } },
    gap: 'PART_UNDESCRIBED: a member of this product is known by its name only: what it is and what it is made of is not on record',
  },
};

describe('a hole of the record', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  test.each(Object.entries(holes))(
    '%s is told, with the most it could hide',
    async (_, { tell, rule, gap }) => {
      const c = createChain(database);
      c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
      c.party('shop', 'RETAILER', { kind: 'STORE' });
      c.product('lamp', 'FINISHED');
      c.product('bike', 'FINISHED', { serialised: 'true' });
      tell(c);
      await c.record();
      const { gaps, scope } = await recall(c, rule);
      expect(gaps).toContain(gap.replace('BIKE', c.key('bike')));
      // beside the answer: it is as whole as the record is
      expect(scope.isComplete).toBe(true);
    },
  );
});
