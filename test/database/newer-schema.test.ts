/** A database that a newer version has migrated: every command refuses it in one line that names the migration, and changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../src/cli.js';
import { type Database, prepareKeys } from '../../src/database/index.js';
import { administer, createTestDatabase } from '../support/database.js';
import { demoFolder } from '../support/demo-database.js';
import { testSecrets } from '../support/secrets.js';

const ahead = '999-of-tomorrow';
const gtin = '09520000010010';
const viewer = ['--viewer', '9520001000003', '--gtin', gtin];
const folder = mkdtempSync(join(tmpdir(), 'tracewright-newer-'));
/** Every command, with arguments that it would work with. */
const commands: readonly string[][] = [
  ['serve'],
  ['migrate'],
  ['demo', '--once'],
  ['import', demoFolder],
  ['export', join(folder, 'out')],
  ['drill', '--batch', `${gtin}/L1`],
  ['verify'],
  ['rebuild'],
  ['token', 'create', '--role', 'ADMIN'],
  ['token', 'list'],
  ['token', 'revoke', '00000000-0000-0000-0000-000000000000'],
  ['grant', 'give', ...viewer],
  ['grant', 'revoke', ...viewer],
  ['grant', 'list'],
  ['keys', 'rotate'],
  ['keys', 'sweep'],
  ['log', 'key'],
  ['log', 'seal'],
  ['log', 'export', join(folder, 'log')],
];

let record: Database;
let keysUrl: string;
let keysName: string;

beforeAll(async () => {
  record = await createTestDatabase();
  const url = new URL(record.ownerPool.options.connectionString ?? '');
  keysName = `${url.pathname.slice(1)}_keys`;
  await administer((client) => client.query(`create database ${keysName}`));
  url.pathname = `/${keysName}`;
  keysUrl = url.toString();
  await prepareKeys(keysUrl, testSecrets.hashKey);
});
afterAll(async () => {
  await record.close();
  await administer((client) => client.query(`drop database if exists ${keysName} with (force)`));
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Runs a command in this process; answers its exit code and what it said. */
async function run(args: readonly string[]): Promise<{ code: number; told: string; data: string }> {
  const environment = {
    DATABASE_URL: record.ownerPool.options.connectionString ?? '',
    TRACEWRIGHT_KEYS_URL: keysUrl,
    TRACEWRIGHT_DATA: join(folder, 'data'),
    PORT: '0',
    TRACEWRIGHT_MASTER_KEY: testSecrets.masterKey.toString('base64'),
    TRACEWRIGHT_HASH_KEY: testSecrets.hashKey.toString('base64'),
    TRACEWRIGHT_CURSOR_KEY: testSecrets.cursorKey.toString('base64'),
    TRACEWRIGHT_SIGNING_KEY: testSecrets.signingKey.toString('base64'),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  try {
    const code = await runCommandLine(['node', 'tracewright', ...args]);
    return { code, told: written.stderr, data: written.stdout };
  } finally {
    vi.restoreAllMocks();
  }
}

async function keysRows(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: keysUrl });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Commands that `--help` names, those of groups with their group. */
async function namedByHelp(group: readonly string[] = []): Promise<string[]> {
  const { data } = await run([...group, '--help']);
  const names = [...(data.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(
    ([, name]) => name ?? '',
  );
  const found: string[] = [];
  for (const name of names.filter((one) => one !== 'help')) {
    const below = await namedByHelp([...group, name]);
    found.push(...(below.length > 0 ? below : [[...group, name].join(' ')]));
  }
  return found;
}

test('the commands asked here are all there are', async () => {
  const asked = new Set(commands.map((args) => args.filter((arg) => /^[a-z]+$/.test(arg)).join(' ')));
  expect(asked).toEqual(new Set(await namedByHelp()));
});

describe.each([
  [
    'the database',
    () => record.ownerPool.query('insert into mikro_orm_migrations (name) values ($1)', [ahead]),
  ],
  [
    'the database of the person keys',
    () => keysRows(`insert into mikro_orm_migrations (name) values ('${ahead}')`),
  ],
] as const)('%s is newer', (of, advance) => {
  let before: unknown;
  // what this version has not brought up to date yet shows whether it touched the other database first
  const behind = '059-item-lookups';
  const state = async () => [
    (await record.ownerPool.query('select name from mikro_orm_migrations order by name')).rows,
    (await record.ownerPool.query('select count(*)::int as tokens from api_token')).rows,
    await keysRows('select name from mikro_orm_migrations order by name'),
    await keysRows('select version, retired_at from master_version order by version'),
  ];
  beforeAll(async () => {
    await advance();
    await record.ownerPool.query('delete from mikro_orm_migrations where name = $1', [behind]);
    before = await state();
  });
  afterAll(async () => {
    await record.ownerPool.query('delete from mikro_orm_migrations where name = $1', [ahead]);
    await record.ownerPool.query('insert into mikro_orm_migrations (name) values ($1)', [behind]);
    await keysRows(`delete from mikro_orm_migrations where name = '${ahead}'`);
  });

  test.each(commands.map((args) => [args.join(' '), args] as const))('%s', async (_, args) => {
    const { code, told, data } = await run(args);
    expect([code, told, data]).toEqual([
      3,
      `tracewright: ${of} has migration ${ahead}, which this version does not know; start the version that made it, or restore the backup from before its upgrade\n`,
      '',
    ]);
    expect(await state()).toEqual(before);
  });
});
