/** Notices that cannot go out at once, or must not: no mail server yet, a webhook into a private network; and one in Chinese, read word by word. */
import { createServer } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defectiveCellLot, parties, products, retailer } from '../../src/demo/story.js';
import { forbiddenWord } from '../../src/recall/api/campaign/details.js';
import { postWebhook } from '../../src/recall/delivery/post-webhook.js';
import { isPublicAddress } from '../../src/recall/delivery/public-address.js';
import { templates } from '../../src/recall/delivery/templates.js';
import { startDelivery } from '../../src/recall/index.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { type Mail, type MailSink, startMailSink } from '../support/mail-sink.js';
import { runLog } from '../support/run-folder.js';
import { until } from '../support/until.js';
import { testVault } from '../support/vault.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

const number = 'U-1';
const secret = Buffer.alloc(32, 7);
const chinese = {
  language: 'ZH',
  title: '电池起火风险',
  defect: '隔膜可能破裂。',
  risk: '电池可能起火。',
  instructions: '请勿充电，并将自行车送至维修点。',
  remedyPlan: '免费更换电池。',
};
let server: DemoServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  const tls = receiver.url.replace('http://127.0.0.1', 'https://localhost');
  server = await startDemoServer({
    delivery: {
      mail: null,
      webhooks: {
        endpoints: new Map([
          [retailer, { url: tls, secret }],
          [parties.regulator, { url: receiver.url, secret }],
        ]),
        allowPrivate: false,
      },
    },
  });
  // the workshops are a firm in China
  await server.data(
    'mutation ($input: RegisterPartiesInput!) { registerParties(input: $input) { results { status problems { message } } } }',
    {
      input: {
        parties: [
          {
            gln: parties.workshops,
            name: '维洛维修',
            roles: ['SERVICE'],
            country: 'CN',
            email: 'zhaohui@weixiu.example',
          },
        ],
      },
    },
    server.tokens.admin,
  );
  await server.data(
    `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!, $publish: PublishRecallInput!) {
       openRecall(input: $open) { problems { code } } describeRecall(input: $describe) { problems { code } }
       publishRecall(input: $publish) { problems { code } } }`,
    {
      open: { number, title: 'Cells', rule: { batch: { gtin: products.cell, lot: defectiveCellLot } } },
      describe: {
        number,
        defect: 'The separator can tear.',
        risk: 'Fire.',
        instructions: 'Do not charge.',
        details: {
          remedyPlan: 'A new pack.',
          contact: 'recall@velora.example, 400-000-0000',
          doNotUse: true,
          texts: [chinese],
        },
      },
      publish: { number },
    },
    server.tokens.maker,
  );
  const { sendNotices } = await server.data(
    'mutation ($input: SendNoticesInput!) { sendNotices(input: $input) { sent problems { message } } }',
    { input: { number } },
    server.tokens.maker,
  );
  expect(sendNotices.problems).toEqual([]);
}, 180_000);
afterAll(async () => {
  await server.close();
  await receiver.close();
});

const rows = async (sql: string) => (await server.database.ownerPool.query(sql)).rows;
const counts = async () =>
  (
    await server.data(
      `{ recall(number: "${number}") { deliveryCounts { channel canSend queued sent delivered failed } } }`,
      {},
      server.tokens.maker,
    )
  ).recall.deliveryCounts.filter(({ channel }: { channel: string }) => channel !== 'PRINT');

describe('a webhook into a private network', () => {
  test('is not sent: its delivery failed, which is told, and nothing arrived', async () => {
    await until(
      'the webhooks are settled',
      async () =>
        (await rows("select 1 from delivery where channel = 'WEBHOOK' and state = 'QUEUED'")).length === 0,
    );
    expect(
      await rows(
        `select p.gln, d.state, d.reason, d.attempts from delivery d join notice n using (notice_id) join party p on p.party_id = n.party_id
         where d.channel = 'WEBHOOK' order by d.reason`,
      ),
    ).toEqual([
      {
        gln: parties.regulator,
        state: 'FAILED',
        reason: 'webhook: the endpoint should be https',
        attempts: 1,
      },
      { gln: retailer, state: 'FAILED', reason: 'webhook: the host has no public address', attempts: 1 },
    ]);
    expect(receiver.hooks).toEqual([]);
  });

  test.each([
    'localhost',
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0.0.0.0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::]',
  ])('%s is not even connected to, and is where it is allowed', async (host) => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { port: number };
    const webhook = { key: 'k', body: '{}' };
    const endpoint = { url: `https://${host}:${port}/hook`, secret };
    expect(await postWebhook(endpoint, webhook, false)).toEqual({
      state: 'FAILED',
      reason: 'webhook: the host has no public address',
    });
    expect(connections).toBe(0);
    // told to, it tries; what listens here speaks no TLS
    expect((await postWebhook(endpoint, webhook, true)).state).toBe('QUEUED');
    if (/^(localhost|127|2130|0x)/.test(host)) expect(connections).toBeGreaterThan(0);
    await new Promise((resolve) => listener.close(resolve));
  });

  test('which addresses are public', () => {
    for (const address of [
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      'fd00::1',
      'fe80::1',
      '::ffff:10.0.0.1',
      '::ffff:8.8.8.8',
      'no address',
    ])
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111'])
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
  });
});

describe('without a mail server', () => {
  let sink: MailSink;
  let letter: Mail;
  beforeAll(async () => {
    sink = await startMailSink();
  });
  afterAll(() => sink.close());

  test('e-mail waits, and the opener is told that it cannot be sent', async () => {
    const queued = (await rows("select 1 from delivery where channel = 'EMAIL'")).length;
    expect(queued).toBeGreaterThan(20);
    expect(await counts()).toContainEqual({
      channel: 'EMAIL',
      canSend: false,
      queued: String(queued),
      sent: '0',
      delivered: '0',
      failed: '0',
    });
    expect(await rows("select distinct state, attempts from delivery where channel = 'EMAIL'")).toEqual([
      { state: 'QUEUED', attempts: 0 },
    ]);
  });

  test('a later start with one sends each of them once, under the key of its notice', async () => {
    const delivery = await startDelivery(
      {
        mail: { smtpUrl: sink.url, from: 'recalls@service.example' },
        webhooks: { endpoints: new Map(), allowPrivate: false },
      },
      { database: server.database, vault: testVault() },
      pino({ level: 'trace' }, runLog),
    );
    try {
      await until(
        'every e-mail is settled',
        async () =>
          (await rows("select 1 from delivery where channel = 'EMAIL' and state = 'QUEUED'")).length === 0,
      );
    } finally {
      await delivery.stop();
    }
    const sent = await rows(
      `select coalesce(n.notice_key, b.notice_key) as key from delivery d left join notice n using (notice_id)
       left join buyer_notice b using (buyer_notice_id) where d.channel = 'EMAIL' and d.state = 'SENT'`,
    );
    expect(await rows("select 1 from delivery where channel = 'EMAIL' and state <> 'SENT'")).toEqual([]);
    expect(sink.mails.map(({ headers }) => headers['message-id']).sort()).toEqual(
      sent.map(({ key }) => `<${key}@service.example>`).sort(),
    );
  });

  test('the one to China is in Chinese: every required element, the words of the issuer, and none of another language', () => {
    letter = sink.mails.find(({ to }) => to[0] === 'zhaohui@weixiu.example') as Mail;
    expect(letter.headers['content-language']).toBe('zh');
    const text = plainText(letter);
    const { labels, opening, because, heading } = templates.zh;
    // 条例 626, Article 18; Regulation (EU) 2023/988, Article 36(2)
    for (const [label, value] of [
      [labels.to, '维洛维修'],
      [labels.number, `${number} (${chinese.title})`],
      [labels.issuer, 'Velora Bicycles'],
      [labels.defect, chinese.defect],
      [labels.risk, chinese.risk],
      [labels.instructions, chinese.instructions],
      [labels.remedyPlan, chinese.remedyPlan],
      [labels.contact, 'recall@velora.example, 400-000-0000'],
    ])
      expect(text).toContain(`${label}:\n${value}`);
    expect(text).toContain(heading);
    expect(text).toContain(opening.INITIAL.replace('{sender}', 'Velora Bicycles'));
    expect(text).toContain(because.HOLDER);
    expect(text).toContain('请立即停止使用。');
    expect(text).toMatch(/\(09520000\d{6}\), (批号|序列号)/);
    for (const english of [
      'recall number',
      'separator',
      'fire',
      'do not charge',
      'new pack',
      'serial',
      'lot ',
    ])
      expect(text.toLowerCase()).not.toContain(english);
    expect(forbiddenWord(text)).toBeNull();
  });
});

test('no fixed word of any notice plays the danger down, in either language', () => {
  const wordsOf = (part: unknown): string[] =>
    typeof part === 'string' ? [part] : Object.values(part as object).flatMap(wordsOf);
  const words = wordsOf(templates);
  expect(words.length).toBeGreaterThan(70);
  expect(words.filter((text) => forbiddenWord(text) !== null)).toEqual([]);
});

test.each([
  ['自愿', '本公司自愿召回该产品。'],
  ['预防性', '此为预防性措施。'],
])('a Chinese text with %s is refused, by the field that says it', async (word, risk) => {
  const { describeRecall } = await server.data(
    'mutation ($input: DescribeRecallInput!) { describeRecall(input: $input) { problems { code message } } }',
    { input: { number, details: { texts: [{ ...chinese, risk }] } } },
    server.tokens.maker,
  );
  expect(describeRecall.problems).toMatchObject([
    { code: 'FORBIDDEN_WORD', message: expect.stringContaining(`details.texts.ZH.risk: "${word}"`) },
  ]);
});

/** The plain part of a message, decoded. */
function plainText({ raw }: Mail): string {
  const part = raw.split(/\r\n--[^\r\n]+/).find((one) => /content-type: text\/plain/i.test(one)) ?? '';
  const body = part.slice(part.indexOf('\r\n\r\n') + 4);
  if (/content-transfer-encoding: base64/i.test(part)) return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}
