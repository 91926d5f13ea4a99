/** The database of the service: started if it is the embedded one, migrated, and reached through two pools. */
import { createHmac } from 'node:crypto';
import { Logger, runMigrations as migrateQueue } from 'graphile-worker';
import pg from 'pg';
import type { Config } from '../config.js';
import { armFailpoint } from '../failpoint.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { keysSchema, openMigrator, recordSchema, type Schema, type SchemaMigrator } from './migrate.js';

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

/** A connection keeps the plans of what it was asked; a new one makes them again. */
const IDLE_MS = 600_000;

function poolOf(connectionString: string, max: number, { connectMs, answerMs }: Patience): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: connectMs,
    // what does not need the answer before it is sent along: a question of thirty statements waits half as often
    pipeline: true,
    idleTimeoutMillis: IDLE_MS,
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

/** What goes wrong in the queue's migrations is thrown. */
const silent = new Logger(() => () => {});

/** One process at a time brings databases up to date; who comes meanwhile waits, and finds it done. Migrations of roles take 7203. */
const MIGRATING_LOCK = 7211;
/** A role is of the whole server: others may give it its password in the same moment. */
const PASSWORD_ATTEMPTS_MAX = 10;

interface Migrated {
  url: string;
  schema: Schema;
}

/**
 * Migrates databases, with the queue of deliveries in its own schema beside the record, and gives the service's login its
 * password. Returns the migrations that ran. Errors: SchemaNewerError when one is ahead of us, and nothing is changed in any.
 */
async function bringUpToDate(
  databases: readonly [Migrated, ...Migrated[]],
  hashKey: Buffer,
): Promise<string[]> {
  const client = new pg.Client({ connectionString: databases[0].url });
  const migrators: SchemaMigrator[] = [];
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(${MIGRATING_LOCK})`);
    for (const { url, schema } of databases) migrators.push(await openMigrator(url, schema));
    for (const migrator of migrators) await migrator.check();
    const ran: string[] = [];
    for (const migrator of migrators) ran.push(...(await migrator.up()));
    for (const { url, schema } of databases)
      if (schema === recordSchema) await migrateQueue({ connectionString: url, logger: silent });
    await setPassword(client, hashKey);
    return ran;
  } finally {
    for (const migrator of migrators) await migrator.close();
    await client.end();
  }
}

async function setPassword(client: pg.Client, hashKey: Buffer): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`alter role tracewright_app password '${loginPassword(hashKey)}'`);
      return;
    } catch (error) {
      const isTaken = error instanceof pg.DatabaseError && error.message === 'tuple concurrently updated';
      if (!isTaken || attempt >= PASSWORD_ATTEMPTS_MAX) throw error;
    }
  }
}

/** Brings the record's database up to date. */
export const prepare = (url: string, hashKey: Buffer): Promise<string[]> =>
  bringUpToDate([{ url, schema: recordSchema }], hashKey);

/** Brings the database of the person keys up to date. */
export const prepareKeys = (url: string, hashKey: Buffer): Promise<string[]> =>
  bringUpToDate([{ url, schema: keysSchema }], hashKey);

/** Another process made it a moment ago: duplicate_database, or unique_violation in the catalogue. */
const alreadyThere = new Set(['42P04', '23505']);

async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rows.length === 0)
      await client.query(`create database ${pg.escapeIdentifier(name)}`).catch((error: Error) => {
        const isThere = error instanceof pg.DatabaseError && alreadyThere.has(error.code ?? '');
        if (!isThere) throw error;
      });
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
  /** A command waits as long as an answer takes. */
  patience?: Patience;
  /** Hears of each migration that ran. */
  migrated?: (name: string) => void;
}

async function open(
  config: Config,
  url: string,
  { migrated, ...how }: Opening & Pick<Place, 'stop'>,
): Promise<Database> {
  const { hashKey } = config.secrets;
  const keysUrl = await keysUrlOf(config, url);
  const ran = await bringUpToDate(
    [
      { url, schema: recordSchema },
      { url: keysUrl, schema: keysSchema },
    ],
    hashKey,
  );
  if (migrated) for (const name of ran) migrated(name);
  return connect({ url, keysUrl, hashKey, ...how });
}

/** Opens the configured database: starts the embedded one if none is named, migrates, connects. */
export async function openDatabase(config: Config, opening: Opening = {}): Promise<Database> {
  armFailpoint(config.failpoint ?? null);
  if (config.databaseUrl !== null) return open(config, config.databaseUrl, opening);
  const server = await startEmbeddedPostgres(config.dataDir);
  try {
    return await open(config, await ensureDatabase(server.url, NAME), { ...opening, stop: server.stop });
  } catch (error) {
    await server.stop();
    throw error;
  }
}
