// Traps of movements that name no lot: matched at the place they left, ended only by evidence (design 5.4).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/index.js';
import { type Chain, createChain } from '../../support/chain.js';
import { createTestDatabase } from '../../support/database.js';
import { recall } from '../../support/recall.js';

describe('movements without a lot', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  /** 20 lamps of the affected lot L1 at the plant. */
  function lamps(): Chain {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('depot', 'DISTRIBUTOR', { kind: 'WAREHOUSE' });
    c.party('shop', 'RETAILER', { kind: 'STORE', country: 'NL' });
    c.party('other', 'RETAILER', { kind: 'STORE', country: 'DE' });
    c.product('lamp', 'FINISHED');
    c.made('lamp/L1', 20, 'maker', '01-01 08:00');
    c.made('lamp/L2', 20, 'maker', '01-01 08:00');
    return c;
  }

  //  plant --L1 10--> depot: drops the lot --? 10--> shop --? 4--> Ada, and --? 5--> other
  test('a distribution centre that drops the lot makes every shop it ships to hold the batch as possible, and their buyers possible', async () => {
    const c = lamps();
    c.shipped('lamp/L1', 10, 'maker', 'depot', '01-02 08:00');
    c.received('lamp/L1', 10, 'depot', '01-03 08:00');
    c.shipped('lamp', 10, 'depot', 'shop', '01-04 08:00');
    c.received('lamp', 10, 'shop', '01-05 08:00');
    c.shipped('lamp', 5, 'depot', 'other', '01-04 09:00');
    c.sold('lamp', 4, 'shop', '01-06 08:00', { buyer: 'Ada' });
    await c.record();
    const answer = await recall(c, { batch: 'lamp/L1' });
    expect(answer.batches).toEqual({ 'lamp/L1': 'CERTAIN' });
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES' });
    expect(answer.holders).toEqual({
      maker: { lamp: 'made 20, onHand 10' },
      depot: { lamp: 'onHand 10' },
      shop: { lamp: 'onHand 0..10, inTransit 0..10, sold 0..4' },
      other: { lamp: 'onHand 0..5, inTransit 0..5' },
    });
    expect(answer.summary).toMatchObject({ retailers: 2, buyers: 1n, certainBuyers: 0n });
    expect(answer.gaps.filter((gap) => gap.startsWith('LOT_MISSING'))).toHaveLength(2);
  });

  //  L1 comes to the shop; a count of five ends nothing, a count of zero does
  test('a count of zero ends the window, a count above zero does not', async () => {
    const c = lamps();
    c.shipped('lamp/L1', 10, 'maker', 'shop', '01-02 08:00');
    c.received('lamp/L1', 10, 'shop', '01-03 08:00');
    c.sold('lamp', 1, 'shop', '01-02 07:00', { buyer: 'Early' });
    c.counted('shop', 'lamp', 5, '01-04 08:00');
    c.sold('lamp', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    c.counted('shop', 'lamp', 0, '01-06 08:00');
    c.sold('lamp', 1, 'shop', '01-07 08:00', { buyer: 'Late' });
    await c.record();
    expect((await recall(c, { batch: 'lamp/L1' })).buyers).toEqual({ Ada: 'POSSIBLE YES' });
  });

  //  depot --? 5, sent 01-04--> shop, counted empty on 01-05, comes 01-06; the other shop is counted on a day that is all it says
  test('a count of zero ends neither what was still on its way nor what came later on its day', async () => {
    const c = lamps();
    c.shipped('lamp/L1', 10, 'maker', 'depot', '01-02 08:00');
    c.received('lamp/L1', 10, 'depot', '01-03 08:00');
    c.shipped('lamp', 5, 'depot', 'shop', '01-04 08:00');
    c.counted('shop', 'lamp', 0, '01-05 08:00');
    c.received('lamp', 5, 'shop', '01-06 08:00');
    c.sold('lamp', 1, 'shop', '01-07 08:00', { buyer: 'Ada' });
    c.counted('shop', 'lamp', 0, '01-08 08:00');
    c.sold('lamp', 1, 'shop', '01-09 08:00', { buyer: 'Late' });
    c.shipped('lamp/L1', 1, 'maker', 'other', '01-02 08:00');
    c.received('lamp/L1', 1, 'other', '01-03 08:00');
    c.counted('other', 'lamp', 0, '01-04');
    c.sold('lamp', 1, 'other', '01-04 10:00', { buyer: 'Bob' });
    c.sold('lamp', 1, 'other', '01-05 10:00', { buyer: 'Later' });
    await c.record();
    expect((await recall(c, { batch: 'lamp/L1' })).buyers).toEqual({
      Ada: 'POSSIBLE YES',
      Bob: 'POSSIBLE YES',
    });
  });

  //  an untold amount of L1 leaves the shop under its lot, and none had come there: so some was there that nobody recorded
  test('of an untold amount some may be left, and before it left it was there', async () => {
    const c = lamps();
    c.sold('lamp', 1, 'shop', '01-02 08:00', { buyer: 'Ada' });
    c.sold('lamp/L1', null, 'shop', '01-03 08:00', { buyer: 'Lot' });
    c.sold('lamp', 1, 'shop', '01-04 08:00', { buyer: 'Bob' });
    await c.record();
    expect((await recall(c, { batch: 'lamp/L1' })).buyers).toEqual({
      Ada: 'POSSIBLE YES',
      Bob: 'POSSIBLE YES',
      Lot: 'CERTAIN UNKNOWN',
    });
  });

  //  L3 is made from 08:00 to 16:00; the plant's stock is counted at noon
  test('a count of zero does not end what a run made after it', async () => {
    const c = lamps();
    c.made('lamp/L3', 10, 'maker', '01-05 08:00', { produced_to: '01-05 16:00' });
    c.counted('maker', 'lamp', 0, '01-05 12:00');
    c.sold('lamp', 1, 'maker', '01-05 15:00', { buyer: 'Ada' });
    c.counted('maker', 'lamp', 0, '01-05 17:00');
    c.sold('lamp', 1, 'maker', '01-05 18:00', { buyer: 'Late' });
    await c.record();
    expect((await recall(c, { batch: 'lamp/L3' })).buyers).toEqual({ Ada: 'POSSIBLE YES' });
  });

  //  all ten units of L1 leave under their lot: what is sold afterwards cannot be of it
  test('the window ends when as many units as the batch could have had left under their own lot', async () => {
    const c = lamps();
    c.shipped('lamp/L1', 10, 'maker', 'shop', '01-02 08:00');
    c.received('lamp/L1', 10, 'shop', '01-03 08:00');
    c.shipped('lamp/L2', 10, 'maker', 'shop', '01-02 08:00');
    c.received('lamp/L2', 10, 'shop', '01-03 08:00');
    c.sold('lamp/L1', 9, 'shop', '01-04 08:00', { buyer: 'Nine' });
    c.sold('lamp', 2, 'shop', '01-05 08:00', { buyer: 'Ada' });
    c.sold('lamp/L1', 1, 'shop', '01-06 08:00', { buyer: 'Ten' });
    c.sold('lamp', 1, 'shop', '01-07 08:00', { buyer: 'Late' });
    await c.record();
    const answer = await recall(c, { batch: 'lamp/L1' });
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES', Nine: 'CERTAIN YES', Ten: 'CERTAIN YES' });
    expect(answer.holders.shop).toEqual({ lamp: 'sold 10..11' });
  });

  //  a seller without a place of its own; the platform's fulfilment centre shipped for it
  test('a sale whose place of shipping is not on record is matched at every site that could have shipped for that seller', async () => {
    const c = lamps();
    c.party('seller', 'RETAILER');
    c.party('platform', 'PLATFORM');
    c.party('centre', 'FULFILMENT', { kind: 'WAREHOUSE' });
    c.shipped('lamp/L1', 5, 'maker', 'centre', '01-02 08:00');
    c.received('lamp/L1', 5, 'centre', '01-03 08:00');
    c.row('sales', {
      seller_gln: c.key('party seller'),
      platform_gln: c.key('party platform'),
      ...c.goods('lamp'),
      quantity: 1,
      sold_at: '01-05 08:00',
      buyer: 'Ada',
    });
    c.row('sales', {
      seller_gln: c.key('party seller'),
      ...c.goods('lamp'),
      quantity: 1,
      sold_at: '01-01 09:00',
      buyer: 'Early',
    });
    await c.record();
    expect((await recall(c, { batch: 'lamp/L1' })).buyers).toEqual({ Ada: 'POSSIBLE YES' });
  });

  //  shop sells L1 to Ada; somebody brings one back to the other shop without a lot; that shop sells it to Bob
  test('a return without a lot opens a window at the shop that took it back', async () => {
    const c = lamps();
    c.shipped('lamp/L1', 10, 'maker', 'shop', '01-02 08:00');
    c.received('lamp/L1', 10, 'shop', '01-03 08:00');
    c.sold('lamp/L1', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    c.sold('lamp', 1, 'other', '01-06 08:00', { buyer: 'Early' });
    c.returned('lamp', 1, 'other', '01-07 08:00');
    c.sold('lamp', 1, 'other', '01-08 08:00', { buyer: 'Bob' });
    await c.record();
    const answer = await recall(c, { batch: 'lamp/L1' });
    expect(answer.buyers).toEqual({ Ada: 'CERTAIN UNKNOWN', Bob: 'POSSIBLE YES' });
    expect(answer.holders.other).toEqual({ lamp: 'onHand 0..1, sold 0..1, returned 0..1' });
  });

  //  L1 sold at the shop; two come back to the other shop without their lot: one goes to the maker at once, of one nobody knows
  test('goods brought back without a lot make who took them back a holder, wherever they went on to', async () => {
    const c = lamps();
    c.shipped('lamp/L1', 5, 'maker', 'shop', '01-02 08:00');
    c.received('lamp/L1', 5, 'shop', '01-03 08:00');
    c.sold('lamp/L1', 5, 'shop', '01-04 08:00', { buyer: 'Ada' });
    c.returned('lamp', 1, 'other', '01-05 08:00', { to: 'MAKER' });
    c.returned('lamp', 1, 'other', '01-05 09:00', { to: 'SCRAP' });
    await c.record();
    const answer = await recall(c, { batch: 'lamp/L1' });
    expect(answer.holders.other).toEqual({ lamp: 'inTransit 0..1, returned 0..2, scrapped 0..1' });
    expect(answer.buyers).toEqual({ Ada: 'CERTAIN UNKNOWN' });
  });

  //  a silo without labels: grain lot G1 arrives; the mill draws grain without a lot into flour F1
  test('goods consumed without a lot where an affected lot lay make what was made of them possible', async () => {
    const c = lamps();
    c.product('grain', 'MATERIAL', { unit: 'KGM' });
    c.product('flour', 'FINISHED', { unit: 'KGM' });
    c.made('grain/G1', 100, 'maker', '01-01 08:00');
    c.shipped('grain/G1', 100, 'maker', 'depot', '01-02 08:00');
    c.received('grain/G1', 100, 'depot', '01-02 18:00');
    c.made('flour/F0', 10, 'depot', '01-02 06:00');
    c.used('flour/F0', 'grain', 10, '01-02 06:00');
    c.made('flour/F1', 50, 'depot', '01-03 08:00');
    c.used('flour/F1', 'grain', 50, '01-03 08:00');
    await c.record();
    const answer = await recall(c, { batch: 'grain/G1' });
    expect(answer.batches).toEqual({ 'grain/G1': 'CERTAIN', 'flour/F1': 'POSSIBLE' });
    expect(answer.why('flour/F1')).toEqual(['ORIGIN grain/G1 CERTAIN', 'UNLOTTED flour/F1 POSSIBLE']);
    expect(answer.processors).toEqual(['depot']);
  });

  //  a case of 20 is scanned in, single units are sold; the case's lot is its content's
  test('a case scanned in and units sold are the same batch', async () => {
    const c = lamps();
    c.product('case', 'FINISHED');
    c.row('packaging', { gtin: c.key('case'), contains_gtin: c.key('lamp'), quantity: 20 });
    c.shipped('case/L1', 1, 'maker', 'shop', '01-02 08:00');
    c.received('case/L1', 1, 'shop', '01-03 08:00');
    c.sold('lamp', 1, 'shop', '01-04 08:00', { buyer: 'Ada' });
    c.sold('lamp/L1', 2, 'shop', '01-05 08:00', { buyer: 'Bob' });
    await c.record();
    const answer = await recall(c, { batch: 'lamp/L1' });
    expect(answer.batches).toEqual({ 'lamp/L1': 'CERTAIN' });
    expect(answer.holders).toEqual({
      maker: { lamp: 'made 20' },
      shop: { lamp: 'onHand 18, sold 2..3' },
    });
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES', Bob: 'CERTAIN YES' });
  });

  //  lots A and B on record, S3 without a lot, lot C of the rule nowhere
  test('an item without a lot could be of a lot that no row names', async () => {
    const c = lamps();
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.made('bike/B', 1, 'maker', '01-01 08:00');
    c.item('bike#S1', 'bike/B', '01-01 08:00');
    c.item('bike#S3', null);
    c.sold('bike#S3', null, 'shop', '01-05 08:00', { buyer: 'Ada' });
    await c.record();
    const answer = await recall(c, { batch: 'bike/C' });
    expect(answer.items).toEqual({ 'bike#S3': 'POSSIBLE' });
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES' });
    // all units of B are on record under their own serials, so S3 is none of it
    expect((await recall(c, { batch: 'bike/B' })).items).toEqual({ 'bike#S1': 'CERTAIN' });
  });

  //  g3/B -> g1/B; S0 (of g1, lot unknown) -> g2/A; S4 (of g2, lot unknown)
  test('the step over an unknown lot is repeated until nothing is added', async () => {
    const c = lamps();
    for (const product of ['g1', 'g2', 'g3']) c.product(product, 'COMPONENT', { serialised: 'true' });
    c.made('g2/A', 3, 'maker', '01-03 08:00');
    c.used('g1/B', 'g3/B', 1, '01-02 18:21');
    c.used('g2/A', 'g1#S0', 1, '01-02 22:24');
    c.item('g2#S4', null);
    await c.record();
    const answer = await recall(c, { batch: 'g3/B' });
    expect(answer.batches).toEqual({ 'g1/B': 'CERTAIN', 'g2/A': 'POSSIBLE', 'g3/B': 'CERTAIN' });
    expect(answer.items).toEqual({ 'g1#S0': 'POSSIBLE', 'g2#S4': 'POSSIBLE' });
  });

  test('identifiers containing _ % * . mean themselves', async () => {
    const c = lamps();
    for (const lot of ['A_1', 'AB1', 'A%1', 'A*1', 'A.1']) c.made(`lamp/${lot}`, 1, 'maker', '01-01 08:00');
    await c.record();
    for (const lot of ['A_1', 'A%1', 'A*1', 'A.1'])
      expect((await recall(c, { batch: `lamp/${lot}` })).batches).toEqual({ [`lamp/${lot}`]: 'CERTAIN' });
  });

  //  5 of lot L1 were sent to the shop, nobody told that they came; 2 without a lot were sold there, 2 before they were sent
  test('goods sold without a lot could be of a lot that was on its way there', async () => {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE' });
    c.product('bolt', 'FINISHED');
    c.made('bolt/L1', 5, 'maker', '01-01 08:00');
    c.shipped('bolt/L1', 5, 'maker', 'shop', '01-02 08:00');
    c.sold('bolt', 2, 'shop', '01-01 12:00', { buyer: 'Bob' });
    c.sold('bolt', 2, 'shop', '01-03 08:00', { buyer: 'Ada' });
    await c.record();
    expect(Object.keys((await recall(c, { batch: 'bolt/L1' })).buyers)).toEqual(['Ada']);
  });
});
