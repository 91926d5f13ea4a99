/** The database of the service: started if it is the embedded one, migrated, and reached through two pools. */
import { createHmac } from 'node:crypto';
import { Logger, runMigrations as migrateQueue } from 'graphile-worker';
import pg from 'pg';
import type { Config } from '../config.js';
import { armFailpoint } from '../failpoint.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { keyMigrationsDir, migrate } from './migrate.js';

pg.types.setTypeParser(pg.types.builtins.INT8, BigInt);
const INT8_ARRAY: number = 1016;
// arrays of ids are ids too, not texts that are equal to none
pg.types.setTypeParser(INT8_ARRAY, (text) =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((entry) => (entry === 'NULL' ? null : BigInt(entry))),
);

export interface Database {
  /** Connections of the login `tracewright_app`, which owns nothing and acts only through the roles. */
  pool: pg.Pool;
  /** Connections of the owner, for migrations, tests and checks. */
  ownerPool: pg.Pool;
  /** Connections of the same login to the database of the person keys. */
  keysPool: pg.Pool;
  close(): Promise<void>;
}

const NAME = 'tracewright';
const POOL_MAX = 10;
const KEYS_POOL_MAX = 4;

/** The password of the service's login follows from a secret, so that nothing more has to be kept. */
export const loginPassword = (hashKey: Buffer): string =>
  createHmac('sha256', hashKey).update('tracewright_app login').digest('hex');

/** The same server and database, as the service's login. */
export function loginUrl(ownerUrl: string, hashKey: Buffer): string {
  const url = new URL(ownerUrl);
  url.username = 'tracewright_app';
  url.password = loginPassword(hashKey);
  return url.toString();
}

export interface Place {
  /** The record's database, as its owner. */
  url: string;
  /** The person keys' database, as its owner. */
  keysUrl: string;
  hashKey: Buffer;
  /** Called after the pools are closed. */
  stop?: () => Promise<void>;
  patience?: Patience;
}

/** How long the service waits for the database. */
export interface Patience {
  /** For a connection: one that is free, or a new one. */
  connectMs: number;
  /** For the answer to one statement, longer than any statement may take; null: as long as it takes, as a command does. */
  answerMs: number | null;
}

const ofCommand: Patience = { connectMs: 10_000, answerMs: null };

/** Longest that a transaction may stand idle: a service that vanished with its network must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 120_000;

function poolOf(connectionString: string, max: number, { connectMs, answerMs }: Patience): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    ...(answerMs !== null && { query_timeout: answerMs }),
  });
  // an idle connection that breaks is replaced at its next use; unheard, the event would end the process
  pool.on('error', () => {});
  // so would that of a connection in use that breaks between two statements; the next statement tells it
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Pools on databases that are migrated already. */
export async function connect({
  url,
  keysUrl,
  hashKey,
  stop,
  patience = ofCommand,
}: Place): Promise<Database> {
  const pool = poolOf(loginUrl(url, hashKey), POOL_MAX, patience);
  const ownerPool = poolOf(url, 3, patience);
  const keysPool = poolOf(loginUrl(keysUrl, hashKey), KEYS_POOL_MAX, patience);
  return {
    pool,
    ownerPool,
    keysPool,
    close: async () => {
      await Promise.all([pool.end(), ownerPool.end(), keysPool.end()]);
      await stop?.();
    },
  };
}

/** Migrates the database of the person keys and gives the service's login its password there. */
export const prepareKeys = (keysUrl: string, hashKey: Buffer): Promise<string[]> =>
  prepare(keysUrl, hashKey, keyMigrationsDir);

/** What goes wrong in the queue's migrations is thrown. */
const silent = new Logger(() => () => {});

/**
 * Migrates the record, with the queue of deliveries in its own schema beside it, and gives the service's login its password.
 * Returns the migrations that ran.
 */
export async function prepare(ownerUrl: string, hashKey: Buffer, dir?: string): Promise<string[]> {
  const ran = await migrate(ownerUrl, dir);
  if (dir === undefined) await migrateQueue({ connectionString: ownerUrl, logger: silent });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(7203)');
    await client.query(`alter role tracewright_app password '${loginPassword(hashKey)}'`);
  } finally {
    await client.end();
  }
  return ran;
}

async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rows.length === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}

/** Without a database of their own named, the keys lie beside the record: same server, its name and `_keys`. */
async function keysUrlOf(config: Config, url: string): Promise<string> {
  if (config.keysUrl) return config.keysUrl;
  const name = `${decodeURIComponent(new URL(url).pathname.slice(1)) || NAME}_keys`;
  return ensureDatabase(url, name).catch((error: Error) => {
    throw new Error(
      `TRACEWRIGHT_KEYS_URL: missing, and database ${name} could not be made: ${error.message}`,
    );
  });
}

interface Opening {
  patience?: Patience;
  stop?: () => Promise<void>;
}

async function open(config: Config, url: string, opening: Opening): Promise<Database> {
  const { hashKey } = config.secrets;
  const keysUrl = await keysUrlOf(config, url);
  await prepare(url, hashKey);
  await prepareKeys(keysUrl, hashKey);
  return connect({ url, keysUrl, hashKey, ...opening });
}

/** Opens the configured database: starts the embedded one if none is named, migrates, connects. */
export async function openDatabase(config: Config, patience: Patience = ofCommand): Promise<Database> {
  armFailpoint(config.failpoint ?? null);
  if (config.databaseUrl !== null) return open(config, config.databaseUrl, { patience });
  const server = await startEmbeddedPostgres(config.dataDir);
  try {
    return await open(config, await ensureDatabase(server.url, NAME), { patience, stop: server.stop });
  } catch (error) {
    await server.stop();
    throw error;
  }
}
