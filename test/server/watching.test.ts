/** What whoever runs the service sees of it: log lines that can be joined by the request's id, and the metrics that the alerts name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../server/server.js';
import { createTestDatabase } from '../support/database.js';
import { recordEvents } from '../support/graphql-rows.js';
import { until } from '../support/until.js';

interface Line {
  level: number;
  msg: string;
  requestId?: string;
  route?: string;
  fields?: string[];
  role?: string;
  status?: number;
  eventIds?: string[];
}

let server: TestServer;
let admin: string;
let text = '';
const write = (line: string): void => {
  text += line;
};
const lines = (): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
beforeAll(async () => {
  server = await startTestServer(
    { logLevel: 'info', sealIntervalMs: 1_000 },
    { logTo: { write }, database: await createTestDatabase() },
  );
  admin = await server.token('ADMIN', null);
});
afterAll(() => server.close());

const gtin = '09520000010010';
const site = '9520001000010';
const email = 'someone.to.be.kept@example.com';
const sold = (eventId: string) => ({
  sale: { eventId, siteGln: site, gtin, serial: 'W1', soldAt: '2026-03-05T08:00:00Z', buyerEmail: email },
});

async function post(query: string, variables: object, token: string | null = admin): Promise<Response> {
  return fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
}

test('a request, what it recorded and its answer bear one id, and name nobody', async () => {
  const events = [sold('watched-1'), sold('watched-2')];
  const response = await post(recordEvents, { input: { events, onProblem: 'REJECT_ALL' } });
  const { data } = (await response.json()) as { data: { recordEvents: { results: { eventId: string }[] } } };
  expect(data.recordEvents.results.map(({ eventId }) => eventId)).toEqual(['watched-1', 'watched-2']);
  const requestId = response.headers.get('x-request-id');
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  await until('the line of the answer', async () => lines().some((line) => line.msg === 'answered'));
  const own = lines().filter((line) => line.requestId === requestId);
  expect(own.find(({ msg }) => msg === 'recorded')?.eventIds).toEqual(['watched-1', 'watched-2']);
  expect(own.find(({ msg }) => msg === 'answered')).toMatchObject({
    route: '/graphql',
    fields: ['recordEvents'],
    role: 'ADMIN',
    status: 200,
  });
  expect(text).not.toContain(email);
});

test('what was refused, or recorded before, is not told as recorded', async () => {
  text = '';
  const events = [sold('watched-1'), { sale: { ...sold('watched-3').sale, soldAt: '2999-01-01T00:00:00Z' } }];
  const input = { events, onProblem: 'REJECT_ALL' };
  for (const dryRun of [true, false])
    await (await post(recordEvents, { input: { ...input, dryRun } })).text();
  await (
    await post(recordEvents, { input: { events: [sold('watched-1')], onProblem: 'REJECT_ALL' } })
  ).text();
  await until('three answers', async () => lines().filter(({ msg }) => msg === 'answered').length === 3);
  expect(lines().filter(({ msg }) => msg === 'recorded')).toEqual([]);
});

test('every answer has an id of its own, also where nothing is, and an address is told by its route', async () => {
  text = '';
  const paths = [
    `/01/${gtin}/21/SECRET-SERIAL`,
    '/nowhere/SECRET',
    '/recalls/SECRET/stock.csv',
    '/health/live',
  ];
  const ids = new Set<string | null>();
  for (const path of paths) {
    const response = await fetch(`${server.url}${path}`, {
      headers: { 'x-request-id': 'SECRET-of-the-caller' },
    });
    await response.text();
    ids.add(response.headers.get('x-request-id'));
  }
  expect(ids.size).toBe(paths.length);
  expect(ids).not.toContain(null);
  await until('three answers', async () => lines().filter(({ msg }) => msg === 'answered').length === 3);
  expect(text).not.toContain('SECRET');
  expect(text).not.toContain('/health');
});

test('the metrics tell latency by operation, and count discrepancies by kind', async () => {
  const metrics = async () => (await fetch(`${server.url}/metrics`)).text();
  expect(await metrics()).toMatch(
    /^tracewright_operation_seconds_count\{type="mutation",field="recordEvents",role="ADMIN"\} \d/m,
  );
  // one serial sold twice: counted when a server starts
  const { database } = server;
  const other = await startTestServer({ sealIntervalMs: 60_000 }, { database, keepDatabase: true });
  await until('the discrepancies are counted', async () =>
    (await (await fetch(`${other.url}/metrics`)).text()).includes(
      'tracewright_discrepancies{kind="ITEM_SOLD_TWICE"} 1',
    ),
  );
  await other.close();
});

test('every metric that an alert names is there', async () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const named = new Set(guide.match(/\b(?:tracewright|process|nodejs)_[a-z_]+(?=[{[ `])/g));
  expect(named.size).toBeGreaterThan(6);
  const told = await (await fetch(`${server.url}/metrics`)).text();
  for (const name of named) expect(told).toMatch(new RegExp(`^# TYPE ${name.replace(/_bucket$/, '')} `, 'm'));
});
