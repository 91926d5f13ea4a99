/** Notices: each party is told of its own goods once, again only when they change, and answers with what it counted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products, retailer } from '../../src/demo/story.js';
import { type NaiveAnswer, naiveAnswer } from '../naive/index.js';
import { type DemoServer, demoFolder, startDemoServer } from '../support/demo-server.js';
import { allPages, pageFields } from '../support/pages.js';

const number = 'N-1';
const words = { defect: 'The separator can tear.', risk: 'Fire.', instructions: 'Do not charge.' };
const details = { remedyPlan: 'A new pack.', contact: 'recall@velora.example' };
const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
let server: DemoServer;
let expected: NaiveAnswer;

beforeAll(async () => {
  server = await startDemoServer();
  expected = naiveAnswer(demoFolder, rule);
  for (const [name, kind] of [
    [number, 'SAFETY_DEFECT'],
    ['N-DRILL', 'DRILL'],
  ]) {
    const answer = await server.ask(
      `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!, $publish: PublishRecallInput!) {
         openRecall(input: $open) { problems { code } } describeRecall(input: $describe) { problems { code } }
         publishRecall(input: $publish) { problems { code } } }`,
      {
        open: { number: name, title: 'Cells', kind, rule },
        describe: { number: name, ...words, details },
        publish: { number: name },
      },
      server.tokens.maker,
    );
    expect(answer.errors).toBeUndefined();
  }
}, 180_000);
afterAll(() => server.close());

async function send(input: object = {}, token = server.tokens.maker) {
  const answer = await server.ask(
    'mutation ($input: SendNoticesInput!) { sendNotices(input: $input) { sent problems { code } } }',
    { input: { number, ...input } },
    token,
  );
  return answer.errors ? answer.errors[0]?.extensions.code : answer.data?.sendNotices;
}
const sentTo = (acknowledged: boolean | null = null) =>
  allPages(
    (after) =>
      server.ask(
        `query ($after: String, $acknowledged: Boolean) { recall(number: "${number}") { notices(first: 50, after: $after, acknowledged: $acknowledged) {
           edges { node { kind audience scopeVersion party { gln } } } ${pageFields} } } }`,
        { after, acknowledged },
        server.tokens.maker,
      ),
    (data) => data.recall.notices,
  );
async function mine(token: string) {
  const answer = await server.ask(
    '{ notices(first: 10) { edges { node { id kind acknowledgedAt recall { number rule } lines(first: 100) { edges { node { certainty batch { lot } item { serial } } } } counts { onHand booked quarantined site { gln } } } } } }',
    {},
    token,
  );
  expect(answer.errors).toBeUndefined();
  return answer.data?.notices.edges.map((edge: { node: object }) => edge.node);
}

test('nobody but the opener sends, and a drill tells nobody', async () => {
  expect(await send({}, server.tokens.retailer)).toBe('FORBIDDEN');
  expect(await send({ number: 'N-DRILL' })).toEqual({ sent: 0, problems: [{ code: 'DRILL' }] });
  expect((await server.database.ownerPool.query('select 1 from notice')).rows).toEqual([]);
});

test('every party of the walk is told once of its own goods, the supplier and the authority too', async () => {
  const holders = new Set(expected.holders.map((holder) => holder.party));
  holders.delete(parties.maker);
  const first = await send({ idempotencyKey: 'n-1' });
  const notices = await sentTo();
  const told = (audience: string) =>
    notices.filter((notice) => notice.audience === audience).map((notice) => notice.party.gln);
  expect(first).toEqual({ sent: notices.length, problems: [] });
  expect(notices.every((notice) => notice.kind === 'INITIAL' && notice.scopeVersion === 1)).toBe(true);
  for (const party of holders)
    if (party !== parties.cellMaker && !party.startsWith('name:')) expect(told('HOLDER')).toContain(party);
  expect(told('HOLDER')).not.toContain(parties.maker);
  expect(told('SUPPLIER')).toEqual([parties.cellMaker]);
  expect(told('AUTHORITY')).toEqual([parties.regulator]);
  expect(await send({ idempotencyKey: 'n-1' })).toMatchObject({ problems: [] });
  expect(await send()).toEqual({ sent: 0, problems: [] });
  expect((await sentTo()).length).toBe(notices.length);
});

test('a shop reads its own goods and not the rule, and answers with what it counted beside its book', async () => {
  const [notice] = await mine(server.tokens.retailer);
  expect(notice).toMatchObject({ kind: 'INITIAL', acknowledgedAt: null, recall: { number, rule: null } });
  const stock = await server.ask(
    `{ stock(filter: { recall: "${number}" }, first: 100) { edges { node { site { gln } product { gtin } item { serial } } } } }`,
    {},
    server.tokens.retailer,
  );
  const item = stock.data?.stock.edges.find(({ node }: { node: { item: object | null } }) => node.item)?.node;
  const count = {
    site: item.site.gln,
    gtin: item.product.gtin,
    serial: item.item.serial,
    onHand: '1',
    quarantined: '1',
  };
  const acknowledge = async (counts: object[], token = server.tokens.retailer) => {
    const answer = await server.ask(
      'mutation ($input: AcknowledgeNoticeInput!) { acknowledgeNotice(input: $input) { notice { acknowledgedAt } problems { code path } } }',
      { input: { notice: notice.id, counts } },
      token,
    );
    return answer.errors ? answer.errors[0]?.extensions.code : answer.data?.acknowledgeNotice;
  };
  expect(await acknowledge([], server.tokens.workshop)).toBe('NOT_FOUND');
  expect((await acknowledge([{ ...count, serial: 'NOT-MINE' }])).problems).toEqual([
    { code: 'NOT_IN_NOTICE', path: ['input', 'counts', '0', 'serial'] },
  ]);
  expect((await acknowledge([{ ...count, quarantined: '2' }])).problems[0].code).toBe('BAD_VALUE');
  expect((await acknowledge([{ ...count, destroyed: '1' }])).problems[0].code).toBe('MISSING');
  expect((await mine(server.tokens.retailer))[0].acknowledgedAt).toBeNull();

  expect((await acknowledge([count])).problems).toEqual([]);
  const [answered] = await mine(server.tokens.retailer);
  expect(answered.acknowledgedAt).not.toBeNull();
  expect(answered.counts).toEqual([
    { onHand: '1', booked: '1', quarantined: '1', site: { gln: item.site.gln } },
  ]);
});

test('a reminder goes to who has not answered alone', async () => {
  const before = await sentTo();
  const open = new Set(before.map((notice) => notice.party.gln));
  open.delete(retailer);
  expect(await send({ kind: 'REMINDER', dueAt: '2020-01-01T00:00:00Z' })).toEqual({
    sent: before.length - 1,
    problems: [],
  });
  const reminders = (await sentTo()).filter((notice) => notice.kind === 'REMINDER');
  expect(new Set(reminders.map((notice) => notice.party.gln))).toEqual(open);
  const { data } = await server.ask(
    `{ recall(number: "${number}") { noticeCounts { parties acknowledged overdue } } }`,
    {},
    server.tokens.regulator,
  );
  expect(data?.recall.noticeCounts).toEqual({ parties: open.size + 1, acknowledged: 1, overdue: open.size });
});

test('new facts after a further version are told to whom they concern, by the right kind', async () => {
  const sentBefore = (await sentTo()).length;
  const shop = expected.holders.find(
    (holder) => holder.party === retailer && !holder.site.startsWith('party:'),
  );
  await server.ask(
    'mutation ($items: RecordItemsInput!, $receipts: RecordReceiptInput!) { recordItems(input: $items) { summary { created } } recordReceipt(input: $receipts) { summary { created } } }',
    {
      items: { events: [{ eventId: 'late-pack', gtin: products.pack630, serial: 'LATE-1', lot: 'BP6-04' }] },
      receipts: {
        events: [
          {
            eventId: 'late-receipt',
            toGln: shop?.site,
            gtin: products.pack630,
            serial: 'LATE-1',
            receivedAt: '2025-12-01T10:00:00Z',
          },
        ],
      },
    },
    server.tokens.admin,
  );
  await server.ask(
    `mutation { freezeScope(input: { number: "${number}" }) { problems { code } } }`,
    {},
    server.tokens.maker,
  );
  expect(await send()).toEqual({ sent: 1, problems: [] });
  const added = (await sentTo()).slice(sentBefore);
  expect(added).toEqual([{ kind: 'ADDED', audience: 'HOLDER', scopeVersion: 2, party: { gln: retailer } }]);
});
