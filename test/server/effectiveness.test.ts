/** Effectiveness checks: a sample anyone can draw again, and rates with the bounds between which that of all lies. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { rateOf } from '../../src/recall/api/effectiveness/interval.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const number = 'E-1';
let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
  const open = {
    ...{ number, title: 'Cells', defect: 'cells short', risk: 'fire', instructions: 'stop charging' },
    rule: { batch: { gtin: products.cell, lot: defectiveCellLot } },
  };
  const describe = { number, details: { contact: 'recall@velora.example', remedyPlan: 'new pack' } };
  await server.data(
    `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!) { openRecall(input: $open) { problems { code } }
       describeRecall(input: $describe) { problems { code } } publishRecall(input: { number: "${number}" }) { problems { code } } }`,
    { open, describe },
    server.tokens.maker,
  );
}, 180_000);
afterAll(() => server.close());

const draw = (level: string, more: object = {}, token = server.tokens.maker) =>
  server.ask(
    'mutation ($input: DrawEffectivenessSampleInput!) { drawEffectivenessSample(input: $input) { problems { code } sample { number size frameSize checked notified { percent } checks(first: 100) { edges { node { party { gln } outcome } } } } } }',
    { input: { recall: number, level, seed: 'spring', ...more } },
    token,
  );
const check = async (checks: object[], token = server.tokens.maker) => {
  const answer = await server.ask(
    'mutation ($input: RecordEffectivenessCheckInput!) { recordEffectivenessCheck(input: $input) { results { status problems { code } } sample { checked notified { percent low high method } found { percent } acted { percent } } } }',
    { input: { recall: number, sample: 1, checks } },
    token,
  );
  return answer.errors ? answer.errors[0]?.extensions.code : answer.data?.recordEffectivenessCheck;
};

test('nobody is drawn before anybody was told', async () => {
  expect((await draw('A')).data?.drawEffectivenessSample).toMatchObject({
    problems: [{ code: 'NOBODY_TOLD' }],
    sample: null,
  });
  const { sendNotices } = await server.data(
    `mutation { sendNotices(input: { number: "${number}" }) { problems { message } } }`,
    {},
    server.tokens.maker,
  );
  expect(sendNotices.problems).toEqual([]);
});

let drawn: string[];
test('a sample is drawn by its seed, and drawn again by hand', async () => {
  const { sample } = (await draw('B', { percent: 50 })).data?.drawEffectivenessSample ?? {};
  const { rows } = await server.database.ownerPool.query<{ gln: string }>(
    "select distinct p.gln from notice n join party p using (party_id) where n.audience = 'HOLDER'",
  );
  const place = (gln: string) => createHash('sha256').update(`spring|${gln}`).digest('hex');
  const byHand = rows
    .map(({ gln }) => gln)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .slice(0, Math.ceil(rows.length / 2));
  drawn = sample.checks.edges.map(({ node }: { node: { party: { gln: string } } }) => node.party.gln);
  expect([...drawn].sort()).toEqual([...byHand].sort());
  expect(sample).toMatchObject({
    number: 1,
    size: byHand.length,
    frameSize: rows.length,
    checked: 0,
    notified: null,
  });
  expect(drawn.length).toBeGreaterThan(5);
});

test('levels say how many, and only level B asks', async () => {
  expect((await draw('C')).data?.drawEffectivenessSample.sample.size).toBe(2);
  expect((await draw('D', {}, server.tokens.regulator)).data?.drawEffectivenessSample.sample.size).toBe(1);
  expect((await draw('A', { percent: 50 })).errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  expect((await draw('B')).errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  expect((await draw('A', {}, server.tokens.retailer)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await draw('A', {}, server.tokens.cellMaker)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
});

test('findings are recorded once, and their rates have bounds', async () => {
  const at = '2026-02-01T10:00:00Z';
  const rows = drawn.map((party, index) => ({
    ...{ party, checkedAt: at },
    outcome: index === 0 ? 'NOT_REACHED' : index === 1 ? 'NOTIFIED' : 'ACTED',
  }));
  const { results, sample } = await check([
    ...rows,
    { party: parties.maker, checkedAt: at, outcome: 'ACTED' },
  ]);
  expect(results.map((row: { status: string }) => row.status)).toEqual([
    ...drawn.map(() => 'CREATED'),
    'REJECTED',
  ]);
  expect(results.at(-1).problems).toEqual([{ code: 'NOT_IN_SAMPLE' }]);
  const n = drawn.length;
  expect(sample.checked).toBe(n);
  expect(sample.notified.percent).toBe(((100 * (n - 1)) / n).toFixed(2));
  expect(sample.acted.percent).toBe(((100 * (n - 2)) / n).toFixed(2));
  expect(sample.notified.method).toContain('Wilson score interval');
  expect(Number(sample.notified.low)).toBeLessThan(Number(sample.notified.percent));
  expect(Number(sample.notified.high)).toBeGreaterThan(Number(sample.notified.percent));
  expect((await check([rows[0] as object])).results[0].status).toBe('EXISTS');
  expect((await check([{ ...rows[0], outcome: 'ACTED' }])).results[0].status).toBe('CONFLICT');
  expect(await check(rows, server.tokens.retailer)).toBe('FORBIDDEN');
});

test('the interval is that of the textbook, and a point where everybody was asked', () => {
  // Wilson 1927, 8 of 10 out of very many: 49.02 to 94.33
  expect(rateOf(8, 10, 1_000_000_000)).toEqual({ percent: '80.00', low: '49.02', high: '94.33' });
  expect(rateOf(8, 10, 10)).toEqual({ percent: '80.00', low: '80.00', high: '80.00' });
  expect(rateOf(0, 0, 10)).toBeNull();
  const [few, most] = [rateOf(8, 10, 1000), rateOf(8, 10, 12)];
  expect(Number(most?.low)).toBeGreaterThan(Number(few?.low));
});
