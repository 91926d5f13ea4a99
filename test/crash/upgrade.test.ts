/**
 * The next version of the program comes to a database of this one's, in which clients still record: nothing acknowledged is
 * lost, a migration that is killed changed nothing, two that come at once do it once, and the way back is refused.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareKeys } from '../../src/database/index.js';
import { builtProgram, startCommand } from '../support/command-line.js';
import { administer, createTestDatabase } from '../support/database.js';
import { type NextVersion, nextVersion } from '../support/next-version.js';
import { testSecrets } from '../support/secrets.js';
import { until } from '../support/until.js';
import { type Clients, openClients } from './clients-under-kills.js';
import { judge } from './judge.js';
import { openOutlets } from './outlets.js';
import { rowsOf } from './postgres-under-kills.js';
import { killedService } from './service-under-kills.js';

/** What migrations do to tables that are written at the same time; it takes its time, so that it can be met at work. */
const tomorrow = {
  name: '999-of-tomorrow',
  sql: `alter table event add column tomorrow text;
create index sale_of_tomorrow on sale (event_key, quantity);
create table seen_tomorrow (event_key uuid primary key);
insert into seen_tomorrow select event_key from event;
select pg_sleep(1.5);`,
};

let folder: string;
let next: NextVersion;
const close: (() => Promise<void>)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracewright-upgrade-'));
  next = nextVersion(tomorrow);
});
afterAll(async () => {
  for (const one of close.reverse()) await one();
  for (const one of [folder, next.folder]) rmSync(one, { recursive: true, force: true });
});

/** A record with keys of its own, of this version or with no schema at all. */
async function openRecord({ empty = false } = {}): Promise<{ url: string; keysUrl: string }> {
  const own = await (empty ? createTestDatabase(undefined, 'template0') : createTestDatabase());
  const url = own.ownerPool.options.connectionString ?? '';
  const keysUrl = new URL(url);
  keysUrl.pathname += '_keys';
  const name = keysUrl.pathname.slice(1);
  await administer((client) => client.query(`create database ${name}`));
  close.push(own.close, async () => {
    await administer((client) => client.query(`drop database if exists ${name} with (force)`));
  });
  if (!empty) await prepareKeys(keysUrl.toString(), testSecrets.hashKey);
  return { url, keysUrl: keysUrl.toString() };
}

const migrationsOf = async (url: string): Promise<string[]> =>
  (await rowsOf<{ name: string }>(url, 'select name from mikro_orm_migrations order by name')).map(
    ({ name }) => name,
  );

const isMigrating = (url: string): Promise<boolean> =>
  rowsOf(
    url,
    "select 1 from pg_stat_activity where query like '%pg_sleep%' and datname = current_database() and pid <> pg_backend_pid()",
  ).then((found) => found.length > 0);

test('a database of the version before is brought up to date while clients record, and nothing acknowledged is lost', async () => {
  const record = await openRecord();
  const outlets = await openOutlets(folder);
  close.push(outlets.close);
  const environment = { DATABASE_URL: record.url, TRACEWRIGHT_KEYS_URL: record.keysUrl, ...outlets.settings };
  let program = builtProgram;
  const service = killedService(environment, () => program);
  close.push(() => service.stop());
  await service.start();
  const clients = await openClients({ service, environment, folder }, record);
  const work = workOf(clients);
  await until('clients record', async () => clients.told.recorded.size > 20);

  const upgraded = startCommand(['serve'], environment, next.program);
  await until('the migration is at work', () => isMigrating(record.url));
  const during = clients.told.recorded.size;
  await upgraded.line(/tracewright serves at/);
  // the version before goes on for a while in the new schema
  await until(
    'clients of the version before record on',
    async () => clients.told.recorded.size > during + 10,
  );
  program = next.program;
  await service.stop();
  const before = clients.told.recorded.size;
  await until('clients of the next version record on', async () => clients.told.recorded.size > before + 10);
  await work.end();
  await until(
    'every letter is on its way',
    async () => (await rowsOf(record.url, "select 1 from delivery where state = 'QUEUED'")).length === 0,
  );
  upgraded.child.kill('SIGTERM');
  await upgraded.ended;
  await service.stop();

  expect(
    await judge({ ...record, masterKeys: outlets.masterKeys }, clients.told, outlets.arrived),
  ).toMatchObject({
    lost: 0,
    doubled: 0,
    unasked: 0,
    'captured lost': 0,
    'captured doubled': 0,
    'notices missing': 0,
    'notices told twice': 0,
    'people who cannot be read': 0,
  });
  const verified = await startCommand(['verify'], environment, next.program).ended;
  expect([verified.code, verified.stdout.split('\n').filter((line) => line.startsWith('FAIL'))]).toEqual([
    0,
    [],
  ]);
  const back = await startCommand(['serve'], environment).ended;
  expect([back.code, back.stderr]).toEqual([3, expect.stringContaining(tomorrow.name)]);
}, 240_000);

/** Rounds of two clients, one after the other, until they are told to end. */
function workOf(clients: Clients): { end(): Promise<void> } {
  let ending = false;
  const client = async (name: string): Promise<void> => {
    for (let n = 1; !ending; n += 1) {
      const round = `${name}${n}`;
      await clients.make(round);
      await Promise.all([clients.recall(round, 2), clients.capture(round)]);
    }
  };
  const running = Promise.all([client('a'), client('b')]);
  running.catch(() => {}); // told by end()
  return {
    async end() {
      ending = true;
      await running;
    },
  };
}

test('a migration that is killed changed nothing: the version before starts, and the next one does it again', async () => {
  const { url, keysUrl } = await openRecord();
  const environment = { DATABASE_URL: url, TRACEWRIGHT_KEYS_URL: keysUrl };
  const before = await migrationsOf(url);
  const killed = startCommand(['migrate'], environment, next.program);
  await until('the migration is at work', () => isMigrating(url));
  killed.child.kill('SIGKILL');
  expect((await killed.ended).signal).toBe('SIGKILL');
  const still = await startCommand(['token', 'list'], environment).ended;
  expect([still.code, await migrationsOf(url)]).toEqual([0, before]);
  expect(await rowsOf(url, "select to_regclass('seen_tomorrow')::text as made")).toEqual([{ made: null }]);
  const again = await startCommand(['migrate'], environment, next.program).ended;
  expect([again.code, again.stdout.trim(), await migrationsOf(url)]).toEqual([
    0,
    tomorrow.name,
    [...before, tomorrow.name],
  ]);
}, 120_000);

test('two that migrate the same database at once both come up, whether it is empty or of the version before', async () => {
  for (const empty of [true, false]) {
    const { url, keysUrl } = await openRecord({ empty });
    const environment = { DATABASE_URL: url, TRACEWRIGHT_KEYS_URL: keysUrl };
    const both = await Promise.all(
      [1, 2].map(() => startCommand(['migrate'], environment, next.program).ended),
    );
    expect(both.map(({ code, stderr }) => [code, stderr.match(/tracewright: .*/)?.[0]])).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
    expect((await migrationsOf(url)).filter((name) => name === tomorrow.name)).toEqual([tomorrow.name]);
  }
}, 120_000);
