/** The database of the service: started if it is the embedded one, migrated, and reached through two pools. */
import { createHmac } from 'node:crypto';
import pg from 'pg';
import type { Config } from '../config.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';

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
  close(): Promise<void>;
}

const NAME = 'tracewright';
const POOL_MAX = 10;

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

/** Pools on a database that is migrated already. */
export async function connect(
  ownerUrl: string,
  hashKey: Buffer,
  stop: () => Promise<void> = async () => {},
): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: loginUrl(ownerUrl, hashKey),
    max: POOL_MAX,
    connectionTimeoutMillis: 10_000,
  });
  const ownerPool = new pg.Pool({ connectionString: ownerUrl, max: 3, connectionTimeoutMillis: 10_000 });
  // an idle connection that breaks is replaced at its next use; unheard, the event would end the process
  pool.on('error', () => {});
  ownerPool.on('error', () => {});
  return {
    pool,
    ownerPool,
    close: async () => {
      await Promise.all([pool.end(), ownerPool.end()]);
      await stop();
    },
  };
}

/** Migrates and gives the service's login its password. Returns the migrations that ran. */
export async function prepare(ownerUrl: string, hashKey: Buffer): Promise<string[]> {
  const ran = await migrate(ownerUrl);
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
    if (found.rows.length === 0) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Opens the configured database: starts the embedded one if none is named, migrates, connects. */
export async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl !== null) {
    await prepare(config.databaseUrl, config.secrets.hashKey);
    return connect(config.databaseUrl, config.secrets.hashKey);
  }
  const server = await startEmbeddedPostgres(config.dataDir);
  try {
    const url = await ensureDatabase(server.url, NAME);
    await prepare(url, config.secrets.hashKey);
    return await connect(url, config.secrets.hashKey, server.stop);
  } catch (error) {
    await server.stop();
    throw error;
  }
}
