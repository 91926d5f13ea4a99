/** How many statements each question costs, pinned: a field that asks once a row shows here as a number that grows. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products, sites } from '../../src/demo/story.js';
import { importPaths } from '../../src/record/index.js';
import { schemaOf } from '../../src/server/schema.js';
import { countStatements } from '../support/count-statements.js';
import { testVault } from '../support/vault.js';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let tokens: { regulator: string; maker: string };

beforeAll(async () => {
  server = await startTestServer();
  const folder = join(import.meta.dirname, '../../src/demo/chain');
  const services = { database: server.database, vault: testVault() };
  await importPaths(services, [folder], { party: null, onProblem: 'REJECT_ALL' }, () => {});
  tokens = {
    regulator: await server.token('REGULATOR', null),
    maker: await server.token('MANUFACTURER', parties.maker),
  };
  const supplier = await server.token('SUPPLIER', parties.cellMaker);
  for (const number of ['S-1', 'S-2'])
    await server.data(
      `mutation { openRecall(input: { number: "${number}", title: "Cells", rule: { batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" } } }) { problems { message } }
        publishRecall(input: { number: "${number}" }) { problems { message } } }`,
      {},
      supplier,
    );
  await server.data(
    `mutation { openRecall(input: { number: "R-1", title: "Cells", rule: { batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" } } }) { problems { message } }
      publishRecall(input: { number: "R-1" }) { problems { message } } }`,
    {},
    tokens.maker,
  );
});
afterAll(() => server?.close());

const site = 'site { gln party { name } }';
const whereabouts = `whereabouts { places { ${site} } inside { logisticUnit { key } item { serial } } }`;
const movements = `movements(first: $n) { edges { node { ${site} counterparty { name } event { eventId } } } }`;
const holdings = `holdings(first: $n) { edges { node { state quantity { value } ${site} } } }`;
const batch = `id lot product { name owner { name } } source { name } runs { site { gln } } holds { status } inspections { verdict }
  massBalance { made { value } } sales { sales } ${holdings} ${movements}`;
const item = `id serial product { name } batch { lot } fittings { batch { lot } item { serial } } inspections { verdict } ${whereabouts} ${movements}`;
const cells = `{ batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" } }`;

/** `atMost` where a walk's length decides: the number is the same for every page size, but not for every chain. */
interface Pinned {
  query: string;
  statements?: number;
  atMost?: number;
  token?: 'maker';
}

/** Statements of one request, the token's included; `$n` is the size of every page. */
const pinned: Readonly<Record<string, Pinned>> = {
  node: { query: '{ node(id: "x") { id } }', statements: 1 },
  identify: {
    query: `{ identify(code: "(01)${products.pack500}(21)P5-00001") { items { serial } } }`,
    atMost: 8,
  },
  party: {
    query: `query ($n: Int!) { party(gln: "${parties.maker}") { id name sites(first: $n) { edges { node { id name party { name } } } } } }`,
    statements: 5,
  },
  product: {
    query: `query ($n: Int!) { product(gtin: "${products.pack500}") { id owner { name } revisions { billOfMaterials { component { name } } } documents { uri } certificates { number } changeEffectivity { site { gln } } packaging { contains { name } } massBalance { made { value } } sales { sales } batches(first: $n) { edges { node { ${batch} } } } } }`,
    statements: 35,
  },
  batches: {
    query: `query ($n: Int!) { batches(gtin: "${products.pack500}", lot: "BP5-01") { ${batch} } }`,
    statements: 22,
  },
  batch: {
    query: `query ($n: Int!) { batch(gtin: "${products.pack500}", lot: "BP5-01") { items(first: $n) { edges { node { ${item} } } } } }`,
    statements: 20,
  },
  item: {
    query: `query ($n: Int!) { item(gtin: "${products.pack500}", serial: "P5-00001") { ${item} } }`,
    statements: 20,
  },
  logisticUnit: {
    query: `query ($n: Int!) { logisticUnit(key: "095200000000200015") { id ${whereabouts} contents(first: $n) { edges { node { item { serial ${whereabouts} } batch { lot } logisticUnit { key } } } } } }`,
    statements: 19,
  },
  trace: {
    query: `query ($n: Int!) { trace(of: ${cells}, direction: FORWARD) { nodes(first: $n, kind: ITEM) { edges { node { item { serial batch { lot } } ${whereabouts} ${holdings} ${movements} } } } steps(first: $n, kind: FITTED) { edges { node { from { item { serial } batch { lot } } to { item { serial } } } } } } }`,
    statements: 28,
  },
  commonAncestors: {
    query: `{ commonAncestors(of: [{ item: { gtin: "${products.pack500}", serial: "P5-00001" } }, { item: { gtin: "${products.pack500}", serial: "P5-00002" } }]) { depth batch { lot product { name } source { name } } } }`,
    statements: 14,
  },
  events: {
    query:
      'query ($n: Int!) { events(first: $n, filter: { kinds: [PACKED] }) { edges { node { eventId recorder { name } site { gln } product { name } item { serial } logisticUnit { key } content { key } quantity { value } values { name } } } } }',
    statements: 8,
  },
  discrepancies: {
    query:
      'query ($n: Int!) { discrepancies(first: $n, filter: { kind: NEGATIVE_HOLDING }) { edges { node { message product { name } batch { lot } site { gln } } } } }',
    statements: 6,
  },
  coverage: {
    query:
      'query ($n: Int!) { coverage(first: $n) { edges { node { lastRecordedAt site { gln } party { name } recorder { name } } } } }',
    statements: 5,
  },
  recalls: {
    query: 'query ($n: Int!) { recalls(first: $n) { edges { node { number title opener { name } } } } }',
    atMost: 8,
  },
  recall: { query: '{ recall(number: "R-1") { number title opener { name } } }', atMost: 8 },
  recallScope: {
    query: `query ($n: Int!) { recallScope(rule: ${cells}) { summary { batches items } batches(first: $n) { edges { node { batch { lot product { name } } } } } items(first: $n) { edges { node { item { serial product { name } } } } } } }`,
    atMost: 70,
  },
  compareScopes: {
    query: `{ compareScopes(rules: [{ name: "a", rule: ${cells} }]) { name comparedToFirst { batchesAdded } } }`,
    atMost: 60,
  },
  recallCheck: {
    query: `{ recallCheck(code: "(01)${products.pack500}(21)P5-00001") { verdict recalls { title } } }`,
    atMost: 10,
  },
  stock: {
    query: 'query ($n: Int!) { stock(first: $n) { edges { node { batch { lot product { name } } } } } }',
    atMost: 10,
    token: 'maker',
  },
  sellable: {
    query: `{ sellable(code: "(01)${products.pack500}(21)P5-00001", site: "${sites.eindhoven}") { sellable reasons { message } } }`,
    atMost: 15,
    token: 'maker',
  },
  notices: {
    query:
      'query ($n: Int!) { notices(first: $n) { edges { node { kind party { name } recall { number } } } } }',
    atMost: 10,
    token: 'maker',
  },
  holds: {
    query: 'query ($n: Int!) { holds(first: $n) { edges { node { reason party { name } site { gln } } } } }',
    atMost: 8,
  },
  drill: { query: '{ drill(number: "D-1") { score { quantities { product { name } } } } }', atMost: 8 },
  drills: {
    query:
      'query ($n: Int!) { drills(first: $n) { edges { node { number steps { step } score { batches } } } } }',
    atMost: 8,
  },
  defectCase: {
    query:
      'query ($n: Int!) { defectCase(number: "CASE-S-1") { recalls { number } alerts(first: $n) { edges { node { party { name } batches(first: $n) { edges { node { lot } } } answer { number } } } } } }',
    atMost: 12,
  },
  defectAlerts: {
    query:
      'query ($n: Int!) { defectAlerts(first: $n) { edges { node { recall { number } defectCase { number } batches(first: $n) { edges { node { lot } } } answer { number } } } } }',
    atMost: 12,
    token: 'maker',
  },
  accessGrants: {
    query: 'query ($n: Int!) { accessGrants(first: $n) { edges { node { __typename } } } }',
    atMost: 8,
  },
  buyersByContact: { query: '{ buyersByContact(email: "nobody@example.com") { id } }', atMost: 6 },
  personAccesses: {
    query: 'query ($n: Int!) { personAccesses(first: $n) { edges { node { reason reader { name } } } } }',
    atMost: 6,
  },
  checkpoint: { query: '{ checkpoint { __typename } }', atMost: 6 },
  inclusionProof: { query: '{ inclusionProof(eventId: "demo:items:00001") { __typename } }', atMost: 8 },
  consistencyProof: { query: '{ consistencyProof(first: "1", second: "2") { __typename } }', atMost: 6 },
};

test('every question of the schema has its number here', () => {
  expect(Object.keys(schemaOf().getQueryType()?.getFields() ?? {}).sort()).toEqual(
    Object.keys(pinned).sort(),
  );
});

test.each(Object.entries(pinned))('%s', async (_, { query, statements, atMost, token }) => {
  const ask = (n: number) =>
    countStatements(() =>
      server.data(query, query.includes('$n') ? { n } : {}, tokens[token ?? 'regulator']),
    );
  const [few, many] = [(await ask(10)).statements.length, (await ask(50)).statements.length];
  // a site that a smaller page does not name may cost a statement later, where another field names it
  expect(Math.abs(many - few)).toBeLessThanOrEqual(1);
  if (statements !== undefined) expect(many).toBe(statements);
  else expect(many).toBeLessThanOrEqual(atMost ?? 0);
});
