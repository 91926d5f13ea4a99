/** Migrations: readable SQL files, run once each and remembered by MikroORM's migrator. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Migration } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from './orm-options.js';
import { packageRoot } from './package-root.js';

/** The record's migrations, and below them those of the person keys' own database. */
export const migrationsDir = join(packageRoot, 'migrations');
export const keyMigrationsDir = join(migrationsDir, 'keys');

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

export class SchemaNewerError extends Error {}

/** Brings the schema up to date; returns the names that ran. Errors: SchemaNewerError when the database is ahead of us. */
export async function migrate(ownerUrl: string, dir = migrationsDir): Promise<string[]> {
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
  try {
    const known = new Set(list.map((migration) => migration.name));
    const executed = await orm.migrator.getExecuted();
    const ahead = executed.find((row) => !known.has(row.name));
    if (ahead)
      throw new SchemaNewerError(
        `the database has migration ${ahead.name}, which this version does not know; use a newer version`,
      );
    return (await orm.migrator.up()).map((row) => row.name);
  } finally {
    await orm.close(true);
  }
}
