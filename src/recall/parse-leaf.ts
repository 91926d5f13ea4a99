/** Reads one condition of a rule: its fields, each with an exact problem. */
import { type KeyResult, parseGln, parseGtin, parseLot, parseSerial } from '../exchange/gs1/index.js';
import { type Leaf, type PlacedLeaf, type RuleProblem, type SerialsLeaf, serialSchemes } from './rule.js';
import { serialRangeOf } from './serial-range.js';

export const leafKinds: readonly string[] = [
  'batch',
  'product',
  'designRevision',
  'supplier',
  'produced',
  'serials',
  'items',
  'inspection',
  'component',
  'changeOrder',
  'installed',
  'sold',
  'registered',
  'expires',
  'age',
];

type Read = (name: string, required?: boolean) => string | null;
interface Fields {
  gtin: Read;
  gln: Read;
  lot: Read;
  serial: Read;
  text: Read;
  time: (name: string, end: 'FROM' | 'TO') => string | null;
  decimal: Read;
  oneOf: <T extends string>(name: string, values: readonly T[], required?: boolean) => T | null;
}

export function parseLeaf(
  kind: string,
  value: unknown,
  path: string[],
  problems: RuleProblem[],
): Leaf | null {
  const before = problems.length;
  const leaf =
    kind === 'items' ? parseItems(value, path, problems) : parseSingle(kind, value, path, problems);
  return problems.length > before ? null : leaf;
}

function parseItems(value: unknown, path: string[], problems: RuleProblem[]): Leaf | null {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push({ code: 'EMPTY', message: 'items: needs at least one item', path });
    return null;
  }
  const items = value.map((entry, index) => {
    const read = fieldsOf(entry, ['gtin', 'serial'], [...path, String(index)], problems);
    return { gtin: read.gtin('gtin', false), serial: read.serial('serial') ?? '' };
  });
  return { items };
}

const columns: Record<string, readonly string[]> = {
  batch: ['gtin', 'lot', 'source'],
  product: ['gtin'],
  component: ['gtin'],
  designRevision: ['gtin', 'code'],
  supplier: ['gln'],
  produced: ['gtin', 'site', 'line', 'from', 'to'],
  serials: ['gtin', 'scheme', 'from', 'to', 'pattern'],
  inspection: ['gtin', 'characteristic', 'outside', 'below', 'above', 'verdict'],
  changeOrder: ['code', 'side'],
  installed: ['gtin', 'version'],
  sold: ['country', 'region', 'from', 'to'],
  registered: ['country', 'region', 'from', 'to'],
  expires: ['from', 'to'],
  age: ['minDays', 'maxDays'],
};

function parseSingle(kind: string, value: unknown, path: string[], problems: RuleProblem[]): Leaf | null {
  const read = fieldsOf(value, columns[kind] ?? [], path, problems);
  const gtin = (required = true) => read.gtin('gtin', required) ?? '';
  switch (kind) {
    case 'batch':
      return { batch: { gtin: gtin(), lot: read.lot('lot') ?? '', source: read.gln('source', false) } };
    case 'product':
      return { product: { gtin: gtin() } };
    case 'component':
      return { component: { gtin: gtin() } };
    case 'designRevision':
      return { designRevision: { gtin: gtin(), code: read.text('code') ?? '' } };
    case 'supplier':
      return { supplier: { gln: read.gln('gln') ?? '' } };
    case 'changeOrder':
      return {
        changeOrder: {
          code: read.text('code') ?? '',
          side: read.oneOf('side', ['BEFORE', 'AFTER'] as const) ?? 'BEFORE',
        },
      };
    case 'installed':
      return { installed: { gtin: gtin(), version: read.lot('version') ?? '' } };
    case 'sold':
      return { sold: parsePlaced(read, path, problems) };
    case 'registered':
      return { registered: parsePlaced(read, path, problems) };
    case 'expires':
      return parseExpires(read, path, problems);
    case 'age':
      return parseAge(read, path, problems);
    case 'produced':
      return parseProduced(read, path, problems);
    case 'serials':
      return parseSerials(read, path, problems);
    default:
      return parseInspection(value, read, path, problems);
  }
}

function parseProduced(read: Fields, path: string[], problems: RuleProblem[]): Leaf {
  const produced = {
    gtin: read.gtin('gtin', false),
    site: read.gln('site', false),
    line: read.text('line', false),
    from: read.time('from', 'FROM'),
    to: read.time('to', 'TO'),
  };
  checkWindow('produced', produced, path, problems);
  return { produced };
}

/** At least one field, and a window the right way round. */
function checkWindow(
  kind: string,
  fields: { from: string | null; to: string | null },
  path: string[],
  problems: RuleProblem[],
): void {
  if (Object.values(fields).every((field) => field === null)) {
    const message = `${kind}: needs at least one of ${columns[kind]?.join(', ')}`;
    problems.push({ code: 'EMPTY', message, path });
  }
  if (fields.from !== null && fields.to !== null && fields.from > fields.to) {
    const message = `${kind}: from ${fields.from} is after to ${fields.to}`;
    problems.push({ code: 'WINDOW_REVERSED', message, path });
  }
}

/** Without any field: sold, or registered, anywhere at any time. */
function parsePlaced(read: Fields, path: string[], problems: RuleProblem[]): PlacedLeaf {
  const placed = {
    country: read.text('country', false),
    region: read.text('region', false),
    from: read.time('from', 'FROM'),
    to: read.time('to', 'TO'),
  };
  if (placed.country !== null && !/^[A-Z]{2}$/.test(placed.country)) {
    const message = `country ${placed.country}: expected an ISO 3166-1 code of two capital letters`;
    problems.push({ code: 'BAD_VALUE', message, path: [...path, 'country'] });
  }
  if (placed.from !== null && placed.to !== null) checkWindow(path.at(-1) ?? '', placed, path, problems);
  return placed;
}

function parseExpires(read: Fields, path: string[], problems: RuleProblem[]): Leaf {
  const day = (name: 'from' | 'to') => {
    const given = read.text(name, false);
    if (given === null || (DAY.test(given) && !Number.isNaN(new Date(given).getTime()))) return given;
    const message = `${name} ${given}: expected a date, as 2026-03-01`;
    problems.push({ code: 'BAD_TIME', message, path: [...path, name] });
    return null;
  };
  const expires = { from: day('from'), to: day('to') };
  checkWindow('expires', expires, path, problems);
  return { expires };
}

function parseAge(read: Fields, path: string[], problems: RuleProblem[]): Leaf {
  const days = (name: 'minDays' | 'maxDays') => {
    const given = read.text(name, false);
    if (given === null || /^\d{1,6}$/.test(given)) return given === null ? null : Number(given);
    problems.push({
      code: 'BAD_NUMBER',
      message: `${name} ${given}: expected whole days`,
      path: [...path, name],
    });
    return null;
  };
  const age = { minDays: days('minDays'), maxDays: days('maxDays') };
  if (age.minDays === null && age.maxDays === null)
    problems.push({ code: 'EMPTY', message: 'age: needs at least one of minDays, maxDays', path });
  if (age.minDays !== null && age.maxDays !== null && age.minDays > age.maxDays) {
    const message = `age: minDays ${age.minDays} is more than maxDays ${age.maxDays}`;
    problems.push({ code: 'WINDOW_REVERSED', message, path });
  }
  return { age };
}

function parseSerials(read: Fields, path: string[], problems: RuleProblem[]): Leaf {
  const serials: SerialsLeaf = {
    gtin: read.gtin('gtin') ?? '',
    scheme: read.oneOf('scheme', serialSchemes) ?? 'PREFIX',
    // masks hold characters that no serial may
    from: read.text('from', false),
    to: read.text('to', false),
    pattern: read.text('pattern', false),
  };
  const range = serialRangeOf(serials);
  if (!range.ok) problems.push({ code: 'BAD_SERIAL_RANGE', message: range.reason, path });
  return { serials };
}

function parseInspection(value: unknown, read: Fields, path: string[], problems: RuleProblem[]): Leaf {
  const outside = (value as Record<string, unknown> | null)?.outside;
  const inspection = {
    gtin: read.gtin('gtin', false),
    characteristic: read.text('characteristic', false),
    outside: typeof outside === 'boolean' ? outside : null,
    below: read.decimal('below', false),
    above: read.decimal('above', false),
    verdict: read.oneOf('verdict', ['PASS', 'FAIL'] as const, false),
  };
  if (outside !== undefined && outside !== null && typeof outside !== 'boolean') {
    problems.push({
      code: 'BAD_VALUE',
      message: 'outside: expected true or false',
      path: [...path, 'outside'],
    });
  }
  const asks = inspection.below ?? inspection.above ?? inspection.verdict ?? inspection.outside;
  if (asks === null) {
    problems.push({
      code: 'EMPTY',
      message: 'inspection: needs at least one of outside, below, above, verdict',
      path,
    });
  }
  return { inspection };
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function fieldsOf(value: unknown, names: readonly string[], path: string[], problems: RuleProblem[]): Fields {
  const object = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  const fields = object as Record<string, unknown>;
  const fail = (name: string, code: string, message: string): null => {
    problems.push({ code, message, path: [...path, name] });
    return null;
  };
  for (const name of Object.keys(fields)) {
    if (!names.includes(name)) fail(name, 'UNKNOWN_FIELD', `${path.at(-1)}: no field is called ${name}`);
  }
  const text: Read = (name, required = true) => {
    const given = fields[name] instanceof Date ? (fields[name] as Date).toISOString() : fields[name];
    if (given === undefined || given === null || given === '') {
      return required ? fail(name, 'MISSING', `${name}: missing`) : null;
    }
    if (typeof given !== 'string' && typeof given !== 'number')
      return fail(name, 'BAD_VALUE', `${name}: expected text`);
    const value = String(given).trim();
    // neither can be stored, and a rule is: with a recall, a frozen scope, an export
    if (value.includes('\u0000')) return fail(name, 'BAD_VALUE', `${name}: has a NUL character`);
    return value.isWellFormed() ? value : fail(name, 'BAD_VALUE', `${name}: has half of a surrogate pair`);
  };
  const key =
    (parse: (text: string) => KeyResult): Read =>
    (name, required = true) => {
      const given = text(name, required);
      if (given === null) return null;
      const result = parse(given);
      return result.ok ? result.key : fail(name, 'BAD_KEY', result.reason);
    };
  return {
    text,
    gtin: key(parseGtin),
    gln: key(parseGln),
    lot: key(parseLot),
    serial: key(parseSerial),
    time(name, end) {
      const given = text(name, false);
      if (given === null) return null;
      const whole = DAY.test(given)
        ? `${given}${end === 'FROM' ? 'T00:00:00.000Z' : 'T23:59:59.999Z'}`
        : given;
      const at = new Date(whole);
      if (!TIME.test(whole) || Number.isNaN(at.getTime())) {
        return fail(
          name,
          'BAD_TIME',
          `${name} ${given}: expected a time with offset, as 2026-03-01T08:00:00+01:00`,
        );
      }
      return at.toISOString();
    },
    decimal(name, required = true) {
      const given = text(name, required);
      if (given === null || /^[+-]?\d+(\.\d+)?$/.test(given)) return given;
      return fail(name, 'BAD_NUMBER', `${name} ${given}: expected a decimal number`);
    },
    oneOf(name, values, required = true) {
      const given = text(name, required);
      const found = values.find((value) => value === given);
      return given === null || found !== undefined
        ? (found ?? null)
        : fail(name, 'BAD_VALUE', `${name} ${given}: expected one of ${values.join(', ')}`);
    },
  };
}
