// Traps of making: pools, cycles, mixtures and times; what a batch could have drawn, and when (design 5.2).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/index.js';
import { type Chain, createChain } from '../../support/chain.js';
import { createTestDatabase } from '../../support/database.js';
import { recall } from '../../support/recall.js';

describe('batches made from batches', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  function plant(...products: string[]): Chain {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE' });
    for (const name of products) {
      const [product = '', unit] = name.split(' ');
      c.product(product, 'COMPONENT', unit === undefined ? {} : { unit });
    }
    return c;
  }

  //  event 1: milk/M1 -> cheese/C1   event 2: milk/M2 -> cheese/C2   one pool: M1 may be in C2
  test('two transformation events with one pool join every input to every output, whatever their times', async () => {
    const c = plant('milk KGM', 'cheese KGM');
    c.used('cheese/C1', 'milk/M1', 5, '01-03 08:00', { pool: 'vat 7' });
    c.used('cheese/C2', 'milk/M2', 5, '01-02 08:00', { pool: 'vat 7' });
    c.used('cheese/C3', 'milk/M3', 5, '01-02 08:00');
    await c.record();
    expect((await recall(c, { batch: 'milk/M1' })).batches).toEqual({
      'milk/M1': 'CERTAIN',
      'cheese/C1': 'CERTAIN',
      'cheese/C2': 'CERTAIN',
    });
  });

  //  silo/S fed by grain/G1 (1st), drawn for flour/F1 (2nd), fed by grain/G2 (3rd), drawn for flour/F2 (4th)
  test('what was drawn from a silo before the affected delivery is out', async () => {
    const c = plant('grain KGM', 'silo KGM', 'flour KGM');
    c.used('silo/S', 'grain/G1', 100, '01-01 08:00');
    c.used('flour/F1', 'silo/S', 10, '01-02 08:00');
    c.used('silo/S', 'grain/G2', 100, '01-03 08:00');
    c.used('flour/F2', 'silo/S', 10, '01-04 08:00');
    await c.record();
    expect((await recall(c, { batch: 'grain/G2' })).batches).toEqual({
      'grain/G2': 'CERTAIN',
      'silo/S': 'CERTAIN',
      'flour/F2': 'CERTAIN',
    });
    expect((await recall(c, { batch: 'grain/G1' })).batches).toEqual({
      'grain/G1': 'CERTAIN',
      'silo/S': 'CERTAIN',
      'flour/F1': 'CERTAIN',
      'flour/F2': 'CERTAIN',
    });
  });

  //  early: a possible way into mix/M (carry-over from G1); late: a certain one (G1 again); drawn between for out/O1
  test('between a possible and a certain input a draw is only possible', async () => {
    const c = plant('grain KGM', 'mix KGM', 'out KGM');
    c.used('mix/M', 'grain/G1', null, '01-01 08:00', { mixing: 'CARRYOVER' });
    c.used('mix/M', 'grain/G2', 100, '01-01 08:00');
    c.used('out/O1', 'mix/M', 10, '01-02 08:00');
    c.used('mix/M', 'grain/G1', 100, '01-03 08:00', { mixing: 'BLENDED' });
    c.used('out/O2', 'mix/M', 10, '01-04 08:00');
    await c.record();
    expect((await recall(c, { batch: 'grain/G1' })).batches).toEqual({
      'grain/G1': 'CERTAIN',
      'mix/M': 'CERTAIN',
      'out/O1': 'POSSIBLE',
      'out/O2': 'CERTAIN',
    });
  });

  //  pack/P drew cells from C1 (30) and C2 (90), one or the other a pack: a quarter is affected; car/X drew P and Q alike
  test('alternatives are possible with a share, never certain; shares multiply along a path and add up over several', async () => {
    const c = plant('cell', 'pack', 'car');
    c.used('pack/P', 'cell/C1', 30, '01-01 08:00');
    c.used('pack/P', 'cell/C2', 90, '01-01 08:00');
    c.used('pack/Q', 'cell/C1', 10, '01-01 08:00');
    c.used('pack/Q', 'cell/C2', 10, '01-01 08:00');
    c.used('car/X', 'pack/P', 10, '01-02 08:00');
    c.used('car/X', 'pack/Q', 10, '01-02 08:00');
    c.used('car/Y', 'pack/P', 10, '01-02 08:00');
    c.used('car/Z', 'cell/C1', null, '01-02 08:00');
    c.used('car/Z', 'cell/C2', null, '01-02 08:00');
    await c.record();
    expect((await recall(c, { batch: 'cell/C1' })).batches).toEqual({
      'cell/C1': 'CERTAIN',
      'pack/P': 'POSSIBLE 1/4',
      'pack/Q': 'POSSIBLE 1/2',
      // 1/2 of 1/4 and 1/2 of 1/2
      'car/X': 'POSSIBLE 3/8',
      'car/Y': 'POSSIBLE 1/4',
      'car/Z': 'POSSIBLE 1/2',
    });
    const both = await recall(c, { any: [{ batch: 'cell/C1' }, { batch: 'cell/C2' }] });
    expect(both.batches).toMatchObject({ 'pack/P': 'CERTAIN', 'car/X': 'CERTAIN' });
  });

  //  salt/S is in 33 soups, each in the same stock/K, which is in soup/0 again
  test('a batch under 33 parents and a rework cycle is walked once and ends', async () => {
    const c = plant('salt KGM', 'soup KGM', 'stock KGM');
    for (let n = 0; n < 33; n += 1) {
      c.used(`soup/${n}`, 'salt/S', 1, '01-01 08:00');
      c.used('stock/K', `soup/${n}`, 1, '01-02 08:00');
    }
    c.used('soup/0', 'stock/K', 1, '01-03 08:00');
    await c.record();
    const answer = await recall(c, { batch: 'salt/S' });
    expect(Object.keys(answer.batches)).toHaveLength(35);
    expect(new Set(Object.values(answer.batches))).toEqual(new Set(['CERTAIN']));
    expect(answer.scope.batches.size).toBe(35);
    expect(answer.why('stock/K')).toEqual([
      'ORIGIN salt/S CERTAIN',
      expect.stringMatching(/^MADE soup\/\d+ CERTAIN$/),
      'MADE stock/K CERTAIN',
    ]);
  });

  test('a chain of two hundred levels is walked to its end, with the depth of each', async () => {
    const c = plant('mix KGM');
    for (let level = 0; level < 200; level += 1)
      c.used(
        `mix/${level + 1}`,
        `mix/${level}`,
        1,
        `2026-01-01T00:00:${String(level % 60).padStart(2, '0')}Z`.replace(
          '00:00',
          `0${Math.floor(level / 60)}:00`,
        ),
      );
    await c.record();
    const answer = await recall(c, { batch: 'mix/0' });
    expect(answer.batches['mix/200']).toBe('CERTAIN');
    expect(Object.keys(answer.batches)).toHaveLength(201);
    expect(Math.max(...[...answer.scope.batches.values()].map((batch) => batch.depth))).toBe(200);
    expect(answer.why('mix/200')).toHaveLength(201);
  });

  //  lot 7 of plant a is affected, lot 7 of plant b is another batch; a shop names "lot 7" only
  test('the same lot number from two plants is two batches, and what names no source is possible for either', async () => {
    const c = plant('cell', 'lamp');
    c.party('second', 'MANUFACTURER', { kind: 'PLANT' });
    c.made('lamp/7', 10, 'maker', '01-01 08:00');
    c.made('lamp/7', 10, 'second', '01-01 08:00');
    c.used('lamp/7', 'cell/C1', 10, '01-01 08:00', { source: c.key('maker') });
    c.sold('lamp/7', 1, 'shop', '01-05 08:00', { buyer: 'Ada' });
    await c.record();
    const answer = await recall(c, { batch: 'cell/C1' });
    expect(answer.batches).toEqual({
      'cell/C1': 'CERTAIN',
      'lamp/7@maker': 'CERTAIN',
      'lamp/7@?': 'POSSIBLE',
    });
    expect(answer.buyers).toEqual({ Ada: 'POSSIBLE YES' });
    expect((await recall(c, { batch: 'lamp/7' })).batches).toEqual({
      'lamp/7@maker': 'CERTAIN',
      'lamp/7@second': 'CERTAIN',
      'lamp/7@?': 'CERTAIN',
    });
    const ofSecond = { batch: { ...c.goods('lamp/7'), source: c.key('second') } };
    const { gtin: _, ...named } = ofSecond.batch;
    expect((await recall(c, { batch: { gtin: 'lamp', ...named, source: 'second' } })).batches).toEqual({
      'lamp/7@second': 'CERTAIN',
      'lamp/7@?': 'POSSIBLE',
    });
  });

  //  cell/C1 lay at the plant from the 2nd to the 4th; packs that want a cell and name no input were made on the 1st, 3rd and 6th
  test('missing genealogy does not acquit what was made where and while an affected batch could have been', async () => {
    const c = plant('cell', 'pack');
    c.revision('pack', 'A', { cell: 2 });
    c.party('cells', 'SUPPLIER', { kind: 'PLANT' });
    c.made('cell/C1', 100, 'cells', '01-01 07:00');
    c.shipped('cell/C1', 100, 'cells', 'maker', '01-02 08:00');
    c.received('cell/C1', 100, 'maker', '01-02 12:00');
    c.shipped('cell/C1', 100, 'maker', 'shop', '01-04 08:00');
    for (const day of ['01', '03', '06'])
      c.made(`pack/D${day}`, 10, 'maker', `01-${day} 09:00`, { revision: 'A' });
    // inputs that cover the whole need, and inputs that cover half of it
    c.made('pack/FULL', 10, 'maker', '01-03 09:00', { revision: 'A' });
    c.used('pack/FULL', 'cell/C2', 20, '01-03 09:00');
    c.made('pack/HALF', 10, 'maker', '01-03 09:00', { revision: 'A' });
    c.used('pack/HALF', 'cell/C2', 10, '01-03 09:00');
    await c.record();
    const answer = await recall(c, { batch: 'cell/C1' });
    expect(answer.batches).toEqual({ 'cell/C1': 'CERTAIN', 'pack/D03': 'POSSIBLE', 'pack/HALF': 'POSSIBLE' });
    expect(answer.gaps.filter((gap) => gap.startsWith('GENEALOGY_MISSING'))).toEqual([
      'GENEALOGY_MISSING: batch D03: its bill of materials wants an affected component, and its recorded inputs do not cover it (at most 10)',
      'GENEALOGY_MISSING: batch HALF: its bill of materials wants an affected component, and its recorded inputs do not cover it (at most 10)',
    ]);
  });

  //  an untold amount of C1 comes on the 3rd and some of it leaves on the 4th; packs R1 are boxed anew as N1
  test('an untold amount is there from when it came, some of it after some left; what got another name wants nothing more', async () => {
    const c = plant('cell', 'pack');
    c.revision('pack', 'A', { cell: 2 });
    c.party('cells', 'SUPPLIER', { kind: 'PLANT' });
    c.made('cell/C1', 100, 'cells', '01-01 07:00');
    c.shipped('cell/C1', null, 'cells', 'maker', '01-03 08:00');
    c.received('cell/C1', null, 'maker', '01-03 12:00');
    c.shipped('cell/C1', 40, 'maker', 'shop', '01-04 08:00');
    for (const day of ['02', '03', '06'])
      c.made(`pack/D${day}`, 10, 'maker', `01-${day} 09:00`, { revision: 'A' });
    c.made('pack/R1', 10, 'maker', '01-02 09:00', { revision: 'A' });
    c.row('relabels', {
      ...c.goods('pack/R1'),
      new_gtin: c.goods('pack/N1').gtin,
      new_lot: 'N1',
      quantity: 10,
      site_gln: c.key('maker'),
      relabelled_at: '01-06 08:00',
    });
    await c.record();
    expect((await recall(c, { batch: 'cell/C1' })).batches).toEqual({
      'cell/C1': 'CERTAIN',
      'pack/D03': 'POSSIBLE',
      'pack/D06': 'POSSIBLE',
    });
  });

  //  ten lamps of L1 get new boxes under lot N; N also has forty of its own
  test('relabelled goods are what they were: all of a new lot, or the part of it that was relabelled', async () => {
    const c = plant('lamp', 'luminaire');
    c.made('lamp/L1', 30, 'maker', '01-01 08:00');
    const relabelled = (lot: string, quantity: number) =>
      c.row('relabels', {
        ...c.goods('lamp/L1'),
        new_gtin: c.key('luminaire'),
        new_lot: lot,
        quantity,
        site_gln: c.key('maker'),
        relabelled_at: '01-02 08:00',
      });
    relabelled('N', 10);
    c.made('luminaire/N', 40, 'maker', '01-02 06:00');
    relabelled('M', 20);
    await c.record();
    expect((await recall(c, { batch: 'lamp/L1' })).batches).toEqual({
      'lamp/L1': 'CERTAIN',
      'luminaire/M': 'CERTAIN',
      'luminaire/N': 'POSSIBLE 1/5',
    });
    // what was relabelled was made where it was made before
    expect(
      (await recall(c, { produced: { gtin: 'luminaire', site: 'maker', to: '2026-01-01T09:00:00Z' } }))
        .batches,
    ).toEqual({
      'luminaire/M': 'CERTAIN',
    });
  });
});
