// Why, and why not: the answer about one batch or item, in words and as data that can be checked by hand.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { type Chain, createChain } from '../support/chain.js';
import { createTestDatabase } from '../support/database.js';
import { recall } from '../support/recall.js';

describe('membership', () => {
  let database: Database;
  let c: Chain;
  beforeAll(async () => {
    database = await createTestDatabase();
    // cells C1 (affected) and C2 -> packs P1, P2 -> bikes 1 (P1's), 2 (P2's) of lot B; lamp L1 has nothing to do with it
    c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    for (const product of ['cell', 'pack', 'lamp']) c.product(product, 'COMPONENT');
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.revision('bike', 'A', { pack: 1 });
    c.made('cell/C1', 10, 'maker', '01-01 08:00', { line: 'L1' });
    c.made('cell/C2', 10, 'maker', '01-01 08:00', { line: 'L2' });
    c.used('pack/P1', 'cell/C1', 10, '01-02 08:00');
    c.used('pack/P2', 'cell/C2', 10, '01-02 08:00');
    c.made('bike/B', 2, 'maker', '01-03 08:00', { revision: 'A' });
    c.item('bike#1', 'bike/B', '01-03 08:00');
    c.item('bike#2', 'bike/B', '01-03 08:00');
    c.used('bike/B', 'pack/P1', 1, '01-03 08:00');
    c.used('bike/B', 'pack/P2', 1, '01-03 08:00');
    c.fitted('bike#1', 'pack/P1', '01-03 09:00', { quantity: 1 });
    c.fitted('bike#2', 'pack/P2', '01-03 09:00', { quantity: 1, event_id: 'fitting of bike 2' });
    c.made('lamp/L1', 1, 'maker', '01-01 08:00');
    await c.record();
  });
  afterAll(async () => database.close());

  test('what is in says by which events it is reached from an origin', async () => {
    const answer = await recall(c, { batch: 'cell/C1' });
    expect(await answer.member('bike#1')).toMatchObject({
      verdict: 'IN',
      certainty: 'CERTAIN',
      failed: null,
      why: [
        { kind: 'ORIGIN', from: null },
        { kind: 'MADE', occurredAt: new Date('2026-01-02T08:00:00Z') },
        { kind: 'FITTED', occurredAt: new Date('2026-01-03T09:00:00Z') },
      ],
    });
  });

  test('what its parts clear names the fittings that prove it, and what these were made of', async () => {
    const answer = await recall(c, { batch: 'cell/C1' });
    expect(await answer.member('bike#2')).toMatchObject({
      verdict: 'OUT',
      failed: { by: 'EVIDENCE' },
      why: [
        { kind: 'FITTED', eventId: 'fitting of bike 2' },
        { kind: 'MADE', occurredAt: new Date('2026-01-02T08:00:00Z') },
      ],
      isWhole: true,
    });
  });

  test('what is not reached names the condition that failed, and what it has instead', async () => {
    const answer = await recall(c, {
      all: [{ product: 'cell' }, { produced: { site: 'maker', line: 'L1' } }],
    });
    const cell = await answer.member('cell/C2');
    expect(cell.failed).toEqual({ by: 'RULE', condition: `produced site ${c.key('maker')}, line L1` });
    expect(cell.conditions.map(({ truth }) => truth)).toEqual(['TRUE', 'FALSE']);
    const pack = await answer.member('pack/P2');
    expect(pack).toMatchObject({
      verdict: 'OUT',
      failed: { by: 'RULE', condition: `product gtin ${c.key('cell')}` },
    });
    expect(pack.why).toMatchObject([{ kind: 'MADE', occurredAt: new Date('2026-01-02T08:00:00Z') }]);
    expect(pack.reason).toMatch(/it has other lots on record$/);
    expect((await answer.member('lamp/L1')).reason).toMatch(
      /no lineage, fitting or movement on record leads to it/,
    );
  });

  test('what the rule or keep leaves out names the leaf', async () => {
    const rule = { all: [{ product: 'bike' }, { not: { items: ['bike#2'] } }] };
    expect((await (await recall(c, rule)).member('bike#2')).failed).toEqual({
      by: 'RULE',
      condition: 'not items 2',
    });
    const kept = await recall(c, { product: 'bike' }, { keep: { items: ['bike#1'] } });
    expect((await kept.member('bike#2')).failed).toEqual({ by: 'KEEP', condition: 'items 1' });
  });

  test('a limit that stopped the walk is named, not a condition', async () => {
    const answer = await recall(c, { batch: 'cell/C1' }, { limits: { scopeDepth: 1 } });
    expect(answer.batches).toEqual({ 'cell/C1': 'CERTAIN', 'pack/P1': 'CERTAIN' });
    expect((await answer.member('bike#1')).failed).toEqual({
      by: 'LIMIT',
      condition: '2 members lie deeper than 1 steps',
    });
  });

  test('what was not on record then is out for that, not for the rule', async () => {
    const answer = await recall(c, { batch: 'cell/C1' }, { asOf: new Date('2025-12-01T00:00:00Z') });
    expect(answer.batches).toEqual({});
    expect((await answer.member('cell/C1')).reason).toBe('it is not on record at the times asked about');
  });
});
