/** The database is there and refuses: read-only, without a connection to spare. Told as an outage, over when it is over. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type FaultyService, lot, startFaultyService } from './faulty-service.js';

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
  for (const metric of ['watermark_lag_seconds', 'unsealed_seconds', 'captures_open', 'deliveries_open'])
    expect(text).toMatch(new RegExp(`^tracewright_${metric} \\d`, 'm'));
});
