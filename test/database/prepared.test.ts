/** Statements planned once a connection: which, for whom, and what a failure leaves of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Database,
  plannerOf,
  preparedName,
  type Session,
  withSession,
} from '../../src/database/index.js';
import { createTestDatabase } from '../support/database.js';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const engine: Session = { role: 'tw_engine', partyId: null };
const text = 'select p.party_id from party p where p.party_id = any($1::bigint[])';

test.each([
  ['an equal value', 'select 1 from party where gln = $1'],
  ['a list', text],
  ['a bound of its own', 'select 1 from sale where quantity > 0 and batch_id = $1'],
])('what a plan needs no value for is prepared: %s', (_, statement) => {
  expect(preparedName(statement, [1])).toMatch(/^[\w-]{22}$/);
});

test.each([
  ['how much lies beyond a bound', 'select exists (select from event where recorded_at > $1)'],
  ['a bound on the left', 'select 1 from event where $1::timestamptz <= recorded_at'],
  ['a page', 'select 1 from item where (serial, item_id) > ($1, $2) order by serial, item_id'],
  ['a limit', 'select 1 from item limit $1'],
  ['a pattern', 'select 1 from item_key where starts_with(serial, $1)'],
  ['a null that switches a condition off', 'select 1 from leg where ($1::bigint is null or site_id = $1)'],
])('what only a value can tell the planner is planned with it: %s', (_, statement) => {
  expect(preparedName(statement, [1])).toBeNull();
});

test('a list longer than a plan for ten is good for is planned with it', () => {
  const ids = (count: number) => [Array.from({ length: count }, (_, index) => BigInt(index))];
  expect(preparedName(text, ids(400))).not.toBeNull();
  expect(preparedName(text, ids(401))).toBeNull();
});

test('a statement is planned once a connection and role, and beside it the others are planned as ever', async () => {
  await withSession(database, engine, async (client) => {
    let role = engine.role;
    const { prepared, plain } = plannerOf(client, () => role);
    for (let time = 0; time < 3; time += 1) await prepared.query(text, [[1n]]);
    const kept = async () => {
      const { rows } = await plain.query(
        'select name, generic_plans, custom_plans from pg_prepared_statements order by name',
      );
      return rows;
    };
    const name = preparedName(text, [[1n]]);
    expect(await kept()).toEqual([{ name: `tw_engine.${name}`, generic_plans: 3n, custom_plans: 0n }]);
    expect((await plain.query('show plan_cache_mode')).rows).toEqual([{ plan_cache_mode: 'auto' }]);
    await plain.query(text, [[1n]]);
    role = 'tw_regulator';
    await plain.query('set local role tw_regulator');
    await prepared.query(text, [[1n]]);
    expect(await kept()).toEqual([
      { name: `tw_engine.${name}`, generic_plans: 3n, custom_plans: 0n },
      { name: `tw_regulator.${name}`, generic_plans: 1n, custom_plans: 0n },
    ]);
  });
});

test('what is sent together is answered in its order, and a failure is told to whoever asked behind it', async () => {
  const failing = 'select 1 / (p.party_id - p.party_id) from (values (1)) p (party_id)';
  const ask = withSession(database, engine, async (client) => {
    const { prepared } = plannerOf(client, () => 'tw_engine');
    const answers = await Promise.allSettled([
      prepared.query('select 1 as n where true = $1', [true]),
      prepared.query(failing),
      prepared.query('select 2 as n where true = $1', [true]),
    ]);
    expect(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.rows : answer.reason.code)),
    ).toEqual([[{ n: 1 }], '22012', '25P02']);
    throw new Error('undone');
  });
  await expect(ask).rejects.toThrow('undone');
  // the third was never prepared; its name is not taken for one that was
  const { rows } = await withSession(database, engine, (client) =>
    plannerOf(client, () => 'tw_engine').prepared.query('select 2 as n where true = $1', [true]),
  );
  expect(rows).toEqual([{ n: 2 }]);
});

test('a session that begins together with its first question still refuses a role that is none', async () => {
  const strange = { role: 'tw_nobody', partyId: null } as unknown as Session;
  await expect(withSession(database, strange, async () => 1, { pipelined: true })).rejects.toThrow(
    'tw_nobody',
  );
});

test('what fails first in a session that begins together with its question is what is told', async () => {
  const ask = withSession(database, engine, (client) => client.query('select 1 from nothing_of_that_name'), {
    pipelined: true,
  });
  await expect(ask).rejects.toMatchObject({ code: '42P01' });
});
