/** What `keep` leaves out, and what it must not: goods are where they ended, whatever they became on the way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import type { Chain } from '../support/chain.js';
import { createTestDatabase } from '../support/database.js';
import { recall } from '../support/recall.js';
import { createShops } from './shops.js';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.close());

function plant(): Chain {
  const c = createShops(database);
  c.product('cell', 'COMPONENT');
  c.product('pack', 'COMPONENT', { serialised: 'true' });
  return c;
}
const inNl = { sold: { country: 'NL' } };
const keptLots = async (c: Chain, rule: object, keep: object = inNl) =>
  Object.keys((await recall(c, rule, { keep })).batches);

describe('keep by where goods were sold', () => {
  //  A -> B -> A (reworked), one of them sold in NL: what is in the one may come from the other, whichever is asked first
  test.each(['cell/A', 'cell/B'])(
    'lots reworked into each other are both where %s was sold',
    async (sold) => {
      const c = plant();
      for (const lot of ['cell/A', 'cell/B']) c.made(lot, 10, 'maker', '01-05 08:00');
      c.used('cell/B', 'cell/A', 5, '01-06 08:00');
      c.used('cell/A', 'cell/B', 5, '01-07 08:00');
      c.sold(sold, 1, 'shop', '01-10 08:00', { buyer: 'Ada' });
      c.sold(sold === 'cell/A' ? 'cell/B' : 'cell/A', 1, 'laden', '01-10 08:00', { buyer: 'Bob' });
      await c.record();
      expect(await keptLots(c, { batch: 'cell/A' })).toEqual(['cell/A', 'cell/B']);
    },
  );

  //  C1 -> pack P (2 of it in NL); C2 -> pack Q (all in DE)
  test('a lot is where what was made of it was sold', async () => {
    const c = plant();
    for (const lot of ['cell/C1', 'cell/C2']) c.made(lot, 10, 'maker', '01-05 08:00');
    for (const lot of ['pack/P', 'pack/Q']) c.made(lot, 2, 'maker', '01-06 08:00');
    c.used('pack/P', 'cell/C1', 10, '01-06 08:00');
    c.used('pack/Q', 'cell/C2', 10, '01-06 08:00');
    c.sold('pack/P', 2, 'shop', '01-10 08:00', { buyer: 'Ada' });
    c.sold('pack/Q', 2, 'laden', '01-10 08:00', { buyer: 'Bob' });
    await c.record();
    expect(await keptLots(c, { product: 'cell' })).toEqual(['cell/C1', 'pack/P']);
    expect(await keptLots(c, { product: 'cell' }, { not: inNl })).toEqual(['cell/C2', 'pack/Q']);
  });

  //  pack 1 was crushed into lot R, which was sold in NL; pack 2 was not
  test('a serial that was used up is where what it became was sold', async () => {
    const c = plant();
    c.made('pack/P', 2, 'maker', '01-05 08:00');
    for (const serial of ['pack#1', 'pack#2']) c.item(serial, 'pack/P', '01-05 10:00');
    c.made('cell/R', 1, 'maker', '01-08 08:00');
    c.used('cell/R', 'pack#1', null, '01-08 08:00');
    c.sold('cell/R', 1, 'shop', '01-10 08:00', { buyer: 'Ada' });
    await c.record();
    const answer = await recall(c, { batch: 'pack/P' }, { keep: inNl });
    expect(answer.items).toEqual({ 'pack#1': 'CERTAIN' });
    expect(Object.keys(answer.batches)).toEqual(['cell/R', 'pack/P']);
    expect(Object.keys(answer.excluded)).toEqual(['pack#2']);
  });

  //  bike 1 holds pack 1 and was sold in NL; of lot P one piece more was sold in NL, by its lot alone; pack 3 sits in a bike sold in DE
  test('a serial without a way of its own may be the piece of its lot that was sold there', async () => {
    const c = plant();
    c.made('pack/P', 3, 'maker', '01-05 08:00');
    c.made('bike/B', 2, 'maker', '01-06 08:00');
    for (const serial of ['pack#1', 'pack#2', 'pack#3']) c.item(serial, 'pack/P', '01-05 10:00');
    for (const serial of ['bike#1', 'bike#3']) c.item(serial, 'bike/B', '01-06 10:00');
    c.fitted('bike#1', 'pack#1', '01-06 11:00');
    c.fitted('bike#3', 'pack#3', '01-06 11:00');
    c.sold('bike#1', null, 'shop', '01-10 08:00', { buyer: 'Ada' });
    c.sold('bike#3', null, 'laden', '01-10 08:00', { buyer: 'Bob' });
    c.sold('pack/P', 1, 'shop', '01-10 08:00', { buyer: 'Cleo' });
    await c.record();
    const { items } = await recall(c, { batch: 'pack/P' }, { keep: inNl });
    expect(Object.keys(items)).toEqual(['bike#1', 'pack#1', 'pack#2']);
  });

  test('region and window count too, and a sale at no known place may be there', async () => {
    const c = plant();
    c.party('web', 'RETAILER');
    c.made('bike/B', 4, 'maker', '01-05 08:00');
    for (const [serial, site, at] of [
      ['bike#1', 'shop', '01-10 08:00'],
      ['bike#2', 'shop', '01-20 08:00'],
      ['bike#3', 'laden', '01-10 08:00'],
      ['bike#4', 'web', '01-10 08:00'],
    ] as const) {
      c.item(serial, 'bike/B', '01-05 10:00');
      c.sold(serial, null, site, at, { buyer: serial });
    }
    await c.record();
    const kept = async (sold: object) =>
      Object.keys((await recall(c, { batch: 'bike/B' }, { keep: { sold } })).items);
    expect(await kept({ region: 'Utrecht' })).toEqual(['bike#1', 'bike#2', 'bike#4']);
    expect(await kept({ country: 'NL', region: 'Hamburg' })).toEqual(['bike#4']);
    const early = { from: '2026-01-10T08:00:00Z', to: '2026-01-10T08:00:00Z' };
    expect(await kept(early)).toEqual(['bike#1', 'bike#3', 'bike#4']);
    expect(await kept({ country: 'NL', from: '2026-01-10T08:00:01Z' })).toEqual(['bike#2']);
  });
});

describe('keep by other conditions', () => {
  test('one by one where the condition is of a single thing, and the lot keeps the count of what is left', async () => {
    const c = plant();
    c.made('bike/B', 3, 'maker', '01-05 08:00');
    c.made('bike/X', 1, 'maker', '01-05 08:00');
    c.item('bike#K9', 'bike/X', '01-05 10:00');
    for (const serial of ['bike#K1', 'bike#K2', 'bike#K3']) c.item(serial, 'bike/B', '01-05 10:00');
    c.sold('bike#K1', null, 'shop', '01-10 08:00', { buyer: 'Ada' });
    c.sold('bike#K3', null, 'shop', '01-10 08:00', { buyer: 'Cleo' });
    await c.record();
    const serials = { serials: { gtin: 'bike', scheme: 'NUMERIC', from: 'K1', to: 'K2' } };
    const some = await recall(c, { batch: 'bike/B' }, { keep: serials });
    expect(some.items).toEqual({ 'bike#K1': 'CERTAIN', 'bike#K2': 'CERTAIN' });
    expect(some.summary).toMatchObject({ items: 2n });
    expect(some.buyers).toEqual({ Ada: 'CERTAIN YES' });
    const others = await recall(c, { batch: 'bike/B' }, { keep: { not: serials } });
    expect(others.items).toEqual({ 'bike#K3': 'CERTAIN' });
    expect(others.buyers).toEqual({ Cleo: 'CERTAIN YES' });
    const none = await recall(c, { batch: 'bike/B' }, { keep: { items: ['bike#K9'] } });
    expect([none.items, none.batches, none.buyers]).toEqual([{}, {}, {}]);
  });

  test('age in whole days; a time of making that spans days is left in where part of it fits', async () => {
    const c = plant();
    c.made('cell/OLD', 1, 'maker', '01-01 12:00');
    c.made('cell/NEW', 1, 'maker', '01-09 12:00');
    c.made('cell/SPAN', 1, 'maker', '01-01 12:00', { produced_to: '2026-01-09T12:00:00Z' });
    await c.record();
    const asOf = new Date('2026-01-11T12:00:00Z');
    const kept = async (age: object) =>
      Object.keys((await recall(c, { product: 'cell' }, { keep: { age }, asOf })).batches);
    expect(await kept({ maxDays: 2 })).toEqual(['cell/NEW', 'cell/SPAN']);
    expect(await kept({ maxDays: 1 })).toEqual([]);
    expect(await kept({ minDays: 10 })).toEqual(['cell/OLD', 'cell/SPAN']);
    expect(await kept({ minDays: 11 })).toEqual([]);
    expect(await kept({ minDays: 2, maxDays: 10 })).toEqual(['cell/NEW', 'cell/OLD', 'cell/SPAN']);
    expect(await kept({ minDays: 3, maxDays: 9 })).toEqual(['cell/SPAN']);
  });
});
