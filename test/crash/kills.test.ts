/**
 * `kill -9` of the service, of a key rotation and, in the deep run, of PostgreSQL's own processes, at named places and at random,
 * while clients record, capture, publish and freeze. Nothing acknowledged is lost or doubled, and everything still verifies.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../../src/access/index.js';
import {
  connect,
  type Database,
  failpoints,
  prepare,
  prepareKeys,
  startEmbeddedPostgres,
} from '../../src/database/index.js';
import { startCommand } from '../support/command-line.js';
import { administer, createTestDatabase } from '../support/database.js';
import { chance, effort, isDeep, measured, seed } from '../support/effort.js';
import { testSecrets } from '../support/secrets.js';
import { Client, type KilledService, keysFile, killedService, maker } from './service-under-kills.js';

let folder: string;
let database: Database;
let environment: Record<string, string>;
let client: Client;
let service: KilledService;
const close: (() => Promise<void>)[] = [];

/** In the quick run a database of the run's server, whose processes others use too; in the deep run a server to be killed. */
async function openRecord(): Promise<Database> {
  const { hashKey } = testSecrets;
  let url: string;
  if (isDeep) {
    const server = await startEmbeddedPostgres(folder, { fast: true });
    close.push(server.stop);
    url = server.url;
    await prepare(url, hashKey);
  } else {
    const own = await createTestDatabase();
    close.push(own.close);
    url = own.ownerPool.options.connectionString ?? '';
  }
  // keys of its own: a rotation retires the master key of everybody who shares them
  const name = `${new URL(url).pathname.slice(1)}_keys`;
  const keysUrl = new URL(url);
  keysUrl.pathname = `/${name}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  if (!isDeep)
    close.push(async () => {
      await administer((one) => one.query(`drop database if exists ${name} with (force)`));
    });
  await prepareKeys(keysUrl.toString(), hashKey);
  environment = { DATABASE_URL: url, TRACEWRIGHT_KEYS_URL: keysUrl.toString() };
  const opened = await connect({ url, keysUrl: keysUrl.toString(), hashKey });
  close.push(opened.close);
  return opened;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tracewright-kills-'));
  chmodSync(folder, 0o755);
  database = await openRecord();
  environment.TRACEWRIGHT_MASTER_KEYS_FILE = keysFile(folder, testSecrets.masterKey);
  service = killedService(environment);
  await service.start();
  const admin = await createToken(database, { role: 'ADMIN', gln: null });
  client = new Client(service, { admin, maker: '' });
  await client.describe();
  const owner = await createToken(database, { role: 'MANUFACTURER', gln: maker });
  client = Object.assign(client, { tokens: { admin, maker: owner } });
}, 240_000);

afterAll(async () => {
  await service?.stop();
  for (const one of close.reverse()) await one();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

async function rows<T>(statement: string, pool: pg.Pool = database.ownerPool): Promise<T[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await pool.query<T & pg.QueryResultRow>(statement)).rows;
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(100); // the server is getting up again
    }
  }
}

/** Rotates the master key while the service works; killed at a place of it, and then done in full. */
async function rotate(failpoint: string): Promise<number> {
  const killed = await startCommand(['keys', 'rotate'], { ...environment, TRACEWRIGHT_FAILPOINT: failpoint })
    .ended;
  const again = await startCommand(['keys', 'rotate'], environment).ended;
  expect([again.code, again.stderr.match(/tracewright: .*/)]).toEqual([0, null]);
  return killed.signal === 'SIGKILL' ? 1 : 0;
}

/** Kills one process of PostgreSQL, or the one that watches over them. */
async function killPostgres(random: () => number): Promise<void> {
  const found = await rows<{ pid: number }>('select pid from pg_stat_activity order by pid');
  const main = Number(
    (await rows<{ pid: string }>(`select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid`))[0]
      ?.pid,
  );
  const pids = [...found.map(({ pid }) => pid), main];
  const chosen = pids[Math.floor(random() * pids.length)] ?? main;
  if (readFileSync(`/proc/${main}/cmdline`, 'utf8').includes('postgres')) process.kill(chosen, 'SIGKILL');
}

test('nothing acknowledged is lost or doubled, and everything verifies', async () => {
  const random = chance(seed);
  const target = effort(2, 200);
  const done = await measured('kills', async () => {
    const counts = { 'kills of the service': 0, 'of PostgreSQL': 0, 'of rotations': 0 };
    for (let round = 0; Object.values(counts).reduce((sum, n) => sum + n) < target; round += 1) {
      const before = service.deaths();
      const name = failpoints[round % 4] ?? 'record.before-commit';
      const how = isDeep ? Math.floor(random() * 4) : round % 2;
      if (how === 0) {
        await service.stop();
        await service.start(`${name}:${1 + Math.floor(random() * 30)}`);
      }
      const work = Promise.all([
        client.sell(`${round}`, 3 + Math.floor(random() * 6)),
        client.capture(`${round}`),
        client.recall(`K-${round}`),
        how === 3 ? rotate(`${round % 2 === 0 ? 'rotation.key-made' : 'rotation.keys-wrapped'}:1`) : 0,
      ]);
      const settled = work.catch(() => {});
      if (how === 1) {
        await Promise.race([sleep(Math.floor(random() * 400)), settled]);
        await service.kill();
      }
      if (how === 2) {
        await Promise.race([sleep(Math.floor(random() * 400)), settled]);
        await killPostgres(random);
        counts['of PostgreSQL'] += 1;
      }
      const [, , , rotations] = await work;
      counts['of rotations'] += rotations;
      // a kill after the last answer, or at a place that was not reached, is seen at the next start
      if (!service.isUp()) await client.sell(`${round}-after`, 1);
      counts['kills of the service'] += service.deaths() - before;
    }
    if (!isDeep) {
      for (const place of ['rotation.key-made:1', 'rotation.keys-wrapped:1'])
        counts['of rotations'] += await rotate(place);
      await client.sell('after-rotation', 2);
    }
    return { ...counts, recorded: client.acknowledged.size, captured: client.captured.size };
  });
  if (!isDeep) expect(done['of rotations']).toBe(2);

  const events = await rows<{ event_id: string; n: string }>(
    'select event_id, count(*)::text as n from event group by 1',
  );
  const ids = new Map(events.map(({ event_id, n }) => [event_id, n]));
  expect([...client.acknowledged].filter((id) => ids.get(id) !== '1')).toEqual([]);
  const captured = await rows<{ event_id: string; n: string }>(
    'select event_id, count(*)::text as n from epcis_event group by 1',
  );
  expect(captured.filter(({ n }) => n !== '1')).toEqual([]);
  expect(new Set(captured.map(({ event_id }) => event_id))).toEqual(client.captured);
  const open = await rows<{ n: string }>(
    'select count(*)::text as n from epcis_capture where finished_at is null',
  );
  expect(open).toEqual([{ n: '0' }]);
  const sold = await rows<{ n: string }>(
    'select coalesce(sum(quantity), 0)::text as n from sale where voided_at is null',
  );
  expect(sold).toEqual([
    { n: String([...client.acknowledged].filter((id) => id.startsWith('sale-')).length) },
  ]);
  // every person who was recorded can still be read
  const keys = new Set(
    (await rows<{ key_id: string }>('select key_id::text from person_key', await keysPool())).map(
      (row) => row.key_id,
    ),
  );
  const fields = await rows<{ key_id: string }>('select distinct key_id::text from person_field');
  expect(fields.filter(({ key_id }) => !keys.has(key_id))).toEqual([]);
  expect(fields.length).toBeGreaterThan(0);

  await service.stop();
  const verified = await startCommand(['verify'], environment).ended;
  expect([verified.code, verified.stdout.split('\n').filter((line) => line.startsWith('FAIL'))]).toEqual([
    0,
    [],
  ]);
});

async function keysPool(): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: environment.TRACEWRIGHT_KEYS_URL ?? '', max: 1 });
  pool.on('error', () => {});
  close.push(() => pool.end());
  return pool;
}
