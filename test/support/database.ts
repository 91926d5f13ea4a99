/** A database of one's own for a test file: a clone of the migrated template, gone when it is closed. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { connect, type Database } from '../../src/database/index.js';
import { testSecrets } from './secrets.js';

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    // two clones of one template at once are refused by PostgreSQL
    await client.query('select pg_advisory_lock(7204)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export async function createTestDatabase(keysUrl = inject('keysUrl')): Promise<Database> {
  const name = `tracewright_test_${randomUUID().replaceAll('-', '')}`;
  await administer(`create database ${name} template ${inject('template')}`);
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  return connect({
    url: url.toString(),
    keysUrl,
    hashKey: testSecrets.hashKey,
    stop: () => administer(`drop database if exists ${name} with (force)`),
  });
}
