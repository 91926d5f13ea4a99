/** PostgreSQL 18 inside the project: made on first start, survives crashes, refuses a second process, stops with us. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, releaseLock, takeLock } from './data-lock.js';
import { embeddedBinaries, sharedPlace } from './embedded-binaries.js';
import { keepRunning, START_TIMEOUT_MS } from './keep-running.js';

export interface EmbeddedPostgres {
  /** Connection as superuser to the database `postgres`. */
  url: string;
  stop(): Promise<void>;
}

interface Account {
  uid: number;
  gid: number;
}

/** One service takes about 25; several, and what is run beside them by hand, share one embedded server (60 ran out in tests). */
const CONNECTIONS_MAX = 200;

/**
 * A look into an index costs about what the next page costs, on a disk without a moving arm and in memory. With the default
 * of 4 the ledger of one lot was read by a scan of everybody's: 36 ms of processor time instead of 14.
 */
const RANDOM_PAGE_COST = 1.1;

/** PostgreSQL refuses to run as root, so root hands it to an account without rights. */
function unprivilegedAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = lines.find((f) => f[0] === 'postgres') ?? lines.find((f) => f[0] === 'nobody');
  return { uid: Number(found?.[2] ?? 65534), gid: Number(found?.[3] ?? 65534) };
}

/** Whether every directory above a path lets other accounts through; the path's own mode is its owner's affair. */
function reachable(path: string): boolean {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    if (existsSync(dir) && (statSync(dir).mode & 0o001) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

/**
 * The cluster's directory: in the data directory, or where the unprivileged account can reach it. There its name holds
 * a number kept in the data directory, so that a data directory that was removed takes its cluster along: the next one
 * at the same path clears it away instead of failing at its password.
 */
function clusterDir(dataDir: string, account: Account | null): string {
  const inside = join(dataDir, 'postgres');
  if (account === null || reachable(inside)) return inside;
  const prefix = `tracewright-data-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  const file = join(dataDir, 'postgres-place');
  if (!existsSync(file)) {
    for (const name of readdirSync(sharedPlace).filter((entry) => entry.startsWith(prefix)))
      rmSync(join(sharedPlace, name), { recursive: true, force: true });
    writeFileSync(file, `${prefix}-${randomBytes(4).toString('hex')}`, { mode: 0o600 });
  }
  return join(sharedPlace, readFileSync(file, 'utf8'));
}

/** Starts the cluster of a data directory. Errors: DataInUseError when another live process has it. */
export async function startEmbeddedPostgres(
  dataDir: string,
  options: { fast?: boolean } = {},
): Promise<EmbeddedPostgres> {
  const account = unprivilegedAccount();
  const binaries = embeddedBinaries();
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  takeLock(dataDir);
  const cluster = clusterDir(dataDir, account);
  const password = superuserPassword(dataDir);
  const environment = {
    PATH: process.env.PATH ?? '',
    LD_LIBRARY_PATH: join(binaries, 'lib'),
    LC_ALL: 'C',
    TZ: 'UTC',
  };
  const as = { ...(account ?? {}), env: environment, cwd: '/' };
  try {
    if (!existsSync(join(cluster, 'PG_VERSION'))) createCluster(cluster, password, binaries, account, as);
    await stopOrphan(cluster);
    const port = await freePort();
    const log = openSync(join(dataDir, 'postgres.log'), 'a', 0o600);
    const settings = [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      `max_connections=${CONNECTIONS_MAX}`,
      '-c',
      'timezone=UTC',
      '-c',
      `random_page_cost=${RANDOM_PAGE_COST}`,
      '-c',
      'jit=off',
    ];
    // tests recreate their databases: losing them in a power cut is fine, waiting for the disk is not
    if (options.fast)
      settings.push('-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off');
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    const start = (): ChildProcess =>
      spawn(join(binaries, 'bin', 'postgres'), ['-D', cluster, '-p', String(port), ...settings], {
        ...as,
        stdio: ['ignore', log, log],
      });
    const running = await keepRunning(start, { url, log: join(dataDir, 'postgres.log') });
    return {
      url,
      stop: async () => {
        await running.stop();
        releaseLock(dataDir);
      },
    };
  } catch (error) {
    releaseLock(dataDir);
    throw error;
  }
}

function superuserPassword(dataDir: string): string {
  const file = join(dataDir, 'postgres-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

type SpawnAs = { uid?: number; gid?: number; env: NodeJS.ProcessEnv; cwd: string };

function createCluster(
  cluster: string,
  password: string,
  binaries: string,
  account: Account | null,
  as: SpawnAs,
): void {
  rmSync(cluster, { recursive: true, force: true }); // half made by a start that was killed
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  const passwordFile = join(cluster, '..', `initdb-${process.pid}.txt`);
  const file = account === null ? passwordFile : join(sharedPlace, `tracewright-initdb-${process.pid}.txt`);
  writeFileSync(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account) {
    chownSync(cluster, account.uid, account.gid);
    chownSync(file, account.uid, account.gid);
  }
  chmodSync(cluster, 0o700);
  const made = spawnSync(
    join(binaries, 'bin', 'initdb'),
    [
      '-D',
      cluster,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${file}`,
      '-E',
      'UTF8',
      '--no-locale',
      '--no-instructions',
    ],
    { ...as, encoding: 'utf8' },
  );
  rmSync(file, { force: true });
  if (made.status === 0) return;
  rmSync(cluster, { recursive: true, force: true });
  throw new Error(
    `the embedded PostgreSQL could not be made in ${cluster}: ${made.stderr || made.error?.message}`,
  );
}

/** A server whose parent was killed may still run: it is asked to stop before its directory is used again. */
async function stopOrphan(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const ours = () => {
    try {
      return pid > 0 && isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cluster);
    } catch {
      return false;
    }
  };
  if (ours()) process.kill(pid, 'SIGINT');
  for (let waited = 0; ours(); waited += 100) {
    if (waited > START_TIMEOUT_MS)
      throw new Error(`process ${pid} of an earlier run holds ${cluster} and does not stop`);
    await sleep(100);
  }
  rmSync(file, { force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
