/** A database of one's own for a test file: a clone of a template, gone when it is closed. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { connect, type Database } from '../../src/database/index.js';
import { testSecrets } from './secrets.js';

/** Runs on the server's own database, one test file after another: two clones of one template at once are refused. */
export async function administer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(7204)');
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Connects to a database of the run's server by its name. */
export function openTestDatabase(
  name: string,
  { keysUrl = inject('keysUrl'), stop }: { keysUrl?: string; stop?: () => Promise<void> } = {},
): Promise<Database> {
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  return connect({ url: url.toString(), keysUrl, hashKey: testSecrets.hashKey, ...(stop && { stop }) });
}

export async function createTestDatabase(
  keysUrl = inject('keysUrl'),
  template = inject('template'),
): Promise<Database> {
  const name = `tracewright_test_${randomUUID().replaceAll('-', '')}`;
  await administer((client) => client.query(`create database ${name} template ${template}`));
  const stop = async () => {
    await administer((client) => client.query(`drop database if exists ${name} with (force)`));
  };
  return openTestDatabase(name, { keysUrl, stop });
}
