/** One cause, several recalls: the cell maker's own alerts the brand owner further on, who answers with its own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
let server: DemoServer;
let alertId: string;
let outsider: string;
beforeAll(async () => {
  server = await startDemoServer();
  outsider = await server.token('MANUFACTURER', parties.chargerMaker);
}, 180_000);
afterAll(() => server.close());

async function run(mutation: string, input: object, token: string, selection = 'problems { code }') {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`,
    { input },
    token,
  );
  return answer.errors ? answer.errors[0]?.extensions.code : answer.data?.[mutation];
}
const done = async (mutation: string, input: object, token: string) =>
  expect(await run(mutation, input, token)).toEqual({ problems: [] });
const alertsTo = async (token: string) =>
  (
    await server.data(
      `{ defectAlerts(first: 10) { edges { node { id batchCount recall { number title } defectCase { number } answer { number }
         batches(first: 100) { edges { node { lot product { gtin } } } } } } } }`,
      {},
      token,
    )
  ).defectAlerts.edges.map(({ node }: { node: object }) => node);

test('a draft alerts nobody', async () => {
  await done(
    'openRecall',
    { number: 'HANBIT-1', title: 'Separator tears', rule, defect: 'Separator tears in the cold' },
    server.tokens.cellMaker,
  );
  expect(await alertsTo(server.tokens.maker)).toEqual([]);
});

test('published, it tells the brand owner which of its own batches it reaches, and nobody else', async () => {
  await done('publishRecall', { number: 'HANBIT-1' }, server.tokens.cellMaker);
  const [alert, ...more] = await alertsTo(server.tokens.maker);
  expect(more).toEqual([]);
  expect(alert).toMatchObject({
    batchCount: 15,
    recall: { number: 'HANBIT-1', title: 'Separator tears' },
    defectCase: { number: 'CASE-HANBIT-1' },
    answer: null,
  });
  const gtins = new Set(
    alert.batches.edges.map(({ node }: { node: { product: { gtin: string } } }) => node.product.gtin),
  );
  expect([...gtins].sort()).toEqual(
    [products.urban, products.trail, products.pack500, products.pack630].sort(),
  );
  alertId = alert.id;
  for (const token of [server.tokens.retailer, outsider, server.tokens.cellMaker])
    expect(await alertsTo(token)).toEqual([]);
});

test('the cell maker sees that it was sent, and none of the batches behind it', async () => {
  const { defectCase } = await server.data(
    '{ defectCase(number: "CASE-HANBIT-1") { title recalls { number } alerts(first: 10) { edges { node { party { gln } batchCount batches(first: 10) { edges { cursor } } } } } } }',
    {},
    server.tokens.cellMaker,
  );
  expect(defectCase).toEqual({
    title: 'Separator tears',
    recalls: [{ number: 'HANBIT-1' }],
    alerts: { edges: [{ node: { party: { gln: parties.maker }, batchCount: 15, batches: { edges: [] } } }] },
  });
  for (const token of [outsider, server.tokens.retailer])
    expect(
      (await server.data('{ defectCase(number: "CASE-HANBIT-1") { title } }', {}, token)).defectCase,
    ).toBeNull();
});

test('only whom it is for answers it, with a recall of its own in the same case', async () => {
  const own = { number: 'VELORA-1', title: 'Packs may overheat', rule, answersAlert: alertId };
  expect(await run('openRecall', own, outsider)).toBe('FORBIDDEN');
  expect(await run('openRecall', { ...own, rule: { product: { gtin: products.charger } } }, outsider)).toBe(
    'NOT_FOUND',
  );
  expect(await run('openRecall', { ...own, relation: 'EXPANDS' }, server.tokens.maker)).toBe('BAD_INPUT');
  await done('openRecall', own, server.tokens.maker);
  await done('publishRecall', { number: 'VELORA-1' }, server.tokens.maker);
  const { recall } = await server.data(
    '{ recall(number: "VELORA-1") { relation defectCase { number recalls { number } } } }',
    {},
    server.tokens.regulator,
  );
  expect(recall).toEqual({
    relation: 'ANSWERS',
    defectCase: { number: 'CASE-HANBIT-1', recalls: [{ number: 'HANBIT-1' }, { number: 'VELORA-1' }] },
  });
  expect((await alertsTo(server.tokens.maker))[0].answer).toEqual({ number: 'VELORA-1' });
});

test('the cause is alleged, then disputed or confirmed by who made the cells', async () => {
  const cause = async () =>
    (
      await server.data(
        '{ recall(number: "VELORA-1") { cause { cause state replies { reply statement party { gln } } } } }',
        {},
        server.tokens.maker,
      )
    ).recall.cause;
  expect(await cause()).toEqual({ cause: null, state: null, replies: [] });
  await done(
    'describeRecall',
    { number: 'VELORA-1', details: { cause: 'torn separator' } },
    server.tokens.maker,
  );
  expect(await cause()).toMatchObject({ cause: 'torn separator', state: 'ALLEGED' });
  const reply = (word: string, statement: string, token: string) =>
    run('replyToCause', { recall: 'VELORA-1', reply: word, statement }, token, 'accepted');
  for (const token of [outsider, server.tokens.retailer, server.tokens.maker])
    expect(await reply('CONFIRMED', 'so it is', token)).toBe('NOT_FOUND');
  expect(await reply('DISPUTED', 'charged below its limit', server.tokens.cellMaker)).toEqual({
    accepted: true,
  });
  expect((await cause()).state).toBe('DISPUTED');
  expect(await reply('CONFIRMED', 'seen in our own cells', server.tokens.cellMaker)).toEqual({
    accepted: true,
  });
  expect(await cause()).toEqual({
    cause: 'torn separator',
    state: 'CONFIRMED',
    replies: [
      { reply: 'DISPUTED', statement: 'charged below its limit', party: { gln: parties.cellMaker } },
      { reply: 'CONFIRMED', statement: 'seen in our own cells', party: { gln: parties.cellMaker } },
    ],
  });
});

test('recalls are joined by hand too, and a child names what it follows from', async () => {
  const child = {
    number: 'VELORA-2',
    title: 'More packs',
    rule: { product: { gtin: products.pack500 } },
    parent: 'VELORA-1',
    relation: 'EXPANDS',
  };
  expect(await run('openRecall', { ...child, parent: 'HANBIT-1' }, server.tokens.maker)).toBe('NOT_FOUND');
  await done('openRecall', child, server.tokens.maker);
  const { recall } = await server.data(
    '{ recall(number: "VELORA-2") { relation parent { number } defectCase { number } } }',
    {},
    server.tokens.maker,
  );
  expect(recall).toEqual({
    relation: 'EXPANDS',
    parent: { number: 'VELORA-1' },
    defectCase: { number: 'CASE-HANBIT-1' },
  });
  const joined = { number: 'FIRES-2026', title: 'Fires', recalls: ['VELORA-2'] };
  expect(await run('openDefectCase', joined, server.tokens.retailer)).toBe('FORBIDDEN');
  expect(await run('openDefectCase', { ...joined, recalls: ['HANBIT-1'] }, server.tokens.maker)).toBe(
    'NOT_FOUND',
  );
  const selection = 'defectCase { number recalls { number } } problems { code }';
  const opened = { defectCase: { number: 'FIRES-2026', recalls: [{ number: 'VELORA-2' }] }, problems: [] };
  expect(await run('openDefectCase', joined, server.tokens.maker, selection)).toEqual(opened);
  expect(await run('openDefectCase', joined, server.tokens.maker, selection)).toEqual(opened);
  expect((await run('openDefectCase', joined, server.tokens.cellMaker)).problems[0].code).toBe(
    'NUMBER_TAKEN',
  );
});
