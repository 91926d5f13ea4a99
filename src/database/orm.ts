/**
 * MikroORM on a connection of ours: entities read by id and written one at a time take part in the transaction, the
 * role and the snapshot that the caller opened already, instead of in one of the ORM's own.
 */
import type { EntityManager } from '@mikro-orm/postgresql';
import { MikroORM } from '@mikro-orm/postgresql';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { ClientBase } from 'pg';
import { ormOptions } from './orm-options.js';

/** An entity manager of its own on this connection; it begins, commits and remembers nothing beyond its use. */
export type EntitiesOn = (client: ClientBase) => Promise<EntityManager>;

/** Reads the entities' metadata once; nothing connects. */
export function entityManagers(entities: readonly object[]): EntitiesOn {
  const orm = new MikroORM({
    ...ormOptions,
    entities: [...entities] as never[],
    dbName: 'the connection is the caller’s',
    driverOptions: dialectOn(null),
  });
  return async (client) => {
    const kysely = new Kysely({ dialect: dialectOn(client) });
    const manager = orm.em.fork();
    manager.setTransactionContext(await kysely.startTransaction().execute());
    return manager;
  };
}

function dialectOn(client: ClientBase | null) {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new BorrowedDriver(client),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

/** The transaction is the caller's: begun before and ended after. */
class BorrowedDriver implements Driver {
  readonly #client: ClientBase | null;

  constructor(client: ClientBase | null) {
    this.#client = client;
  }

  async init(): Promise<void> {}
  async beginTransaction(): Promise<void> {}
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const client = this.#client;
    if (client === null) throw new Error('an entity manager was used without a connection');
    return {
      executeQuery: async <R>({ sql, parameters }: CompiledQuery) => {
        const result = await client.query<object[]>(sql, [...parameters]);
        return { rows: result.rows as R[], numAffectedRows: BigInt(result.rowCount ?? 0) };
      },
      // biome-ignore lint/correctness/useYield: kysely asks for the method; nothing of ours streams through the ORM
      async *streamQuery(): AsyncGenerator<never> {
        throw new Error('rows are streamed by hand-written statements, not by the ORM');
      },
    };
  }
}
