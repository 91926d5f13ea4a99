/** `kill -9` between sending a notice and settling it: every notice arrives, and never under two keys. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createToken } from '../../src/access/index.js';
import type { Database } from '../../src/database/index.js';
import { defectiveCellLot, parties, products, retailer } from '../../src/demo/story.js';
import { type Run, startCommand } from '../support/command-line.js';
import { createDemoDatabase } from '../support/demo-database.js';
import { type MailSink, startMailSink } from '../support/mail-sink.js';
import { until } from '../support/until.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

const number = 'K-1';
let database: Database;
let sink: MailSink;
let receiver: WebhookReceiver;
let folder: string;

beforeAll(async () => {
  database = await createDemoDatabase();
  sink = await startMailSink();
  receiver = await startWebhookReceiver();
  folder = mkdtempSync(join(tmpdir(), 'tracewright-webhooks-'));
  const endpoint = { url: receiver.url, secret: Buffer.alloc(24, 9).toString('base64') };
  const endpoints = { [retailer]: endpoint, [parties.regulator]: endpoint };
  writeFileSync(join(folder, 'webhooks.json'), JSON.stringify(endpoints));
}, 180_000);
afterAll(async () => {
  await database.close();
  await sink.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const rows = async (sql: string) => (await database.ownerPool.query(sql)).rows;
const serve = (): Run =>
  startCommand(['serve'], {
    DATABASE_URL: database.ownerPool.options.connectionString ?? '',
    TRACEWRIGHT_KEYS_URL: inject('keysUrl'),
    TRACEWRIGHT_SMTP_URL: sink.url,
    TRACEWRIGHT_MAIL_FROM: 'recalls@service.example',
    TRACEWRIGHT_WEBHOOKS_FILE: join(folder, 'webhooks.json'),
    TRACEWRIGHT_WEBHOOK_PRIVATE: 'true',
    TRACEWRIGHT_LOG: 'warn',
  });

test('a server killed while it sends, four times, sends everything at least once and no notice under two keys', async () => {
  const token = await createToken(database, { role: 'MANUFACTURER', gln: parties.maker });
  const words = { defect: 'The separator can tear.', risk: 'Fire.', instructions: 'Do not charge.' };
  const details = { remedyPlan: 'A new pack.', contact: 'recall@velora.example' };
  let run = serve();
  const url = /(http:\S+\/graphql)/.exec(await run.line(/tracewright serves at/))?.[1] ?? '';
  let received = 0;
  let killed = 0;
  const killNow = () => {
    received += 1;
    // what arrives is kept; the sender dies before it hears so
    if (killed < 4 && received % 7 === 0 && run.child.signalCode === null) {
      killed += 1;
      run.child.kill('SIGKILL');
    }
  };
  sink.onMessage = () => {
    killNow();
    return null;
  };
  receiver.onHook = () => {
    killNow();
    return 204;
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!, $publish: PublishRecallInput!, $send: SendNoticesInput!) {
        openRecall(input: $open) { problems { message } } describeRecall(input: $describe) { problems { message } }
        publishRecall(input: $publish) { problems { message } } sendNotices(input: $send) { sent problems { message } } }`,
      variables: {
        open: { number, title: 'Cells', rule: { batch: { gtin: products.cell, lot: defectiveCellLot } } },
        describe: { number, ...words, details },
        publish: { number },
        send: { number },
      },
    }),
  }).then(
    (answer) => answer.json() as Promise<{ data: { sendNotices: { sent: number; problems: unknown[] } } }>,
    () => null, // killed before its answer: what it committed counts
  );
  expect(response?.data.sendNotices.problems ?? []).toEqual([]);
  for (let starts = 1; starts <= 4; starts += 1) {
    expect((await run.ended).signal).toBe('SIGKILL');
    run = serve();
  }
  expect(killed).toBe(4);
  await until(
    'every delivery that a machine makes is settled',
    async () =>
      (await rows("select 1 from delivery where state = 'QUEUED' and channel <> 'PRINT'")).length === 0,
  );
  run.child.kill('SIGTERM');
  expect((await run.ended).code).toBe(0);

  const owed = await rows(
    `select coalesce(n.notice_key, b.notice_key) as key, d.channel, d.state from delivery d
     left join notice n on n.notice_id = d.notice_id left join buyer_notice b on b.buyer_notice_id = d.buyer_notice_id
     where d.channel <> 'PRINT'`,
  );
  expect(new Set(owed.map((row) => row.state))).toEqual(new Set(['SENT', 'DELIVERED']));
  const keysOn = (channel: string) =>
    new Set(owed.filter((row) => row.channel === channel).map((row) => row.key));
  const mailKeys = sink.mails.map((mail) => /^<(.+)@/.exec(mail.headers['message-id'] ?? '')?.[1]);
  const hookKeys = receiver.hooks.map((hook) => hook.headers['idempotency-key']);
  expect(new Set(mailKeys)).toEqual(keysOn('EMAIL'));
  expect(new Set(hookKeys)).toEqual(keysOn('WEBHOOK'));
  expect(keysOn('WEBHOOK').size).toBe(2);
  // the kills hit between sending and settling: something arrived twice, under its one key
  expect(mailKeys.length + hookKeys.length).toBeGreaterThan(owed.length);
}, 240_000);
