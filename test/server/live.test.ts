/** Streams of events over HTTP: a recall's progress and a party's notices, to who may see them and as long as they may. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../../src/access/index.js';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { limits } from '../../src/server/limits.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { until } from '../support/until.js';
import { type Data, startTestServer } from './server.js';

const quick = { ...limits, streamLookMs: 20, streamCheckMs: 100, streamsPerCaller: 3, streams: 4 };
const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({}, { limits: quick });
}, 180_000);
afterAll(() => server.close());

interface Event {
  data?: Data | null;
  errors?: readonly { message: string; extensions: { code: string } }[];
}

/** Listens until told to stop; what came is in `events`. */
function listen(query: string, token: string | null, { url = server.url, variables = {} } = {}) {
  const client = createClient({
    url: `${url}/graphql/stream`,
    retryAttempts: 0,
    ...(token !== null && { headers: { authorization: `Bearer ${token}` } }),
  });
  const events: Event[] = [];
  const over = Promise.withResolvers<unknown>();
  const stop = client.subscribe(
    { query, variables },
    {
      next: (event) => events.push(event as unknown as Event),
      error: (error) => over.resolve(error),
      complete: () => over.resolve(null),
    },
  );
  return {
    events,
    over: over.promise,
    stop,
    came: (n: number) => until(`event ${n}`, async () => events.length >= n),
  };
}

const words = { defect: 'The separator can tear.', risk: 'Fire.', instructions: 'Do not charge.' };
const details = { remedyPlan: 'A new pack.', contact: 'recall@velora.example' };
async function publish(number: string): Promise<void> {
  const data = await server.data(
    `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!) {
       openRecall(input: $open) { problems { code } } describeRecall(input: $describe) { problems { code } } }`,
    { open: { number, title: 'Cells', rule }, describe: { number, ...words, details } },
    server.tokens.maker,
  );
  expect([data.openRecall.problems, data.describeRecall.problems]).toEqual([[], []]);
  const done = await server.data(
    'mutation ($input: PublishRecallInput!) { publishRecall(input: $input) { problems { code } } }',
    { input: { number } },
    server.tokens.maker,
  );
  expect(done.publishRecall.problems).toEqual([]);
}
async function send(number: string): Promise<number> {
  const { sendNotices } = await server.data(
    'mutation ($input: SendNoticesInput!) { sendNotices(input: $input) { sent problems { code } } }',
    { input: { number } },
    server.tokens.maker,
  );
  expect(sendNotices.problems).toEqual([]);
  return sendNotices.sent;
}

const progress = `subscription ($number: String!) { recallProgress(number: $number) {
  number state noticeCounts { parties acknowledged overdue } } }`;
const notices = 'subscription { noticesSent { kind recall { number } party { gln } } }';

test('a recall is told as it stands, and again with each change of what was asked of it', async () => {
  const number = 'LIVE-1';
  await server.data(
    'mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { code } } }',
    { input: { number: 'LIVE-OTHER', title: 'Others', rule } },
    server.tokens.maker,
  );
  await publish(number);
  const listener = listen(progress, server.tokens.maker, { variables: { number } });
  await listener.came(1);
  expect(listener.events[0]).toMatchObject({ data: { recallProgress: { number, state: 'PUBLISHED' } } });
  const shop = listen(notices, server.tokens.retailer);
  const sent = await send(number);
  await listener.came(2);
  expect(listener.events[1]?.data?.recallProgress.noticeCounts.parties).toBe(sent);
  await shop.came(1);
  const mine = await server.data(
    '{ notices(first: 10) { edges { node { id recall { number } } } } }',
    {},
    server.tokens.retailer,
  );
  const own = mine.notices.edges.find(({ node }: { node: Data }) => node.recall.number === number);
  const acknowledged = await server.data(
    'mutation ($input: AcknowledgeNoticeInput!) { acknowledgeNotice(input: $input) { problems { code } } }',
    { input: { notice: own.node.id, counts: [] } },
    server.tokens.retailer,
  );
  expect(acknowledged.acknowledgeNotice.problems).toEqual([]);
  await listener.came(3);
  expect(listener.events[2]?.data?.recallProgress.noticeCounts).toMatchObject({
    parties: sent,
    acknowledged: 1,
  });
  await sleep(200); // nothing more changes, so nothing more is told
  expect(listener.events).toHaveLength(3);
  for (const one of [listener, shop]) one.stop();
});

test('a notice comes to the party it is for and to nobody else', async () => {
  const listeners = [server.tokens.retailer, server.tokens.cellMaker, server.tokens.workshop].map((token) =>
    listen(notices, token),
  );
  await until('three streams', async () => (await open()) === 3);
  await sleep(100);
  await publish('LIVE-2');
  await send('LIVE-2');
  const { rows } = await server.database.ownerPool.query<{ gln: string; n: bigint }>(
    `select p.gln, count(*) as n from notice n join party p using (party_id) join recall r using (recall_id)
     where r.number = 'LIVE-2' group by 1`,
  );
  const expected = new Map(rows.map((row) => [row.gln, Number(row.n)]));
  for (const listener of listeners.slice(0, 2)) await listener.came(1);
  await sleep(200);
  for (const [index, listener] of listeners.entries()) {
    const told = listener.events.flatMap((event) => event.data?.noticesSent as Data[]);
    const glns = [...new Set(told.map(({ party }) => party.gln))];
    expect(glns.length).toBeLessThanOrEqual(1);
    if (index < 2) expect(told).toHaveLength(expected.get(glns[0] ?? '') ?? -1);
    expect(told.every(({ recall }) => recall.number === 'LIVE-2')).toBe(true);
    listener.stop();
  }
  await until('no stream', async () => (await open()) === 0);
});

async function open(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^tracewright_streams_open (\d+)/m.exec(text)?.[1]);
}

test('nothing is told to who may not ask, and a stream ends when its token does', async () => {
  const variables = { number: 'LIVE-1' };
  const outsider = listen(progress, await server.token('SUPPLIER', parties.chargerMaker), { variables });
  expect(await outsider.over).toBeNull();
  expect(outsider.events).toMatchObject([{ data: null, errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
  const anonymous = listen(notices, null);
  expect(await anonymous.over).toBeNull();
  expect(anonymous.events).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);

  const short = await createToken(server.database, { role: 'MANUFACTURER', gln: parties.maker });
  const listener = listen(progress, short, { variables });
  await listener.came(1);
  await server.database.ownerPool.query(
    `update api_token set revoked_at = now() where token_id = (select token_id from api_token order by created_at desc limit 1)`,
  );
  expect(await listener.over).toBeNull();
  expect(listener.events.at(-1)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  await until('no stream', async () => (await open()) === 0);
});

const post = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/graphql/stream`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${server.tokens.maker}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
const deep = (levels: number): string =>
  levels === 0
    ? 'number'
    : `scopeVersions { number } opener { gln } ${'parent { '.repeat(levels)} number ${'}'.repeat(levels)}`;

test.each<[string, object, Record<string, string>, number, string]>([
  ['a query', { query: '{ __typename }' }, {}, 400, 'BAD_DOCUMENT'],
  ['no document', { query: 'subscription {' }, {}, 400, 'BAD_DOCUMENT'],
  [
    'a field that is not there',
    { query: 'subscription { recallProgres { number } }' },
    {},
    400,
    'BAD_DOCUMENT',
  ],
  [
    'two fields',
    { query: `subscription { a: noticesSent { kind } b: noticesSent { kind } }` },
    {},
    400,
    'BAD_DOCUMENT',
  ],
  ['another accept', { query: notices }, { accept: 'application/json' }, 400, 'BAD_DOCUMENT'],
  ['a token that is none', { query: notices }, { authorization: 'Bearer tw_none' }, 401, 'UNAUTHENTICATED'],
  [
    'more depth than is allowed',
    { query: `subscription { recallProgress(number: "LIVE-1") { ${deep(40)} } }` },
    {},
    400,
    'OPERATION_TOO_COSTLY',
  ],
])('%s is refused before anything is streamed', async (_, body, headers, status, code) => {
  const response = await post(body, headers);
  const answer = (await response.json()) as { errors: { extensions: { code: string } }[] };
  expect([response.status, answer.errors[0]?.extensions.code]).toEqual([status, code]);
});

test('a subscription sent to /graphql is told where to go', async () => {
  const answer = await server.ask(notices, {}, server.tokens.maker);
  expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_DOCUMENT' } }] });
  expect(answer.errors?.[0]?.message).toContain('/graphql/stream');
});

test('more streams than a caller or the service may have are refused; who hangs up makes room', async () => {
  await until('no stream', async () => (await open()) === 0);
  const own = [1, 2, 3].map(() => listen(notices, server.tokens.maker));
  await until('three streams', async () => (await open()) === 3);
  const refused = await post({ query: notices });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
  const other = listen(notices, server.tokens.retailer);
  await until('four streams', async () => (await open()) === 4);
  expect((await post({ query: notices }, { authorization: `Bearer ${server.tokens.workshop}` })).status).toBe(
    429,
  );
  own[0]?.stop();
  await until('room', async () => (await open()) === 3);
  const again = listen(notices, server.tokens.workshop);
  await until('four again', async () => (await open()) === 4);
  for (const one of [...own, other, again]) one.stop();
  await until('no stream', async () => (await open()) === 0);
});

test('a database that is away for a while ends no stream; a server that stops ends all', async () => {
  await publish('LIVE-3');
  const other = await startTestServer({}, { database: server.database, keepDatabase: true, limits: quick });
  const listener = listen(progress, server.tokens.maker, { url: other.url, variables: { number: 'LIVE-3' } });
  await listener.came(1);
  await server.database.ownerPool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'tracewright_app'`,
  );
  await sleep(300);
  await send('LIVE-3');
  await listener.came(2);
  const started = performance.now();
  await other.close();
  expect(await listener.over).toBeNull();
  expect(performance.now() - started).toBeLessThan(20_000);
});
