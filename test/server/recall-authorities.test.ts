/** A recall stands with each authority on its own: number, state, who moved it there and why. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parties, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const number = 'A-1';
const second = '9520007000014';
let server: DemoServer;
let other: string;
beforeAll(async () => {
  server = await startDemoServer();
  const rows = [{ gln: second, name: 'Second authority', roles: ['REGULATOR'] }];
  await server.data(
    'mutation ($input: RegisterPartiesInput!) { registerParties(input: $input) { summary { created } } }',
    { input: { parties: rows } },
    server.tokens.admin,
  );
  other = await server.token('REGULATOR', second);
  await done('openRecall', { title: 'Frames may crack', rule: { product: { gtin: products.urban } } });
}, 180_000);
afterAll(() => server.close());

async function run(mutation: string, input: object, token = server.tokens.maker) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { recall { state } problems { code message } } }`,
    { input: { number, ...input } },
    token,
  );
  return answer.errors ? answer.errors[0]?.extensions.code : answer.data?.[mutation];
}
async function done(mutation: string, input: object, token = server.tokens.maker): Promise<string> {
  const { recall, problems } = await run(mutation, input, token);
  expect(problems).toEqual([]);
  return recall.state;
}
const stands = async () => {
  const { recall } = await server.data(
    `{ recall(number: "${number}") { state authorities { authority { gln } number state } } }`,
    {},
    server.tokens.maker,
  );
  return [
    recall.state,
    ...recall.authorities.map((one: { number: string; state: string }) => `${one.number} ${one.state}`),
  ];
};

test('each authority has its number and its state; a number told later is kept', async () => {
  expect(await done('fileRecall', { authority: parties.regulator, reason: 'plan of 12 January' })).toBe(
    'FILED',
  );
  expect(await done('fileRecall', { authority: second, authorityNumber: '26V-001' })).toBe('FILED');
  expect(await stands()).toEqual(['FILED', 'null FILED', '26V-001 FILED']);
  await done('fileRecall', { authority: parties.regulator, authorityNumber: 'NL-9' });
  expect(await stands()).toEqual(['FILED', 'NL-9 FILED', '26V-001 FILED']);
});

test('published with one authority it is published; with the other it still is filed', async () => {
  expect(await done('publishRecall', { authority: second, reason: 'told in May' })).toBe('PUBLISHED');
  expect(await stands()).toEqual(['PUBLISHED', 'NL-9 FILED', '26V-001 PUBLISHED']);
  expect((await run('publishRecall', { authority: second })).problems[0].code).toBe('WRONG_STATE');
  expect(await done('publishRecall', { authority: parties.regulator })).toBe('PUBLISHED');
  const { rows } = await server.database.ownerPool.query('select 1 from scope_version');
  expect(rows.length).toBe(1);
});

test('it is complete when it is complete with all', async () => {
  expect(await done('completeRecall', { authority: second })).toBe('PUBLISHED');
  expect(await stands()).toEqual(['PUBLISHED', 'NL-9 PUBLISHED', '26V-001 COMPLETED']);
  expect(await done('completeRecall', { authority: parties.regulator })).toBe('COMPLETED');
});

test('an authority closes it with itself alone; the last one closes the recall', async () => {
  expect(await run('closeRecall', { authority: parties.regulator }, other)).toBe('FORBIDDEN');
  expect(await run('closeRecall', {}, await server.token('REGULATOR', null))).toBe('BAD_INPUT');
  expect(await run('closeRecall', { authority: second }, server.tokens.maker)).toBe('FORBIDDEN');
  expect(await done('closeRecall', { reason: 'all remedied' }, other)).toBe('COMPLETED');
  expect(await stands()).toEqual(['COMPLETED', 'NL-9 COMPLETED', '26V-001 CLOSED']);
  expect(await done('closeRecall', {}, server.tokens.regulator)).toBe('CLOSED');
  expect(await stands()).toEqual(['CLOSED', 'NL-9 CLOSED', '26V-001 CLOSED']);
});

test('every step is on record: from where, to where, with whom, by whom and why', async () => {
  const { recall } = await server.data(
    `{ recall(number: "${number}") { transitions { from to role reason party { gln } authority { gln } } } }`,
    {},
    server.tokens.regulator,
  );
  const told = recall.transitions.map(
    (step: {
      from: string | null;
      to: string;
      reason: string | null;
      party: { gln: string };
      authority: { gln: string } | null;
    }) => [step.from, step.to, step.authority?.gln ?? null, step.party.gln, step.reason],
  );
  const [maker, first] = [parties.maker, parties.regulator];
  expect(told).toEqual([
    [null, 'DRAFT', null, maker, null],
    ['DRAFT', 'FILED', null, maker, 'plan of 12 January'],
    [null, 'FILED', first, maker, 'plan of 12 January'],
    [null, 'FILED', second, maker, null],
    ['FILED', 'PUBLISHED', second, maker, 'told in May'],
    ['FILED', 'PUBLISHED', null, maker, 'told in May'],
    ['FILED', 'PUBLISHED', first, maker, null],
    ['PUBLISHED', 'COMPLETED', second, maker, null],
    ['PUBLISHED', 'COMPLETED', first, maker, null],
    ['PUBLISHED', 'COMPLETED', null, maker, null],
    ['COMPLETED', 'CLOSED', second, second, 'all remedied'],
    ['COMPLETED', 'CLOSED', first, first, null],
    ['COMPLETED', 'CLOSED', null, first, null],
  ]);
});

test('a filing is read again as it was filed', async () => {
  const { recall } = await server.data(
    `{ recall(number: "${number}") { filings { authorityNumber payloadHash filed } } }`,
    {},
    server.tokens.regulator,
  );
  expect(recall.filings.map((one: { authorityNumber: string | null }) => one.authorityNumber)).toEqual([
    null,
    '26V-001',
    'NL-9',
  ]);
  expect(recall.filings[0].filed).toMatchObject({ number, title: 'Frames may crack' });
});
