/** Migrations: readable SQL files, run once each and remembered by MikroORM's migrator. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Migration } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from './orm-options.js';
import { packageRoot } from './package-root.js';

/** The record's migrations, and below them those of the person keys' own database. */
const migrationsDir = join(packageRoot, 'migrations');
const keyMigrationsDir = join(migrationsDir, 'keys');

/** One migration class a file, in the order of the file names. */
export function migrationsList(dir = migrationsDir) {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((file) => ({
      name: file.replace(/\.sql$/, ''),
      class: class extends Migration {
        override up(): void {
          this.addSql(readFileSync(join(dir, file), 'utf8'));
        }
      },
    }));
}

/** Migrations that belong together, and how a message names the database they are of. */
export interface Schema {
  dir: string;
  of: string;
  /** Before the names of its migrations. */
  prefix: string;
}
export const recordSchema: Schema = { dir: migrationsDir, of: 'the database', prefix: '' };
export const keysSchema: Schema = {
  dir: keyMigrationsDir,
  of: 'the database of the person keys',
  prefix: 'keys/',
};

export class SchemaNewerError extends Error {}

export interface SchemaMigrator {
  /** Changes nothing. Errors: SchemaNewerError when the database is ahead of us. */
  check(): Promise<void>;
  /** Brings the schema up to date, in one transaction; answers the names that ran. */
  up(): Promise<string[]>;
  close(): Promise<void>;
}

/** For one process at a time: another that migrates the same database would do it twice. */
export async function openMigrator(ownerUrl: string, { dir, of, prefix }: Schema): Promise<SchemaMigrator> {
  const list = migrationsList(dir);
  const orm = await MikroORM.init({
    ...ormOptions,
    discovery: { ...ormOptions.discovery }, // init writes into it, and a later ORM of the same options would find no entities
    clientUrl: ownerUrl,
    entities: [],
    migrations: {
      migrationsList: list,
      snapshot: false,
      transactional: true,
      allOrNothing: true,
      silent: true,
    },
  });
  return {
    async check() {
      const known = new Set(list.map((migration) => migration.name));
      const ahead = (await orm.migrator.getExecuted()).find((row) => !known.has(row.name));
      if (ahead)
        throw new SchemaNewerError(
          `${of} has migration ${ahead.name}, which this version does not know; start the version that made it, or restore the backup from before its upgrade`,
        );
    },
    up: async () => (await orm.migrator.up()).map((row) => `${prefix}${row.name}`),
    close: () => orm.close(true),
  };
}
