/** Notices on their way: a real mail server and a real webhook receiver get each of them, under the key of the notice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products, retailer } from '../../src/demo/story.js';
import { signWebhook } from '../../src/recall/delivery/post-webhook.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { type MailSink, startMailSink } from '../support/mail-sink.js';
import { until } from '../support/until.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

const number = 'D-1';
const secret = Buffer.alloc(32, 7);
let sink: MailSink;
let receiver: WebhookReceiver;
let server: DemoServer;

beforeAll(async () => {
  sink = await startMailSink();
  receiver = await startWebhookReceiver();
  server = await startDemoServer({
    delivery: {
      mail: { smtpUrl: sink.url, from: 'recalls@service.example' },
      webhooks: { endpoints: new Map([[retailer, { url: receiver.url, secret }]]), allowPrivate: true },
    },
  });
  await server.data(
    `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!, $publish: PublishRecallInput!) {
       openRecall(input: $open) { problems { code } }
       describeRecall(input: $describe) { problems { code } }
       publishRecall(input: $publish) { problems { code } } }`,
    {
      open: {
        number,
        title: 'Cells',
        rule: { batch: { gtin: products.cell, lot: defectiveCellLot } },
        defect: 'The separator of a cell can tear when it is charged in the cold.',
        risk: 'Fire.',
      },
      describe: {
        number,
        defect: 'The separator of a cell can tear when it is charged in the cold.',
        risk: 'Fire.',
      },
      publish: { number },
    },
    server.tokens.maker,
  );
}, 180_000);
afterAll(async () => {
  await server.close();
  await sink.close();
  await receiver.close();
});

const send = async (input: object = {}) =>
  (
    await server.data(
      `mutation ($input: SendNoticesInput!) { sendNotices(input: $input) { sent problems { code message ... on MissingElement { element } } } }`,
      { input: { number, ...input } },
      server.tokens.maker,
    )
  ).sendNotices;
const rows = async (sql: string) => (await server.database.ownerPool.query(sql)).rows;
const settled = () =>
  until(
    'every delivery that a machine makes is settled',
    async () =>
      (await rows("select 1 from delivery where state = 'QUEUED' and channel <> 'PRINT'")).length === 0,
  );

test('a notice that lacks what it has to tell is refused by the name of that, and nothing is written', async () => {
  const refused = await send();
  expect(refused).toEqual({
    sent: 0,
    problems: [
      {
        code: 'MISSING_ELEMENT',
        message: expect.stringMatching(/^recall D-1: instructions is missing; a notice INITIAL to /),
        element: 'instructions',
      },
    ],
  });
  const word = await send({ message: 'This is a voluntary measure.' });
  expect(word.problems).toEqual([
    {
      code: 'FORBIDDEN_WORD',
      message: 'message: "voluntary" plays the danger down (Regulation (EU) 2023/988, Article 36)',
    },
  ]);
  expect(await rows('select 1 from notice')).toEqual([]);
  expect(await rows('select 1 from notice_text')).toEqual([]);
  expect(await rows('select 1 from delivery')).toEqual([]);
  expect(await rows('select 1 from graphile_worker.jobs')).toEqual([]);
});

test('every party gets its notice by e-mail under a Message-ID that holds its key, one with a webhook by that too', async () => {
  await server.data(
    'mutation ($input: DescribeRecallInput!) { describeRecall(input: $input) { problems { code } } }',
    {
      input: {
        number,
        defect: 'The separator of a cell can tear when it is charged in the cold.',
        risk: 'Fire.',
        instructions: 'Do not charge. Take the bicycle to a workshop.',
        details: { remedyPlan: 'A new battery pack.', contact: 'recall@velora.example', doNotUse: true },
      },
    },
    server.tokens.maker,
  );
  const { sent, problems } = await send();
  expect(problems).toEqual([]);
  expect(sent).toBeGreaterThan(10);
  await settled();

  const notices = await rows(
    `select n.notice_key, p.email, p.gln, d.channel, d.state, d.attempts from notice n
     join party p on p.party_id = n.party_id join delivery d on d.notice_id = n.notice_id order by 1, 4`,
  );
  const mailed = notices.filter((row) => row.channel === 'EMAIL');
  expect(new Set(mailed.map((row) => `${row.state} ${row.attempts}`))).toEqual(new Set(['SENT 1']));
  expect(sink.mails.map((mail) => `${mail.to.join()} ${mail.headers['message-id']}`).sort()).toEqual(
    mailed.map((row) => `${row.email} <${row.notice_key}@service.example>`).sort(),
  );

  const shop = notices.filter((row) => row.gln === retailer);
  expect(shop.map((row) => `${row.channel} ${row.state}`)).toEqual(['EMAIL SENT', 'WEBHOOK DELIVERED']);
  expect(receiver.hooks.length).toBe(1);
  const [hook] = receiver.hooks;
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = hook?.headers ?? {};
  expect([id, hook?.headers['idempotency-key']]).toEqual([shop[0].notice_key, shop[0].notice_key]);
  expect(signature).toBe(signWebhook(secret, String(id), Number(at), hook?.body ?? ''));
  const { type, data } = JSON.parse(hook?.body ?? '');
  expect([type, data.kind, data.audience, data.recall.number]).toEqual([
    'recall.notice',
    'INITIAL',
    'HOLDER',
    number,
  ]);
  expect(data.goods.length).toBe(data.goodsTotal);

  const letter = sink.mails.find((mail) => mail.to[0] === shop[0].email);
  expect(letter?.raw).toContain('STOP USING THE GOODS AT ONCE.');
  expect(letter?.headers.subject).toBe('Product safety recall D-1: notice');
  const { data: seen } = await server.ask(
    `{ recall(number: "${number}") { deliveryCounts { channel canSend queued sent delivered failed } notices(first: 1) { edges { node { deliveries { channel state attempts reason } } } } } }`,
    {},
    server.tokens.regulator,
  );
  expect(seen?.recall.deliveryCounts).toEqual([
    {
      channel: 'EMAIL',
      canSend: true,
      queued: '0',
      sent: String(mailed.length),
      delivered: '0',
      failed: '0',
    },
    { channel: 'WEBHOOK', canSend: true, queued: '0', sent: '0', delivered: '1', failed: '0' },
    {
      channel: 'PRINT',
      canSend: true,
      queued: String(sent - mailed.length),
      sent: '0',
      delivered: '0',
      failed: '0',
    },
  ]);
});

test('jobs carry the id of a delivery and nothing else', async () => {
  // the queue keeps no finished job: one that waits is looked at
  sink.onMessage = () => 451;
  const { sent } = await send({ kind: 'REMINDER' });
  expect(sent).toBeGreaterThan(10);
  await until(
    'a first attempt failed',
    async () => (await rows("select 1 from delivery where attempts = 1 and state = 'QUEUED'")).length > 0,
  );
  const jobs = await rows('select payload, last_error from graphile_worker._private_jobs');
  for (const { payload, last_error } of jobs) {
    expect(Object.keys(payload)).toEqual(['delivery']);
    expect(payload.delivery).toMatch(/^\d+$/);
    expect(last_error ?? 'mail: SMTP 451').toBe('mail: SMTP 451');
  }
  const [one] = await rows("select reason from delivery where attempts = 1 and state = 'QUEUED' limit 1");
  expect(one.reason).toBe('mail: SMTP 451');
});

test('what was put off is tried again under the same key; what was refused for good is FAILED with its code', async () => {
  const refusedParty = (await rows(`select email from party where gln = '${parties.cellMaker}'`))[0].email;
  sink.onMessage = (mail) => (mail.to.includes(refusedParty) ? 550 : null);
  sink.mails.length = 0;
  await settled();
  const reminders = await rows(
    `select n.notice_key, p.email, d.state, d.reason, d.attempts from notice n join party p on p.party_id = n.party_id
     join delivery d on d.notice_id = n.notice_id and d.channel = 'EMAIL' where n.kind = 'REMINDER'`,
  );
  expect(new Set(sink.mails.map((mail) => mail.headers['message-id']))).toEqual(
    new Set(
      reminders.filter((row) => row.state === 'SENT').map((row) => `<${row.notice_key}@service.example>`),
    ),
  );
  const [refused] = reminders.filter((row) => row.email === refusedParty);
  expect(refused).toMatchObject({ state: 'FAILED', reason: 'mail: SMTP 550' });
  expect(reminders.filter((row) => row.state !== 'SENT')).toEqual([refused]);
});
