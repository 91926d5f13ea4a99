/** What stands in an answer for what its reader may not see by name, and that a number nobody may see is no number. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Data, startTestServer, type TestServer } from '../server/server.js';
import { testVault } from '../support/vault.js';
import { type Caller, tokensOf } from './callers.js';
import { goods, recordChain } from './shared-chain.js';

let server: TestServer;
let tokens: Map<Caller, string>;
beforeAll(async () => {
  server = await startTestServer();
  await recordChain({ database: server.database, vault: testVault() });
  tokens = await tokensOf(server);
});
afterAll(() => server.close());

const cells = `{ batch: { gtin: "${goods.cell}", lot: "C1" } }`;
const ask = async (caller: Caller, query: string): Promise<Data> =>
  server.data(query, {}, tokens.get(caller) ?? null);

async function opaqueOf(caller: Caller, lot: string): Promise<string[]> {
  const of = `{ batch: { gtin: "${goods.cell}", lot: "${lot}" } }`;
  const { trace } = await ask(
    caller,
    `{ trace(of: ${of}, direction: BACKWARD) { nodes(first: 20) { edges { node { opaque } } } } }`,
  );
  const nodes: { opaque: string | null }[] = trace.nodes.edges.map(({ node }: { node: object }) => node);
  return nodes.flatMap(({ opaque }) => (opaque === null ? [] : [opaque]));
}

test('a token stands for one thing, the same each time and from wherever it is met, and is another for each reader', async () => {
  const [alpha] = await opaqueOf('alpha', 'C1');
  expect(alpha).toMatch(/^urn:tracewright:opaque:batch:[\w-]{22}$/);
  expect(await opaqueOf('alpha', 'C1')).toEqual([alpha]);
  const [beta] = await opaqueOf('beta', 'C1');
  expect(beta).toMatch(/^urn:tracewright:opaque:batch:[\w-]{22}$/);
  expect(beta).not.toBe(alpha);
  // beta's other lot of cells is of the same nickel
  expect(await opaqueOf('beta', 'C2')).toEqual([beta]);
  expect(await opaqueOf('regulator', 'C1')).toEqual([]);
});

test('buyers are counted exactly for brand owner and regulator, and are null, never 0, for all others', async () => {
  const counts = async (caller: Caller) =>
    (
      await ask(
        caller,
        `{ recallScope(rule: ${cells}) { viewLimited summary { buyers certainBuyers soldWithoutBuyer { value } } distribution(by: COUNTRY) { buyers certainBuyers } } }`,
      )
    ).recallScope;
  const nothing = { buyers: null, certainBuyers: null, soldWithoutBuyer: null };
  // one bike and one scooter with a cell of the lot were sold
  const alpha = await counts('alpha');
  expect(alpha.summary).toMatchObject({ buyers: '1' });
  expect((await counts('beta')).summary).toMatchObject({ buyers: '1' });
  expect((await counts('regulator')).summary).toMatchObject({ buyers: '2' });
  for (const caller of ['cellmaker', 'admin'] as const) {
    const { viewLimited, summary, distribution } = await counts(caller);
    expect([caller, summary, viewLimited]).toEqual([caller, nothing, true]);
    expect(new Set(distribution.map((row: Data) => `${row.buyers} ${row.certainBuyers}`))).toEqual(
      new Set(distribution.length > 0 ? ['null null'] : []),
    );
  }
  const { distribution } = await counts('regulator');
  expect(distribution.map((row: Data) => row.buyers)).toContain('<5');
});

test('rows that may not be listed are an empty page that says so', async () => {
  for (const caller of ['alpha', 'cellmaker', 'regulator', 'admin'] as const) {
    const { recallScope } = await ask(
      caller,
      `{ recallScope(rule: ${cells}) { viewLimited isComplete buyers(first: 10) { edges { cursor } } } }`,
    );
    expect([caller, recallScope]).toEqual([
      caller,
      { viewLimited: true, isComplete: false, buyers: { edges: [] } },
    ]);
  }
});

test('a supplier reads the steps to its customers’ goods and no party beyond', async () => {
  const { recallScope } = await ask(
    'cellmaker',
    `{ recallScope(rule: ${cells}) { batches(first: 20) { edges { node { batch { lot product { name } } why { from { batch { lot } } to { batch { lot } } } } } } holders(first: 20) { edges { node { party { name } } } } processors(first: 20) { edges { node { party { name } } } } } }`,
  );
  const lots = recallScope.batches.edges.map(({ node }: Data) => node.batch.lot).sort();
  expect(lots).toEqual(['C1', 'P1', 'S1']);
  expect(recallScope.holders.edges.map(({ node }: Data) => node.party.name)).toEqual(['party cellmaker']);
  expect(recallScope.processors.edges).toEqual([]);
});
