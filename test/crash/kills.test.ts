/**
 * `kill -9` of the service, of commands beside it and of each process of PostgreSQL, at named places and at random, while
 * clients record, capture, import, publish, freeze, tell and export. Nothing acknowledged is lost or doubled, nobody is told
 * under two keys or not at all, and everything still verifies.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failpoints, prepare, prepareKeys, startEmbeddedPostgres } from '../../src/database/index.js';
import { startCommand } from '../support/command-line.js';
import { chance, effort, isDeep, measured, seed } from '../support/effort.js';
import { testSecrets } from '../support/secrets.js';
import { until } from '../support/until.js';
import { type Clients, openClients } from './clients-under-kills.js';
import { judge } from './judge.js';
import { type Outlets, openOutlets } from './outlets.js';
import { killPostgres, type PostgresProcess, postgresProcesses, rowsOf } from './postgres-under-kills.js';
import { type KilledService, killedService } from './service-under-kills.js';

/** Places in the service, and how often at most the work of a round comes by: which time of them kills is chance. */
const servicePlaces: Readonly<Record<string, number>> = {
  'record.before-commit': 60,
  'record.after-commit': 60,
  'record.events-inserted': 4,
  'keys.before-commit': 6,
  'keys.after-commit': 6,
  'capture.rows-recorded': 1,
  'capture.events-kept': 1,
  'capture.reported': 1,
  'freeze.version-opened': 2,
  'notices.written': 2,
  'delivery.sent': 5,
  'sealing.entries-appended': 4,
  'sealing.nodes-written': 4,
  'export.kept': 1,
  'export.piece-written': 2,
  'export.rows-written': 2,
};
const importPlaces: Readonly<Record<string, number>> = {
  'import.piece-recorded': 2,
  'record.events-inserted': 2,
  'record.before-commit': 6,
};
const exportPlaces: Readonly<Record<string, number>> = { 'export.file-written': 3 };
/** Deriving again: a record that is as its events say, since what it would find wrong is test/crash/rebuild.test.ts's. */
const rebuildPlaces: Readonly<Record<string, number>> = { 'rebuild.piece-derived': 40 };
const rotationPlaces: Readonly<Record<string, number>> = {
  'rotation.key-made': 1,
  'rotation.old-retired': 1,
  'rotation.keys-wrapped': 1,
  'keys.before-commit': 4,
};

type Kill =
  | { of: 'service' | 'import' | 'rotation' | 'rebuild' | 'folder export'; place: string; passes: number }
  | {
      of: 'service' | 'import' | 'rotation' | 'rebuild' | 'folder export' | 'service and database';
      place: null;
    }
  | { of: PostgresProcess; place: null };

const atPlaces = (
  of: 'service' | 'import' | 'rotation' | 'rebuild' | 'folder export',
  places: Readonly<Record<string, number>>,
): Kill[] => Object.entries(places).map(([place, passes]) => ({ of, place, passes }));

const everyKill: readonly Kill[] = [
  ...atPlaces('service', servicePlaces),
  ...atPlaces('import', importPlaces),
  ...atPlaces('rotation', rotationPlaces),
  ...atPlaces('rebuild', rebuildPlaces),
  ...atPlaces('folder export', exportPlaces),
  ...(
    ['service', 'service', 'import', 'rotation', 'rebuild', 'folder export', 'service and database'] as const
  ).map((of) => ({ of, place: null })),
  ...postgresProcesses.map((of) => ({ of, place: null })),
];
/** One of each sort, in `npm test`. */
const fewKills: readonly Kill[] = [
  { of: 'service', place: 'freeze.version-opened', passes: 1 },
  { of: 'client backend', place: null },
  { of: 'service', place: 'delivery.sent', passes: 2 },
  { of: 'import', place: 'import.piece-recorded', passes: 1 },
  { of: 'postmaster', place: null },
  { of: 'rotation', place: 'rotation.keys-wrapped', passes: 1 },
];

/** A busy machine starts the service a dozen times in it; the deep run does so some hundred times. */
const TEST_MAX_MS = isDeep ? 4 * 3_600_000 : 300_000;
/** Longest that a kill at random waits after the work of its round has begun. */
const RANDOM_MAX_MS = 2_500;
/** A letter that an outage broke off is tried again after e^attempts seconds. */
const DELIVERED_MAX_MS = 180_000;

let folder: string;
let environment: Record<string, string>;
let clients: Clients;
let service: KilledService;
let url: string;
let outlets: Outlets;
const close: (() => Promise<void>)[] = [];

/** A server of its own, with the settings that it has in use: those of other tests give up what a kill would lose. */
async function openRecord(): Promise<{ url: string; keysUrl: string }> {
  const { hashKey } = testSecrets;
  const server = await startEmbeddedPostgres(folder);
  close.push(server.stop);
  const keysUrl = new URL(server.url);
  keysUrl.pathname = '/record_keys';
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('create database record_keys');
  await admin.end();
  await prepare(server.url, hashKey);
  await prepareKeys(keysUrl.toString(), hashKey);
  return { url: server.url, keysUrl: keysUrl.toString() };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tracewright-kills-'));
  chmodSync(folder, 0o755);
  outlets = await openOutlets(folder);
  close.push(outlets.close);
  const { keysUrl, ...record } = await openRecord();
  url = record.url;
  environment = { DATABASE_URL: url, TRACEWRIGHT_KEYS_URL: keysUrl, ...outlets.settings };
  service = killedService(environment);
  await service.start();
  clients = await openClients({ service, environment, folder }, { url, keysUrl });
}, 240_000);

afterAll(async () => {
  await service?.stop();
  for (const one of close.reverse()) await one();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

/** Does a round's work under one kill, until all of it is acknowledged. Answers whether the kill came. */
async function round(name: string, kill: Kill, random: () => number): Promise<boolean> {
  const before = service.deaths();
  const count = 2 + Math.floor(random() * 3);
  const delayMs = Math.floor(random() * RANDOM_MAX_MS);
  const passes = kill.place === null ? 0 : 1 + Math.floor(random() * kill.passes);
  const own = kill.place === null ? { afterMs: delayMs } : { failpoint: `${kill.place}:${passes}` };
  if (kill.of === 'service' && kill.place !== null) {
    await service.stop();
    await service.start(own.failpoint);
  }
  const commands = async (): Promise<number> => {
    if (kill.of === 'import') return clients.import(name, own);
    if (kill.of === 'rotation') return clients.run(['keys', 'rotate'], own);
    if (kill.of === 'rebuild') return clients.run(['rebuild'], own);
    if (kill.of === 'folder export') return clients.exportFolder(own);
    return 0;
  };
  await clients.make(name);
  const work = Promise.all([clients.recall(name, count), clients.capture(name), commands()]);
  let came = 0;
  const killing = async (): Promise<void> => {
    const isProcess = (postgresProcesses as readonly string[]).includes(kill.of);
    if (kill.place !== null || !(isProcess || kill.of.startsWith('service'))) return;
    await Promise.race([sleep(delayMs), work.catch(() => {})]);
    if (kill.of === 'service and database')
      await Promise.all([killPostgres(url, 'postmaster', random), service.kill()]);
    else if (kill.of === 'service') await service.kill();
    else if (await killPostgres(url, kill.of as PostgresProcess, random)) came += 1;
  };
  const [[, , ofCommand]] = await Promise.all([work, killing()]);
  came += ofCommand + service.deaths() - before;
  // a service that saw its database die goes on by itself: nobody starts it again
  if (service.deaths() === before && service.isUp()) await delivered();
  return came > 0;
}

const delivered = (): Promise<void> =>
  until(
    'every letter is on its way',
    async () =>
      (await rowsOf(url, "select 1 from delivery where state = 'QUEUED' and channel <> 'PRINT'")).length ===
      0,
    DELIVERED_MAX_MS,
  );

const signed = async (): Promise<string[]> =>
  (
    await rowsOf<{ line: string }>(
      url,
      "select tree_size || ' ' || encode(root_hash, 'hex') as line from log_checkpoint order by tree_size",
    )
  ).map(({ line }) => line);

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

test(
  'what was acknowledged is there once, whoever is killed',
  async () => {
    const random = chance(seed);
    expect(new Set(everyKill.map(({ place }) => place).filter((place) => place !== null))).toEqual(
      new Set(failpoints),
    );
    const target = effort(fewKills.length, 200);
    const checkpoints = new Set<string>();
    let unsigned: string[] = [];
    let failed: string[] = [];
    const done = await measured('kills', async () => {
      const killed: Record<string, number> = {};
      let kills = 0;
      let rounds = 0;
      while (kills < target) {
        for (const kill of isDeep ? shuffled(everyKill, random) : fewKills) {
          if (kills >= target) break;
          rounds += 1;
          if (!(await round(String(rounds), kill, random))) continue;
          kills += 1;
          const place = `of the ${kill.of} ${kill.place === null ? 'at random' : `at ${kill.place}`}`;
          killed[place] = (killed[place] ?? 0) + 1;
          for (const line of await signed()) checkpoints.add(line);
        }
      }
      if (!service.isUp()) await service.start();
      await delivered();
      const kept = new Set(await signed());
      unsigned = [...checkpoints].filter((line) => !kept.has(line));
      const judged = await judge(
        { url, keysUrl: environment.TRACEWRIGHT_KEYS_URL ?? '', masterKeys: outlets.masterKeys },
        clients.told,
        outlets.arrived,
      );
      await service.stop();
      const verified = await startCommand(['verify'], environment).ended;
      failed = verified.stdout.split('\n').filter((line) => line.startsWith('FAIL'));
      if (verified.code !== 0) failed.push(`exit ${verified.code}: ${verified.stderr}`);
      return {
        kills,
        ...Object.fromEntries(Object.entries(killed).sort(([a], [b]) => (a < b ? -1 : 1))),
        rounds,
        ...judged,
        'letters and hooks received': outlets.arrived.mails.length + outlets.arrived.hooks.length,
        'checkpoints seen': checkpoints.size,
        'checkpoints taken back': unsigned.length,
        'ends of the service by itself': service.faults().length,
        'failed checks of verify': failed.length,
      };
    });
    expect({ failed, unsigned, faults: service.faults() }).toEqual({ failed: [], unsigned: [], faults: [] });
    expect(done).toMatchObject({
      lost: 0,
      doubled: 0,
      unasked: 0,
      'captured lost': 0,
      'captured doubled': 0,
      'imported lost or doubled': 0,
      'notices missing': 0,
      'notices told twice': 0,
      'scope versions lost or doubled': 0,
      'exports lost or doubled': 0,
      'people who cannot be read': 0,
    });
    expect(done['events acknowledged']).toBeGreaterThan(0);
    expect(done['notices owed']).toBeGreaterThan(0);
  },
  TEST_MAX_MS,
);
