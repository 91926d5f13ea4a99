/** The two clocks of every question, and how they read in a statement: what was true when, as known when. */
import { type MasterTableName, masterAt } from './master-past.js';

export interface Clocks {
  /** True then; null: everything recorded, up to now. */
  asOf: Date | null;
  /** Known then; null: what is known now. */
  knownAt: Date | null;
}

export const NOW: Clocks = { asOf: null, knownAt: null };

/** Collects the parameters of one statement and writes its conditions of time. */
export interface Statement {
  readonly values: unknown[];
  /** Adds a parameter and answers its placeholder. */
  bind(value: unknown): string;
  /** The row of this alias was on record, and not closed, at `knownAt`. */
  live(alias: string): string;
  /** Master data as it was known at `knownAt`: to stand in a `from`, under an alias. */
  master(table: MasterTableName): string;
  /** The column, when it is known, is not after `asOf`. */
  happened(column: string): string;
}

/** A new statement under the given clocks; a clock that stands at "now" costs no parameter. */
export function statement(clocks: Clocks): Statement {
  const values: unknown[] = [];
  let known: string | null = null;
  let asOf: string | null = null;
  const bind = (value: unknown): string => {
    values.push(value);
    return `$${values.length}`;
  };
  const knownAt = (): string | null => {
    if (clocks.knownAt === null) return null;
    known ??= `${bind(clocks.knownAt)}::timestamptz`;
    return known;
  };
  return {
    values,
    bind,
    live(alias) {
      if (knownAt() === null) return `${alias}.voided_at is null`;
      return `${alias}.recorded_at <= ${known} and (${alias}.voided_at is null or ${alias}.voided_at > ${known})`;
    },
    master: (table) => masterAt(table, knownAt()),
    happened(column) {
      if (clocks.asOf === null) return 'true';
      asOf ??= `${bind(clocks.asOf)}::timestamptz`;
      return `(${column} is null or ${column} <= ${asOf})`;
    },
  };
}
