/** One cell to its canonical value by the type of its column. */
import { parseGln, parseGtin, parseLot, parseSerial, parseUnitKey } from '../../exchange/gs1/index.js';
import type { ColumnSpec } from './file-kinds.js';
import { parseDecimal, unitsOfMeasure } from './quantity.js';
import type { CanonicalValue } from './row.js';
import { parseDate, parseTime } from './time.js';

export type ValueResult = { ok: true; value: CanonicalValue } | { ok: false; reason: string };

const accept = (value: CanonicalValue): ValueResult => ({ ok: true, value });
const refuse = (reason: string): ValueResult => ({ ok: false, reason });

/** Longest text in characters where a column says nothing else: four of them still fit one index row. */
const TEXT_MAX = 200;
const URI_MAX = 500;
const PERSONAL_MAX = 10_000;

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

/** Why text cannot be stored, or null. The value is not shown: it may be personal. */
export function textProblem(text: string, lengthMax: number): string | null {
  if (text.length > lengthMax) return `has ${text.length} characters, at most ${lengthMax} are allowed`;
  if (text.includes('\u0000')) return 'has a NUL character';
  return text.isWellFormed() ? null : 'has half of a surrogate pair';
}

const parsers: Record<ColumnSpec['type'], (text: string, column: ColumnSpec, now: Date) => ValueResult> = {
  gtin: (text) => keyed(parseGtin(text)),
  gln: (text) => keyed(parseGln(text)),
  unit: (text) => keyed(parseUnitKey(text)),
  lot: (text) => keyed(parseLot(text)),
  serial: (text) => keyed(parseSerial(text)),
  text: (text, column) => bounded(text, column.lengthMax ?? TEXT_MAX),
  personal: (text, column) => bounded(text, column.lengthMax ?? PERSONAL_MAX),
  decimal: (text, column) => {
    const parsed = parseDecimal(text);
    if (!parsed.ok) return refuse(parsed.reason);
    if (!column.signed && parsed.decimal.startsWith('-')) return refuse(`${text}: should not be negative`);
    return accept(parsed.decimal);
  },
  uom: (text) => {
    const code = text.toUpperCase();
    return unitsOfMeasure.includes(code)
      ? accept(code)
      : refuse(`${text}: should be one of ${unitsOfMeasure.join(', ')}`);
  },
  time: (text, column, now) => {
    const parsed = parseTime(text, { now, planned: column.planned });
    return parsed.ok ? accept(parsed.time) : refuse(parsed.reason);
  },
  date: (text) => {
    const parsed = parseDate(text);
    return parsed.ok ? accept(parsed.date) : refuse(parsed.reason);
  },
  boolean: (text) => {
    const lower = text.toLowerCase();
    const value = Object.hasOwn(booleans, lower) ? booleans[lower] : undefined;
    return value === undefined
      ? refuse(`${text}: should be true or false (also yes, no, 1, 0)`)
      : accept(value);
  },
  enum: (text, column) => {
    const values = column.values ?? [];
    return values.includes(text) ? accept(text) : refuse(`${text}: should be one of ${values.join(', ')}`);
  },
  enums: parseList,
  uri: (text, column) => {
    if (!/^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(text))
      return refuse(`${text}: should be an absolute URI`);
    return bounded(text, column.lengthMax ?? URI_MAX);
  },
  sha256: (text) =>
    /^[0-9a-f]{64}$/i.test(text)
      ? accept(text.toLowerCase())
      : refuse(`${text}: should be 64 hexadecimal digits`),
};

const keyed = (result: { ok: true; key: string } | { ok: false; reason: string }): ValueResult =>
  result.ok ? accept(result.key) : result;

function bounded(text: string, lengthMax: number): ValueResult {
  const problem = textProblem(text, lengthMax);
  return problem ? refuse(problem) : accept(text);
}

/** Values separated by semicolons, each once, in the order given. */
function parseList(text: string, column: ColumnSpec): ValueResult {
  const parts = [...new Set(text.split(';').map((part) => part.trim()))].filter((part) => part !== '');
  if (parts.length === 0) return refuse(`${text}: names nothing`);
  for (const part of parts) {
    if (column.values && !column.values.includes(part)) {
      return refuse(`${part}: should be one of ${column.values.join(', ')}, several separated by ;`);
    }
    const problem = textProblem(part, TEXT_MAX);
    if (problem) return refuse(problem);
  }
  return accept(parts);
}

/** Parses the trimmed, non-empty text of one cell. */
export function parseValue(text: string, column: ColumnSpec, now: Date): ValueResult {
  return parsers[column.type](text, column, now);
}
