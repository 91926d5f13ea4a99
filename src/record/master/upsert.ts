/** Writes master data by its keys; what it said before stays beside it, for questions about what was known then. */
import type { PoolClient } from 'pg';

export interface Column {
  name: string;
  /** PostgreSQL's type of one value, or the text of an array (`text[]`). */
  type: 'bigint' | 'text' | 'text[]' | 'boolean' | 'timestamptz';
  values: readonly unknown[];
}

export interface Upsert {
  table: string;
  /** Columns of the unique key; rows of one call differ in it. */
  key: readonly Column[];
  columns: readonly Column[];
  /** What `<table>_past` keeps of a row that says something else from now on; absent: the table has no past. */
  past?: {
    id: readonly string[];
    columns: readonly string[];
    /** Rows that events name stand in every answer of before, as they were told first. */
    namedByEvents?: boolean;
  };
  /** Whether the table counts its changes. */
  versioned?: boolean;
  /** SQL over the written row `t`: the natural key as an array of text. */
  returning: string;
  recordedAt: Date;
}

/** Runs inside the recording transaction, alone; answers the natural keys of the rows that changed anything. */
export async function upsert(client: PoolClient, write: Upsert): Promise<(string | null)[][]> {
  const all = [...write.key, ...write.columns];
  const values: unknown[] = all.map((column) => column.values);
  const told = all.map(({ type }, at) => `$${at + 1}::${type === 'text[]' ? 'text' : type}[]`);
  if (write.past) values.push(write.recordedAt);
  const now = `$${values.length}::timestamptz`;
  const since = write.past ? `, ${write.past.namedByEvents ? "'-infinity'" : now}` : '';
  const { rows } = await client.query<{ key: (string | null)[] }>(
    `with told as (
       select * from unnest(${told.join(', ')}) as w(${names(all)})
     )${superseded(write, now)}
     insert into ${write.table} as t (${names(all)}${write.past ? ', recorded_at' : ''})
     select ${all.map((column) => toldValue(column)).join(', ')}${since}
     from told w order by ${names(write.key, 'w.')}
     on conflict (${names(write.key)}) do update set ${assignments(write, now)}
     where (${names(write.columns, 't.')}) is distinct from (${names(write.columns, 'excluded.')})
     returning ${write.returning} as key`,
    values,
  );
  return rows.map((row) => row.key);
}

const names = (columns: readonly Column[], prefix = ''): string =>
  columns.map(({ name }) => prefix + name).join(', ');

const toldValue = ({ name, type }: Column): string => (type === 'text[]' ? `w.${name}::text[]` : `w.${name}`);

function superseded({ table, past, key, columns }: Upsert, now: string): string {
  if (!past) return '';
  const kept = [...past.id, ...past.columns].map((name) => `t.${name}`).join(', ');
  const before = past.columns.map((name) => `t.${name}`).join(', ');
  const after = columns.filter(({ name }) => past.columns.includes(name));
  if (after.length !== past.columns.length) throw new Error(`${table} keeps columns that are not written`);
  const inOrder = past.columns.map((name) => after.find((column) => column.name === name));
  return `,
     superseded as (
       insert into ${table}_past (${[...past.id, ...past.columns].join(', ')}, recorded_at, voided_at)
       select ${kept}, t.recorded_at, greatest(${now}, t.recorded_at)
       from ${table} t join told w on ${key.map(({ name }) => `t.${name} = w.${name}`).join(' and ')}
       where (${before}) is distinct from (${inOrder.map((column) => (column ? toldValue(column) : '')).join(', ')})
     )`;
}

function assignments({ past, columns, versioned }: Upsert, now: string): string {
  const set = columns.map(({ name }) => `${name} = excluded.${name}`);
  if (versioned) set.push('version = t.version + 1');
  if (past) {
    const [before, after] = ['t', 'excluded'].map((of) =>
      past.columns.map((name) => `${of}.${name}`).join(', '),
    );
    set.push(`recorded_at = case when (${before}) is distinct from (${after})
       then greatest(${now}, t.recorded_at) else t.recorded_at end`);
  }
  return set.join(', ');
}
