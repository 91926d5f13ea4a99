/**
 * The disk of the embedded database is full: first a statement is refused, then PostgreSQL itself goes down for want of room for
 * its log and cannot start. Told as an outage, nothing half recorded, and over by itself once there is room.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { announceMasterKeys, createToken, fixedKeyRing } from '../../src/access/index.js';
import { type Database, openDatabase } from '../../src/database/index.js';
import { verify } from '../../src/record/index.js';
import { limits } from '../../src/server/limits.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { recordEvents } from '../support/graphql-rows.js';
import { testSecrets } from '../support/secrets.js';
import { until } from '../support/until.js';
import { testVault } from '../support/vault.js';
import { lot, sale } from './faulty-service.js';

const SIZE = '260m';
/** Enough to keep PostgreSQL up, and too little to make a table longer again and again. */
const ROOM_BYTES = 2 * 1024 * 1024;
/** Its log of changes goes on in another file, for which there has to be room. */
const NEXT_SEGMENT =
  'select pg_logical_emit_message(true, $$disk$$, repeat($$x$$, 1000000)), pg_switch_wal()';

const folder = mkdtempSync(join(tmpdir(), 'tracewright-disk-'));
const ran = (program: string, args: string[]): boolean => spawnSync(program, args).status === 0;
const mounted =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  ran('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', folder]);

let database: Database | null = null;
let server: TestServer | null = null;
afterAll(async () => {
  rmSync(join(folder, 'ballast'), { force: true });
  await server?.close(); // with its database
  if (server === null) await database?.close();
  if (mounted) ran('umount', [folder]) || ran('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

/** Leaves so many bytes free on the small disk. */
function fill(leaving: number): void {
  const file = openSync(join(folder, 'ballast'), 'a');
  const { bavail, bsize } = statfsSync(folder);
  const piece = Buffer.alloc(1024 * 1024);
  try {
    for (let left = bavail * bsize - leaving; left > 0; left -= piece.length)
      writeSync(file, piece, 0, Math.min(left, piece.length));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
/** The process that its file names; NaN while there is none. */
function postmaster(): number {
  const file = join(folder, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN;
}
const makeRoom = (): void => rmSync(join(folder, 'ballast'), { force: true });

test.skipIf(!mounted)(
  'a full disk: refused, nothing half recorded, all acknowledged there once there is room (skipped where no small disk can be mounted)',
  async () => {
    database = await openDatabase(
      {
        ...{ production: false, databaseUrl: null, dataDir: folder, host: '127.0.0.1', port: 0 },
        ...{ secrets: testSecrets, logLevel: 'silent', answerLimits: {} },
      },
      { patience: { connectMs: 4_000, answerMs: 8_000 } },
    );
    await announceMasterKeys(database, fixedKeyRing(new Map([[1, testSecrets.masterKey]])));
    server = await startTestServer(
      { sealIntervalMs: 50 },
      { database, limits: { ...limits, readyMs: 1_000 } },
    );
    const { url } = server;
    const { ownerPool } = database;
    const token = await createToken(database, { role: 'ADMIN', gln: null });
    const record = async (events: readonly object[]) => {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({
          query: recordEvents,
          variables: { input: { events, onProblem: 'REJECT_ALL' } },
        }),
      });
      const { data, errors } = (await answer.json()) as {
        data?: { recordEvents?: { results: { status: string }[] } | null } | null;
        errors?: { message: string; extensions: { code: string } }[];
      };
      return {
        told: [answer.status, errors?.[0]?.extensions.code ?? null, answer.headers.get('retry-after')],
        message: errors?.[0]?.message ?? '',
        statuses: data?.recordEvents?.results.map(({ status }) => status) ?? null,
      };
    };
    const health = async (path: string) => (await fetch(`${url}/health/${path}`)).status;
    const ready = () => until('the service is ready again', async () => (await health('ready')) === 200);
    const unavailable = [503, 'UNAVAILABLE', '2'];
    const batch = (n: number) => Array.from({ length: 100 }, (_, i) => sale(`disk-${n}-${i}`, 'D1'));
    const acknowledged: number[] = [];
    const refused: number[] = [];
    let next = 0;
    /** Records until it is refused; answers what was said. */
    const untilRefused = async (): Promise<string> => {
      for (;;) {
        const n = next;
        next += 1;
        const { told, statuses, message } = await record(batch(n));
        expect(await health('live')).toBe(200);
        if (statuses === null) {
          expect(told).toEqual(unavailable);
          refused.push(n);
          return message;
        }
        expect(new Set(statuses)).toEqual(new Set(['CREATED']));
        acknowledged.push(n);
        expect(next, 'the disk is never full').toBeLessThan(400);
      }
    };
    /** What is there of each batch: all of it or nothing. */
    const kept = async (): Promise<Map<number, number>> => {
      const { rows } = await ownerPool.query<{ n: string; events: bigint }>(
        "select split_part(event_id, '-', 2) as n, count(*) as events from event where event_id like 'disk-%' group by 1",
      );
      return new Map(rows.map(({ n, events }) => [Number(n), Number(events)]));
    };
    const judge = async (): Promise<void> => {
      const found = await kept();
      for (const n of acknowledged) expect(found.get(n), `acknowledged batch ${n}`).toBe(100);
      for (const n of refused) expect([undefined, 100], `refused batch ${n}`).toContain(found.get(n));
      for (const n of refused.splice(0)) {
        const { statuses } = await record(batch(n));
        expect(new Set(statuses)).toEqual(new Set([found.has(n) ? 'EXISTS' : 'CREATED']));
        acknowledged.push(n);
      }
      expect([...(await kept()).values()].every((events) => events === 100)).toBe(true);
    };
    /** Another one after every time that PostgreSQL went down. */
    const checkpointer = async () => {
      const { rows } = await ownerPool.query<{ pid: number }>(
        "select pid from pg_stat_activity where backend_type = 'checkpointer'",
      );
      return rows[0]?.pid;
    };

    expect((await record([lot('D1', 100_000)])).statuses).toEqual(['CREATED']);

    // room for the log of changes, none for tables: the statement is refused, and PostgreSQL stays up
    const first = await checkpointer();
    fill(ROOM_BYTES);
    expect(await untilRefused()).toBe('the database has no room left; try again later');
    expect(await health('ready')).toBe(200);
    makeRoom();
    await judge();
    expect(await checkpointer()).toBe(first);

    // no room for the log of changes either: PostgreSQL goes down, and up again when there is room
    fill(0);
    while ((await health('ready')) === 200) await ownerPool.query(NEXT_SEGMENT).catch(() => {});
    await untilRefused();
    makeRoom();
    await ready();
    const second = await checkpointer();
    expect(second).not.toBe(first);
    await judge();

    // killed meanwhile, it cannot even start: it is started again and again until it can
    const killed = postmaster();
    fill(0);
    process.kill(killed, 'SIGKILL');
    await until('the database is down', async () => (await health('ready')) === 503);
    await untilRefused();
    await until('it has been started again', async () => postmaster() !== killed);
    expect(await health('live')).toBe(200);
    makeRoom();
    await ready();
    expect(await checkpointer()).not.toBe(second);
    await judge();
    const checks = await verify({ database, vault: testVault() });
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  },
  120_000,
);
