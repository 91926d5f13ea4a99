// Rules in full: three-valued leaves, change orders, installed versions, serial ranges with holes, keep and its filters.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { parseRule } from '../../src/recall/index.js';
import type { Chain } from '../support/chain.js';
import { createTestDatabase } from '../support/database.js';
import { recall } from '../support/recall.js';
import { createShops } from './shops.js';

describe('a rule', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  function plant(): Chain {
    const c = createShops(database);
    c.product('lamp', 'FINISHED');
    return c;
  }

  //  week batch W spans the change; its bikes have times of their own: before, between, after; D is of another line
  test('what was built between the two dates of a change order is possibly on both sides', async () => {
    const c = plant();
    c.row('change_effectivity', {
      change_order: 'CO-1',
      gtin: c.key('bike'),
      site_gln: c.key('maker'),
      line: 'L1',
      not_before: '2026-01-06T08:00:00Z',
      not_after: '2026-01-07T08:00:00Z',
    });
    c.made('bike/W', 3, 'maker', '01-05 08:00', { produced_to: '01-09 16:00', line: 'L1' });
    c.item('bike#1', 'bike/W', '01-05 10:00');
    c.item('bike#2', 'bike/W', '01-06 10:00');
    c.item('bike#3', 'bike/W', '01-08 10:00');
    c.made('bike/OLD', 1, 'maker', '01-04 08:00', { line: 'L1' });
    c.made('bike/NEW', 1, 'maker', '01-10 08:00', { line: 'L1' });
    c.made('bike/L2', 1, 'maker', '01-10 08:00', { line: 'L2' });
    await c.record();
    const after = await recall(c, { changeOrder: { code: 'CO-1', side: 'AFTER' } });
    expect(after.items).toEqual({ 'bike#2': 'POSSIBLE', 'bike#3': 'CERTAIN' });
    expect(after.batches).toEqual({ 'bike/L2': 'POSSIBLE', 'bike/NEW': 'CERTAIN', 'bike/W': 'POSSIBLE' });
    const before = await recall(c, { changeOrder: { code: 'CO-1', side: 'BEFORE' } });
    expect(before.items).toEqual({ 'bike#1': 'CERTAIN', 'bike#2': 'POSSIBLE' });
    expect(before.batches).toEqual({ 'bike/L2': 'POSSIBLE', 'bike/OLD': 'CERTAIN', 'bike/W': 'POSSIBLE' });
    expect(before.gaps).toContainEqual(expect.stringContaining('effectivity not on record'));
  });

  //  bike 1 was reworked under the order, half of lot R2 was
  test('reworked goods have the change, and were built before it', async () => {
    const c = plant();
    c.row('change_effectivity', {
      change_order: 'CO-2',
      gtin: c.key('bike'),
      site_gln: c.key('maker'),
      not_before: '2026-02-01T00:00:00Z',
      not_after: '2026-02-01T00:00:00Z',
      first_serial: '500',
    });
    c.made('bike/R1', 1, 'maker', '01-05 08:00');
    c.item('bike#1', 'bike/R1', '01-05 10:00');
    c.made('bike/R2', 2, 'maker', '01-05 08:00');
    const rework = (goods: string, quantity?: number) =>
      c.row('reworks', {
        ...c.goods(goods),
        ...(quantity ? { quantity } : {}),
        change_order: 'CO-2',
        reworked_at: '02-10 08:00',
        site_gln: c.key('maker'),
      });
    rework('bike#1');
    rework('bike/R2', 1);
    // a first serial decides whatever the time says
    c.made('bike/R3', 2, 'maker', '01-05 08:00');
    c.item('bike#499', 'bike/R3');
    c.item('bike#501', 'bike/R3');
    await c.record();
    const after = await recall(c, { changeOrder: { code: 'CO-2', side: 'AFTER' } });
    expect(after.items).toEqual({ 'bike#1': 'CERTAIN', 'bike#501': 'CERTAIN' });
    expect(after.batches['bike/R2']).toBe('POSSIBLE');
    const before = await recall(c, { changeOrder: { code: 'CO-2', side: 'BEFORE' } });
    expect(before.items).toEqual({ 'bike#1': 'CERTAIN', 'bike#499': 'CERTAIN' });
    expect(before.batches['bike/R2']).toBe('CERTAIN');
  });

  //  bike 1 ran 2.4 and was updated, bike 2 always had 2.5, of bike 3 nothing is known
  test('an installed version names the items that had it, and those of which nothing says which they had', async () => {
    const c = plant();
    c.product('firmware', 'SOFTWARE');
    c.revision('bike', 'A', { firmware: 1 });
    c.made('bike/B', 3, 'maker', '01-05 08:00', { revision: 'A' });
    for (const serial of ['1', '2', '3']) c.item(`bike#${serial}`, 'bike/B', '01-05 10:00');
    c.fitted('bike#1', 'firmware/2.4', '01-05 11:00', { removed_at: '2026-02-01T10:00:00Z' });
    c.fitted('bike#1', 'firmware/2.5', '02-01 10:00');
    c.fitted('bike#2', 'firmware/2.5', '01-05 11:00');
    await c.record();
    const rule = { installed: { gtin: 'firmware', version: '2.4' } };
    expect((await recall(c, rule)).items).toEqual({ 'bike#1': 'CERTAIN', 'bike#3': 'POSSIBLE' });
    expect((await recall(c, rule, { exposure: 'CURRENT' })).items).toEqual({ 'bike#3': 'POSSIBLE' });
    expect((await recall(c, rule)).gaps).toContainEqual(
      'ATTRIBUTE_MISSING: item 3: installed version not on record, so the rule cannot rule it out (at most 1)',
    );
  });

  //  serials 1 to 9 of which 3, 5 and 6 are on record; and 20 to 21, of which none is
  test('numbers of several ranges that no record holds are gaps, named by stretches', async () => {
    const c = plant();
    for (const serial of ['K3', 'K5', 'K6', 'K12']) c.item(`bike#${serial}`, null);
    await c.record();
    const serials = (from: string, to: string) => ({
      serials: { gtin: 'bike', scheme: 'NUMERIC', from, to },
    });
    const answer = await recall(c, { any: [serials('K1', 'K9'), serials('K20', 'K21')] });
    expect(answer.items).toEqual({ 'bike#K3': 'CERTAIN', 'bike#K5': 'CERTAIN', 'bike#K6': 'CERTAIN' });
    expect(answer.gaps.filter((gap) => gap.startsWith('SERIAL'))).toEqual([
      expect.stringMatching(/: 6 of 9 numbers not on record: 1 to 2, 4, 7 to 9 \(at most 6\)$/),
      expect.stringMatching(/: 2 of 2 numbers not on record: 20 to 21 \(at most 2\)$/),
    ]);
  });

  //  lot X names no line: UNKNOWN of line L1, and UNKNOWN under not as well
  test('what lacks the attribute is possible, under not too, beside a gap that names the field', async () => {
    const c = plant();
    c.made('lamp/A', 5, 'maker', '01-05 08:00', { line: 'L1' });
    c.made('lamp/B', 5, 'maker', '01-05 08:00', { line: 'L2' });
    c.made('lamp/X', 5, 'maker', '01-05 08:00');
    await c.record();
    const onLine = { produced: { site: 'maker', line: 'L1' } };
    const yes = await recall(c, { all: [{ product: 'lamp' }, onLine] });
    expect(yes.batches).toEqual({ 'lamp/A': 'CERTAIN', 'lamp/X': 'POSSIBLE' });
    const no = await recall(c, { all: [{ product: 'lamp' }, { not: onLine }] });
    expect(no.batches).toEqual({ 'lamp/B': 'CERTAIN', 'lamp/X': 'POSSIBLE' });
    for (const answer of [yes, no])
      expect(answer.gaps).toEqual([
        'ATTRIBUTE_MISSING: batch X: line not on record, so the rule cannot rule it out (at most 5)',
      ]);
  });

  //  of lot A, full, and lot B, of which one is not on record; bike X tells no lot
  test('an item without a lot is of no lot whose items are all on record, and may be of one that is left out', async () => {
    const c = plant();
    for (const [lot, made] of [
      ['A', 1],
      ['B', 2],
    ] as const) {
      c.made(`bike/${lot}`, made, 'maker', '01-05 08:00');
      c.item(`bike#${lot}1`, `bike/${lot}`, '01-05 10:00');
    }
    c.item('bike#X', null);
    await c.record();
    const beside = (lot: string) => ({ all: [{ product: 'bike' }, { not: { batch: `bike/${lot}` } }] });
    expect((await recall(c, { batch: 'bike/A' })).items['bike#X']).toBeUndefined();
    expect((await recall(c, { batch: 'bike/B' })).items['bike#X']).toBe('POSSIBLE');
    expect((await recall(c, beside('A'))).items['bike#X']).toBe('CERTAIN');
    expect((await recall(c, beside('B'))).items['bike#X']).toBe('POSSIBLE');
  });

  //  two shipments of lamps without a lot; of lamps lot A is on record, which is left out
  test('goods without a lot are of the product that is named, and possibly of the lot that is left out', async () => {
    const c = plant();
    c.made('lamp/A', 5, 'maker', '01-05 08:00');
    c.sold('lamp', 1, 'shop', '01-10 08:00', { buyer: 'Ada' });
    await c.record();
    const named = await recall(c, { product: 'lamp' });
    expect(named.buyers).toEqual({ Ada: 'CERTAIN YES' });
    const beside = await recall(c, { all: [{ product: 'lamp' }, { not: { batch: 'lamp/A' } }] });
    expect(beside.buyers).toEqual({ Ada: 'POSSIBLE YES' });
  });

  //  lot A was made on L2 at the plant; bike 1 of it tells L1 and no place, bike 2 a later day and no place
  test('what an item does not tell is that of its run, and not known where it is of another line', async () => {
    const c = plant();
    c.made('bike/A', 2, 'maker', '01-05 08:00', { produced_to: '01-05 16:00', line: 'L2' });
    c.item('bike#1', 'bike/A', undefined, { line: 'L1' });
    c.item('bike#2', 'bike/A', '01-07 10:00');
    await c.record();
    // a rule without a product asks all that other chains have too
    const ofChain = (items: Record<string, string>) =>
      Object.fromEntries(Object.entries(items).filter(([name]) => name.startsWith('bike#')));
    for (const gtin of [{}, { gtin: 'bike' }]) {
      const onLine = await recall(c, { produced: { ...gtin, site: 'maker', line: 'L1' } });
      expect(ofChain(onLine.items)).toEqual({ 'bike#1': 'POSSIBLE' });
      const later = { from: '2026-01-06T00:00:00Z', to: '2026-01-08T00:00:00Z' };
      const onDay = await recall(c, { produced: { ...gtin, site: 'maker', ...later } });
      expect(ofChain(onDay.items)).toEqual({ 'bike#1': 'POSSIBLE', 'bike#2': 'CERTAIN' });
    }
  });

  //  lot A on L1 at the plant and on L2 in the shop's workshop; bike 1 tells its line
  test('an item that tells its line tells which run it is of, and with it the place', async () => {
    const c = plant();
    const source = c.key('maker');
    c.made('bike/A', 2, 'maker', '01-05 08:00', { line: 'L1', source });
    c.made('bike/A', 2, 'shop', '01-05 08:00', { line: 'L2', source });
    c.item('bike#1', 'bike/A', undefined, { line: 'L1', source });
    await c.record();
    expect((await recall(c, { produced: { gtin: 'bike', site: 'maker' } })).items).toEqual({
      'bike#1': 'CERTAIN',
    });
    expect((await recall(c, { produced: { gtin: 'bike', site: 'shop' } })).items).toEqual({});
  });

  //  of lot A, made in January, bike 1 tells that it was made in February; one of the lot is sold without its serial
  test('goods told by their lot are possible where the rule leaves an item of it out', async () => {
    const c = plant();
    c.made('bike/A', 3, 'maker', '01-05 08:00', { produced_to: '01-05 16:00' });
    c.item('bike#1', 'bike/A', '02-05 10:00');
    c.sold('bike/A', 1, 'shop', '02-10 08:00', { buyer: 'Ada' });
    await c.record();
    const january = { produced: { gtin: 'bike', to: '2026-01-31T00:00:00Z' } };
    expect((await recall(c, january)).buyers).toEqual({ Ada: 'POSSIBLE YES' });
  });

  //  K1 sold in NL, K2 in DE, K3 nowhere; lot L1 both; lot L2 in DE only; L3 expires earlier
  test('keep leaves out members by where they were sold, their age and their expiry, and lists each with the leaf that did it', async () => {
    const c = plant();
    c.made('bike/B', 3, 'maker', '01-05 08:00');
    for (const serial of ['K1', 'K2', 'K3']) c.item(`bike#${serial}`, 'bike/B', '01-05 10:00');
    c.sold('bike#K1', null, 'shop', '01-10 08:00', { buyer: 'Ada' });
    c.sold('bike#K2', null, 'laden', '01-10 08:00', { buyer: 'Bob' });
    await c.record();
    const inNl = { sold: { country: 'NL' } };
    const answer = await recall(c, { batch: 'bike/B' }, { keep: inNl });
    expect(answer.items).toEqual({ 'bike#K1': 'CERTAIN' });
    expect(answer.batches).toEqual({ 'bike/B': 'CERTAIN' });
    expect(answer.buyers).toEqual({ Ada: 'CERTAIN YES' });
    expect(answer.excluded).toEqual({
      'bike#K2': 'KEEP: affected, but keep leaves it out: "sold country NL" is false of it',
      'bike#K3': 'KEEP: affected, but keep leaves it out: "sold country NL" is false of it',
    });
    expect(await answer.member('bike#K2')).toMatchObject({ verdict: 'OUT' });
    expect((await recall(c, { batch: 'bike/B' }, { keep: { not: inNl } })).items).toEqual({
      'bike#K2': 'CERTAIN',
      'bike#K3': 'CERTAIN',
    });
    const young = { age: { maxDays: 10 } };
    const asOf = new Date('2026-01-12T10:00:00Z');
    expect(Object.keys((await recall(c, { batch: 'bike/B' }, { keep: young, asOf })).items)).toHaveLength(3);
    const old = new Date('2026-03-12T10:00:00Z');
    const aged = await recall(c, { batch: 'bike/B' }, { keep: young, asOf: old });
    expect(aged.batches).toEqual({});
    expect(aged.excluded).toEqual({
      'bike/B': 'KEEP: affected, but keep leaves it out: "age maxDays 10" is false of it',
    });
  });

  test('keep of lots: some of it sold there keeps it, none drops it, a sale without country may be there', async () => {
    const c = plant();
    c.party('web', 'RETAILER');
    for (const lot of ['L1', 'L2', 'L3'])
      c.made(`lamp/${lot}`, 10, 'maker', '01-05 08:00', {
        expires_on: `2026-0${lot.slice(1)}-30`.replace('02-30', '02-28'),
      });
    c.sold('lamp/L1', 1, 'shop', '01-10 08:00', { buyer: 'Ada' });
    c.sold('lamp/L1', 1, 'laden', '01-10 08:00', { buyer: 'Bob' });
    c.sold('lamp/L2', 1, 'laden', '01-10 08:00', { buyer: 'Cleo' });
    c.sold('lamp/L3', 1, 'web', '01-10 08:00', { buyer: 'Dora' });
    await c.record();
    const answer = await recall(c, { product: 'lamp' }, { keep: { sold: { country: 'NL' } } });
    expect(answer.batches).toEqual({ 'lamp/L1': 'CERTAIN', 'lamp/L3': 'CERTAIN' });
    expect(answer.excluded).toEqual({
      'lamp/L2': 'KEEP: affected, but keep leaves it out: "sold country NL" is false of it',
    });
    const late = await recall(c, { product: 'lamp' }, { keep: { expires: { from: '2026-02-01' } } });
    expect(Object.keys(late.batches)).toEqual(['lamp/L2', 'lamp/L3']);
  });
});

describe('a rule as data', () => {
  test.each([
    [{ sold: { country: 'NL' } }, 'KEEP_ONLY'],
    [{ age: { maxDays: 3 } }, 'KEEP_ONLY'],
    [{ not: { product: { gtin: '09521234000105' } } }, 'NOT_ALONE'],
    [{ changeOrder: { code: 'CO', side: 'DURING' } }, 'BAD_VALUE'],
    [{ installed: { gtin: '09521234000105' } }, 'MISSING'],
    [{ persists: {} }, 'NOT_A_CONDITION'],
    [{ inspection: { gtin: '09521234000105', characteristic: 'pH\ude52' } }, 'BAD_VALUE'],
    [{ produced: { site: '9521234000006', line: 'L\u0000' } }, 'BAD_VALUE'],
    [{ serials: { gtin: '09521234000105', scheme: 'NUMERIC', from: 'A1', to: 'B2' } }, 'BAD_SERIAL_RANGE'],
  ])('%j is refused', (json, code) => {
    const result = parseRule(json);
    expect(result.ok ? [] : result.problems.map((problem) => problem.code)).toContain(code);
  });

  test('keep takes what became of goods, and a not alone', () => {
    expect(parseRule({ not: { sold: { country: 'NL' } } }, { keep: true }).ok).toBe(true);
    expect(parseRule({ sold: { country: 'nl' } }, { keep: true }).ok).toBe(false);
  });
});
