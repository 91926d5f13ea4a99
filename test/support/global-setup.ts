/** One PostgreSQL for the run: the embedded one, or that of DATABASE_URL; a migrated template that files clone. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { announceMasterKeys, fixedKeyRing } from '../../src/access/index.js';
import { loginUrl, prepare, prepareKeys, startEmbeddedPostgres } from '../../src/database/index.js';
import { judgeRun } from './run-folder.js';
import { testSecrets } from './secrets.js';

declare module 'vitest' {
  export interface ProvidedContext {
    adminUrl: string;
    template: string;
    keysUrl: string;
    /** Where the run's logs lie until its end. */
    runFolder: string;
  }
}

async function administer(url: string, statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function announceTestMasterKey(keysUrl: string): Promise<void> {
  const keysPool = new pg.Pool({ connectionString: loginUrl(keysUrl, testSecrets.hashKey), max: 1 });
  await announceMasterKeys({ keysPool }, fixedKeyRing(new Map([[1, testSecrets.masterKey]])));
  await keysPool.end();
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env.DATABASE_URL;
  const dataDir = named ? null : mkdtempSync(join(tmpdir(), 'tracewright-tests-'));
  if (dataDir) chmodSync(dataDir, 0o755); // the account that root hands PostgreSQL to must get in
  const server = dataDir ? await startEmbeddedPostgres(dataDir, { fast: true }) : null;
  const adminUrl = named || server?.url || '';
  const template = `tracewright_template_${process.pid}`;
  await administer(adminUrl, [`drop database if exists ${template}`, `create database ${template}`]);
  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  await prepare(url.toString(), testSecrets.hashKey);
  // one database of keys for the run: every key has an id of its own
  const keys = `tracewright_keys_${process.pid}`;
  await administer(adminUrl, [`drop database if exists ${keys}`, `create database ${keys}`]);
  const keysUrl = new URL(adminUrl);
  keysUrl.pathname = `/${keys}`;
  await prepareKeys(keysUrl.toString(), testSecrets.hashKey);
  await announceTestMasterKey(keysUrl.toString());
  const runFolder = mkdtempSync(join(tmpdir(), 'tracewright-run-'));
  project.provide('runFolder', runFolder);
  project.provide('keysUrl', keysUrl.toString());
  project.provide('adminUrl', adminUrl);
  project.provide('template', template);
  return async () => {
    await administer(adminUrl, [
      `drop database if exists ${template}`,
      `drop database if exists ${template}_demo`,
      `drop database if exists ${keys} with (force)`,
    ]);
    await server?.stop();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
    const { logLines, people, found } = judgeRun(runFolder);
    rmSync(runFolder, { recursive: true, force: true });
    process.stdout.write(
      `${logLines} lines of log searched for ${people} personal texts: ${found.length} found\n`,
    );
    if (found.length > 0) throw new Error(`people in the log of the run:\n${found.slice(0, 20).join('\n')}`);
  };
}
