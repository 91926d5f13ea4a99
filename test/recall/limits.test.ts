// No scope is short without saying so: each limit lowered in turn is reported, and makes the answer incomplete.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { type Chain, createChain } from '../support/chain.js';
import { createTestDatabase } from '../support/database.js';
import { recall } from '../support/recall.js';

describe('limits of a scope', () => {
  let database: Database;
  let c: Chain;
  beforeAll(async () => {
    database = await createTestDatabase();
    // mix/0 -> mix/1 -> ... -> mix/6, and grain without a lot drawn for mix/7 where mix/6 lay
    c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.product('mix', 'MATERIAL', { unit: 'KGM' });
    // each lot is used up where it was made: nothing of it could be what was drawn without a lot
    for (let level = 0; level < 6; level += 1) {
      c.made(`mix/${level}`, 1, 'maker', `01-0${Math.max(level, 1)} 08:00`);
      c.used(`mix/${level + 1}`, `mix/${level}`, 1, `01-0${level + 1} 08:00`);
    }
    c.made('mix/6', 10, 'maker', '01-06 08:00');
    c.made('mix/7', 10, 'maker', '01-08 08:00');
    c.used('mix/7', 'mix', 10, '01-08 08:00');
    await c.record();
  });
  afterAll(async () => database.close());

  const whole = 8;

  test('without a limit the scope is whole and says so', async () => {
    const { scope } = await recall(c, { batch: 'mix/0' });
    expect({ batches: scope.batches.size, limits: scope.limits, isComplete: scope.isComplete }).toEqual({
      batches: whole,
      limits: [],
      isComplete: true,
    });
  });

  test.each([0, 1, 3, 5])('a depth of %i is reported', async (maxDepth) => {
    const { scope } = await recall(c, { batch: 'mix/0' }, { limits: { scopeDepth: maxDepth } });
    expect(scope.batches.size).toBe(maxDepth + 1);
    expect(scope.isComplete).toBe(false);
    expect(scope.limits).toEqual([
      {
        kind: 'DEPTH',
        value: maxDepth,
        message: `${whole - maxDepth - 1} members lie deeper than ${maxDepth} steps`,
      },
    ]);
  });

  test.each([1, 2, 5, 7])('at most %i nodes is reported', async (maxNodes) => {
    const { scope } = await recall(c, { batch: 'mix/0' }, { limits: { scopeNodes: maxNodes } });
    expect(scope.batches.size).toBeLessThanOrEqual(maxNodes);
    expect(scope.isComplete).toBe(false);
    expect(scope.limits).toEqual([
      { kind: 'NODES', value: maxNodes, message: `the walk stopped at ${maxNodes} batches` },
    ]);
  });

  test('a walk out of time is reported', async () => {
    const { scope } = await recall(c, { batch: 'mix/0' }, { limits: { scopeMs: 0 } });
    expect(scope.isComplete).toBe(false);
    expect(scope.limits).toEqual([{ kind: 'TIME', value: 0, message: 'the walk stopped after 0 ms' }]);
  });

  test('limits that are never reached change nothing', async () => {
    const { scope } = await recall(
      c,
      { batch: 'mix/0' },
      { limits: { scopeDepth: 7, scopeNodes: 8, scopeMs: 600_000 } },
    );
    expect({ batches: scope.batches.size, limits: scope.limits }).toEqual({ batches: whole, limits: [] });
  });
});
