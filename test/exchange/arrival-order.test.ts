/** Events of one chain, captured one by one in whatever order, leave the same record. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capture } from '../../src/exchange/index.js';
import { liveRows } from '../record/live-rows.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';

const place = (gln: string) => ({ id: `https://id.gs1.org/414/${gln}` });
const [plant, store] = [place('9521234000044'), place('9521234000020')];
const item = (serial: string) => `https://id.gs1.org/01/09521234000013/21/${serial}`;
const lot = (name: string) => `https://id.gs1.org/01/09521234000112/10/${name}`;
const pallet = 'https://id.gs1.org/00/340123451111111111';

const event = (hour: number, type: string, more: object) => ({
  type,
  eventID: `urn:event:${hour}`,
  eventTime: `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`,
  eventTimeZoneOffset: '+00:00',
  ...more,
});
const observed = { action: 'OBSERVE', readPoint: plant };
const toStore = { destinationList: [{ type: 'location', destination: store.id }] };
const shipped = (quantity: number) => ({ quantityList: [{ epcClass: lot('K'), quantity }] });
const reason = { declarationTime: '2026-03-02T00:00:00Z', reason: 'did_not_occur' };
const notVoided = event(20, 'ObjectEvent', { ...observed, bizStep: 'void_shipping', ...shipped(15) });
const sale = event(14, 'ObjectEvent', {
  action: 'OBSERVE',
  bizStep: 'retail_selling',
  epcList: [item('B')],
  readPoint: store,
});

const chain: object[] = [
  event(1, 'TransformationEvent', {
    transformationID: 'urn:pool',
    inputQuantityList: [{ epcClass: lot('IN') }],
  }),
  event(2, 'TransformationEvent', {
    transformationID: 'urn:pool',
    outputQuantityList: [{ epcClass: lot('OUT') }],
    readPoint: plant,
  }),
  event(3, 'ObjectEvent', {
    action: 'ADD',
    bizStep: 'commissioning',
    epcList: ['A', 'B', 'C'].map(item),
    readPoint: plant,
  }),
  event(4, 'AssociationEvent', {
    action: 'ADD',
    parentID: item('A'),
    childEPCs: [item('P'), item('Q')],
    bizLocation: plant,
  }),
  event(5, 'AssociationEvent', {
    action: 'DELETE',
    parentID: item('A'),
    childEPCs: [item('P')],
    bizLocation: plant,
  }),
  event(6, 'AssociationEvent', { action: 'DELETE', parentID: item('A'), bizLocation: plant }),
  event(7, 'AssociationEvent', {
    action: 'ADD',
    parentID: item('A'),
    childEPCs: [item('P')],
    bizLocation: plant,
  }),
  event(8, 'AggregationEvent', {
    action: 'ADD',
    bizStep: 'packing',
    parentID: pallet,
    childEPCs: ['A', 'B', 'C'].map(item),
    readPoint: plant,
  }),
  event(9, 'AggregationEvent', {
    action: 'DELETE',
    bizStep: 'unpacking',
    parentID: pallet,
    childEPCs: [item('C')],
    readPoint: plant,
  }),
  event(10, 'ObjectEvent', { ...observed, ...toStore, bizStep: 'shipping', epcList: [pallet, item('C')] }),
  event(11, 'ObjectEvent', { ...observed, bizStep: 'void_shipping', epcList: [item('C')] }),
  event(12, 'ObjectEvent', { action: 'OBSERVE', bizStep: 'receiving', epcList: [pallet], readPoint: store }),
  event(13, 'AggregationEvent', {
    action: 'DELETE',
    bizStep: 'unpacking',
    parentID: pallet,
    readPoint: store,
  }),
  sale,
  event(15, 'ObjectEvent', {
    action: 'ADD',
    bizStep: 'creating_class_instance',
    quantityList: [{ epcClass: lot('K'), quantity: 100 }],
    readPoint: plant,
  }),
  event(16, 'ObjectEvent', { ...observed, ...toStore, bizStep: 'shipping', ...shipped(60) }),
  // the void takes this one back, though it may arrive after the void that took back the one before
  event(17, 'ObjectEvent', { ...observed, ...toStore, bizStep: 'shipping', ...shipped(30) }),
  event(18, 'ObjectEvent', { ...observed, bizStep: 'void_shipping', ...shipped(30) }),
  event(19, 'ObjectEvent', { ...observed, bizStep: 'void_shipping', ...shipped(20) }),
  notVoided,
  { ...notVoided, errorDeclaration: reason },
  { ...sale, errorDeclaration: reason },
];
/** Of 100 made 90 were shipped, 30 and 20 of which were taken back. */
const onHandOfK = [
  '09521234000112/K/- | 9521234000020 | 9521234000020 | IN_TRANSIT | 40 | 0',
  '09521234000112/K/- | 9521234000044 | 9521234000044 | ON_HAND | 60 | 0',
  '09521234000112/K/- | 9521234000044 | 9521234000044 | SOURCE | -100 | 0',
];

async function recordOf(order: readonly object[]): Promise<Record<string, string[]>> {
  const services = { database: await createTestDatabase(), vault: testVault() };
  try {
    for (const one of order) {
      const options = {
        recorder: { partyId: null, role: 'ADMIN' },
        behaviour: 'proceed',
        reading: 'strict',
      } as const;
      const report = await capture(services, { text: JSON.stringify(one), file: 'x' }, options);
      expect(report.refusals).toEqual([]);
    }
    const rows = await liveRows(services.database.ownerPool);
    // a shipment that was taken back too early is told again, by an id that shows which it is
    const legs = rows.leg?.map((row) => row.replace(/~left~(all|\d+)(~\d+)?(?= )/, ''));
    return { ...rows, leg: legs?.sort() ?? [] };
  } finally {
    await services.database.close();
  }
}

describe('the order in which events arrive', () => {
  it('does not matter to which shipment a void_shipping takes back', async () => {
    const upTo = chain.slice(14, 19);
    const expected = await recordOf(upTo);
    const between = upTo.filter((_, index) => index !== 2);
    expect(await recordOf([...between, ...upTo.slice(2, 3)])).toEqual(expected);
  });

  it('does not matter', async () => {
    const expected = await recordOf(chain);
    expect(expected.lineage).toHaveLength(1);
    expect(expected.sale).toEqual([]);
    expect(expected.balance?.filter((row) => row.includes('/K/'))).toEqual(onHandOfK);
    const orders = fc.shuffledSubarray(chain, { minLength: chain.length });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        expect(await recordOf(order)).toEqual(expected);
      }),
      { numRuns: 3, examples: [[chain.toReversed()]] },
    );
  });
});
