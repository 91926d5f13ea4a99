/** Rules side by side, and limits that are told when they stop a walk. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, products } from '../../src/demo/story.js';
import { startServer } from '../../src/server/index.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
}, 180_000);
afterAll(() => server.close());

const cellLot = { batch: { gtin: products.cell, lot: defectiveCellLot } };
const trailOnly = { all: [{ product: { gtin: products.trail } }, { produced: { from: '2025-06-01' } }] };

test('what a rule adds to and takes from the first is counted', async () => {
  const answer = await server.ask(
    `query ($rules: [NamedRuleInput!]!) { compareScopes(rules: $rules) { name scope { summary { batches items } }
       comparedToFirst { batchesAdded batchesRemoved itemsAdded itemsRemoved } } }`,
    {
      rules: [
        { name: 'lot', rule: cellLot },
        { name: 'both', rule: { any: [cellLot, trailOnly] } },
      ],
    },
    server.tokens.regulator,
  );
  expect(answer.errors).toBeUndefined();
  const [lot, both] = answer.data?.compareScopes ?? [];
  expect(lot).toEqual({
    name: 'lot',
    scope: { summary: { batches: 16, items: '269' } },
    comparedToFirst: { batchesAdded: 0, batchesRemoved: 0, itemsAdded: 0, itemsRemoved: 0 },
  });
  expect(both.comparedToFirst.batchesRemoved).toBe(0);
  expect(both.scope.summary.batches).toBe(16 + both.comparedToFirst.batchesAdded);
  expect(Number(both.scope.summary.items)).toBe(269 + both.comparedToFirst.itemsAdded);
  expect(both.comparedToFirst.itemsAdded).toBeGreaterThan(0);
});

test('two rules of one name, none, and one the caller may not ask are refused', async () => {
  const ask = (rules: object[], token: string) =>
    server.ask(
      'query ($rules: [NamedRuleInput!]!) { compareScopes(rules: $rules) { name } }',
      { rules },
      token,
    );
  const one = { name: 'a', rule: cellLot };
  expect((await ask([one, one], server.tokens.regulator)).errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  expect((await ask([], server.tokens.regulator)).errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  const foreign = { name: 'b', rule: { product: { gtin: products.cathode } } };
  expect((await ask([one, foreign], server.tokens.maker)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test.each([
  { limits: { scopeNodes: 3 }, kind: 'NODES', value: 3 },
  { limits: { scopeDepth: 1 }, kind: 'DEPTH', value: 1 },
])('a scope cut by $kind says so and is not complete', async ({ limits, kind, value }) => {
  const narrow = await startServer(
    {
      production: false,
      databaseUrl: null,
      dataDir: '/nonexistent',
      host: '127.0.0.1',
      port: 0,
      secrets: testSecrets,
      logLevel: 'silent',
      answerLimits: limits,
    },
    { database: server.database, vault: testVault() },
  );
  try {
    const response = await fetch(`${narrow.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.tokens.regulator}` },
      body: JSON.stringify({
        query:
          'query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { isComplete viewLimited limits { kind value message } summary { batches } } }',
        variables: { rule: cellLot },
      }),
    });
    const { data } = (await response.json()) as {
      data: { recallScope: { limits: object[]; summary: { batches: number } } };
    };
    expect(data.recallScope).toMatchObject({ isComplete: false, viewLimited: false });
    expect(data.recallScope.limits).toContainEqual(expect.objectContaining({ kind, value }));
    expect(data.recallScope.summary.batches).toBeLessThan(16);
  } finally {
    await narrow.close();
  }
});
