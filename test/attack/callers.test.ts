/** Callers who are not who they say, or ask for what is another's: one answer for "none" and "not yours", and nothing written. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createToken, revokeToken } from '../../src/access/index.js';
import { day, gln, gtin, site, unit } from '../server/bicycle-chain.js';
import { type AttackedServer, expectNormal, startAttackedServer } from './attacked-server.js';

let server: AttackedServer;

beforeAll(async () => {
  server = await startAttackedServer();
});
afterEach(() => expectNormal(server));
afterAll(() => server.close());

const countOf = async (table: string): Promise<number> =>
  Number((await server.database.ownerPool.query(`select count(*) as n from ${table}`)).rows[0].n);

describe('tokens', () => {
  const ask = (authorization: string) =>
    server.attack({
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: '{ events(first: 1) { edges { cursor } } }' }),
    });
  test.each([
    ['made up', `Bearer tw_${'A'.repeat(43)}`],
    ['of another form', "Bearer ' or 1=1 --"],
    ['empty', 'Bearer '],
    ['a password', 'Basic YWRtaW46YWRtaW4='],
    ['an unsigned claim of being administrator', 'Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoiQURNSU4ifQ.'],
    ['long', `Bearer tw_${'A'.repeat(7_000)}`],
  ])('a token that is %s', async (_, authorization) => {
    const reply = await ask(authorization);
    expect([reply.status, reply.codes]).toEqual([401, ['UNAUTHENTICATED']]);
  });

  test('a token revoked or expired is one that never was', async () => {
    const revoked = await server.token('RETAILER', gln.shop);
    const { rows } = await server.database.ownerPool.query(
      'select token_id from api_token order by created_at desc limit 1',
    );
    expect(await revokeToken(server.database, rows[0].token_id)).toBe(true);
    const expired = await createToken(server.database, { role: 'RETAILER', gln: gln.shop, expiresInMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [a, b, c] = [
      await ask(`Bearer ${revoked}`),
      await ask(`Bearer ${expired}`),
      await ask(`Bearer tw_${'B'.repeat(43)}`),
    ];
    expect([a.text, b.text]).toEqual([c.text, c.text]);
    expect(c.codes).toEqual(['UNAUTHENTICATED']);
  });

  test('without a token nothing of anyone is told', async () => {
    for (const query of [
      '{ events(first: 1) { edges { cursor } } }',
      `{ product(gtin: "${gtin.bike}") { name } }`,
      `{ trace(of: { code: "${gtin.bike}" }, direction: BOTH) { nodeCount } }`,
      '{ node(id: "x") { id } }',
      '{ coverage(first: 1) { edges { cursor } } }',
      '{ discrepancies(first: 1) { edges { cursor } } }',
    ]) {
      expect((await server.question(query)).codes).toEqual(['UNAUTHENTICATED']);
    }
  });
});

describe('cursors', () => {
  const events =
    'query ($after: String) { events(first: 1, after: $after) { edges { node { eventId } } pageInfo { endCursor } } }';
  const cursorOf = async (token: string): Promise<string> =>
    JSON.parse((await server.question(events, {}, token)).text).data.events.pageInfo.endCursor;

  test.each([
    ['made up', 'abc'],
    ['empty', ''],
    ['a statement', "' union select * from event --"],
    ['a plain key', Buffer.from('["2026-01-01T00:00:00Z","1"]').toString('base64url')],
    ['long', 'A'.repeat(100_000)],
    ['not text that can be stored', '\u0000\ud800'],
  ])('a cursor that is %s', async (_, after) => {
    expect((await server.question(events, { after }, server.tokens.maker)).codes).toEqual(['BAD_CURSOR']);
  });

  test('a cursor with one bit changed', async () => {
    const bytes = Buffer.from(await cursorOf(server.tokens.maker), 'base64url');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const reply = await server.question(events, { after: bytes.toString('base64url') }, server.tokens.maker);
    expect(reply.codes).toEqual(['BAD_CURSOR']);
  });

  test("another caller's cursor, and one of another list or filter", async () => {
    const after = await cursorOf(server.tokens.regulator);
    expect((await server.question(events, { after }, server.tokens.shop)).codes).toEqual(['BAD_CURSOR']);
    const coverage = 'query ($after: String) { coverage(first: 1, after: $after) { edges { cursor } } }';
    expect((await server.question(coverage, { after }, server.tokens.regulator)).codes).toEqual([
      'BAD_CURSOR',
    ]);
    const filtered = events.replace('events(', 'events(filter: { kinds: [SOLD] }, ');
    expect((await server.question(filtered, { after }, server.tokens.regulator)).codes).toEqual([
      'BAD_CURSOR',
    ]);
    expect((await server.question(events, { after }, server.tokens.regulator)).codes).toEqual([]);
  });
});

describe("another's goods", () => {
  /** Answers about what is another's and about what is nowhere, the names taken out, are one. */
  async function alike(query: string, foreign: Record<string, unknown>, nowhere: Record<string, unknown>) {
    const strip = (text: string, variables: object) =>
      Object.values(variables).reduce(
        (left: string, value) => left.replaceAll(String(value), 'X'),
        text.replace(/"cost":\{[^}]*\}/, ''),
      );
    const a = await server.question(query, foreign, server.tokens.rival);
    const b = await server.question(query, nowhere, server.tokens.rival);
    expect(strip(a.text, foreign)).toBe(strip(b.text, nowhere));
    return a;
  }

  test.each([
    [
      'a product',
      'query ($a: String!) { product(gtin: $a) { name } }',
      { a: gtin.bike },
      { a: '09521100009997' },
    ],
    [
      'a batch',
      `query ($a: String!) { batch(gtin: "${gtin.bike}", lot: $a) { lot } }`,
      { a: 'B1' },
      { a: 'B9' },
    ],
    [
      'an item',
      `query ($a: String!) { item(gtin: "${gtin.bike}", serial: $a) { serial } }`,
      { a: 'F1' },
      { a: 'F9' },
    ],
    [
      'an item without product',
      'query ($a: String!) { item(serial: $a) { serial } }',
      { a: 'F1' },
      { a: 'F9' },
    ],
    [
      'a unit',
      'query ($a: String!) { logisticUnit(key: $a) { key } }',
      { a: unit.truck },
      { a: 'https://id.example/truck/9' },
    ],
    [
      'a trace',
      `query ($a: String!) { trace(of: { item: { gtin: "${gtin.bike}", serial: $a } }, direction: BOTH) { nodeCount } }`,
      { a: 'F1' },
      { a: 'F9' },
    ],
    [
      'a scope',
      `query ($a: String!) { recallScope(rule: { batch: { gtin: "${gtin.bike}", lot: $a } }) { summary { batches } } }`,
      { a: 'B1' },
      { a: 'B9' },
    ],
    [
      'events of goods',
      `query ($a: String!) { events(first: 1, filter: { gtin: "${gtin.bike}", serial: $a }) { edges { cursor } } }`,
      { a: 'F1' },
      { a: 'F9' },
    ],
    [
      'an event',
      'query ($a: String!) { events(first: 1, filter: { eventId: $a }) { edges { cursor } } }',
      { a: 'v-1' },
      { a: 'v-9' },
    ],
    [
      'a code',
      `query ($a: String!) { identify(code: $a) { product { name } items { serial } } }`,
      { a: `(01)${gtin.bike}(21)F1` },
      { a: `(01)${gtin.bike}(21)F9` },
    ],
    [
      'coverage of a party',
      'query ($a: String!) { coverage(first: 5, filter: { party: $a }) { edges { cursor } } }',
      { a: gln.maker },
      { a: '9521100009997' },
    ],
  ])('%s: nothing tells it from one that is nowhere', async (_, query, foreign, nowhere) => {
    await alike(query, foreign, nowhere);
  });

  test('a rule is no oracle of what goes into what', async () => {
    const recipe =
      'query ($a: String!) { recallScope(rule: { all: [{ product: { gtin: "' +
      gtin.rival +
      '" } }, { component: { gtin: $a } }] }) { summary { batches } } }';
    const reply = await alike(recipe, { a: gtin.cell }, { a: '09521100009997' });
    expect(reply.codes).toEqual(['FORBIDDEN']);
  });

  test('ids of rows are not for guessing', async () => {
    for (const id of ['1', '0', '-1', 'Batch 1', 'QmF0Y2ggMQ', `${'A'.repeat(64)}`]) {
      const reply = await server.question(
        'query ($id: ID!) { node(id: $id) { id } }',
        { id },
        server.tokens.rival,
      );
      expect(JSON.parse(reply.text).data).toEqual({ node: null });
    }
  });

  test('an id learnt from another caller opens nothing', async () => {
    const theirs = await server.question(
      `{ item(gtin: "${gtin.bike}", serial: "F1") { id } }`,
      {},
      server.tokens.maker,
    );
    const { id } = JSON.parse(theirs.text).data.item;
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    expect(JSON.parse((await server.question(query, { id }, server.tokens.rival)).text).data).toEqual({
      node: null,
    });
    const trace = 'query ($id: ID!) { trace(of: { id: $id }, direction: BOTH) { nodeCount } }';
    expect((await server.question(trace, { id }, server.tokens.rival)).codes).toEqual(['NOT_FOUND']);
  });
});

describe('injection', () => {
  const texts = [
    "' or '1'='1",
    "'; drop table event; --",
    '%',
    '\\',
    '#{7*7}',
    '{{7*7}}',
    '$(id)',
    '<script>alert(1)</script>',
  ];
  test('a statement in a key is text, and stays without effect', async () => {
    const before = await countOf('event');
    for (const text of texts) {
      for (const query of [
        'query ($a: String!) { product(gtin: $a) { name } }',
        `query ($a: String!) { batch(gtin: "${gtin.bike}", lot: $a) { lot } }`,
        'query ($a: String!) { item(serial: $a) { serial } }',
        'query ($a: String!) { party(gln: $a) { name } }',
        'query ($a: String!) { events(first: 1, filter: { eventId: $a }) { edges { cursor } } }',
        'query ($a: String!) { identify(code: $a) { kind } }',
        'query ($a: String!) { recall(number: $a) { title } }',
      ]) {
        const { codes, status } = await server.question(query, { a: text }, server.tokens.regulator);
        expect([query, codes.filter((code) => !['BAD_INPUT', 'NOT_FOUND'].includes(code)), status]).toEqual([
          query,
          [],
          200,
        ]);
      }
    }
    expect(await countOf('event')).toBe(before);
  });

  test('a text that no database can store is refused by name, not by accident', async () => {
    for (const text of ['a\u0000b', 'a\ud800b']) {
      for (const query of [
        'query ($a: String!) { product(gtin: $a) { name } }',
        'query ($a: String!) { item(serial: $a) { serial } }',
        'query ($a: String!) { events(first: 1, filter: { eventId: $a }) { edges { cursor } } }',
        'query ($a: String!) { recall(number: $a) { title } }',
        'query ($a: String!) { recallCheck(code: $a) { verdict } }',
      ]) {
        const { codes } = await server.question(query, { a: text }, server.tokens.regulator);
        expect([query, codes.filter((code) => code === 'INTERNAL')]).toEqual([query, []]);
      }
    }
  });

  test('times at the ends of the calendar are answered or refused', async () => {
    const query = `query ($t: DateTime!) { trace(of: { batch: { gtin: "${gtin.bike}", lot: "B1" } }, direction: BOTH, asOf: $t, knownAt: $t) { nodeCount } }`;
    for (const t of ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59.999Z']) {
      const { codes } = await server.question(query, { t }, server.tokens.regulator);
      expect([t, codes.filter((code) => code === 'INTERNAL')]).toEqual([t, []]);
    }
  });

  test('a line of log cannot be forged, and holds neither token nor person', async () => {
    const forged = 'x"}\n{"level":60,"msg":"administrator logged in"}\r\n';
    await server.question(forged, {}, server.tokens.shop);
    await server.question(
      'query ($a: String!) { item(serial: $a) { serial } }',
      { a: forged },
      server.tokens.shop,
    );
    await server.attack({
      headers: { 'content-type': 'application/json', 'user-agent': 'x', authorization: 'Bearer tw_forged' },
      body: '{',
    });
    const sale = {
      eventId: 'log-1',
      siteGln: site.store,
      gtin: gtin.bike,
      soldAt: day(20),
      buyerName: 'Planted Person\nlevel=60',
      buyerEmail: 'planted@person.example',
    };
    const query = 'mutation ($input: RecordSaleInput!) { recordSale(input: $input) { summary { created } } }';
    await server.question(query, { input: { events: [sale] } }, server.tokens.shop);
    for (const line of server.log) expect(line.trimEnd()).toMatch(/^\{"level":\d+,.*\}$/);
    const whole = server.log.join('');
    expect(whole).not.toMatch(/planted/i);
    for (const token of Object.values(server.tokens)) expect(whole).not.toContain(token);
  });

  test('what a spreadsheet would run leaves as text', async () => {
    const formula = '=HYPERLINK("https://evil.example","click")';
    const query =
      'mutation ($input: RegisterPartiesInput!) { registerParties(input: $input) { summary { created } results { problems { message } } } }';
    const party = { gln: gln.shop, name: formula, roles: ['RETAILER'] };
    await server.question(query, { input: { parties: [party] } }, server.tokens.admin);
    const order = `mutation { exportScope(input: { rule: { batch: { gtin: "${gtin.bike}", lot: "B1" } }, list: HOLDERS, format: CSV }) { export { url } } }`;
    const { url } = JSON.parse((await server.question(order, {}, server.tokens.regulator)).text).data
      .exportScope.export;
    const file = await (await fetch(`${server.url}${url}`)).text();
    expect(file).toContain('HYPERLINK');
    expect(file).not.toMatch(/(^|,|"|\n)=HYPERLINK/);
  });
});

describe('recording', () => {
  const mutation = (name: string) =>
    `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { results { status eventId problems { __typename code message } } summary { created existing conflicting rejected } } }`;
  const record = async (name: string, input: object, token: string) =>
    JSON.parse((await server.question(mutation(name), { input }, token)).text).data[name];

  test("at another's site nothing is recorded", async () => {
    const before = await countOf('event');
    const sale = {
      eventId: 'foreign-1',
      siteGln: site.store,
      gtin: gtin.bike,
      serial: 'F2',
      soldAt: day(20),
    };
    const { results } = await record('recordSale', { events: [sale] }, server.tokens.rival);
    expect(results[0]).toMatchObject({ status: 'REJECTED', problems: [{ code: 'NOT_ALLOWED' }] });
    expect(await countOf('event')).toBe(before);
  });

  test("another's event is not voided, and its product not redefined", async () => {
    const voided = { eventId: 'void-1', voidedEventId: 'v-1', voidedAt: day(20), reason: 'mine now' };
    const { summary } = await record('voidEvent', { events: [voided] }, server.tokens.rival);
    expect(summary.created).toBe(0);
    const product = { gtin: gtin.bike, ownerGln: gln.maker, name: 'Stolen', kind: 'FINISHED' };
    expect(
      (await record('defineProducts', { products: [product] }, server.tokens.rival)).summary.rejected,
    ).toBe(1);
    const taken = { ...product, ownerGln: gln.rival };
    expect(
      (await record('defineProducts', { products: [taken] }, server.tokens.rival)).summary.rejected,
    ).toBe(1);
    const { rows } = await server.database.ownerPool.query(
      `select p.name, o.gln, (select voided_at from event where event_id = 'v-1') as voided_at
       from product p join party o on o.party_id = p.owner_id where p.gtin = $1`,
      [gtin.bike],
    );
    expect(rows).toEqual([{ name: 'Bicycle', gln: gln.maker, voided_at: null }]);
  });

  test("another's event id is a conflict that tells nothing of its content", async () => {
    const before = await countOf('event');
    const run = {
      eventId: 'v-1',
      gtin: gtin.rival,
      lot: 'R2',
      siteGln: site.rival,
      producedFrom: day(20),
      quantity: '1',
    };
    const reply = await server.question(
      mutation('recordProduction'),
      { input: { events: [run] } },
      server.tokens.rival,
    );
    expect(JSON.parse(reply.text).data.recordProduction.results[0]).toMatchObject({
      status: 'CONFLICT',
      problems: [{ __typename: 'EventConflict' }],
    });
    for (const secret of [gtin.bike, gln.shop, 'F1', '77']) expect(reply.text).not.toContain(secret);
    expect(await countOf('event')).toBe(before);
  });

  test('the same id twice in one request with unlike content is one event at most', async () => {
    const run = {
      eventId: 'twice',
      gtin: gtin.rival,
      lot: 'R3',
      siteGln: site.rival,
      producedFrom: day(20),
      quantity: '1',
    };
    const input = { events: [run, { ...run, quantity: '1000' }], onProblem: 'REJECT_FAILED' };
    const { summary } = await record('recordProduction', input, server.tokens.rival);
    expect(summary).toMatchObject({ created: 1, conflicting: 1 });
    const { rows } = await server.database.ownerPool.query(
      "select quantity from event where event_id = 'twice'",
    );
    expect(rows).toEqual([{ quantity: 1n }]);
  });

  test('a hundred retries at once are one event', async () => {
    const run = {
      eventId: 'storm',
      gtin: gtin.rival,
      lot: 'R4',
      siteGln: site.rival,
      producedFrom: day(20),
      quantity: '1',
    };
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => record('recordProduction', { events: [run] }, server.tokens.rival)),
    );
    const created = replies.filter(({ summary }) => summary.created === 1);
    expect([created.length, replies.filter(({ summary }) => summary.existing === 1).length]).toEqual([1, 99]);
  });

  test('a regulator records nothing, and nobody records as another', async () => {
    const before = await countOf('party');
    const party = { gln: '9521100009997', name: 'Ghost', roles: ['SUPPLIER'] };
    const query = mutation('registerParties');
    const input = { parties: [party] };
    expect((await server.question(query, { input }, server.tokens.regulator)).codes).toEqual(['FORBIDDEN']);
    expect((await server.question(query, { input })).codes).toEqual(['UNAUTHENTICATED']);
    expect((await record('registerParties', input, server.tokens.shop)).summary.rejected).toBe(1);
    expect(await countOf('party')).toBe(before);
  });
});
