/** Rows by id for a request: asked in one statement for all rows of a level. */
import DataLoader from 'dataloader';
import type pg from 'pg';
import type { RequestContext } from './context.js';
import { engine } from './snapshot.js';

type Fetch<T> = (client: pg.PoolClient, ids: bigint[]) => Promise<Map<bigint, T>>;

/** The request's loader of that name; an id without a row is a fault: ids come from rows. */
export function loaderOf<T>(context: RequestContext, name: string, fetch: Fetch<T>): DataLoader<bigint, T> {
  return context.memo(`loader:${name}`, () => {
    const load = async (ids: readonly bigint[]): Promise<(T | Error)[]> => {
      const found = await context.snapshot.read(engine, (client) => fetch(client, [...ids]));
      return ids.map((id) => found.get(id) ?? new Error(`${name} ${id}: no such row`));
    };
    return new DataLoader(load, { maxBatchSize: 10_000 });
  });
}

export const byId = <T>(rows: readonly T[], idOf: (row: T) => bigint): Map<bigint, T> =>
  new Map(rows.map((row) => [idOf(row), row]));

/** Rows of each id, an empty list where there are none. */
export function groupBy<T>(
  ids: readonly bigint[],
  rows: readonly T[],
  idOf: (row: T) => bigint,
): Map<bigint, T[]> {
  const groups = new Map<bigint, T[]>(ids.map((id) => [id, []]));
  for (const row of rows) groups.get(idOf(row))?.push(row);
  return groups;
}
