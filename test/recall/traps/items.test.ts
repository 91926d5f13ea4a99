// Traps of items and their parts: what as-built evidence narrows, and what it does not (design 5.2).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/index.js';
import { type Chain, createChain } from '../../support/chain.js';
import { createTestDatabase } from '../../support/database.js';
import { recall } from '../../support/recall.js';

describe('items and their parts', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  /** Bicycles of lot B1, which drew packs of P1 (affected) or P2: the record of the lot does not say which. */
  function bikes(count: number): Chain {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE' });
    c.party('garage', 'SERVICE', { kind: 'WORKSHOP' });
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.product('pack', 'COMPONENT', { serialised: 'true' });
    c.made('bike/B1', count, 'maker', '01-02 08:00', { revision: 'A' });
    for (let n = 1; n <= count; n += 1) c.item(`bike#${n}`, 'bike/B1', '01-02 09:00');
    return c;
  }
  const packs = (c: Chain, lot: string, ...serials: string[]) => {
    c.made(`pack/${lot}`, serials.length, 'maker', '01-01 08:00');
    for (const serial of serials) c.item(`pack#${serial}`, `pack/${lot}`, '01-01 09:00');
  };

  //  B1 drew P1 and P2; bike 1 has b1 (P1), bike 2 has g1 (P2), bike 3 has nothing on record
  test('an item is as certain as its part, excluded when its parts cover the need, possible when nothing is on record', async () => {
    const c = bikes(3);
    c.revision('bike', 'A', { pack: 1 });
    packs(c, 'P1', 'b1', 'b2');
    packs(c, 'P2', 'g1', 'g2');
    c.used('bike/B1', 'pack/P1', 2, '01-02 08:00');
    c.used('bike/B1', 'pack/P2', 2, '01-02 08:00');
    c.fitted('bike#1', 'pack#b1', '01-02 09:00');
    c.fitted('bike#2', 'pack#g1', '01-02 09:00');
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(answer.items).toEqual({
      'bike#1': 'CERTAIN',
      'bike#3': 'POSSIBLE 1/2',
      'pack#b1': 'CERTAIN',
      'pack#b2': 'CERTAIN',
    });
    expect(answer.batches['bike/B1']).toMatch(/^POSSIBLE/);
    expect(answer.excluded).toEqual({
      'bike#2':
        'AS_BUILT: its recorded parts are unaffected and cover the whole quantity of every affected component',
    });
    expect(await answer.member('bike#2')).toMatchObject({
      verdict: 'OUT',
      why: [
        { kind: 'FITTED', certainty: 'CERTAIN' },
        { kind: 'MEMBER', certainty: 'CERTAIN' },
      ],
    });
  });

  //  two packs a bike, left and right: bike 1 has both recorded clean, bike 2 the left only, bike 3 two at the left
  test('with two positions of one component, one recorded clean acquits nothing', async () => {
    const c = bikes(3);
    c.revision('bike', 'A', { 'pack@left': 1, 'pack@right': 1 });
    packs(c, 'P1', 'b1', 'b2');
    packs(c, 'P2', 'g1', 'g2', 'g3', 'g4', 'g5');
    c.used('bike/B1', 'pack/P1', 2, '01-02 08:00');
    c.used('bike/B1', 'pack/P2', 4, '01-02 08:00');
    c.fitted('bike#1', 'pack#g1', '01-02 09:00', { position: 'left' });
    c.fitted('bike#1', 'pack#g2', '01-02 09:00', { position: 'right' });
    c.fitted('bike#2', 'pack#g3', '01-02 09:00', { position: 'left' });
    c.fitted('bike#3', 'pack#g4', '01-02 09:00', { position: 'left' });
    c.fitted('bike#3', 'pack#g5', '01-02 09:00', { position: 'left' });
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(Object.keys(answer.items)).toEqual(['bike#2', 'bike#3', 'pack#b1', 'pack#b2']);
    expect(Object.keys(answer.excluded)).toEqual(['bike#1']);
  });

  //  B1 drew P1 alone; in bike 1 a garage put another pack for it, bike 2 is told to have had another from the beginning
  test('a unit of a lot that surely had the part is without it once another was put in, unless the harm stays', async () => {
    const c = bikes(3);
    c.revision('bike', 'A', { pack: 1 });
    packs(c, 'P1', 'b1', 'b2', 'b3');
    packs(c, 'P2', 'g1', 'g2');
    c.used('bike/B1', 'pack/P1', 3, '01-02 08:00');
    c.row('services', {
      site_gln: c.key('garage'),
      ...c.goods('bike#1'),
      part_out_gtin: c.key('pack'),
      part_out_lot: 'P1',
      part_out_to: 'SCRAP',
      part_in_gtin: c.key('pack'),
      part_in_serial: 'g1',
      serviced_at: '02-01 08:00',
    });
    c.fitted('bike#2', 'pack#g2', '01-02 09:00');
    await c.record();
    const bikesOf = ({ items }: { items: Record<string, unknown> }) =>
      Object.keys(items).filter((item) => item.startsWith('bike'));
    const ever = await recall(c, { batch: 'pack/P1' });
    expect(bikesOf(ever)).toEqual(['bike#1', 'bike#2', 'bike#3']);
    expect(ever.batches['bike/B1']).toBe('CERTAIN');
    const current = await recall(c, { batch: 'pack/P1' }, { exposure: 'CURRENT' });
    expect(bikesOf(current)).toEqual(['bike#2', 'bike#3']);
    expect(current.batches['bike/B1']).toBe('POSSIBLE 2/3');
    expect(Object.keys(current.excluded)).toEqual(['bike#1']);
    const persists = await recall(c, { persists: { rule: { batch: 'pack/P1' } } }, { exposure: 'CURRENT' });
    expect(bikesOf(persists)).toEqual(['bike#1', 'bike#2', 'bike#3']);
  });

  //  by a mistake of the record bike 1 has g1 in it, and g1 has bike 1; the lots of both drew affected ones among others
  test('items that contain each other acquit neither', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', { pack: 1 });
    c.revision('pack', 'A', { bike: 1 });
    packs(c, 'P1', 'b1');
    packs(c, 'P2', 'g1');
    c.made('bike/B9', 1, 'maker', '01-01 08:00');
    c.used('bike/B1', 'pack/P1', 1, '01-02 08:00');
    c.used('bike/B1', 'pack/P2', 1, '01-02 08:00');
    c.used('pack/P2', 'bike/B1', 1, '01-02 08:00');
    c.used('pack/P2', 'bike/B9', 1, '01-02 08:00');
    c.fitted('bike#1', 'pack#g1', '01-02 09:00');
    c.fitted('pack#g1', 'bike#1', '01-02 09:00');
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(answer.items).toMatchObject({ 'bike#1': 'POSSIBLE', 'pack#g1': 'POSSIBLE' });
  });

  //  bike 1: b1 (P1) taken out before the recall, g1 put in; b1 went back on the shelf, was sold to Eve and built into her bike 2
  test('a component swapped before the recall stays affected where it went, and its item was exposed', async () => {
    const c = bikes(2);
    c.revision('bike', 'A', { pack: 1 });
    packs(c, 'P1', 'b1');
    packs(c, 'P2', 'g1', 'g2');
    c.fitted('bike#1', 'pack#b1', '01-02 09:00');
    c.fitted('bike#2', 'pack#g2', '01-02 09:00');
    c.sold('bike#1', null, 'shop', '01-03 08:00', { buyer: 'Ada' });
    c.sold('bike#2', null, 'shop', '01-03 08:00', { buyer: 'Eve' });
    const service = (bike: string, out: string, to: string, put: string, at: string) =>
      c.row('services', {
        site_gln: c.key('garage'),
        ...c.goods(bike),
        part_out_gtin: c.key('pack'),
        part_out_serial: out,
        part_out_to: to,
        part_in_gtin: c.key('pack'),
        part_in_serial: put,
        serviced_at: at,
      });
    service('bike#1', 'b1', 'RESTOCK', 'g1', '02-01 08:00');
    c.sold('pack#b1', null, 'garage', '02-02 08:00', { buyer: 'Fay' });
    c.returned('pack#b1', null, 'garage', '02-03 08:00', { to: 'STOCK' });
    service('bike#2', 'g2', 'SCRAP', 'b1', '02-04 08:00');
    await c.record();
    const ever = await recall(c, { batch: 'pack/P1' });
    expect(ever.items).toEqual({ 'bike#1': 'CERTAIN', 'bike#2': 'CERTAIN', 'pack#b1': 'CERTAIN' });
    expect(ever.buyers).toEqual({ Ada: 'CERTAIN YES', Eve: 'CERTAIN YES', Fay: 'CERTAIN NO' });
    const current = await recall(c, { batch: 'pack/P1' }, { exposure: 'CURRENT' });
    expect(current.items).toEqual({ 'bike#2': 'CERTAIN', 'pack#b1': 'CERTAIN' });
    // contamination does not leave with the part
    const persists = await recall(c, { persists: { rule: { batch: 'pack/P1' } } }, { exposure: 'CURRENT' });
    expect(persists.items).toEqual(ever.items);
    // as of January b1 was still in bike 1, and nowhere else
    const january = await recall(
      c,
      { batch: 'pack/P1' },
      { exposure: 'CURRENT', asOf: new Date('2026-01-15T00:00:00Z') },
    );
    expect(january.items).toEqual({ 'bike#1': 'CERTAIN', 'pack#b1': 'CERTAIN' });
  });

  //  bike 1's clean pack g1 was put in by a workshop in place of one that nobody recorded
  test('parts put in by a workshop prove nothing of the time before', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', { pack: 1 });
    packs(c, 'P1', 'b1');
    packs(c, 'P2', 'g1');
    c.row('services', {
      site_gln: c.key('garage'),
      ...c.goods('bike#1'),
      part_in_gtin: c.key('pack'),
      part_in_serial: 'g1',
      serviced_at: '02-01 08:00',
    });
    await c.record();
    expect((await recall(c, { batch: 'pack/P1' })).items).toMatchObject({ 'bike#1': 'POSSIBLE' });
    const current = await recall(c, { batch: 'pack/P1' }, { exposure: 'CURRENT' });
    expect(Object.keys(current.items)).toEqual(['pack#b1']);
  });

  //  a spare pack on the shelf of a shop: never built in, sold over the counter
  test('a recalled spare part in a shop that was never built in is found, and so is its buyer', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', {});
    packs(c, 'P1', 'b1', 'b2');
    for (const serial of ['b1', 'b2']) {
      c.shipped(`pack#${serial}`, null, 'maker', 'shop', '01-03 08:00');
      c.received(`pack#${serial}`, null, 'shop', '01-04 08:00');
    }
    c.sold('pack#b2', null, 'shop', '01-05 08:00', { buyer: 'Ada' });
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(answer.holders).toEqual({ maker: { pack: 'made 2' }, shop: { pack: 'onHand 1, sold 1' } });
    expect(answer.buyers).toEqual({ Ada: 'CERTAIN YES' });
    expect(answer.processors).toEqual([]);
  });

  //  K1 sold to Ada, and again to Bob, and never came back between
  test('one serial sold twice keeps both buyers, and closes neither', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', {});
    c.sold('bike#1', null, 'shop', '01-05 08:00', { buyer: 'Ada' });
    const second = c.sold('bike#1', null, 'shop', '01-06 08:00', { buyer: 'Bob' });
    await c.record();
    expect((await recall(c, { batch: 'bike/B1' })).buyers).toEqual({
      Ada: 'CERTAIN UNKNOWN',
      Bob: 'CERTAIN YES',
    });
    c.returned('bike#1', null, 'shop', '01-07 08:00', { sale_event_id: second });
    await c.record();
    const answer = await recall(c, { batch: 'bike/B1' });
    expect(answer.buyers).toEqual({ Ada: 'CERTAIN UNKNOWN', Bob: 'CERTAIN NO' });
    expect(answer.summary.buyers).toBe(1n);
  });

  //  K1 sold to Ada and to Bob; Ada's comes back and is scrapped at the moment Bob's is sold
  test('a scrapped serial that was sold twice does not close the other sale', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', {});
    const first = c.sold('bike#1', null, 'shop', '01-05 08:00', { buyer: 'Ada' });
    c.sold('bike#1', null, 'shop', '01-06 19:00', { buyer: 'Bob' });
    c.returned('bike#1', null, 'shop', '01-06 19:00', { sale_event_id: first, to: 'SCRAP' });
    await c.record();
    expect((await recall(c, { batch: 'bike/B1' })).buyers).toEqual({
      Ada: 'CERTAIN NO',
      Bob: 'CERTAIN UNKNOWN',
    });
  });

  //  Ada buys, sells on privately to Bob, who registers; Cleo leases from Bob
  test('former keepers are listed, and only the last one still holds', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', {});
    c.sold('bike#1', null, 'shop', '01-05 08:00', { buyer: 'Ada' });
    const keeper = (buyer: string, kind: string, at: string, ended?: string) =>
      c.row('registrations', {
        ...c.goods('bike#1'),
        registered_at: at,
        kind,
        buyer,
        ...(ended ? { ended_at: ended } : {}),
      });
    keeper('Ada', 'OWNER', '01-06 08:00');
    keeper('Bob', 'OWNER', '02-06 08:00');
    keeper('Cleo', 'LESSEE', '02-07 08:00', '02-20 08:00');
    keeper('Dora', 'LESSEE', '02-21 08:00');
    await c.record();
    const answer = await recall(c, { batch: 'bike/B1' });
    expect(answer.buyers).toEqual({
      Ada: 'CERTAIN NO',
      Bob: 'CERTAIN YES',
      Cleo: 'CERTAIN NO',
      Dora: 'CERTAIN YES',
    });
    expect(answer.summary.buyers).toBe(2n);
  });

  //  Ada buys three lamps on one receipt and brings one back
  test('a return of one of three lowers that purchase and leaves its buyer in', async () => {
    const c = bikes(1);
    c.product('lamp', 'FINISHED');
    c.made('lamp/L1', 10, 'shop', '01-01 08:00');
    c.sold('lamp/L1', 3, 'shop', '01-05 08:00', { buyer: 'Ada', receipt: 'R1' });
    c.returned('lamp/L1', 1, 'shop', '01-06 08:00', { receipt: 'R1' });
    await c.record();
    const answer = await recall(c, { batch: 'lamp/L1' });
    expect(answer.buyers).toEqual({ Ada: 'CERTAIN YES' });
    expect(answer.holders).toEqual({ shop: { lamp: 'made 10, onHand 8, sold 2, returned 1' } });
    expect(answer.summary.soldWithoutBuyer).toEqual([]);
  });

  //  a pack that the record has in two bikes at once
  test('a clean part that is in two items at once acquits neither', async () => {
    const c = bikes(2);
    c.revision('bike', 'A', { pack: 1 });
    packs(c, 'P1', 'b1');
    packs(c, 'P2', 'g1');
    c.used('bike/B1', 'pack/P1', 1, '01-02 08:00');
    c.used('bike/B1', 'pack/P2', 1, '01-02 08:00');
    c.fitted('bike#1', 'pack#g1', '01-02 09:00');
    c.fitted('bike#2', 'pack#g1', '01-02 09:00');
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(Object.keys(answer.items)).toEqual(['bike#1', 'bike#2', 'pack#b1']);
    expect(answer.excluded).toEqual({});
  });

  //  bike 1 has the bad pack; three bikes of its lot are shipped and one is sold under the lot alone
  test('goods of a lot of which one item is affected could be that item, wherever they went', async () => {
    const c = bikes(3);
    c.revision('bike', 'A', {});
    packs(c, 'P1', 'b1');
    c.fitted('bike#1', 'pack#b1', '01-02 09:00');
    c.shipped('bike/B1', 3, 'maker', 'shop', '01-03 08:00');
    c.received('bike/B1', 3, 'shop', '01-04 08:00');
    c.sold('bike/B1', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(answer.batches['bike/B1']).toBe('POSSIBLE 1/3');
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES' });
    expect(answer.holders.shop).toEqual({ bike: 'onHand 0..1, sold 0..1' });
  });

  //  two of the three go to the garage under the lot alone, and into a cargo bike there
  test('goods of a partly affected lot that were all used up where they lay make a processor, possibly, and no holder', async () => {
    const c = bikes(3);
    c.revision('bike', 'A', {});
    c.product('cargo', 'FINISHED');
    packs(c, 'P1', 'b1');
    c.fitted('bike#1', 'pack#b1', '01-02 09:00');
    c.shipped('bike/B1', 2, 'maker', 'garage', '01-03 08:00');
    c.received('bike/B1', 2, 'garage', '01-04 08:00');
    c.made('cargo/K1', 1, 'garage', '01-05 08:00');
    c.used('cargo/K1', 'bike/B1', 2, '01-05 08:00');
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(answer.batches['cargo/K1']).toMatch(/^POSSIBLE/);
    expect(answer.holders.garage).toEqual({ cargo: 'made 1, onHand 1' });
    expect(answer.processors).toEqual(['garage', 'maker']);
  });

  //  lot B was made of pack P1 from the 2nd to the 4th; items without a lot as its run began, as it ended, a minute before, a minute after
  test('an item without a lot could be of a lot from the first moment of its run to the last', async () => {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.row('batches', {
      gtin: c.key('bike'),
      lot: 'B',
      site_gln: c.key('maker'),
      quantity: 9,
      produced_from: '01-02 08:00',
      produced_to: '01-04 08:00',
    });
    c.product('pack', 'COMPONENT');
    c.made('pack/P1', 9, 'maker', '01-01 08:00');
    c.used('bike/B', 'pack/P1', 9, '01-02 08:00');
    const made = { first: '01-02 08:00', last: '01-04 08:00', before: '01-02 07:59', after: '01-04 08:01' };
    for (const [serial, at] of Object.entries(made))
      c.item(`bike#${serial}`, null, at, { site_gln: c.key('maker') });
    await c.record();
    const answer = await recall(c, { batch: 'pack/P1' });
    expect(answer.items).toEqual({ 'bike#first': 'POSSIBLE', 'bike#last': 'POSSIBLE' });
  });

  //  a maker without lot numbers: frame S1 while C1 lay there, S2 before, S3 while C1 lay there but with its cells on record
  test('an item without a lot is a batch of one: missing parts do not acquit it', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', {});
    c.product('cell', 'COMPONENT');
    c.product('car', 'FINISHED', { serialised: 'true' });
    c.revision('car', 'A', { cell: 2 });
    c.made('cell/C1', 100, 'maker', '01-02 08:00');
    c.made('cell/C2', 100, 'maker', '01-01 08:00');
    const built = (serial: string, at: string) =>
      c.item(`car#${serial}`, null, at, { site_gln: c.key('maker') });
    built('S1', '01-03 08:00');
    built('S2', '01-01 09:00');
    built('S3', '01-03 08:00');
    c.fitted('car#S3', 'cell/C2', '01-03 09:00', { quantity: 2 });
    // nobody told where: S4 before any of C1 was made, S5 after
    c.item('car#S4', null, '01-01 09:00');
    c.item('car#S5', null, '01-03 08:00');
    await c.record();
    const answer = await recall(c, { batch: 'cell/C1' });
    expect(answer.items).toEqual({ 'car#S1': 'POSSIBLE', 'car#S5': 'POSSIBLE' });
    expect(answer.gaps.slice(0, 1)).toEqual([
      'GENEALOGY_MISSING: this item has no lot, its bill of materials wants an affected component, and its recorded parts do not cover it (at most 1)',
    ]);
  });

  //  a lot that only a relation names
  test('a member of a product that nobody described is a gap', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', {});
    c.row('consumption', {
      ...c.goods('bike/B1'),
      input_gtin: '09521000999992',
      input_lot: 'X',
      at: '01-02 08:00',
    });
    await c.record();
    const { gaps } = await recall(c, { batch: { gtin: '09521000999992', lot: 'X' } });
    expect(gaps).toContainEqual(
      expect.stringMatching(/^PART_UNDESCRIBED: a member of this product is known by its name only/),
    );
  });

  //  a supplier's pack lot whose own inputs nobody told, sent to a plant that never reported anything
  test('missing data of a partner is named: who is silent, what is not described, and how much it could hide', async () => {
    const c = bikes(1);
    c.revision('bike', 'A', {});
    c.party('quiet', 'RETAILER', { kind: 'STORE' });
    c.product('lamp', 'FINISHED');
    c.made('lamp/L1', 10, 'maker', '01-01 08:00');
    c.shipped('lamp/L1', 4, 'maker', 'quiet', '01-02 08:00');
    c.received('lamp/L1', 3, 'shop', '01-03 08:00');
    c.shipped('lamp/L1', null, 'maker', 'shop', '01-03 08:00');
    await c.record();
    expect((await recall(c, { batch: 'lamp/L1' })).gaps).toEqual([
      'AMOUNT_MISSING at maker: a movement here gave no quantity: the figures it touches are ranges (at most 10)',
      'AMOUNT_MISSING at shop: a movement here gave no quantity: the figures it touches are ranges (at most 10)',
      'SHIPMENT_MISSING at shop: more was received here than was sent here: a shipment is not on record; likely: a movement here gave no quantity (at most 3)',
      'PARTY_SILENT at quiet: affected goods were sent here, and this site has not reported anything (at most 4)',
    ]);
  });
});
