/** What every use of MikroORM here agrees on: names, and that it never derives a schema. */
import { Migrator } from '@mikro-orm/migrations';
import { UnderscoreNamingStrategy } from '@mikro-orm/postgresql';

/** Migrations are SQL files of our own: a generated difference would drop functions, policies and partial indexes. */
export const ormOptions = {
  namingStrategy: UnderscoreNamingStrategy,
  extensions: [Migrator],
  discovery: { warnWhenNoEntities: false },
  ensureDatabase: false,
  logger: () => {},
};
