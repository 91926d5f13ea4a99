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
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCommand } from '../support/command-line.js';
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

test('an embedded database, copied away and back to another place, is whole', async () => {
  const environment = { TRACEWRIGHT_DATA: join(folder, 'data'), BACKUP: join(folder, 'backup') };
  const elsewhere = { ...environment, TRACEWRIGHT_DATA: join(folder, 'elsewhere') };
  const first = await startCommand(['import', chain], environment).ended;
  expect([first.code, JSON.parse(first.stdout).created]).toEqual([0, 5]);
  run('embedded-backup', environment);
  rmSync(environment.TRACEWRIGHT_DATA, { recursive: true });
  expectVerified(run('embedded-restore', elsewhere));
  const again = await startCommand(['import', chain], elsewhere).ended;
  expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, existing: 5 });
}, 240_000);

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
  const running: string[] = [];
  /** A cluster of its own with two empty databases; answers the address of one by its name. */
  const startCluster = async (name: string): Promise<(database: string) => string> => {
    const cluster = join(folder, name);
    mkdirSync(cluster, { mode: 0o700 });
    spawnSync('chown', ['postgres', cluster]);
    const port = await freePort();
    asPostgres(`${bin}/initdb -D ${cluster} -U postgres -A trust -E UTF8 --no-locale --no-sync`);
    const settings = `-p ${port} -c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    asPostgres(`${bin}/pg_ctl -D ${cluster} -w -l ${cluster}/log -o "${settings}" start`);
    running.push(cluster);
    const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
    const client = new pg.Client({ connectionString: url('postgres') });
    await client.connect();
    for (const database of ['record', 'record_keys']) await client.query(`create database ${database}`);
    await client.end();
    return url;
  };
  afterAll(() => {
    for (const cluster of running) asPostgres(`${bin}/pg_ctl -D ${cluster} -w -m immediate stop`);
  });

  test('is dumped, restored to an empty server, and is whole', async () => {
    const backup = join(folder, 'dumps');
    mkdirSync(backup);
    const environmentOf = (url: (database: string) => string) => ({
      PATH: `${bin}:${process.env.PATH}`,
      BACKUP: backup,
      DATABASE_URL: url('record'),
      TRACEWRIGHT_KEYS_URL: url('record_keys'),
    });
    const here = environmentOf(await startCluster('cluster'));
    const first = await startCommand(['import', chain], here).ended;
    expect([first.code, first.stdout && JSON.parse(first.stdout).created]).toEqual([0, 5]);
    run('own-backup', here);
    const elsewhere = environmentOf(await startCluster('empty-cluster'));
    expectVerified(run('own-restore', elsewhere));
    const again = await startCommand(['import', chain], elsewhere).ended;
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
