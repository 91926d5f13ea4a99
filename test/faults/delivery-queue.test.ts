/** Letters on their way while the network to the database fails: whatever answer of the queue is lost, each goes out, under one key. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Database } from '../../src/database/index.js';
import { defectiveCellLot, products } from '../../src/demo/story.js';
import { startDelivery } from '../../src/recall/index.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js';
import { type MailSink, startMailSink } from '../support/mail-sink.js';
import { runLog } from '../support/run-folder.js';
import { testSecrets } from '../support/secrets.js';
import { until } from '../support/until.js';
import { testVault } from '../support/vault.js';

const number = 'Q-1';
let server: DemoServer;
let sink: MailSink;
let network: FaultProxy;
let database: Database;
let delivery: { stop(): Promise<void> };

beforeAll(async () => {
  server = await startDemoServer();
  sink = await startMailSink();
  const url = server.database.ownerPool.options.connectionString ?? '';
  network = await startFaultProxy(new URL(url).hostname, Number(new URL(url).port || 5432));
  database = await connect({
    url: network.through(url),
    keysUrl: server.database.keysPool.options.connectionString ?? '',
    hashKey: testSecrets.hashKey,
  });
  const words = { defect: 'The separator can tear.', risk: 'Fire.', instructions: 'Do not charge.' };
  const details = { remedyPlan: 'A new pack.', contact: 'recall@velora.example' };
  await server.data(
    `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!, $publish: PublishRecallInput!) {
       openRecall(input: $open) { problems { code } } describeRecall(input: $describe) { problems { code } }
       publishRecall(input: $publish) { problems { code } } }`,
    {
      open: { number, title: 'Cells', rule: { batch: { gtin: products.cell, lot: defectiveCellLot } } },
      describe: { number, ...words, details },
      publish: { number },
    },
    server.tokens.maker,
  );
  delivery = await startDelivery(
    {
      mail: { smtpUrl: sink.url, from: 'recalls@service.example' },
      webhooks: { endpoints: new Map(), allowPrivate: false },
    },
    { database, vault: testVault() },
    pino({ level: 'trace' }, runLog),
    { lookIntervalMs: 500 },
  );
}, 180_000);
afterAll(async () => {
  await delivery.stop();
  await database.close();
  await network.close();
  await server.close();
  await sink.close();
});

const rows = async (sql: string) => (await server.database.ownerPool.query(sql)).rows;

test.each([
  ['that gives out a job', '{"delivery"', {}],
  ['that a job is done', 'DELETE 1', { kind: 'REMINDER' }],
])(
  'an answer %s is lost: every letter goes out, under one key',
  async (_, holding, asked) => {
    const before = network.lost();
    network.set({ kind: 'loseAnswer', holding });
    const { sendNotices } = await server.data(
      'mutation ($input: SendNoticesInput!) { sendNotices(input: $input) { buyers problems { message } } }',
      { input: { number, ...asked } },
      server.tokens.maker,
    );
    expect(sendNotices.problems).toEqual([]);
    expect(Number(sendNotices.buyers)).toBeGreaterThan(20);
    await until('two answers are lost', async () => network.lost() >= before + 2);
    network.set({ kind: 'none' });
    await until('every letter is sent, and the queue is empty', async () => {
      const [{ open }] = (await rows(
        `select (select count(*) from delivery where state = 'QUEUED' and channel = 'EMAIL')
         + (select count(*) from graphile_worker.jobs) as open`,
      )) as [{ open: bigint }];
      return open === 0n;
    });
    const owed = await rows(
      `select coalesce(n.notice_key, b.notice_key)::text as key, d.state from delivery d
     left join notice n on n.notice_id = d.notice_id left join buyer_notice b on b.buyer_notice_id = d.buyer_notice_id
     where d.channel = 'EMAIL'`,
    );
    expect(new Set(owed.map((row) => row.state))).toEqual(new Set(['SENT']));
    const keys = sink.mails.map((mail) => /^<(.+)@/.exec(mail.headers['message-id'] ?? '')?.[1]);
    expect(new Set(keys)).toEqual(new Set(owed.map((row) => row.key)));
  },
  120_000,
);

test('a job given out once more after its letter is settled sends nothing', async () => {
  const before = sink.mails.length;
  await server.database.ownerPool.query(
    "select queue_deliveries(array_agg(delivery_id), 'deliver-email') from delivery where channel = 'EMAIL'",
  );
  await until(
    'the queue is empty',
    async () => (await rows('select 1 from graphile_worker.jobs')).length === 0,
  );
  expect(sink.mails.length).toBe(before);
}, 120_000);
