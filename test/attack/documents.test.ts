/** Documents, bodies and requests made to overload, mislead or spy: refused with the right code, and nothing told. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/server/limits.js';
import { gtin } from '../server/bicycle-chain.js';
import { type Attack, type AttackedServer, expectNormal, startAttackedServer } from './attacked-server.js';

let server: AttackedServer;

beforeAll(async () => {
  server = await startAttackedServer();
});
afterEach(() => expectNormal(server));
afterAll(() => server.close());

const repeat = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const nested = (depth: number, open: string, inner: string): string =>
  open.repeat(depth) + inner + ' }'.repeat(depth);
const oneBatch = `batch(gtin: "${gtin.bike}", lot: "B1")`;

const costly: [string, string, RegExp][] = [
  [
    'a document of thousands of equal fields, compared pair by pair',
    `{ ${repeat(6_000, () => '__typename')} }`,
    /more than 2000 tokens/,
  ],
  [
    'a document that is too deep',
    `{ ${oneBatch} { ${nested(8, 'product { batches(first: 1) { edges { node { ', 'lot')} }`.replace(
      /$/,
      `${' } } }'.repeat(8)} }`,
    ),
    /depth/,
  ],
  [
    'a hundred aliases of one field',
    `{ ${repeat(100, (i) => `a${i}: __typename`)} }`,
    /aliases 100, at most 60/,
  ],
  [
    'aliases hidden in a fragment that is spread often',
    `{ ${repeat(4, () => '...F')} } fragment F on Query { ${repeat(18, (i) => `a${i}: __typename`)} }`,
    /aliases 72, at most 60/,
  ],
  [
    'root fields hidden in a fragment',
    `{ ...F } fragment F on Query { ${repeat(30, () => '__typename')} }`,
    /root fields 30, at most 20/,
  ],
  [
    'a field under a heap of directives',
    `{ __typename ${repeat(80, () => '@include(if: true)').replaceAll('@include(if: true) @include', '@include(if: true) @include')} }`,
    /./,
  ],
  [
    'directives spread over many fields',
    `{ ${oneBatch} { ${repeat(61, () => 'lot @include(if: true)')} } }`,
    /directives 61, at most 60/,
  ],
  [
    'pages in pages in pages',
    `{ ${oneBatch} { items(first: 100) { edges { node { movements(first: 100) { edges { node { event { item { movements(first: 100) { edges { node { kind } } } } } } } } } } } } }`,
    /cost \d+, at most 100000/,
  ],
  [
    'fragments that double at every level',
    `{ ${oneBatch} { ...F0 } } ${repeat(24, (i) => `fragment F${i} on Batch { ${i === 23 ? 'items(first: 100) { edges { node { serial } } }' : `...F${i + 1} x: product { batches(first: 2) { edges { node { ...F${i + 1} } } } }`} }`)}`,
    /(cost|depth|aliases) \d+, at most/,
  ],
];

test.each(costly)('%s', async (_, query, message) => {
  const started = performance.now();
  const reply = await server.question(query, {}, server.tokens.maker);
  if (message.source === '.') {
    expect(reply.codes.every((code) => ['BAD_DOCUMENT', 'OPERATION_TOO_COSTLY'].includes(code))).toBe(true);
    expect(reply.status).toBe(400);
    return;
  }
  expect(reply.codes).toEqual(['OPERATION_TOO_COSTLY']);
  expect(reply.status).toBe(400);
  expect(reply.text).toMatch(message);
  expect(performance.now() - started).toBeLessThan(1_000);
});

const pages = `($n: Int!) { ${oneBatch} { items(first: $n) { edges { node { movements(first: $n) { edges { node { event { item { movements(first: $n) { edges { node { kind } } } } } } } } } } } } }`;

test('a cost that only the variables tell is counted, also for a document seen before', async () => {
  const small = await server.question(`query ${pages}`, { n: 1 }, server.tokens.maker);
  expect(small.codes).toEqual([]);
  const large = await server.question(`query ${pages}`, { n: 100 }, server.tokens.maker);
  expect(large.codes).toEqual(['OPERATION_TOO_COSTLY']);
});

test('a cost hidden in the default of a variable is counted', async () => {
  const reply = await server.question(
    `query ${pages.replace('Int!', 'Int! = 100')}`,
    {},
    server.tokens.maker,
  );
  expect(reply.codes).toEqual(['OPERATION_TOO_COSTLY']);
});

test('a hundred questions hidden in a list are a hundred questions', async () => {
  const of = Array.from({ length: 300 }, () => ({ item: { gtin: gtin.bike, serial: 'F1' } }));
  const reply = await server.question(
    'query ($of: [SubjectInput!]!) { commonAncestors(of: $of) { depth } }',
    { of },
    server.tokens.maker,
  );
  expect(reply.codes).toEqual(['OPERATION_TOO_COSTLY']);
});

test('a caller without a token may ask for less', async () => {
  const query = `{ ${repeat(20, (i) => `a${i}: recallCheck(code: "${gtin.bike}") { verdict }`)} }`;
  expect((await server.question(query, {}, server.tokens.maker)).codes).toEqual([]);
  expect(
    (
      await server.question(
        `${query.slice(0, -1)} ${repeat(20, (i) => `b${i}: recallCheck(code: "x") { verdict }`)} }`,
      )
    ).codes,
  ).toEqual(['OPERATION_TOO_COSTLY']);
});

const documents: [string, string][] = [
  ['no document', '{'],
  ['an empty document', ''],
  ['a circle of fragments', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
  ['a fragment that nobody spreads', '{ __typename } fragment A on Query { __typename }'],
  ['two operations and no name', 'query A { __typename } query B { __typename }'],
  ['a subscription', 'subscription { events { eventId } }'],
  ['a field that does not exist', '{ prodct(gtin: "1") { nam } }'],
  ['an argument that does not exist', `{ product(gtinn: "${gtin.bike}") { name } }`],
  ['a type that does not exist', 'query ($x: ProductFilterr) { __typename }'],
  ['a page size that is no whole number', '{ events(first: 1.5) { edges { cursor } } }'],
];

test.each(documents)('%s: BAD_DOCUMENT, and no suggestion', async (_, query) => {
  const reply = await server.question(query, {}, server.tokens.maker);
  expect(reply.status).toBe(400);
  expect(new Set(reply.codes)).toEqual(new Set(['BAD_DOCUMENT']));
  expect(reply.text).not.toMatch(/product\(|"product"|"name"|gtin"/);
});

test.each<[object]>([[{ toString: '' }], [{ valueOf: 1, toString: null }], [[{ toString: 'x' }]]])(
  'a page of %j rows, which cannot be made a number: BAD_INPUT',
  async (first) => {
    const reply = await server.question(
      'query ($first: Int!) { events(first: $first) { edges { cursor } } }',
      { first },
      server.tokens.maker,
    );
    expect(reply.codes).toEqual(['BAD_INPUT']);
  },
);

test.each([0, -1, 101, 2_147_483_647])('a page of %i rows: BAD_PAGE_SIZE', async (first) => {
  const reply = await server.question(
    'query ($first: Int!) { events(first: $first) { edges { cursor } } }',
    { first },
    server.tokens.maker,
  );
  expect(reply.codes).toEqual(['BAD_PAGE_SIZE']);
});

test.each([
  ['a number beyond 32 bits', { first: 99_999_999_999 }],
  ['a text for a number', { first: '1; drop table event' }],
  ['a field that the input does not have', { first: 1, filter: { kindz: ['SOLD'] } }],
  ['a value that the enum does not have', { first: 1, filter: { kinds: ['SOLDD'] } }],
  ['a time without offset', { first: 1, filter: { occurredFrom: '2026-01-01T00:00:00' } }],
])('%s in a variable: BAD_INPUT, and no suggestion', async (_, variables) => {
  const query =
    'query ($first: Int!, $filter: EventFilter) { events(first: $first, filter: $filter) { edges { cursor } } }';
  const reply = await server.question(query, variables, server.tokens.maker);
  expect(new Set(reply.codes)).toEqual(new Set(['BAD_INPUT']));
  expect(reply.status).toBe(400);
});

const json = { 'content-type': 'application/json' };
const bodies: [string, Attack, number, string][] = [
  [
    'a batch of operations',
    { headers: json, body: JSON.stringify([{ query: '{__typename}' }, { query: '{__typename}' }]) },
    400,
    'BAD_DOCUMENT',
  ],
  ['a body that is no JSON', { headers: json, body: '{"query": "{__typename}"' }, 400, 'BAD_DOCUMENT'],
  ['an empty body', { headers: json, body: '' }, 400, 'BAD_DOCUMENT'],
  ['null', { headers: json, body: 'null' }, 400, 'BAD_DOCUMENT'],
  ['a query that is a number', { headers: json, body: '{"query": 1}' }, 400, 'BAD_DOCUMENT'],
  [
    'variables that are a list',
    { headers: json, body: '{"query": "{__typename}", "variables": [1]}' },
    400,
    'BAD_DOCUMENT',
  ],
  [
    'a key that would change every object',
    { headers: json, body: '{"query": "{__typename}", "__proto__": {"principal": {"role": "ADMIN"}}}' },
    400,
    'BAD_DOCUMENT',
  ],
  [
    'a body of plain text, which a form can send from any site',
    { headers: { 'content-type': 'text/plain' }, body: '{"query":"{__typename}"}' },
    415,
    'BAD_DOCUMENT',
  ],
  [
    'a form',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={__typename}' },
    415,
    'BAD_DOCUMENT',
  ],
  [
    'an upload',
    { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
    415,
    'BAD_DOCUMENT',
  ],
  [
    'a body larger than any',
    {
      headers: json,
      body: JSON.stringify({ query: '{__typename}', variables: { x: 'x'.repeat(limits.bulkBody) } }),
    },
    413,
    'OPERATION_TOO_COSTLY',
  ],
  [
    'a question as large as a recording',
    {
      headers: json,
      body: JSON.stringify({ query: '{__typename}', variables: { x: 'x'.repeat(limits.body) } }),
    },
    400,
    'OPERATION_TOO_COSTLY',
  ],
  [
    'a mutation by GET',
    { method: 'GET', path: '/graphql?query=mutation{recordSale(input:{events:[]}){summary{created}}}' },
    405,
    'BAD_DOCUMENT',
  ],
  [
    'an address that climbs out',
    { method: 'GET', path: '/graphiql/..%2f..%2fpackage.json' },
    404,
    'NOT_FOUND',
  ],
  [
    'an export of nobody',
    { method: 'GET', path: '/exports/1?expires=9999999999999&seal=x' },
    404,
    'NOT_FOUND',
  ],
  ['another method', { method: 'DELETE' }, 404, 'NOT_FOUND'],
];

test.each(bodies)('%s', async (_, attack, status, code) => {
  const reply = await server.attack(attack);
  expect([reply.status, [...new Set(reply.codes)]]).toEqual([status, [code]]);
});

test('a body sent in pieces cannot hide its size', async () => {
  const body = new ReadableStream({
    start(controller) {
      const text = JSON.stringify({ query: '{__typename}', variables: { x: 'x'.repeat(limits.body) } });
      for (let at = 0; at < text.length; at += 65_536)
        controller.enqueue(new TextEncoder().encode(text.slice(at, at + 65_536)));
      controller.close();
    },
  });
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: json,
    body,
    duplex: 'half',
  } as RequestInit);
  expect((await response.json()) as object).toMatchObject({
    errors: [{ extensions: { code: 'OPERATION_TOO_COSTLY' } }],
  });
});

test.each([1_000, 50_000])('lists nested %i deep in the variables end nothing', async (depth) => {
  const body = `{"query": "query ($of: [SubjectInput!]!) { commonAncestors(of: $of) { depth } }", "variables": {"of": ${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  const reply = await server.attack({ headers: json, body, token: server.tokens.maker });
  expect(['BAD_INPUT', 'OPERATION_TOO_COSTLY', 'BAD_DOCUMENT']).toContain(reply.codes[0]);
  expect(reply.status).toBe(400);
});

test('a page of another origin is not let in, one that is named is, exactly', async () => {
  for (const [origin, allowed] of [
    ['https://evil.example', null],
    ['https://shop.example.evil.example', null],
    ['http://shop.example', null],
    ['null', null],
    ['https://shop.example', 'https://shop.example'],
  ] as const) {
    for (const method of ['OPTIONS', 'POST']) {
      const reply = await server.attack({
        method,
        headers: {
          ...json,
          origin,
          ...(method === 'OPTIONS' && { 'access-control-request-method': 'POST' }),
        },
        ...(method === 'POST' && { body: '{"query":"{__typename}"}' }),
      });
      expect([origin, reply.headers.get('access-control-allow-origin')]).toEqual([origin, allowed]);
      expect(reply.headers.get('vary')).toContain('origin');
      expect(reply.headers.get('access-control-allow-credentials')).toBeNull();
    }
  }
});

test('every answer forbids a browser to guess, to frame it and to run anything of it', async () => {
  for (const path of ['/graphql', '/health/live', '/nowhere']) {
    const { headers } = await server.attack({
      method: path === '/graphql' ? 'POST' : 'GET',
      path,
      headers: path === '/graphql' ? json : {},
      ...(path === '/graphql' && { body: '{"query":"{__typename}"}' }),
    });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('in production the schema is told to callers with a token only', async () => {
  const production = await startAttackedServer({ production: true });
  try {
    const schema = '{ __schema { types { name } } }';
    expect((await production.question(schema)).codes).toEqual(['UNAUTHENTICATED']);
    const hidden = '{ ...F } fragment F on Query { __type(name: "Query") { name } }';
    expect((await production.question(hidden)).codes).toEqual(['UNAUTHENTICATED']);
    expect((await production.question(schema, {}, production.tokens.shop)).codes).toEqual([]);
    const answer = await production.question('{ __typename }');
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  } finally {
    await production.close();
  }
});
