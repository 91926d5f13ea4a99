/** The database is there and refuses, or is slow: read-only, without a connection to spare, locked. Told as an outage, over when it is over. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FaultyService, lot, startFaultyService, type Told } from './faulty-service.js';

let service: FaultyService;
let name: string;
beforeAll(async () => {
  service = await startFaultyService();
  name = new URL(service.direct.ownerPool.options.connectionString ?? '').pathname.slice(1);
  expect((await service.record([lot('S1')])).rows).toEqual(['CREATED']);
});
afterAll(() => service.close());
afterEach(async () => {
  await service.recovered();
  expect((await service.record([lot('S1')])).rows).toEqual(['EXISTS']);
  expect(await service.wrong()).toEqual([]);
});

const question = '{ events(first: 1) { edges { cursor } } }';
const owner = (statement: string) => service.direct.ownerPool.query(statement);
/** Connections of before do not know of the change. */
const endSessions = () =>
  owner(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and usename = 'tracewright_app'`,
  );

test('read-only: what is recorded is UNAVAILABLE, what is asked is answered', async () => {
  await owner(`alter database ${name} set default_transaction_read_only = on`);
  await endSessions();
  await service.recovered();
  expect(await service.ask(question)).toMatchObject({ status: 200, codes: [] });
  expect(await service.record([lot('S2')])).toMatchObject({
    status: 503,
    codes: ['UNAVAILABLE'],
    retryAfter: '2',
  });
  const one = await service.direct.ownerPool.connect();
  await one.query('set default_transaction_read_only = off');
  await one.query(`alter database ${name} reset default_transaction_read_only`);
  one.release();
  await endSessions();
});

test('without a connection to spare: UNAVAILABLE, live and not ready', async () => {
  await owner(`alter database ${name} connection limit 0`);
  await endSessions();
  for (const told of [await service.ask(question), await service.record([lot('S3')])])
    expect(told).toMatchObject({ status: 503, codes: ['UNAVAILABLE'], retryAfter: '2' });
  const status = async (path: string) => (await fetch(`${service.server.url}${path}`)).status;
  expect([await status('/health/live'), await status('/health/ready'), await status('/metrics')]).toEqual([
    200, 503, 200,
  ]);
  await owner(`alter database ${name} connection limit -1`);
});

test('restarted under the service: the next request finds it', async () => {
  await endSessions();
  await service.recovered();
  expect(await service.ask(question)).toMatchObject({ status: 200, codes: [] });
  const { text } = await fetch(`${service.server.url}/metrics`).then(async (answer) => ({
    text: await answer.text(),
  }));
  for (const metric of [
    'watermark_lag_seconds',
    'unsealed_seconds',
    'captures_open',
    'deliveries_open',
    'derivation_old',
  ])
    expect(text).toMatch(new RegExp(`^tracewright_${metric} \\d`, 'm'));
});

describe('slow, since somebody holds what every statement needs', () => {
  const locked = async (work: () => Promise<unknown>): Promise<void> => {
    const holder = await service.direct.ownerPool.connect();
    await holder.query('begin');
    await holder.query('lock table event in access exclusive mode');
    try {
      await work();
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  };

  test('for a second: whoever waits is answered', async () => {
    let told: Promise<Told>[] = [];
    await locked(async () => {
      told = [service.ask(question), service.record([lot('S4')])];
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    });
    expect(await told[0]).toMatchObject({ status: 200, codes: [] });
    expect((await told[1])?.rows).toEqual(['CREATED']);
  });

  test('for longer than the service waits: UNAVAILABLE, live, and nothing recorded by halves', async () => {
    await locked(async () => {
      const told = await Promise.all([service.ask(question), service.record([lot('S5')])]);
      for (const one of told)
        expect(one).toMatchObject({ status: 503, codes: ['UNAVAILABLE'], retryAfter: '2' });
      expect((await fetch(`${service.server.url}/health/live`)).status).toBe(200);
    });
    await service.recovered();
    expect(['CREATED', 'EXISTS']).toContain((await service.record([lot('S5')])).rows?.[0]);
    expect((await service.record([lot('S5')])).rows).toEqual(['EXISTS']);
  });
});
