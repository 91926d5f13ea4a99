/** Who may ask which rule, what is hidden from whom, and that nothing is short without saying so. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
}, 180_000);
afterAll(() => server.close());

const cellLot = `rule: { batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" } }`;
const ask = (rule: string, fields: string, token: string | null) =>
  server.ask(`{ recallScope(${rule}) { ${fields} } }`, {}, token);

test('anonymous callers, retailers and workshops ask no rule of their own', async () => {
  expect((await ask(cellLot, 'watermark', null)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  for (const token of [server.tokens.retailer, server.tokens.workshop])
    expect((await ask(cellLot, 'watermark', token)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test("what is not on record and what is another party's are refused in the same words", async () => {
  const message = async (lot: string, gtin: string) =>
    (
      await ask(`rule: { batch: { gtin: "${gtin}", lot: "${lot}" } }`, 'watermark', server.tokens.cellMaker)
    ).errors?.[0]?.message.replace(lot, 'LOT');
  const foreign = await message('RP25-03', products.resin);
  expect(foreign).toContain('not on record, or not yours to ask about');
  expect(await message('NOSUCH-1', products.resin)).toBe(foreign);
});

test('a maker asks about its own products and what its suppliers put into them, not about everybody', async () => {
  for (const rule of [
    cellLot,
    `rule: { product: { gtin: "${products.urban}" } }`,
    `rule: { supplier: { gln: "${parties.cellMaker}" } }`,
    `rule: { changeOrder: { code: "CO-2025-07", side: AFTER } }`,
  ])
    expect((await ask(rule, 'watermark', server.tokens.maker)).errors).toBeUndefined();
  for (const rule of [
    `rule: { product: { gtin: "${products.cathode}" } }`,
    'rule: { produced: { line: "L2" } }',
    `rule: { all: [{ product: { gtin: "${products.urban}" } }, { not: { batch: { gtin: "${products.cathode}", lot: "X" } } }] }`,
    'rule: { changeOrder: { code: "CO-NOT-MINE", side: AFTER } }',
  ])
    expect((await ask(rule, 'watermark', server.tokens.maker)).errors?.[0]?.extensions.code).toBe(
      'FORBIDDEN',
    );
});

test('a maker gets exact counts of buyers, and lists none before its recall is published', async () => {
  const summary = 'summary { buyers certainBuyers }';
  const counted = await ask(cellLot, `isComplete viewLimited ${summary}`, server.tokens.maker);
  expect(counted.data?.recallScope).toEqual({
    isComplete: true,
    viewLimited: false,
    summary: { buyers: '115', certainBuyers: '29' },
  });
  const listed = await ask(
    cellLot,
    'isComplete viewLimited buyers(first: 100) { edges { cursor } }',
    server.tokens.maker,
  );
  expect(listed.data?.recallScope).toEqual({ isComplete: false, viewLimited: true, buyers: { edges: [] } });
});

test('a regulator reads counts of buyers, small ones rounded, and never their rows', async () => {
  const fields =
    'viewLimited summary { buyers } buyers(first: 10) { edges { cursor } } distribution(by: COUNTRY) { key buyers certainBuyers }';
  const scope = (await ask(cellLot, fields, server.tokens.regulator)).data?.recallScope;
  expect(scope.summary.buyers).toBe('115');
  expect(scope.buyers.edges).toEqual([]);
  expect(scope.viewLimited).toBe(true);
  expect(scope.distribution).toContainEqual({ key: 'BE', buyers: '11', certainBuyers: '<5' });
  expect(scope.distribution).toContainEqual({ key: 'FR', buyers: '16', certainBuyers: '10' });
});

test('an administrator sees the chain and no buyers: null, not 0', async () => {
  const scope = (
    await ask(
      cellLot,
      'summary { batches items buyers certainBuyers soldWithoutBuyer { value } }',
      server.tokens.admin,
    )
  ).data?.recallScope;
  expect(scope.summary).toEqual({
    batches: 16,
    items: '269',
    buyers: null,
    certainBuyers: null,
    soldWithoutBuyer: null,
  });
});

test('a supplier sees its batch, what it went directly into, and that more is hidden', async () => {
  const fields =
    'isComplete viewLimited summary { buyers } batches(first: 100) { edges { node { depth origin batch { lot } why { from { batch { lot } } to { batch { lot } } } } } } holders(first: 100) { edges { node { party { gln } } } }';
  const scope = (await ask(cellLot, fields, server.tokens.cellMaker)).data?.recallScope;
  expect(scope).toMatchObject({ isComplete: false, viewLimited: true, summary: { buyers: null } });
  const lots = scope.batches.edges.map(({ node }: { node: { batch: { lot: string } } }) => node.batch.lot);
  expect(lots.sort()).toEqual(['BP5-05', 'BP5-06', 'BP6-04', defectiveCellLot]);
  const holders = scope.holders.edges.map(({ node }: { node: { party: { gln: string } } }) => node.party.gln);
  expect(new Set(holders)).toEqual(new Set([parties.cellMaker]));
});
