/** Notices on their way: a real mail server and a real webhook receiver get each of them, under the key of the notice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products, retailer } from '../../src/demo/story.js';
import { signWebhook } from '../../src/recall/delivery/post-webhook.js';
import { readFolder } from '../../src/record/input/index.js';
import { type DemoServer, demoFolder, startDemoServer } from '../support/demo-server.js';
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
      `mutation ($input: SendNoticesInput!) { sendNotices(input: $input) { sent buyers problems { code message ... on MissingElement { element } } } }`,
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
    buyers: '0',
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
  const { sent, buyers, problems } = await send();
  expect(problems).toEqual([]);
  expect(Number(buyers)).toBeGreaterThan(20);
  expect(sent).toBeGreaterThan(10);
  await settled();

  const notices = await rows(
    `select n.notice_key, p.email, p.gln, d.channel, d.state, d.attempts from notice n
     join party p on p.party_id = n.party_id join delivery d on d.notice_id = n.notice_id order by 1, 4`,
  );
  const mailed = notices.filter((row) => row.channel === 'EMAIL');
  const toParties = new Set(mailed.map((row) => row.email));
  expect(new Set(mailed.map((row) => `${row.state} ${row.attempts}`))).toEqual(new Set(['SENT 1']));
  expect(
    sink.mails
      .filter((mail) => toParties.has(mail.to[0]))
      .map((mail) => `${mail.to.join()} ${mail.headers['message-id']}`)
      .sort(),
  ).toEqual(mailed.map((row) => `${row.email} <${row.notice_key}@service.example>`).sort());

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
  const { recall } = await server.data(
    `{ recall(number: "${number}") { deliveryCounts { channel canSend queued sent delivered failed } } }`,
    {},
    server.tokens.regulator,
  );
  const counted = await rows(
    `select channel, count(*) filter (where state = 'QUEUED') as queued, count(*) filter (where state = 'SENT') as sent,
       count(*) filter (where state = 'DELIVERED') as delivered, count(*) filter (where state = 'FAILED') as failed
     from delivery group by channel order by channel`,
  );
  expect(recall.deliveryCounts.map((row: { canSend: boolean }) => row.canSend)).toEqual([true, true, true]);
  expect(
    recall.deliveryCounts.toSorted((a: { channel: string }, b: { channel: string }) =>
      a.channel < b.channel ? -1 : 1,
    ),
  ).toEqual(
    counted.map(({ channel, ...counts }) => ({
      channel,
      canSend: true,
      ...Object.fromEntries(Object.entries(counts).map(([state, n]) => [state, String(n)])),
    })),
  );
});

test('each buyer who may still have the goods is told once: a certain one by the brand owner, a possible one by its seller', async () => {
  const { rows: sales } = await readFolder(demoFolder);
  const contact = new Map(sales.map((row) => [row.values.event_id, row.values.buyer_email]));
  const told = await rows(
    `select w.buyer_id, w.certain, e.event_id, case when w.certain then o.name else coalesce(s.name, t.name, o.name) end as sender
     from scope_purchase w join event e on e.event_key = w.event_key join batch b on b.batch_id = w.batch_id
     join product p on p.product_id = b.product_id join party o on o.party_id = p.owner_id left join party s on s.party_id = w.party_id
     left join sale l on l.buyer_id = w.buyer_id and l.item_id = w.item_id left join party t on t.party_id = l.party_id
     where w.still_holds <> 'NO'`,
  );
  const owed = new Set(told.map((row) => `${row.buyer_id} ${row.sender}`));
  const made = await rows(
    'select n.buyer_id, p.name as sender, n.kind, n.notice_key from buyer_notice n join party p on p.party_id = n.sender_id',
  );
  expect(made.map((row) => `${row.buyer_id} ${row.sender}`).sort()).toEqual([...owed].sort());
  expect(new Set(made.map((row) => row.kind))).toEqual(new Set(['INITIAL']));
  expect(new Set(told.map((row) => row.certain))).toEqual(new Set([true, false]));
  const buyers = await rows("select 1 from scope_buyer where still_holds <> 'NO'");
  expect(new Set(told.map((row) => row.buyer_id)).size).toBe(buyers.length);

  const addresses = new Set(told.flatMap((row) => contact.get(row.event_id)?.toLowerCase() || []));
  const mailed = sink.mails.filter((mail) => mail.to.some((to) => addresses.has(to.toLowerCase())));
  expect(new Set(mailed.flatMap((mail) => mail.to.map((to) => to.toLowerCase())))).toEqual(addresses);
  expect(mailed.length).toBe(
    (await rows("select 1 from delivery where buyer_notice_id is not null and channel = 'EMAIL'")).length,
  );
  const keys = new Set(made.map((row) => `<${row.notice_key}@service.example>`));
  expect(mailed.filter((mail) => !keys.has(mail.headers['message-id'] ?? ''))).toEqual([]);
  const possible = await rows('select notice_key from buyer_notice where not certain');
  for (const mail of mailed) {
    const isPossible = possible.some((row) => mail.headers['message-id']?.includes(row.notice_key));
    expect(mail.raw.includes('Please check the')).toBe(isPossible);
    if (!isPossible) expect(mail.raw).toContain('Velora Bicycles informs you of a product safety recall.');
  }
  const unreached = await rows(
    "select channel, state, reason from delivery where buyer_notice_id is not null and channel <> 'EMAIL'",
  );
  expect(mailed.length + unreached.length).toBe(made.length);

  // every letter is a reading of a person on record; what was read is nowhere in the clear
  const readings = await rows('select reader_id, role, purpose, reason, fields from person_access');
  expect(readings.length).toBeGreaterThanOrEqual(mailed.length);
  expect(new Set(readings.map((row) => `${row.role} ${row.purpose} ${row.reason}`))).toEqual(
    new Set([
      'MANUFACTURER RECALL_NOTICE notice INITIAL of recall D-1',
      'RETAILER RECALL_NOTICE notice INITIAL of recall D-1',
    ]),
  );
  for (const table of [
    'delivery',
    'buyer_notice',
    'notice_text',
    'person_access',
    'graphile_worker._private_jobs',
  ])
    expect(await rows(`select 1 from ${table} t where t::text like '%@mail.example%'`)).toEqual([]);
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
  const letters = sink.mails.filter((mail) => reminders.some((row) => row.email === mail.to[0]));
  expect(letters.map((mail) => mail.headers['message-id']).sort()).toEqual(
    reminders
      .filter((row) => row.state === 'SENT')
      .map((row) => `<${row.notice_key}@service.example>`)
      .sort(),
  );
  const [refused] = reminders.filter((row) => row.email === refusedParty);
  expect(refused).toMatchObject({ state: 'FAILED', reason: 'mail: SMTP 550' });
  expect(reminders.filter((row) => row.state !== 'SENT')).toEqual([refused]);
});

test('a buyer without e-mail has a letter with its address, the same until its sender says that it was posted', async () => {
  const print = async (token: string, posted: string[] = []) =>
    (
      await server.data(
        'mutation ($input: PrintNoticesInput!) { printNotices(input: $input) { settled letters { key html } } }',
        { input: { number, first: 100, posted } },
        token,
      )
    ).printNotices;
  const owed = await rows(
    `select count(*)::int as n from delivery d join buyer_notice b on b.buyer_notice_id = d.buyer_notice_id
     join party p on p.party_id = b.sender_id where d.channel = 'PRINT' and d.state = 'QUEUED' and p.gln = '${parties.maker}'`,
  );
  expect(owed[0].n).toBeGreaterThan(1);
  const before = await rows('select distinct reading_id from person_access');
  const first = await print(server.tokens.maker);
  const { rows: sales } = await readFolder(demoFolder);
  const addresses = sales.flatMap((row) => row.values.buyer_address || []);
  const letters = first.letters.filter(({ html }: { html: string }) =>
    addresses.some((address) => html.includes(address)),
  );
  expect(letters.length).toBe(owed[0].n);
  expect((await rows('select distinct reading_id from person_access')).length).toBe(
    before.length + owed[0].n,
  );
  for (const { key, html } of first.letters) expect(html).toContain(key);
  expect(await print(server.tokens.maker)).toEqual({ settled: 0, letters: first.letters });
  const posted = letters[0].key;
  // another's letters are not this caller's to settle
  expect((await print(server.tokens.workshop, [posted])).settled).toBe(0);
  expect(await print(server.tokens.maker, [posted])).toEqual({
    settled: 1,
    letters: first.letters.filter(({ key }: { key: string }) => key !== posted),
  });
});

test('who answers a notice has it', async () => {
  const { notices } = await server.data(
    '{ notices(first: 1) { edges { node { id } } } }',
    {},
    server.tokens.retailer,
  );
  const { id } = notices.edges[0].node;
  await server.data(
    'mutation ($input: AcknowledgeNoticeInput!) { acknowledgeNotice(input: $input) { problems { code } } }',
    { input: { notice: id } },
    server.tokens.retailer,
  );
  const { notices: answered } = await server.data(
    '{ notices(first: 1) { edges { node { deliveries { channel state } } } } }',
    {},
    server.tokens.retailer,
  );
  expect(answered.edges[0].node.deliveries).toEqual([
    { channel: 'WEBHOOK', state: 'DELIVERED' },
    { channel: 'EMAIL', state: 'DELIVERED' },
  ]);
});
