/** Callers who ask too often, too long, or leave before the answer: told so, and nothing stays behind. */
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/server/limits.js';
import { gtin } from '../server/bicycle-chain.js';
import { type AttackedServer, expectNormal, startAttackedServer } from './attacked-server.js';

let server: AttackedServer;
const few = { points: 300, perSecond: 100 };

beforeAll(async () => {
  server = await startAttackedServer({
    limits: {
      ...limits,
      budget: few,
      anonymousBudget: few,
      statementTimeoutMs: { ...limits.statementTimeoutMs, MANUFACTURER: 300 },
    },
  });
});
afterEach(() => expectNormal(server));
afterAll(() => server.close());

const page = '{ events(first: 100) { edges { cursor } } }';

test('who spends its budget is told when to come back, and others are not slowed', async () => {
  const first = await server.question(page, {}, server.tokens.shop);
  const { cost } = JSON.parse(first.text).extensions;
  expect(cost).toEqual({ estimated: 200, max: limits.cost, remaining: 100 });
  const second = await server.question(page, {}, server.tokens.shop);
  expect([second.status, second.codes, second.headers.get('retry-after')]).toEqual([429, ['THROTTLED'], '1']);
  expect((await server.question(page, {}, server.tokens.cellmaker)).codes).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await server.question(page, {}, server.tokens.shop)).codes).toEqual([]);
});

/** Runs `work` while nobody can read events. */
async function whileEventsAreLocked(work: () => Promise<void>): Promise<void> {
  const owner = await server.database.ownerPool.connect();
  try {
    await owner.query('begin; lock table event in access exclusive mode');
    await work();
  } finally {
    await owner.query('rollback');
    owner.release();
  }
}

const small = '{ events(first: 1) { edges { cursor } } }';
const waiting = async (): Promise<number> =>
  Number(
    (
      await server.database.ownerPool.query(
        "select count(*) as n from pg_stat_activity where usename = 'tracewright_app' and datname = current_database() and wait_event_type = 'Lock'",
      )
    ).rows[0].n,
  );

test('a statement that takes too long is stopped: TIMEOUT', async () => {
  await whileEventsAreLocked(async () => {
    const reply = await server.question(small, {}, server.tokens.maker);
    expect(reply.codes).toEqual(['TIMEOUT']);
    expect(await waiting()).toBe(0);
  });
});

test('so is one for EPCIS events or a trace of them', async () => {
  const asked = (path: string) =>
    fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${server.tokens.maker}` } });
  await whileEventsAreLocked(async () => {
    for (const path of ['/epcis/events', `/epcis/trace?of=(01)${gtin.bike}(10)B1`]) {
      const answer = await asked(path);
      expect([path, answer.status, await answer.json()]).toEqual([
        path,
        503,
        { errors: [{ message: expect.any(String), extensions: { code: 'TIMEOUT' } }] },
      ]);
    }
  });
});

test('the query of a caller who hung up is stopped', async () => {
  await whileEventsAreLocked(async () => {
    const asked = request(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.tokens.regulator}` },
    });
    asked.on('error', () => {});
    asked.end(JSON.stringify({ query: small }));
    await expect.poll(waiting, { timeout: 5_000 }).toBe(1);
    asked.destroy();
    await expect.poll(waiting, { timeout: 5_000 }).toBe(0);
  });
  expect(server.log.filter((line) => line.includes('"level":50'))).toEqual([]);
});

test('forty questions at once over ten connections are all answered', async () => {
  const query = `{ batch(gtin: "${gtin.bike}", lot: "B1") { lot product { owner { name } } } }`;
  const tokens = await Promise.all(Array.from({ length: 40 }, () => server.token('ADMIN', null)));
  const replies = await Promise.all(tokens.map((token) => server.question(query, {}, token)));
  expect(new Set(replies.flatMap(({ codes, status }) => [status, ...codes]))).toEqual(new Set([200]));
});

test('the budget of callers without a token goes by address, and the health of the service costs nothing', async () => {
  const check = `{ recallCheck(code: "(01)${gtin.bike}(21)F1") { verdict } }`;
  const codes: string[] = [];
  for (let i = 0; i < 8; i += 1) codes.push(...(await server.question(check)).codes);
  expect(new Set(codes)).toEqual(new Set(['THROTTLED']));
  for (const path of ['/health/live', '/health/ready', '/metrics']) {
    expect([path, (await server.attack({ method: 'GET', path })).status]).toEqual([path, 200]);
  }
  const { text } = await server.attack({ method: 'GET', path: '/metrics' });
  expect(text).toMatch(/tracewright_errors_total\{code="THROTTLED"\} [1-9]/);
  for (const secret of [gtin.bike, 'F1', ...Object.values(server.tokens)]) expect(text).not.toContain(secret);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
});
