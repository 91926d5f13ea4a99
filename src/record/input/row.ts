/** The three shapes of a row: as received, as validated, and what was wrong with it. */
import type { FileKind } from './file-kinds.js';

/** `index` is the row's position in its request or file; -1 of a problem of a whole file. */
export interface InputProblem {
  index: number;
  code: string;
  column: string | null;
  value: string | null;
  message: string;
  file?: string;
  line?: number;
}

/** A row with snake_case columns as received; empty and absent are one. */
export interface InputRow {
  kind: FileKind;
  values: Record<string, string | undefined>;
  file?: string;
  line?: number;
}

/** Decimals stay canonical decimal text; dates are `YYYY-MM-DD`. */
export type CanonicalValue =
  | string
  | boolean
  | string[]
  | { at: string; to: string; offsetMinutes: number }
  | null;

/** A validated row: every column of its kind, null when absent; personal fields apart, only those given. */
export interface CanonicalRow {
  kind: FileKind;
  eventId: string | null;
  values: Record<string, CanonicalValue>;
  personal: Record<string, string>;
  /** The text of columns as received, where it is not the canonical one; never of personal ones. */
  received: Record<string, string>;
  file?: string;
  line?: number;
}

const shown = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}...` : text);

/** `file:line: column: what and why`; without a file the row's number. */
export function formatProblem(problem: InputProblem): string {
  const { file, line, column, index } = problem;
  const place =
    file !== undefined
      ? `${file}${line === undefined ? '' : `:${line}`}: `
      : index >= 0
        ? `row ${index + 1}: `
        : '';
  if (column === null) return `${place}${shown(problem.message)}`;
  const repeated = problem.message.startsWith(`${column} `) || problem.message.startsWith(`${column}: `);
  const message = repeated ? problem.message.slice(column.length).replace(/^:? /, '') : problem.message;
  return `${place}${column}: ${shown(message)}`;
}
