// Traps of lots of which only some items are affected, and of goods that no movement places, beside movements without a lot.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/index.js';
import { type Chain, createChain } from '../../support/chain.js';
import { createTestDatabase } from '../../support/database.js';
import { recall } from '../../support/recall.js';

describe('parts of a lot beside movements without a lot', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  /** Bicycles 1 to 3 of lot B1; only bicycle 1 has a battery of the affected lot P1. */
  function bicycles(): Chain {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE', country: 'NL' });
    c.party('other', 'RETAILER', { kind: 'STORE', country: 'DE' });
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.product('battery', 'COMPONENT');
    c.made('battery/P1', 1, 'maker', '01-01 08:00');
    c.made('bike/B1', 3, 'maker', '01-01 09:00');
    for (const bike of ['bike#1', 'bike#2', 'bike#3']) c.item(bike, 'bike/B1', '01-01 09:00');
    c.fitted('bike#1', 'battery/P1', '01-01 09:00', { quantity: 1 });
    return c;
  }

  const moved = (c: Chain, goods: string, to: string) => {
    c.shipped(goods, 1, 'maker', to, '01-02 08:00');
    c.received(goods, 1, to, '01-03 08:00');
  };

  //  bike#1 (affected) --> shop;  bike#2, bike#3 (not) --> other.  Both tills sell a bicycle without its serial.
  test('only where the affected item is can a sale without its serial be of it', async () => {
    const c = bicycles();
    moved(c, 'bike#1', 'shop');
    moved(c, 'bike#2', 'other');
    moved(c, 'bike#3', 'other');
    c.sold('bike', 1, 'shop', '01-04 08:00', { buyer: 'Ada' });
    c.sold('bike', 1, 'other', '01-04 08:00', { buyer: 'Bob' });
    await c.record();
    const answer = await recall(c, { batch: 'battery/P1' });
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES' });
    expect(Object.keys(answer.holders).sort()).toEqual(['maker', 'shop']);
  });

  //  three bicycles come as a lot of three; 2 and 3 leave by serial, so the one left is bike#1; it leaves by serial last
  test('unaffected items that came with their lot and left by serial are no longer there, the affected one still is', async () => {
    const c = bicycles();
    c.shipped('bike/B1', 3, 'maker', 'shop', '01-02 08:00');
    c.received('bike/B1', 3, 'shop', '01-03 08:00');
    c.sold('bike#2', 1, 'shop', '01-04 08:00', { buyer: 'Two' });
    c.sold('bike#3', 1, 'shop', '01-04 09:00', { buyer: 'Three' });
    c.sold('bike', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    c.sold('bike#1', 1, 'shop', '01-06 08:00', { buyer: 'One' });
    c.sold('bike', 1, 'shop', '01-07 08:00', { buyer: 'Late' });
    await c.record();
    expect((await recall(c, { batch: 'battery/P1' })).buyers).toEqual({
      Ada: 'POSSIBLE YES',
      One: 'CERTAIN YES',
    });
  });

  //  a serial that nobody gave a lot: named by the rule, received by the shop, sold there as "a bicycle"
  test('an affected serial without a lot can be in a sale that names its product only', async () => {
    const c = bicycles();
    c.item('bike#9', null, '01-01 10:00');
    moved(c, 'bike#9', 'shop');
    c.sold('bike', 1, 'shop', '01-04 08:00', { buyer: 'Ada' });
    c.sold('bike', 1, 'other', '01-04 08:00', { buyer: 'Bob' });
    await c.record();
    expect((await recall(c, { items: ['bike#9'] })).buyers).toEqual({ Ada: 'POSSIBLE YES' });
  });

  //  depot --lot B1: one--> shop (from the 2nd);  maker --bike#4, of B1 too--> other (3rd);  the shop sells bike#4 (4th): it
  //  came there unseen, so the one of the lot still stands in the shop, which then sells "a bicycle"
  test('a serial that was elsewhere when its lot came is none of it, and leaves it where it stands', async () => {
    const c = bicycles();
    c.shipped('bike/B1', 1, 'maker', 'shop', '01-02 08:00');
    c.received('bike/B1', 1, 'shop', '01-02 12:00');
    moved(c, 'bike#1', 'other');
    c.sold('bike#1', 1, 'shop', '01-04 08:00', { buyer: 'One' });
    c.sold('bike', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    await c.record();
    expect((await recall(c, { batch: 'bike/B1' })).buyers).toEqual({
      One: 'CERTAIN YES',
      Ada: 'POSSIBLE YES',
    });
  });

  //  maker --lot B1: one--> shop, never received;  bike#1 comes there by its serial and is sold by it
  test('a serial that came does not end what was sent under its lot', async () => {
    const c = bicycles();
    c.shipped('bike/B1', 1, 'maker', 'shop', '01-02 08:00');
    c.received('bike#1', 1, 'shop', '01-03 08:00');
    c.sold('bike#1', 1, 'shop', '01-04 08:00', { buyer: 'One' });
    c.sold('bike', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    await c.record();
    expect((await recall(c, { batch: 'bike/B1' })).buyers).toEqual({
      One: 'CERTAIN YES',
      Ada: 'POSSIBLE YES',
    });
  });

  //  a lot of which the record has nothing but that something was made from it: it may lie in any shop
  test('a lot that no movement places anywhere can be in any movement without a lot, before a count of zero and after it', async () => {
    const c = bicycles();
    c.product('kit', 'FINISHED');
    c.used('kit/K1', 'battery/P9', 1, '01-01 08:00');
    c.sold('battery', 1, 'shop', '01-04 08:00', { buyer: 'Ada' });
    c.counted('shop', 'battery', 0, '01-05 08:00');
    c.sold('battery', 1, 'shop', '01-06 08:00', { buyer: 'Late' });
    await c.record();
    const answer = await recall(c, { batch: 'battery/P9' });
    expect(answer.batches).toEqual({ 'battery/P9': 'CERTAIN', 'kit/K1': 'CERTAIN' });
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES', Late: 'POSSIBLE YES' });
  });

  //  plant --lot, 10:00--> depot --no lot, some time that day--> shop --no lot--> Ada
  test('what is known to the day only may have followed what came later that day', async () => {
    const c = bicycles();
    c.party('depot', 'DISTRIBUTOR', { kind: 'WAREHOUSE' });
    c.shipped('battery/P1', 1, 'maker', 'depot', '01-02 08:00');
    c.received('battery/P1', 1, 'depot', '01-03 08:00');
    c.shipped('battery', 1, 'depot', 'other', '01-04 10:00');
    c.shipped('battery', 1, 'other', 'shop', '01-04');
    c.sold('battery', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    await c.record();
    expect((await recall(c, { batch: 'battery/P1' })).buyers).toMatchObject({ Ada: 'POSSIBLE YES' });
  });

  //  goods without a lot are used for the kit at some hour of a day; the kit is used for a set at ten
  test('what was made of goods without a lot on a day may have gone on within that day', async () => {
    const c = bicycles();
    c.product('kit', 'FINISHED');
    c.product('set', 'FINISHED');
    c.made('battery/P2', 1, 'maker', '01-03 08:00');
    c.made('kit/K1', 1, 'maker', '01-04 06:00');
    c.made('set/S1', 1, 'maker', '01-04 07:00');
    c.used('kit/K1', 'battery', 1, '01-04');
    c.used('set/S1', 'kit/K1', 1, '01-04 10:00');
    await c.record();
    expect((await recall(c, { batch: 'battery/P2' })).batches).toMatchObject({
      'kit/K1': 'POSSIBLE',
      'set/S1': 'POSSIBLE',
    });
  });
});
