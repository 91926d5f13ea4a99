/** The mass balance of a batch, a product and a scope: an identity, with what nobody can account for and its likely causes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, createChain } from '../support/chain.js';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let c: Chain;
let tokens: { regulator: string; maker: string; shop: string };

//  lot L1 (100): 10 to the shop without a word, which sells 4 of them; 5 shipped, then voided, sold all the same at the other;
//  lot L2 (50): 20 to the other shop, of which L1 may have been read; lamps without a lot come there too
beforeAll(async () => {
  server = await startTestServer();
  c = createChain(server.database);
  c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  c.party('shop', 'RETAILER', { kind: 'STORE' });
  c.party('other', 'RETAILER', { kind: 'STORE' });
  c.product('lamp', 'FINISHED');
  c.made('lamp/L1', 100, 'maker', '01-01 08:00');
  c.made('lamp/L2', 50, 'maker', '01-01 08:00');
  c.sold('lamp/L1', 4, 'shop', '01-05 08:00');
  const shipment = c.shipped('lamp/L1', 5, 'maker', 'other', '01-02 08:00');
  c.received('lamp/L1', 5, 'other', '01-03 08:00');
  c.sold('lamp/L1', 5, 'other', '01-06 08:00');
  c.shipped('lamp/L2', 20, 'maker', 'other', '01-02 08:00');
  c.received('lamp/L2', 20, 'other', '01-03 08:00');
  c.sold('lamp/L1', 3, 'other', '01-07 08:00');
  c.row('disposals', {
    site_gln: c.key('maker'),
    ...c.goods('lamp/L2'),
    quantity: 1,
    disposed_at: '01-04 08:00',
    reason: 'SCRAPPED',
  });
  await c.record();
  c.voided(shipment, '01-08 08:00');
  await c.record();
  tokens = {
    regulator: await server.token('REGULATOR', null),
    maker: await server.token('MANUFACTURER', c.key('party maker')),
    shop: await server.token('RETAILER', c.key('party shop')),
  };
}, 60_000);
afterAll(() => server.close());

const states = ['made', 'consumed', 'fitted', 'onHand', 'inTransit', 'sold', 'scrapped', 'unaccounted'];
const figures = states.map((name) => `${name} { value }`).join(' ');
const goods = `(first: 100) { edges { node { batch { lot } site { gln } state quantity causes } } }`;

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
const balanceOf = (of: any): Record<string, number> =>
  Object.fromEntries(states.map((name) => [name, Number(of[name].value)]));
const rest = ({ made, ...others }: Record<string, number>): number =>
  Object.values(others).reduce((sum, value) => sum + value, 0) - (made as number);
// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
const rowsOf = (connection: any): string[] =>
  connection.edges.map(
    // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
    ({ node }: any) =>
      `${node.batch.lot} ${c.nameOf(node.site.gln)} ${node.state} ${node.quantity}: ${node.causes.join(', ')}`,
  );

const lacking = [
  'L1 shop ON_HAND -4: DELIVERY_NOT_RECORDED',
  'L1 other IN_TRANSIT -5: ARRIVAL_VOIDED, SHIPMENT_NOT_RECORDED',
  'L1 other ON_HAND -3: ARRIVAL_VOIDED, LOT_MISREAD, DELIVERY_NOT_RECORDED',
];

test('of a batch', async () => {
  const { batch } = await server.data(
    `{ batch(gtin: "${c.key('lamp')}", lot: "L1") { massBalance { isClosed ${figures} unaccountedGoods${goods} } } }`,
    {},
    tokens.maker,
  );
  const balance = balanceOf(batch.massBalance);
  expect(balance).toMatchObject({ made: 100, onHand: 100, sold: 12, unaccounted: -12 });
  expect([rest(balance), batch.massBalance.isClosed]).toEqual([0, true]);
  expect(rowsOf(batch.massBalance.unaccountedGoods)).toEqual(lacking);
});

test('of a product: the sum over its batches', async () => {
  const { product } = await server.data(
    `{ product(gtin: "${c.key('lamp')}") { massBalance { isClosed ${figures} unaccountedGoods${goods} } } }`,
    {},
    tokens.regulator,
  );
  const balance = balanceOf(product.massBalance);
  expect(balance).toMatchObject({ made: 150, onHand: 149, sold: 12, scrapped: 1, unaccounted: -12 });
  expect([rest(balance), product.massBalance.isClosed]).toEqual([0, true]);
  expect(rowsOf(product.massBalance.unaccountedGoods)).toEqual(lacking);
});

test('of a scope: its quantities, and the same accounts by page', async () => {
  const rule = { batch: c.goods('lamp/L1') };
  const ask = (first: number, after: string | null) =>
    server.data(
      `query ($rule: ScopeRuleInput!, $after: String) { recallScope(rule: $rule) { viewLimited summary { quantities { ${figures} } }
         unaccountedGoods(first: ${first}, after: $after) { edges { node { batch { lot } site { gln } state quantity causes } } pageInfo { endCursor hasNextPage } } } }`,
      { rule, after },
      tokens.maker,
    );
  const { recallScope: one } = await ask(2, null);
  expect(one.viewLimited).toBe(false);
  const balance = balanceOf(one.summary.quantities[0]);
  expect(balance).toMatchObject({ made: 100, unaccounted: -12 });
  expect(rest(balance)).toBe(0);
  const { recallScope: two } = await ask(2, one.unaccountedGoods.pageInfo.endCursor);
  expect([...rowsOf(one.unaccountedGoods), ...rowsOf(two.unaccountedGoods)]).toEqual(lacking);
  expect(two.unaccountedGoods.pageInfo.hasNextPage).toBe(false);
});

test('who holds goods of another brand sees no balance of theirs', async () => {
  const { batch } = await server.data(
    `{ batch(gtin: "${c.key('lamp')}", lot: "L1") { massBalance { isClosed } } }`,
    {},
    tokens.shop,
  );
  expect(batch).toEqual({ massBalance: null });
});
