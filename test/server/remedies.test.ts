/** Remedies: what is done about each item, when it counts, and how far the recall has come. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, products } from '../../src/demo/story.js';
import { type NaiveAnswer, naiveAnswer } from '../naive/index.js';
import { type DemoServer, demoFolder, startDemoServer } from '../support/demo-server.js';

const number = 'M-1';
const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
let server: DemoServer;
let expected: NaiveAnswer;
/** Serials of certain trail bicycles. */
let serials: string[];

beforeAll(async () => {
  server = await startDemoServer();
  expected = naiveAnswer(demoFolder, rule);
  serials = [...expected.items]
    .filter(([key, certainty]) => certainty === 'CERTAIN' && key.startsWith(products.trail))
    .map(([key]) => key.slice(products.trail.length + 1))
    .sort();
  const published = await server.ask(
    `mutation ($open: OpenRecallInput!) { openRecall(input: $open) { problems { code } } publishRecall(input: { number: "${number}" }) { problems { code } } }`,
    { open: { number, title: 'Cells', rule } },
    server.tokens.maker,
  );
  expect(published.errors).toBeUndefined();
}, 180_000);
afterAll(() => server.close());

const remedy = (eventId: string, serial: string, more: object = {}) => ({
  ...{ eventId, gtin: products.trail, serial, kind: 'REPAIR', happenedAt: '2026-02-01T10:00:00Z' },
  ...more,
});
async function record(remedies: object[], token = server.tokens.maker) {
  const answer = await server.ask(
    `mutation ($input: RecordRemedyInput!) { recordRemedy(input: $input) { recall { state } results { status problems { code path } } } }`,
    { input: { recall: number, remedies } },
    token,
  );
  expect(answer.errors).toBeUndefined();
  return answer.data?.recordRemedy;
}
const statuses = async (remedies: object[], token = server.tokens.maker): Promise<string[]> =>
  (await record(remedies, token)).results.map((row: { status: string }) => row.status);
const verdict = async (serial: string): Promise<string> =>
  (await server.ask(`{ recallCheck(code: "(01)${products.trail}(21)${serial}") { verdict } }`)).data
    ?.recallCheck.verdict;
const progress = async () =>
  (
    await server.ask(
      `{ recall(number: "${number}") { progress { items remedied interim unreachable { cause items } byTier { tier items remedied } byDay { day remedied } } } }`,
      {},
      server.tokens.maker,
    )
  ).data?.recall.progress;

test('at the start every member item is to be remedied', async () => {
  const before = await progress();
  expect(before).toMatchObject({
    items: String(expected.items.size),
    remedied: '0',
    interim: '0',
    unreachable: [],
    byDay: [],
  });
  const all = before.byTier.reduce((sum: number, tier: { items: string }) => sum + Number(tier.items), 0);
  expect(all).toBe(expected.items.size);
  expect(before.byTier.map((tier: { tier: string }) => tier.tier)).toContain('USER');
});

test('a row that cannot be recorded says why by field, and the others are recorded', async () => {
  const { results, recall } = await record([
    remedy('m-0', 'NO-SUCH'),
    remedy('m-1', serials[0] as string, { kind: 'UNREACHABLE' }),
    remedy('m-2', serials[0] as string, { kind: 'SOFTWARE_UPDATE' }),
    remedy('m-3', serials[0] as string, { happenedAt: '2999-01-01T00:00:00Z' }),
    remedy('m-4', serials[0] as string),
  ]);
  expect(
    results.map((row: { status: string; problems: { code: string }[] }) => [
      row.status,
      row.problems[0]?.code,
    ]),
  ).toEqual([
    ['REJECTED', 'NOT_A_MEMBER'],
    ['REJECTED', 'MISSING'],
    ['REJECTED', 'MISSING'],
    ['REJECTED', 'IN_FUTURE'],
    ['CREATED', undefined],
  ]);
  expect(results[1].problems[0].path).toEqual(['input', 'remedies', '1', 'cause']);
  expect(recall.state).toBe('IN_PROGRESS');
  const { rows } = await server.database.ownerPool.query('select event_id from remedy');
  expect(rows).toEqual([{ event_id: 'm-4' }]);
});

test('the same remedy again changes nothing, another under its id is a conflict', async () => {
  expect(await statuses([remedy('m-4', serials[0] as string)])).toEqual(['EXISTS']);
  expect(await statuses([remedy('m-4', serials[1] as string)])).toEqual(['CONFLICT']);
  const { rows } = await server.database.ownerPool.query('select 1 from remedy');
  expect(rows.length).toBe(1);
});

test('a remedied item is told so and may be sold, an interim remedy does not count', async () => {
  expect(await verdict(serials[0] as string)).toBe('REMEDIED');
  expect(await verdict(serials[1] as string)).toBe('RECALLED');
  expect(await statuses([remedy('m-5', serials[1] as string, { kind: 'LABEL', interim: true })])).toEqual([
    'CREATED',
  ]);
  expect(await verdict(serials[1] as string)).toBe('RECALLED');
  expect(
    await statuses([remedy('m-6', serials[2] as string, { kind: 'UNREACHABLE', cause: 'EXPORTED' })]),
  ).toEqual(['CREATED']);
  expect(await progress()).toMatchObject({
    remedied: '1',
    interim: '1',
    unreachable: [{ cause: 'EXPORTED', items: '1' }],
    byDay: [{ day: '2026-02-01', remedied: '1' }],
  });
});

test('an inspection counts when it cleared the item', async () => {
  await record([remedy('m-7', serials[3] as string, { kind: 'INSPECT', outcome: 'AFFECTED' })]);
  expect(await verdict(serials[3] as string)).toBe('RECALLED');
  await record([remedy('m-8', serials[3] as string, { kind: 'INSPECT', outcome: 'CLEARED' })]);
  expect(await verdict(serials[3] as string)).toBe('REMEDIED');
});

test('of a serial sold twice a remedy closes nothing until an inspection says which unit it was', async () => {
  const serial = serials[4] as string;
  const shops = expected.holders.filter(
    (holder) => holder.role === 'RETAILER' && !holder.site.startsWith('party:'),
  );
  const events = shops.slice(0, 2).map((shop, index) => ({
    eventId: `twice-${index}`,
    siteGln: shop.site,
    gtin: products.trail,
    serial,
    soldAt: `2026-01-0${index + 2}T10:00:00Z`,
  }));
  await server.ask(
    'mutation ($input: RecordSaleInput!) { recordSale(input: $input) { summary { created } } }',
    { input: { events } },
    server.tokens.admin,
  );
  await record([remedy('m-9', serial)]);
  // two units carry the number: which one is asked about, nobody knows
  expect(await verdict(serial)).toBe('MAYBE');
  await record([remedy('m-10', serial, { kind: 'INSPECT', outcome: 'IDENTIFIED' })]);
  expect(await verdict(serial)).toBe('REMEDIED');
});

test('a workshop records what it did, reads its own remedies alone, and a regulator records nothing', async () => {
  expect(await statuses([remedy('w-1', serials[5] as string)], server.tokens.workshop)).toEqual(['CREATED']);
  const listed = async (token: string) =>
    (
      await server.ask(
        `{ recall(number: "${number}") { progress { items } remedies(first: 100) { edges { node { eventId item { serial } party { gln } } } } } }`,
        {},
        token,
      )
    ).data?.recall;
  const own = await listed(server.tokens.workshop);
  expect(own.progress).toBeNull();
  expect(own.remedies.edges.map(({ node }: { node: { eventId: string } }) => node.eventId)).toEqual(['w-1']);
  expect((await listed(server.tokens.regulator)).remedies.edges.length).toBe(8);
  const refused = await server.ask(
    'mutation ($input: RecordRemedyInput!) { recordRemedy(input: $input) { results { status } } }',
    { input: { recall: number, remedies: [remedy('r-1', serials[6] as string)] } },
    server.tokens.regulator,
  );
  expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});
