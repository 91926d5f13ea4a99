/** Every role by every operation, on a chain that competitors share: each sees and does exactly what the table says. */
import type { GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealLog, sealNodeId, signerOf } from '../../src/access/index.js';
import { readWatermark } from '../../src/record/index.js';
import { schemaOf } from '../../src/server/index.js';
import { type Answer, startTestServer, type TestServer } from '../server/server.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';
import {
  all,
  anonymous,
  type Caller,
  callers,
  everyone,
  goodsHolders,
  names,
  type Row,
  tokensOf,
} from './callers.js';
import { differences } from './differences.js';
import { firstEvent } from './first-event.js';
import { queries } from './operations.js';
import { chainRows, goods, parties, planted, recordChain } from './shared-chain.js';
import { commands, type Find, recordings, type Write } from './writes.js';

const batchSight: Row = {
  alpha: 'B1 C1 P1',
  beta: 'C1 C2 S1 S2',
  cellmaker: 'C1 C2 N1 P1 S1 S2',
  miner: 'C1 C2 N1',
  hub: 'B1 S1 S2',
  cityShop: 'B1 S1',
  hillShop: 'B1 S1',
  workshop: 'B1',
  bystander: '',
  ...all('B1 C1 C2 N1 P1 S1 S2'),
  anonymous,
};
const productSight: Row = {
  alpha: 'bike cell pack',
  beta: 'cell scooter',
  cellmaker: 'cell nickel pack scooter',
  miner: 'cell nickel',
  hub: 'bike scooter',
  cityShop: 'bike scooter',
  hillShop: 'bike scooter',
  workshop: 'bike',
  bystander: '',
  ...all('bike cell nickel pack scooter'),
  anonymous,
};
const cellScope: Row = {
  alpha: 'B1 C1 P1',
  beta: 'C1 S1',
  cellmaker: 'C1 P1 S1',
  miner: 'FORBIDDEN',
  ...goodsHolders('FORBIDDEN'),
  ...all('B1 C1 P1 S1'),
  anonymous,
};

/** Events that name a site of the caller, and those it recorded; read out of the rows themselves. */
function eventsOf(gln: string | null): string {
  const rows = chainRows().filter((row) => row.values.event_id !== undefined);
  const named = rows.filter(
    ({ values }) => gln === null || [values.site_gln, values.from_gln, values.to_gln].includes(gln),
  );
  const ids = named.map((row) => row.values.event_id as string);
  return [...ids, ...(gln === null || gln === parties.cityShop ? ['city-count'] : [])].sort().join(' ');
}
const events = Object.fromEntries(
  Object.entries(callers).map(([name, [, gln]]) => [name, eventsOf(gln)]),
) as unknown as Row;

/** What each caller sees of each query. Regulators and administrators list no person: they count. */
const reads: Record<string, Row> = {
  batch: batchSight,
  batches: batchSight,
  item: {
    alpha: 'BK1 BK2 PK1 PK2',
    beta: 'SC1 SC2 SC3 SC4 SC5',
    cellmaker: '',
    miner: '',
    hub: 'BK1 BK2 SC1 SC2 SC4',
    cityShop: 'BK1 SC1',
    hillShop: 'BK2 SC2',
    workshop: 'BK1',
    bystander: '',
    ...all('BK1 BK2 PK1 PK2 SC1 SC2 SC3 SC4 SC5'),
    anonymous,
  },
  product: productSight,
  identify: productSight,
  party: {
    alpha: 'alpha cellmaker cityShop hillShop hub',
    beta: 'beta cellmaker cityShop hillShop hub',
    cellmaker: 'alpha beta cellmaker miner',
    miner: 'cellmaker miner',
    hub: 'alpha beta cityShop hillShop hub',
    cityShop: 'cityShop hub',
    hillShop: 'hillShop hub',
    workshop: 'workshop',
    bystander: 'bystander',
    ...all('alpha beta bystander cellmaker cityShop hillShop hub miner workshop'),
    anonymous,
  },
  logisticUnit: { ...everyone(''), beta: 'pallet', ...all('pallet') },
  node: everyone(''),
  trace: {
    alpha: 'BK1 BK2 C1 P1 PK1 PK2 opaque',
    beta: 'C1 S1 opaque',
    cellmaker: 'C1 N1 P1 S1',
    miner: 'C1 N1',
    ...goodsHolders('NOT_FOUND'),
    ...all('BK1 BK2 C1 N1 P1 PK1 PK2 S1'),
    anonymous,
  },
  commonAncestors: {
    alpha: 'NOT_FOUND',
    beta: '',
    cellmaker: 'N1',
    miner: 'N1',
    ...goodsHolders('NOT_FOUND'),
    ...all('N1'),
    anonymous,
  },
  // the certain buyer of a recall it published is listed to the brand owner alone
  recallScope: { ...cellScope, alpha: 'B1 C1 P1 buyer' },
  compareScopes: { ...cellScope, anonymous: 'OPERATION_TOO_COSTLY' },
  recalls: {
    ...everyone(''),
    alpha: 'ALPHA-1',
    beta: 'BETA-DRAFT',
    hub: 'ALPHA-1',
    cityShop: 'ALPHA-1',
    hillShop: 'ALPHA-1',
    workshop: 'ALPHA-1',
    regulator: 'ALPHA-1',
    admin: 'ALPHA-1',
  },
  recall: {
    ...everyone(''),
    alpha: 'alpha',
    beta: 'beta',
    hub: 'alpha',
    cityShop: 'alpha',
    hillShop: 'alpha',
    workshop: 'alpha',
    regulator: 'alpha',
    admin: 'alpha',
  },
  stock: {
    alpha: 'C1',
    beta: 'C1 C2 S1 S2',
    cellmaker: 'C2',
    miner: 'N1',
    hub: 'S2',
    cityShop: 'S1',
    hillShop: 'B1',
    workshop: '',
    bystander: '',
    ...all('FORBIDDEN'),
    anonymous,
  },
  sellable: { ...everyone('NOT_FOUND'), cityShop: 'false', ...all('false') },
  holds: everyone(''),
  defectCase: { ...everyone(''), alpha: 'Fires', ...all('Fires') },
  defectAlerts: { ...everyone(''), ...all('FORBIDDEN') },
  drill: { ...everyone(''), alpha: 'Rehearsal of alpha', admin: 'Rehearsal of alpha' },
  drills: { ...everyone(''), alpha: 'DRILL-1', admin: 'DRILL-1' },
  notices: { ...everyone(''), ...all('FORBIDDEN') },
  events: { ...events, anonymous },
  discrepancies: everyone(''),
  coverage: everyone(''),
  recallCheck: { ...everyone('MAYBE'), anonymous: 'MAYBE' },
  buyersByContact: {
    ...everyone(''),
    cityShop: 'zuzanna',
    hillShop: 'bartholomew',
    regulator: 'bartholomew zuzanna',
    admin: 'FORBIDDEN',
  },
  personAccesses: {
    ...everyone(''),
    alpha: 'INVESTIGATION',
    cityShop: 'INVESTIGATION',
    regulator: 'INVESTIGATION',
    admin: 'FORBIDDEN',
  },
  // alpha once let the bystander see its bikes
  accessGrants: { ...everyone(''), alpha: 'given', bystander: 'received', ...all('given received') },
  checkpoint: everyone('checkpoint'),
  inclusionProof: { ...everyone(''), ...all('bike') },
  consistencyProof: everyone('consistencyProof'),
};

const foreign: Row = { ...everyone('NOT_ALLOWED'), regulator: 'FORBIDDEN', admin: 'done' };
const ownSite: Row = { ...foreign, alpha: 'done' };
const anybody: Row = { ...everyone('done'), regulator: 'FORBIDDEN' };
const notTheirs: Row = { ...everyone('NOT_FOUND'), alpha: 'done' };

/** Who holds, held or serviced goods of it. */
const holders = (what: string) => ({ hub: what, cityShop: what, hillShop: what, workshop: what });
const published: Row = { ...notTheirs, ...holders('FORBIDDEN'), ...all('FORBIDDEN') };

/** What becomes of each mutation about alpha's site, goods, events and recall. */
const writes: Record<string, Row> = {
  ...Object.fromEntries(Object.keys(recordings).map((name) => [name, ownSite])),
  // who meets a keeper or hears a complaint is often not in the chain of that item
  recordRegistration: anybody,
  fileComplaint: anybody,
  // recorded by the administrator: alpha's product, not alpha's event
  voidEvent: foreign,
  correctEvent: foreign,
  openRecall: { ...everyone('FORBIDDEN'), alpha: 'done', regulator: 'done' },
  runDrill: { ...everyone('FORBIDDEN'), alpha: 'done', regulator: 'done' },
  openDefectCase: {
    ...everyone('FORBIDDEN'),
    beta: 'NOT_FOUND',
    cellmaker: 'NOT_FOUND',
    miner: 'NOT_FOUND',
    regulator: 'NOT_FOUND',
    alpha: 'done',
  },
  replyToCause: { ...everyone('NOT_FOUND'), ...all('FORBIDDEN') },
  exportScope: { ...everyone('FORBIDDEN'), alpha: 'done', ...all('done') },
  fileRecall: notTheirs,
  // filed, it is seen by who sees the chain as a whole; published, also by who has or had its goods
  publishRecall: { ...notTheirs, ...all('FORBIDDEN') },
  freezeScope: { ...published, alpha: 'done' },
  reviseScope: { ...published, alpha: 'done' },
  holdStock: { ...published, ...holders('done'), alpha: 'done' },
  recordRemedy: { ...published, ...holders('done'), alpha: 'done', admin: 'done' },
  drawEffectivenessSample: { ...published, regulator: 'done', alpha: 'done' },
  recordEffectivenessCheck: { ...published, regulator: 'done', alpha: 'done' },
  completeRecall: { ...published, alpha: 'done' },
  closeRecall: { ...published, regulator: 'done', alpha: 'FORBIDDEN' },
  withdrawRecall: { ...published, alpha: 'WRONG_STATE' },
  describeRecall: { ...published, alpha: 'done' },
  // who sees the recall and writes to nobody has no letters
  printNotices: { ...published, ...holders('done'), alpha: 'done', regulator: 'done' },
  sendNotices: { ...published, alpha: 'done' },
  // neither regulator nor administrator acts for a party here
  acknowledgeNotice: { ...everyone('NOT_FOUND'), hub: 'done', ...all('FORBIDDEN') },
  releaseStock: { ...everyone('NOT_FOUND'), cityShop: 'done' },
  revealBuyer: {
    ...everyone('NOT_FOUND'),
    ...{ alpha: planted.names[0], cityShop: planted.names[0], regulator: planted.names[0] },
    admin: 'FORBIDDEN',
  },
  // who may is told what stands in the way
  eraseBuyer: { ...everyone('NOT_FOUND'), cityShop: 'RECALL_OPEN', admin: 'RECALL_OPEN' },
  grantAccess: { ...notTheirs, regulator: 'FORBIDDEN', admin: 'done' },
  revokeAccess: { ...notTheirs, regulator: 'FORBIDDEN', admin: 'done' },
};

/** Streams: what the first event shows, "" for one that waits for the first, or the code it ends with. */
const streams: Record<string, { query: string; row: Row }> = {
  recallProgress: {
    query: 'subscription { recallProgress(number: "ALPHA-1") { number } }',
    row: { ...everyone('NOT_FOUND'), ...holders('ALPHA-1'), alpha: 'ALPHA-1', ...all('ALPHA-1') },
  },
  noticesSent: {
    query: 'subscription { noticesSent { recall { number } } }',
    row: { ...everyone(''), ...all('FORBIDDEN') },
  },
};

let server: TestServer;
let tokens: Map<Caller, string>;
const ask = (caller: Caller, query: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
  server.ask(query, variables, tokens.get(caller) ?? null);

const fieldsOf = (type: 'Query' | 'Mutation' | 'Subscription') =>
  Object.keys((schemaOf().getType(type) as GraphQLObjectType | undefined)?.getFields() ?? {}).sort();

async function write(caller: Caller, name: string, { input, selection, outcome }: Write): Promise<string> {
  const type = schemaOf().getMutationType()?.getFields()[name]?.args[0]?.type;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`;
  const answer = await ask(caller, query, { input: await input(caller, find) });
  const refused = answer.errors?.[0];
  if (refused?.extensions.code === 'BAD_INPUT' || refused?.extensions.code === 'BAD_DOCUMENT')
    throw new Error(refused.message);
  return refused ? refused.extensions.code : outcome(answer.data?.[name]);
}

const find: Find = async (type, statement) => {
  const { rows } = await server.database.ownerPool.query(statement);
  return rows[0] ? sealNodeId(testSecrets.cursorKey, type, String(rows[0].id)) : 'none';
};

const open = (caller: Caller, number: string, batch: { gtin: string; lot: string }) =>
  server.data(
    'mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { code } } }',
    { input: { number, title: 'Smoke', kind: 'SAFETY_DEFECT', rule: { batch } } },
    tokens.get(caller) ?? null,
  );

beforeAll(async () => {
  server = await startTestServer();
  await recordChain({ database: server.database, vault: testVault() });
  tokens = await tokensOf(server);
  const count = {
    eventId: 'city-count',
    siteGln: parties.cityShop,
    gtin: goods.scooter,
    quantity: '1',
    countedAt: '2026-03-13T08:00:00Z',
  };
  await server.data(
    'mutation ($input: RecordCountInput!) { recordCount(input: $input) { summary { created } } }',
    { input: { events: [count] } },
    tokens.get('cityShop') ?? null,
  );
  for (const [caller, number, gtin, lot, moves] of [
    ['alpha', 'ALPHA-1', goods.bike, 'B1', ['file', 'publish']],
    ['beta', 'BETA-DRAFT', goods.scooter, 'S1', []],
  ] as const) {
    await open(caller, number, { gtin, lot });
    for (const move of moves) {
      const named = { ...(commands.fileRecall as Write), input: () => ({ number }) };
      expect(await write(caller, `${move}Recall`, named)).toBe('done');
    }
  }
  await server.data(
    'mutation ($input: OpenDefectCaseInput!) { openDefectCase(input: $input) { problems { code } } }',
    { input: { number: 'CASE-1', title: 'Fires', recalls: ['ALPHA-1'] } },
    tokens.get('alpha') ?? null,
  );
  await server.data(
    'mutation ($input: RunDrillInput!) { runDrill(input: $input) { problems { code } } }',
    {
      input: {
        number: 'DRILL-1',
        title: 'Rehearsal of alpha',
        rule: { batch: { gtin: goods.bike, lot: 'B1' } },
      },
    },
    tokens.get('alpha') ?? null,
  );
  const { rows } = await server.database.ownerPool.query(
    "select buyer_id from event where event_id = 'sale-BK1'",
  );
  await server.data(
    'mutation ($input: RevealBuyerInput!) { revealBuyer(input: $input) { person { erased } } }',
    {
      input: {
        buyer: sealNodeId(testSecrets.cursorKey, 'Buyer', String(rows[0].buyer_id)),
        purpose: 'INVESTIGATION',
        reason: 'fire in Plantstadt',
      },
    },
    tokens.get('regulator') ?? null,
  );
  for (const verb of ['grantAccess', 'revokeAccess'])
    await server.data(
      `mutation { ${verb}(input: { viewer: "${parties.bystander}", gtin: "${goods.bike}" }) { problems { code } } }`,
      {},
      tokens.get('alpha') ?? null,
    );
  await sealLog(server.database, signerOf(testSecrets.signingKey), () => readWatermark(server.database.pool));
}, 120_000);
afterAll(() => server.close());

describe('the table', () => {
  it('has a row for every query, every mutation and every stream, and none for what is gone', () => {
    const here = 'test/access/matrix.test.ts';
    const rows = [
      ...differences(
        fieldsOf('Query'),
        Object.keys(queries),
        'query',
        'queries in test/access/operations.ts',
      ),
      ...differences(fieldsOf('Query'), Object.keys(reads), 'query', `reads in ${here}`),
      ...differences(
        fieldsOf('Mutation'),
        [...Object.keys(recordings), ...Object.keys(commands)],
        'mutation',
        'commands (or recordings) in test/access/writes.ts',
      ),
      ...differences(fieldsOf('Mutation'), Object.keys(writes), 'mutation', `writes in ${here}`),
      ...differences(fieldsOf('Subscription'), Object.keys(streams), 'subscription', `streams in ${here}`),
    ];
    expect(rows).toEqual([]);
  });
});

describe('a query', () => {
  it.each(Object.entries(queries))(
    '%s shows each caller what is theirs',
    async (name, { query, variables, sees }) => {
      const seen: Partial<Row> = {};
      for (const caller of names) {
        const { errors, data } = await ask(caller, query, variables);
        seen[caller] = errors
          ? errors[0]?.extensions.code
          : data
            ? sees(data).map(String).sort().join(' ')
            : 'nothing';
      }
      expect(seen).toEqual(reads[name]);
    },
  );
});

describe('a stream', () => {
  it.each(Object.entries(streams))('%s shows each caller what is theirs', async (_, { query, row }) => {
    const seen: Partial<Row> = {};
    for (const caller of names) seen[caller] = await firstEvent(server.url, tokens.get(caller), query);
    expect(seen).toEqual(row);
  });
});

describe('a recording at a site or of goods of alpha', () => {
  it.each(Object.entries(recordings))('%s is for who may', async (name, operation) => {
    const done: Partial<Row> = {};
    for (const caller of names) done[caller] = await write(caller, name, operation);
    expect(done).toEqual(writes[name]);
  });

  it('left nothing behind, since each was a dry run', async () => {
    const { rows } = await server.database.ownerPool.query(
      "select count(*) as n from event where event_id like 'matrix%'",
    );
    expect(rows[0].n).toBe(0n);
  });
});

describe('a command about a recall of alpha', () => {
  beforeAll(() => open('alpha', 'ALPHA-2', { gtin: goods.bike, lot: 'B1' }));

  it.each(Object.entries(commands))('%s is for who may', async (name, operation) => {
    const done: Partial<Row> = {};
    for (const caller of [...names.filter((one) => one !== 'alpha'), 'alpha'] as Caller[])
      done[caller] = await write(caller, name, operation);
    expect(done).toEqual(writes[name]);
  });
});
