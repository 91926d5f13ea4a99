/** A session that fails leaves nothing behind: not in the database, and not on the connection that the next one gets. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, withSession } from '../../src/database/index.js';
import { createTestDatabase } from '../support/database.js';

const engine = { role: 'tw_engine', partyId: null } as const;
let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const insert = "insert into contact (contact) values ('\\x01')";
const contacts = async () => (await database.ownerPool.query('select 1 from contact')).rows;
/** The next user of the same connection, who commits. */
const next = () =>
  withSession(database, engine, async (client) => (await client.query('select current_user as me')).rows[0]);

test.each([
  ['by an error of its own', async () => Promise.reject(new Error('changed its mind'))],
  ['by an error of the database', (query: (statement: string) => Promise<unknown>) => query('select 1 / 0')],
])('failed %s after it wrote, what it wrote is gone', async (_, fail) => {
  const failed = withSession(database, engine, async (client) => {
    await client.query(insert);
    await fail((statement) => client.query(statement));
  });
  await expect(failed).rejects.toThrow(/changed its mind|division by zero/);
  expect(await next()).toEqual({ me: 'tw_engine' });
  expect(database.pool.totalCount).toBe(1);
  expect(await contacts()).toEqual([]);
});
