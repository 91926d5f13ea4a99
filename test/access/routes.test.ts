/** Every role by every HTTP route and every list that leaves as a file, on the chain that competitors share. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportListNames } from '../../src/recall/api/export/export.types.js';
import { type Data, startTestServer, type TestServer } from '../server/server.js';
import { testVault } from '../support/vault.js';
import { all, type Caller, everyone, goodsHolders, names, type Row, tokensOf } from './callers.js';
import { differences } from './differences.js';
import { exportedLists, type Route, routes, rowOfRoute, rowsOf } from './routes.js';
import { goods, recordChain } from './shared-chain.js';

/** Of the routes of EPCIS, whose refusals are statuses. */
const epcis = (what: string): Row => ({ ...everyone(what), anonymous: '401' });
/** Open to anyone, with a token or without. */
const anyone = (what: string): Row => ({ ...everyone(what), anonymous: what });
const chain = 'B1 BK1 BK2 C1 C2 N1 P1 PK1 PK2 S1 S2 SC1 SC2 SC3 SC4 SC5';

const seen: Record<string, Row> = {
  // events that name a site of theirs, as the query `events`; alpha captured one of BK1
  'GET /epcis/events': {
    alpha: 'B1 BK1 BK2 C1 P1',
    beta: 'C1 C2 S1 S2 SC1 SC2 SC4 SC5',
    cellmaker: 'C1 C2 N1',
    miner: 'N1',
    hub: 'BK1 BK2 SC1 SC2 SC4',
    cityShop: 'BK1 SC1',
    hillShop: 'BK2 SC2',
    workshop: 'BK1',
    bystander: '',
    ...all(chain),
    anonymous: '401',
  },
  'GET /epcis/events/*': { ...epcis('404'), alpha: 'B1', ...all('B1') },
  // the events, of those, about what the query `trace` shows
  'GET /epcis/trace': {
    ...epcis('404'),
    alpha: 'BK1 BK2 C1 P1',
    beta: 'C1 S1',
    cellmaker: 'C1 N1',
    miner: 'N1',
    ...all('BK1 BK2 C1 C2 N1 P1 PK1 PK2 S1 SC1 SC2 SC3'),
  },
  'GET /epcis/capture': { ...epcis(''), alpha: 'job', regulator: '403' },
  'GET /epcis/capture/:id': { ...epcis('404'), alpha: 'job', regulator: '403' },
  // whose site it was is told by the job
  'POST /epcis/capture': { ...epcis('answered'), regulator: '403' },
  'POST /epcis/events': { ...epcis('403'), alpha: 'answered', admin: 'answered' },
  'OPTIONS /epcis/capture': anyone('answered'),
  // the address is the right: sealed, and only for a while
  'GET /exports/:id': anyone('B1 C1 P1'),
  'POST /graphql': anyone('answered'),
  'OPTIONS /graphql': anyone('answered'),
  'POST /graphql/stream': anyone('400'),
  'GET /graphql': anyone('answered'),
  'GET /graphiql/*': anyone('answered'),
  'GET /health/live': anyone('answered'),
  'GET /health/ready': anyone('answered'),
  'GET /metrics': anyone('answered'),
  'GET /block-list': { ...everyone(''), cityShop: 'B1:STOP BK1:STOP', ...all('403'), anonymous: '401' },
  'GET /recalls/:number/report': { ...everyone('404'), anonymous: '401' },
  'GET /recalls/:number/forms/:form': { ...everyone('404'), anonymous: '401' },
  'GET /recalls/:number/stock': { ...everyone('404'), ...all('403'), anonymous: '401' },
  'GET /check': anyone('NONE_FOUND'),
  'GET /:key/*': anyone('NONE_FOUND'),
};

const rule = (row: Partial<Row>): Row => ({
  ...everyone(''),
  miner: 'FORBIDDEN',
  ...goodsHolders('FORBIDDEN'),
  ...row,
});

const exported: Record<string, Row> = {
  BATCHES: rule({ alpha: 'B1 C1 P1', beta: 'C1 S1', cellmaker: 'C1 P1 S1', ...all('B1 C1 P1 S1') }),
  ITEMS: rule({
    alpha: 'BK1 BK2 PK1 PK2',
    beta: 'SC1 SC2 SC3',
    ...all('BK1 BK2 PK1 PK2 SC1 SC2 SC3'),
  }),
  HOLDERS: rule({
    alpha: 'alpha cityShop hillShop hub',
    beta: 'beta cityShop hillShop hub',
    cellmaker: 'cellmaker',
    ...all('alpha beta cellmaker cityShop hillShop hub'),
  }),
  STOCK_LINES: rule({
    alpha: 'alpha:B1 alpha:C1 cityShop:B1 hillShop:B1 hub:B1',
    beta: 'beta:C1 beta:S1 cityShop:S1 hillShop:S1 hub:S1',
    cellmaker: 'cellmaker:C1',
    ...all(
      'alpha:B1 alpha:C1 beta:C1 beta:S1 cellmaker:C1 cityShop:B1 cityShop:S1 hillShop:B1 hillShop:S1 hub:B1 hub:S1',
    ),
  }),
  PROCESSORS: rule({ alpha: 'alpha', beta: 'beta', ...all('alpha beta') }),
  // no recall is published: nobody lists any
  BUYERS: rule({}),
  // beta's scooters are made of fewer cells than their bill of materials wants
  GAPS: rule({ beta: 'GENEALOGY_MISSING', cellmaker: 'GENEALOGY_MISSING', ...all('GENEALOGY_MISSING') }),
  EXCLUDED: rule({}),
};

let server: TestServer;
let tokens: Map<Caller, string>;
const named: Record<string, string> = {};

async function send(
  caller: Caller,
  { path, method = 'GET', headers = {}, body, sees }: Route,
): Promise<string> {
  const token = tokens.get(caller);
  const response = await fetch(
    `${server.url}${path.replace(/\{(\w+)\}/, (_, name: string) => named[name] ?? '')}`,
    {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body(caller)) }),
    },
  );
  const text = await response.text();
  if (response.status >= 400) return String(response.status);
  return sees === undefined ? 'answered' : [...new Set(sees(text))].sort().join(' ');
}

/** The rows of a list, or the code that it is refused with. */
async function fetchRows(caller: Caller, list: string): Promise<Data[] | string> {
  const { data, errors } = await server.ask(
    'mutation ($input: ExportScopeInput!) { exportScope(input: $input) { export { url } } }',
    { input: { list, rule: { batch: { gtin: goods.cell, lot: 'C1' } } } },
    tokens.get(caller) ?? null,
  );
  if (errors) return errors[0]?.extensions.code ?? '';
  const file = await (await fetch(`${server.url}${data?.exportScope.export.url}`)).text();
  return rowsOf(file);
}

async function fetchList(caller: Caller, list: string): Promise<string> {
  const rows = await fetchRows(caller, list);
  if (typeof rows === 'string') return rows;
  return [...new Set(rows.map(exportedLists[list] ?? String))].sort().join(' ');
}

beforeAll(async () => {
  server = await startTestServer();
  await recordChain({ database: server.database, vault: testVault() });
  tokens = await tokensOf(server);
  const alpha = tokens.get('alpha') ?? '';
  const capture = routes['POST /epcis/capture'] as Route;
  const response = await fetch(`${server.url}/epcis/capture`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alpha}`, 'content-type': 'application/json' },
    body: JSON.stringify(capture.body?.('before')),
  });
  named.capture = response.headers.get('location')?.split('/').at(-1) ?? '';
  const { exportScope } = await server.data(
    'mutation ($input: ExportScopeInput!) { exportScope(input: $input) { export { url } } }',
    { input: { list: 'BATCHES', rule: { batch: { gtin: goods.cell, lot: 'C1' } } } },
    alpha,
  );
  named.export = exportScope.export.url;
  const { holdStock } = await server.data(
    'mutation ($input: HoldStockInput!) { holdStock(input: $input) { problems { message } } }',
    { input: { gtin: goods.bike, reason: 'looks bent' } },
    tokens.get('cityShop'),
  );
  expect(holdStock.problems).toEqual([]);
}, 60_000);
afterAll(() => server.close());

describe('the table', () => {
  it('has a row for every route and every list, and none for what is gone', () => {
    const here = 'test/access/routes.test.ts';
    const rows = [...new Set(server.routes.map(rowOfRoute))];
    expect([
      ...differences(rows, Object.keys(routes), 'route', 'routes in test/access/routes.ts'),
      ...differences(rows, Object.keys(seen), 'route', `seen in ${here}`),
      ...differences(
        Object.keys(exportListNames),
        Object.keys(exportedLists),
        'export',
        'exportedLists in test/access/routes.ts',
      ),
      ...differences(Object.keys(exportListNames), Object.keys(exported), 'export', `exported in ${here}`),
    ]).toEqual([]);
  });
});

describe('a route', () => {
  it.each(Object.entries(routes))('%s shows each caller what is theirs', async (name, route) => {
    const found: Partial<Row> = {};
    for (const caller of names) found[caller] = await send(caller, route);
    expect(found).toEqual(seen[name]);
  });
});

describe('an export of the scope of a lot of cells', () => {
  it.each(Object.keys(exportedLists))('as %s holds what the caller sees', async (list) => {
    const found: Partial<Row> = {};
    for (const caller of names) found[caller] = await fetchList(caller, list);
    expect(found).toEqual(exported[list]);
  });

  it('tells only its owner how much of a batch a gap could hide', async () => {
    const most = async (caller: Caller) =>
      ((await fetchRows(caller, 'GAPS')) as Data[]).map(({ lot, at_most }) => `${lot} ${at_most}`);
    expect(await most('beta')).toEqual(['S1 3']);
    expect(await most('cellmaker')).toEqual(['S1 null']);
  });
});
