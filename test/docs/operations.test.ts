/** The commands of docs/operations.md, run as they stand there. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startCommand } from '../support/command-line.js';
import { createTestDatabase } from '../support/database.js';
import { testSecrets } from '../support/secrets.js';

const root = join(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const commands = (name: string): string => {
  const found = new RegExp(`\`\`\`sh ${name}\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1];
  if (found === undefined) throw new Error(`docs/operations.md has no block ${name}`);
  return found;
};
const secrets = Object.fromEntries(
  (['masterKey', 'hashKey', 'cursorKey', 'signingKey'] as const).map((name) => [
    `TRACEWRIGHT_${name.replace(/[A-Z]/, (c) => `_${c}`).toUpperCase()}`,
    testSecrets[name].toString('base64'),
  ]),
);

/** Runs a block; `npx tracewright` is the built program under this Node. */
function run(name: string, environment: Record<string, string>): string {
  const prelude = `set -e -o pipefail\nnpx() { shift; "${process.execPath}" "${join(root, 'dist/main.js')}" "$@"; }\n`;
  const done = spawnSync('bash', ['-c', prelude + commands(name)], {
    env: { PATH: environment.PATH ?? process.env.PATH ?? '', ...secrets, ...environment },
    encoding: 'utf8',
  });
  expect([name, done.status, done.stderr]).toEqual([name, 0, expect.anything()]);
  return done.stdout;
}
const expectVerified = (stdout: string): void => {
  const lines = stdout
    .trim()
    .split('\n')
    .filter((line) => /^(ok|FAIL) /.test(line));
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([]);
};

let folder: string;
let chain: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracewright-operations-'));
  chmodSync(folder, 0o755);
  chain = join(folder, 'chain');
  mkdirSync(chain);
  const files = {
    'parties.csv': 'gln,name,roles\n9520001000003,Maker,MANUFACTURER\n',
    'sites.csv': 'gln,party_gln,name,kind\n9520001000010,9520001000003,Plant,PLANT\n',
    'products.csv': 'gtin,owner_gln,name,kind\n09520000010010,9520001000003,Bike,FINISHED\n',
    'batches.csv':
      'gtin,lot,site_gln,produced_from,quantity\n09520000010010,L1,9520001000010,2026-03-01,10\n',
    'sales.csv':
      'site_gln,gtin,lot,quantity,sold_at,buyer_email\n9520001000010,09520000010010,L1,1,2026-03-05,ann@example.com\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(chain, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an embedded database, copied away and back, is whole', async () => {
  const environment = { TRACEWRIGHT_DATA: join(folder, 'data'), BACKUP: join(folder, 'backup') };
  const first = await startCommand(['import', chain], environment).ended;
  expect([first.code, JSON.parse(first.stdout).created]).toEqual([0, 5]);
  run('embedded-backup', environment);
  rmSync(environment.TRACEWRIGHT_DATA, { recursive: true });
  expectVerified(run('embedded-restore', environment));
  const again = await startCommand(['import', chain], environment).ended;
  expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, existing: 5 });
}, 240_000);

test('a database that a newer version has migrated is refused in one line', async () => {
  const database = await createTestDatabase();
  try {
    await database.ownerPool.query("insert into mikro_orm_migrations (name) values ('999-of-tomorrow')");
    const environment = {
      DATABASE_URL: database.ownerPool.options.connectionString ?? '',
      TRACEWRIGHT_KEYS_URL: inject('keysUrl'),
    };
    const { code, stderr } = await startCommand(['serve'], environment).ended;
    expect([code, stderr.trim()]).toEqual([
      3,
      'tracewright: the database has migration 999-of-tomorrow, which this version does not know; use a newer version',
    ]);
  } finally {
    await database.close();
  }
});

/** The newest PostgreSQL of Debian's packages with its tools, where one is installed. */
const debian = '/usr/lib/postgresql';
const tools = existsSync(debian)
  ? readdirSync(debian)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(debian, version, 'bin'))
      .find((bin) =>
        ['initdb', 'pg_dump', 'pg_restore', 'pg_ctl'].every((tool) => existsSync(join(bin, tool))),
      )
  : undefined;
const isRoot = process.getuid?.() === 0;
if (!tools || !isRoot)
  console.info('no PostgreSQL with its tools, or no root to run it as another account: skipped');

describe.skipIf(!tools || !isRoot)('a PostgreSQL with its own tools', () => {
  const bin = tools ?? '';
  const asPostgres = (line: string): void => {
    const done = spawnSync('su', ['postgres', '-s', '/bin/bash', '-c', line], {
      cwd: '/',
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    expect([line, done.status, done.stderr]).toEqual([line, 0, expect.anything()]);
  };
  let cluster: string;
  let port: number;
  beforeAll(async () => {
    cluster = join(folder, 'cluster');
    mkdirSync(cluster, { mode: 0o700 });
    spawnSync('chown', ['postgres', cluster]);
    port = await freePort();
    asPostgres(`${bin}/initdb -D ${cluster} -U postgres -A trust -E UTF8 --no-locale --no-sync`);
    const settings = `-p ${port} -c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    asPostgres(`${bin}/pg_ctl -D ${cluster} -w -l ${cluster}/log -o "${settings}" start`);
  }, 120_000);
  afterAll(() => asPostgres(`${bin}/pg_ctl -D ${cluster} -w -m immediate stop`));
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const recreate = async () => {
    const client = new pg.Client({ connectionString: url('postgres') });
    await client.connect();
    for (const name of ['record', 'record_keys']) {
      await client.query(`drop database if exists ${name} with (force)`);
      await client.query(`create database ${name}`);
    }
    await client.end();
  };

  test('is dumped and restored, and is whole', async () => {
    const backup = join(folder, 'dumps');
    mkdirSync(backup);
    const environment = {
      PATH: `${bin}:${process.env.PATH}`,
      BACKUP: backup,
      DATABASE_URL: url('record'),
      TRACEWRIGHT_KEYS_URL: url('record_keys'),
    };
    await recreate();
    const first = await startCommand(['import', chain], environment).ended;
    expect([first.code, first.stdout && JSON.parse(first.stdout).created]).toEqual([0, 5]);
    run('own-backup', environment);
    await recreate();
    expectVerified(run('own-restore', environment));
    const again = await startCommand(['import', chain], environment).ended;
    expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, existing: 5 });
  }, 240_000);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}
