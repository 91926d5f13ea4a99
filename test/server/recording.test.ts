/** Recording over HTTP: every kind has its mutation, and each row its result. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let admin: string;

beforeAll(async () => {
  server = await startTestServer();
  admin = await server.token('ADMIN', null);
});
afterAll(() => server.close());

const payload =
  '{ results { index status eventId problems { __typename code message path ... on MissingField { field } ... on MalformedValue { field value } ... on ContradictoryValues { field value } ... on BadQuantity { value } ... on EventConflict { eventId } ... on NotApplied { refusedIndex } } } summary { created existing conflicting rejected } }';

async function record(mutation: string, input: Record<string, unknown>, token = admin) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) ${payload} }`,
    { input },
    token,
  );
  expect(answer.errors).toBeUndefined();
  return answer.data?.[mutation];
}

const maker = '9521000000001';
const product = '09521000000100';

test('master data is registered once and known the second time', async () => {
  const parties = [{ gln: maker, name: 'Maker', roles: ['MANUFACTURER'], country: 'NL' }];
  expect(await record('registerParties', { parties })).toMatchObject({
    summary: { created: 1, rejected: 0 },
  });
  expect(await record('registerParties', { parties })).toMatchObject({
    summary: { existing: 1 },
  });
  const products = [
    {
      gtin: product,
      ownerGln: maker,
      name: 'Lamp',
      kind: 'FINISHED',
      serialised: true,
    },
  ];
  expect(await record('defineProducts', { products })).toMatchObject({
    summary: { created: 1 },
  });
});

test('a row that is refused says where and why, and nothing else is recorded', async () => {
  const events = [
    {
      eventId: 'bad-1',
      siteGln: maker,
      gtin: '09521000000109',
      soldAt: '2026-01-01T10:00:00Z',
    },
    {
      eventId: 'good-1',
      siteGln: maker,
      gtin: product,
      soldAt: '2026-01-01T10:00:00Z',
    },
  ];
  const { results, summary } = await record('recordSale', { events });
  expect(summary).toEqual({
    created: 0,
    existing: 0,
    conflicting: 0,
    rejected: 2,
  });
  expect(results[0].problems).toEqual([
    {
      __typename: 'MalformedValue',
      code: 'MALFORMED',
      message: 'GTIN 09521000000109: check digit should be 0',
      path: ['input', 'events', '0', 'gtin'],
      field: 'gtin',
      value: '09521000000109',
    },
  ]);
  expect(results[1].problems).toEqual([
    {
      __typename: 'NotApplied',
      code: 'NOT_APPLIED',
      message: 'nothing was recorded: another row of the request was refused',
      path: ['input', 'events', '1'],
      refusedIndex: 0,
    },
  ]);
  const failed = await record('recordSale', {
    events,
    onProblem: 'REJECT_FAILED',
  });
  expect(failed.results.map((row: { status: string }) => row.status)).toEqual(['REJECTED', 'CREATED']);
});

test('events of any mix are recorded in one request', async () => {
  const events = [
    {
      production: {
        eventId: 'p-1',
        gtin: product,
        lot: 'L1',
        siteGln: maker,
        producedFrom: '2026-01-01T00:00:00Z',
        quantity: '2',
      },
    },
    {
      item: {
        eventId: 'i-1',
        gtin: product,
        serial: 'S1',
        lot: 'L1',
        siteGln: maker,
      },
    },
  ];
  expect(await record('recordEvents', { events })).toMatchObject({
    summary: { created: 2 },
  });
});

test('every reason has its type, its facts and its place in the input', async () => {
  const run = { gtin: product, lot: 'L9', siteGln: maker, producedFrom: '2026-01-01T00:00:00Z' };
  await record('recordProduction', { events: [{ eventId: 'pr-1', ...run, quantity: '2' }] });
  const events = [
    { eventId: 'pr-2', ...run, quantity: '1', unit: 'KGM' },
    { eventId: 'pr-3', ...run, producedTo: '2025-01-01T00:00:00Z' },
    { eventId: 'pr-1', ...run, quantity: '3' },
    { eventId: '', ...run },
  ];
  const { results, summary } = await record('recordProduction', { events, onProblem: 'REJECT_FAILED' });
  expect(summary).toEqual({ created: 0, existing: 0, conflicting: 1, rejected: 3 });
  const first = results.map((row: { problems: object[] }) => row.problems[0]);
  expect(first).toMatchObject([
    {
      __typename: 'BadQuantity',
      code: 'BAD_QUANTITY',
      value: '1',
      path: ['input', 'events', '0', 'quantity'],
    },
    {
      __typename: 'ContradictoryValues',
      code: 'CONTRADICTORY',
      path: ['input', 'events', '1', 'producedTo'],
    },
    {
      __typename: 'EventConflict',
      code: 'CONFLICT',
      eventId: 'pr-1',
      path: ['input', 'events', '2', 'eventId'],
    },
    {
      __typename: 'MissingField',
      code: 'MISSING',
      field: 'eventId',
      path: ['input', 'events', '3', 'eventId'],
    },
  ]);
});

test('a problem of a mix names the entry, that of a correction its replacement', async () => {
  const bad = { eventId: 'mix-1', gtin: product, siteGln: maker, soldAt: 'yesterday' };
  const mixed = await record('recordEvents', { events: [{ sale: bad }] });
  expect(mixed.results[0].problems[0].path).toEqual(['input', 'events', '0', 'sale', 'soldAt']);
  const corrected = await record('correctEvent', {
    eventId: 'pr-1',
    correctionEventId: 'c-9',
    at: '2026-01-02T00:00:00Z',
    reason: 'typing error',
    replacement: { sale: bad },
  });
  expect(corrected.results[1].problems[0].path).toEqual(['input', 'replacement', 'sale', 'soldAt']);
  expect(corrected.results[0].problems[0]).toMatchObject({ code: 'NOT_APPLIED', refusedIndex: 1 });
});

test('an event with two kinds is refused', async () => {
  const events = [
    {
      item: { eventId: 'x', gtin: product, serial: 'S1' },
      sale: { eventId: 'y', gtin: product, soldAt: '2026-01-01' },
    },
  ];
  const answer = await server.ask(
    'mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { summary { created } } }',
    { input: { events } },
    admin,
  );
  expect(answer.errors?.[0]?.extensions.code).toBe('BAD_INPUT');
});

test('a correction voids one event and records the other, or neither', async () => {
  const replacement = {
    sale: {
      eventId: 'good-2',
      siteGln: maker,
      gtin: product,
      lot: 'L1',
      soldAt: '2026-01-01T10:00:00Z',
    },
  };
  const input = {
    eventId: 'good-1',
    correctionEventId: 'c-1',
    at: '2026-01-02T10:00:00Z',
    reason: 'the lot was missing',
    replacement,
  };
  expect(await record('correctEvent', input)).toMatchObject({
    summary: { created: 2 },
  });
  const { rows } = await server.database.ownerPool.query(
    "select voided_at is not null as voided from event where event_id = 'good-1'",
  );
  expect(rows).toEqual([{ voided: true }]);
});

test('a dry run tells what would happen and records nothing', async () => {
  const events = [
    {
      eventId: 'dry-1',
      siteGln: maker,
      gtin: product,
      soldAt: '2026-01-01T10:00:00Z',
    },
  ];
  expect(await record('recordSale', { events, dryRun: true })).toMatchObject({
    summary: { created: 1 },
  });
  const { rows } = await server.database.ownerPool.query("select 1 from event where event_id = 'dry-1'");
  expect(rows).toEqual([]);
});

test('a token records only at the sites of its own party', async () => {
  await record('registerParties', {
    parties: [{ gln: '9521000000018', name: 'Shop', roles: ['RETAILER'] }],
  });
  const shop = await server.token('RETAILER', '9521000000018');
  const events = [
    {
      eventId: 'foreign-1',
      siteGln: maker,
      gtin: product,
      soldAt: '2026-01-01T10:00:00Z',
    },
  ];
  const { results } = await record('recordSale', { events }, shop);
  expect(results[0]).toMatchObject({
    status: 'REJECTED',
    problems: [{ __typename: 'NotAllowed', code: 'NOT_ALLOWED', path: ['input', 'events', '0'] }],
  });
  const { rows } = await server.database.ownerPool.query("select 1 from event where event_id = 'foreign-1'");
  expect(rows).toEqual([]);
});
