/** The demo chain in a database of one's own: imported once a run, then cloned. */
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { importPaths } from '../../src/record/index.js';
import { administer, createTestDatabase, openTestDatabase } from './database.js';
import { testVault } from './vault.js';

export const demoFolder = join(import.meta.dirname, '../../src/demo/chain');

export async function createDemoDatabase(): Promise<Database> {
  const template = `${inject('template')}_demo`;
  await administer(async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (found.rows.length > 0) return;
    const half = `${template}_half`; // of a run of this file that was stopped
    await client.query(`drop database if exists ${half} with (force)`);
    await client.query(`create database ${half} template ${inject('template')}`);
    const database = await openTestDatabase(half);
    const services = { database, vault: testVault() };
    const report = await importPaths(services, [demoFolder], { party: null, onProblem: 'REJECT_ALL' });
    await database.close();
    if (report.problems.length > 0) throw new Error(report.problems.slice(0, 5).join('\n'));
    await client.query(`alter database ${half} rename to ${template}`);
  });
  return createTestDatabase(undefined, template);
}
