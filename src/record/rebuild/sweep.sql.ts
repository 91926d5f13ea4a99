/** Rows that no event can ask for, which no derivation looks at: of an event that is not on record, or of a kind that gives none. */
import { pairKey } from '../derive/lineage.sql.js';
import { type NextPage, UNHURRIED_MS } from './pass.js';

/** Ids of a row, as texts, in the order of its table's key. */
type Id = string[];

export interface Sweep {
  next: NextPage<Id>;
  /** $1 recorded_at, then the columns of the ids by position. Closes what is still unfounded. */
  close: string;
}

/** Of a table with the key `id`: rows for which `unfounded` holds of the live row `t`. */
function sweep(table: string, id: readonly string[], unfounded: string): Sweep {
  const named = id.map((_column, n) => `$${n + 2}::bigint[]`).join(', ');
  return {
    // what is closed is found no more, so each page is the first
    async next(client, _, limit) {
      const statement = {
        text: `select array[${id.map((column) => `t.${column}::text`).join(', ')}] as key from ${table} t
          where t.voided_at is null and ${unfounded} limit $1`,
        values: [limit],
        query_timeout: UNHURRIED_MS,
      };
      const { rows } = await client.query<{ key: Id }>(statement);
      return { keys: rows.map((row) => row.key), last: rows.length === 0 ? null : 'begun' };
    },
    close: `update ${table} t set voided_at = $1
      from unnest(${named}) as w(${id.join(', ')})
      where ${id.map((column) => `t.${column} = w.${column}`).join(' and ')} and t.voided_at is null and ${unfounded}`,
  };
}

/** Rows of one event each, by the kinds of events that give them. */
export const eventless = (
  table: string,
  id: readonly string[],
  kinds: readonly string[],
  but = 'true',
): Sweep =>
  sweep(
    table,
    id,
    `${but} and not exists (select from event e where e.event_key = t.event_key and e.kind in (${kinds
      .map((kind) => `'${kind}'`)
      .join(', ')}))`,
  );

/** Rows of an item that no serial was ever given for. */
export const itemless = (table: string, id: readonly string[], column: string): Sweep =>
  sweep(table, id, `not exists (select from item_key k where k.item_id = t.${column})`);

/** Fittings summed up by batch that no fitting stands behind, or that say more than that there are some. */
export const unfitted: Sweep = sweep(
  'lineage',
  ['lineage_id'],
  `t.kind = 'FITTED' and (
     t.event_key <> ${pairKey('t.input_batch_id', 't.output_batch_id')} or t.mixing <> 'DISCRETE' or t.pool is not null
     or t.quantity is not null or t.occurred_at is not null
     or not exists (select from fitting f where f.batch_id = t.output_batch_id and f.part_batch_id = t.input_batch_id and f.voided_at is null))`,
);
