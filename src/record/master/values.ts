/** Canonical values of master data as columns of arrays, and what a kind of master data is. */
import type { PoolClient } from 'pg';
import type { CanonicalRow, CanonicalValue, FileKind } from '../input/index.js';

export type Values = CanonicalRow['values'];

export interface Written {
  /** Natural keys, as `keyOf` spells them, of the rows that changed something. */
  changed: Set<string>;
  references: string[];
}

export interface MasterTable {
  kind: FileKind;
  keyOf(values: Values): string;
  /** Rows of different keys. Runs inside the recording transaction, alone. */
  write(client: PoolClient, rows: Values[], recordedAt: Date): Promise<Written>;
}

export const text = (value: CanonicalValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** A column of texts, null where a row has none. */
export const texts = (rows: Values[], name: string): (string | null)[] => rows.map((row) => text(row[name]));

/** Several words as PostgreSQL's array text, since an array of arrays cannot be ragged. */
export const list = (value: CanonicalValue | undefined): string =>
  `{${(Array.isArray(value) ? value : [])
    .map((part) => `"${part.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
    .join(',')}}`;

export const time = (value: CanonicalValue | undefined, end: 'at' | 'to' = 'at'): string | null =>
  value && typeof value === 'object' && !Array.isArray(value) ? value[end] : text(value);

/** A natural key of several columns. */
export const keyOf = (...columns: string[]) => {
  return (values: Values): string => JSON.stringify(columns.map((column) => text(values[column]) ?? ''));
};

/** The same key from columns of a row that was written. */
export const keyText = (...parts: (string | null)[]): string =>
  JSON.stringify(parts.map((part) => part ?? ''));
