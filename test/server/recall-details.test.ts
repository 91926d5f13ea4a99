/** What regulators are told of a recall beyond its scope, and what was filed with them. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parties, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const number = 'F-1';
let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
  const opened = await server.ask(
    `mutation { openRecall(input: { number: "${number}", title: "Frames may crack", rule: { product: { gtin: "${products.urban}" } } }) { problems { code } } }`,
    {},
    server.tokens.maker,
  );
  expect(opened.data?.openRecall.problems).toEqual([]);
}, 180_000);
afterAll(() => server.close());

async function run(mutation: 'describeRecall' | 'fileRecall', input: object, token = server.tokens.maker) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { recall { state version defect } problems { code message path } } }`,
    { input: { number, ...input } },
    token,
  );
  return answer.errors ? answer.errors[0]?.extensions.code : answer.data?.[mutation];
}
const read = async (fields: string, token = server.tokens.maker) =>
  (await server.ask(`{ recall(number: "${number}") { ${fields} } }`, {}, token)).data?.recall;

test('a form names what the recall still lacks, and less after it is described', async () => {
  expect((await read('missing(form: CN_CONSUMER_PLAN)')).missing).toEqual([
    'defect',
    'risk',
    'instructions',
    'details.partMaker',
    'details.cause',
    'details.chronology',
    'details.reports',
    'details.injuries',
    'details.remedyPlan',
    'details.stopMeasures',
    'details.contact',
  ]);
  const details = {
    cause: 'weld too cold',
    causeState: 'ALLEGED',
    reports: 3,
    injuries: 0,
    chronology: [{ at: '2026-01-10T09:00:00Z', fact: 'first crack reported', count: 1 }],
  };
  const described = await run('describeRecall', {
    defect: 'The head tube may crack',
    risk: 'The rider may fall',
    details,
    expectedVersion: 1,
  });
  expect(described).toEqual({
    recall: { state: 'DRAFT', version: 2, defect: 'The head tube may crack' },
    problems: [],
  });
  await run('describeRecall', { details: { causeState: 'CONFIRMED' } });
  expect((await read('details')).details).toMatchObject({
    cause: 'weld too cold',
    causeState: 'CONFIRMED',
    reports: 3,
  });
  expect((await read('missing(form: CN_CONSUMER_PLAN)')).missing).toEqual([
    'instructions',
    'details.partMaker',
    'details.remedyPlan',
    'details.stopMeasures',
    'details.contact',
  ]);
});

test('a stale version and a word that plays the danger down are rejected, and nothing changes', async () => {
  const before = await read('version risk instructions');
  expect((await run('describeRecall', { risk: 'none', expectedVersion: 1 })).problems[0].code).toBe(
    'STALE_VERSION',
  );
  expect(
    (await run('describeRecall', { instructions: 'As a precautionary measure, stop riding' })).problems,
  ).toEqual([
    {
      code: 'FORBIDDEN_WORD',
      message: 'instructions: "precautionary" plays the danger down (Regulation (EU) 2023/988, Article 36)',
      path: ['input', 'instructions'],
    },
  ]);
  expect((await run('describeRecall', { risk: '自愿召回' })).problems[0].code).toBe('FORBIDDEN_WORD');
  expect(await read('version risk instructions')).toEqual(before);
});

test('nobody but the opener describes or files', async () => {
  expect(await run('describeRecall', { defect: 'x' }, server.tokens.retailer)).toBe('NOT_FOUND');
  expect(await run('fileRecall', { authority: parties.regulator }, server.tokens.regulator)).toBe(
    'NOT_FOUND',
  );
  expect(await run('fileRecall', { authority: parties.cellMaker })).toBe('NOT_FOUND');
  expect((await server.database.ownerPool.query('select 1 from filing')).rows).toEqual([]);
  expect((await read('state')).state).toBe('DRAFT');
});

test('what is filed is kept with its hash, and a changed plan is filed again', async () => {
  expect((await run('fileRecall', { authority: parties.regulator })).recall.state).toBe('FILED');
  await run('describeRecall', { instructions: 'Stop riding and call us' });
  const again = await run('fileRecall', {
    authority: parties.regulator,
    authorityNumber: 'NL-2026-9',
    idempotencyKey: 'f-2',
  });
  expect(again).toMatchObject({ recall: { state: 'FILED' }, problems: [] });
  await run('fileRecall', {
    authority: parties.regulator,
    authorityNumber: 'NL-2026-9',
    idempotencyKey: 'f-2',
  });
  const { filings } = await read(
    'filings { authority { gln } authorityNumber payloadHash }',
    server.tokens.regulator,
  );
  expect(filings.length).toBe(2);
  expect(filings[1]).toMatchObject({ authority: { gln: parties.regulator }, authorityNumber: 'NL-2026-9' });
  expect(filings[0].payloadHash).not.toBe(filings[1].payloadHash);
  const { rows } = await server.database.ownerPool.query<{ payload: object }>(
    'select payload from filing order by filing_id',
  );
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, of]) => [key, sorted(of)]),
        )
      : Array.isArray(value)
        ? value.map(sorted)
        : value;
  for (const [index, { payload }] of rows.entries())
    expect(
      createHash('sha256')
        .update(JSON.stringify(sorted(payload)))
        .digest('hex'),
    ).toBe(filings[index].payloadHash);
  expect((await run('fileRecall', {})).problems[0].code).toBe('WRONG_STATE');
});

test('periods of the laws it falls under run, by their calendars, and end by what is filed under them', async () => {
  const details = { regimes: ['CN_CONSUMER'], determinedAt: '2026-03-02T02:00:00Z' };
  await run('describeRecall', { details });
  const deadlines = async () =>
    (await read('deadlines { regime until state dueOn period isVerified isCalendarVerified law calendar }'))
      .deadlines;
  const [, plan] = await deadlines();
  expect(plan).toMatchObject({
    ...{ regime: 'CN_CONSUMER', until: 'PLAN', dueOn: '2026-03-16', period: '10 working days' },
    ...{ isVerified: false, isCalendarVerified: true },
  });
  expect(plan.state).toBe('DONE_LATE'); // it was filed today
  expect(plan.law).toContain('not read again');
  expect(plan.calendar).toContain('State Council');
  await run('fileRecall', { authority: parties.regulator, form: 'INCIDENT', regime: 'EU_PRODUCT' });
  expect(
    (await deadlines()).map(
      (one: { regime: string; until: string; state: string }) => `${one.regime} ${one.until} ${one.state}`,
    ),
  ).toContain('EU_PRODUCT INCIDENT NOT_BEGUN');
  expect((await read('filings { form regime }')).filings.at(-1)).toEqual({
    form: 'INCIDENT',
    regime: 'EU_PRODUCT',
  });
});
