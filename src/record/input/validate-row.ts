/** A row as received to a canonical row, or everything that is wrong with its form; nothing is looked up. */
import { type ColumnSpec, columnOf, fileSpecOf } from './file-kinds.js';
import { parseValue } from './parse-value.js';
import type { CanonicalRow, CanonicalValue, InputProblem, InputRow } from './row.js';
import { brokenRules } from './row-rules.js';
import { formatTime } from './time.js';

/** Problem codes in their precedence: the first problem of a row is the one of the earliest code here. */
export const validationCodes = ['UNKNOWN_COLUMN', 'MISSING', 'MALFORMED', 'CONTRADICTORY'] as const;
type ValidationCode = (typeof validationCodes)[number];

/** Types whose reasons already name what they read ("GTIN 04006381333932: check digit should be 1"). */
const namedByReason: ReadonlySet<ColumnSpec['type']> = new Set(['gtin', 'gln', 'unit', 'lot', 'serial']);

export type Validation = { ok: true; row: CanonicalRow } | { ok: false; problems: InputProblem[] };

/**
 * Checks the form of one row. Problems come by precedence: unknown columns, missing ones, malformed values, and, when
 * there are none of these, columns that contradict each other. `now` is what the future is measured from. Personal
 * values are never shown in a problem.
 */
export function validateRow(row: InputRow, index: number, now: Date): Validation {
  const spec = fileSpecOf(row.kind);
  const problems: Record<ValidationCode, InputProblem[]> = {
    UNKNOWN_COLUMN: [],
    MISSING: [],
    MALFORMED: [],
    CONTRADICTORY: [],
  };
  const report = (code: ValidationCode, column: string, value: string | null, message: string) => {
    const place = {
      ...(row.file === undefined ? {} : { file: row.file }),
      ...(row.line === undefined ? {} : { line: row.line }),
    };
    problems[code].push({ index, code, column, value, message, ...place });
  };
  for (const name of Object.keys(row.values)) {
    if (columnOf(row.kind, name) || row.values[name] === undefined) continue;
    report('UNKNOWN_COLUMN', name, null, unknownColumn(row.kind, name));
  }
  const canonical: CanonicalRow = { kind: row.kind, eventId: null, values: {}, personal: {}, received: {} };
  if (row.file !== undefined) canonical.file = row.file;
  if (row.line !== undefined) canonical.line = row.line;
  for (const column of spec.columns) {
    const received = Object.hasOwn(row.values, column.name) ? row.values[column.name] : undefined;
    const text = received?.trim() ?? '';
    if (text === '') {
      if (column.required) report('MISSING', column.name, null, `${column.name} is required in ${spec.file}`);
      put(canonical, column, null);
      continue;
    }
    const personal = column.type === 'personal';
    const parsed = parseValue(personal ? (received ?? '') : text, column, now);
    if (parsed.ok) {
      put(canonical, column, parsed.value);
      if (!personal && canonicalText(parsed.value) !== text) canonical.received[column.name] = text;
    } else {
      const message = namedByReason.has(column.type) ? parsed.reason : `${column.name} ${parsed.reason}`;
      report('MALFORMED', column.name, personal ? null : text.slice(0, 200), message);
    }
  }
  const formal = [...problems.UNKNOWN_COLUMN, ...problems.MISSING, ...problems.MALFORMED];
  if (formal.length > 0) return { ok: false, problems: formal };
  for (const broken of brokenRules(canonical)) {
    report('CONTRADICTORY', broken.column, shownValue(canonical.values[broken.column]), broken.message);
  }
  if (problems.CONTRADICTORY.length > 0) return { ok: false, problems: problems.CONTRADICTORY };
  return { ok: true, row: canonical };
}

/** Why a column is refused by name. */
export function unknownColumn(kind: InputRow['kind'], name: string): string {
  const spec = fileSpecOf(kind);
  const known = spec.columns.map((column) => column.name).join(', ');
  return `${name.slice(0, 100)} is no column of ${spec.file}, which has ${known}`;
}

function put(row: CanonicalRow, column: ColumnSpec, value: CanonicalValue): void {
  if (column.name === 'event_id') row.eventId = typeof value === 'string' ? value : null;
  else if (column.type !== 'personal') row.values[column.name] = value;
  else if (typeof value === 'string') row.personal[column.name] = value;
}

/** A value as the text that reads back to it. */
function canonicalText(value: CanonicalValue): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(';');
  return typeof value === 'object' ? formatTime(value) : String(value);
}

function shownValue(value: CanonicalValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.join(';');
  return typeof value === 'object' ? value.at : String(value);
}
