/** What columns of one row must hold together: named rules, a list for each kind of file. */
import type { FileKind } from './file-kinds.js';
import { scaleQuantity } from './quantity.js';
import type { CanonicalRow, CanonicalValue } from './row.js';
import type { CanonicalTime } from './time.js';
import { parseUsedIn } from './used-in.js';

export interface Broken {
  column: string;
  message: string;
}
export type RowRule = (row: CanonicalRow) => Broken | null;

const given = (row: CanonicalRow, column: string): CanonicalValue => row.values[column] ?? null;
const textOf = (row: CanonicalRow, column: string): string | null => {
  const value = given(row, column);
  return typeof value === 'string' ? value : null;
};
const timeOf = (row: CanonicalRow, column: string): CanonicalTime | null => {
  const value = given(row, column);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
};

/** One of the columns is filled. */
const oneOf =
  (...columns: string[]): RowRule =>
  (row) =>
    columns.some((column) => given(row, column) !== null)
      ? null
      : { column: columns[0] ?? '', message: `${columns.join(' or ')} is required, all are absent` };

/** Details of something mean nothing without it. */
const needs =
  (columns: readonly string[], needed: string): RowRule =>
  (row) => {
    if (given(row, needed) !== null) return null;
    const column = columns.find((name) => given(row, name) !== null);
    return column === undefined
      ? null
      : { column, message: `${column} ${String(given(row, column))}: ${needed} is missing` };
  };

/** A lot source says who assigned the lot, so there is a lot. */
const sourceNeedsLot = needs(['source'], 'lot');

/** A serial names one item. */
const oneItem =
  (...serials: string[]): RowRule =>
  (row) => {
    const quantity = textOf(row, 'quantity');
    const serial = serials.find((column) => given(row, column) !== null);
    if (serial === undefined || quantity === null || quantity === '1') return null;
    return {
      column: 'quantity',
      message: `quantity ${quantity}: ${serial} ${textOf(row, serial)} is one item, so 1 or absent`,
    };
  };

/** Amount and unit of measure fit, where the row gives both. */
const measured: RowRule = (row) => {
  const quantity = textOf(row, 'quantity');
  const unit = textOf(row, 'unit');
  if (quantity === null || unit === null) return null;
  const scaled = scaleQuantity(quantity, unit);
  return scaled.ok ? null : { column: 'quantity', message: scaled.reason };
};

/** The end is not certainly before the start: a whole day may hold both. */
const ordered =
  (start: string, end: string): RowRule =>
  (row) => {
    const from = timeOf(row, start);
    const to = timeOf(row, end);
    if (!from || !to || to.to >= from.at) return null;
    return { column: end, message: `${end} ${to.at}: is before ${start} ${from.at}` };
  };

/** Two columns name different things. */
const differ =
  (first: string, second: string, message: string): RowRule =>
  (row) => {
    const value = textOf(row, second);
    return value !== null && value === textOf(row, first)
      ? { column: second, message: `${second} ${value}: ${message}` }
      : null;
  };

/** A case holds a whole number of pieces of what is inside. */
const countInCase: RowRule = (row) => {
  const quantity = textOf(row, 'quantity') ?? '';
  if (quantity === '0') return { column: 'quantity', message: 'quantity 0: a case contains at least one' };
  const scaled = scaleQuantity(quantity, 'PCE');
  return scaled.ok ? null : { column: 'quantity', message: scaled.reason };
};

const limitsInOrder: RowRule = (row) => {
  const [lower, upper] = [textOf(row, 'lower'), textOf(row, 'upper')];
  if (lower === null || upper === null || compareDecimals(lower, upper) <= 0) return null;
  return { column: 'upper', message: `upper ${upper}: is below lower ${lower}` };
};

/** Order of two canonical decimals, exact. */
function compareDecimals(left: string, right: string): number {
  const decimals = Math.max(...[left, right].map((text) => text.split('.')[1]?.length ?? 0));
  const [a, b] = [left, right].map((text) => {
    const [integer = '', fraction = ''] = text.split('.');
    return BigInt(integer + fraction.padEnd(decimals, '0'));
  }) as [bigint, bigint];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A packing names one content, or none when everything in the unit was taken out. */
const packedContent: RowRule = (row) => {
  const unit = textOf(row, 'content_sscc');
  const gtin = textOf(row, 'content_gtin');
  if (unit !== null && gtin !== null) {
    return {
      column: 'content_gtin',
      message: `content_gtin ${gtin}: the row already contains content_sscc ${unit}, one content a row`,
    };
  }
  if (timeOf(row, 'packed_at') === null && timeOf(row, 'unpacked_at') === null) {
    return { column: 'packed_at', message: 'packed_at is required unless unpacked_at is given' };
  }
  if (unit !== null || gtin !== null || timeOf(row, 'packed_at') === null) return null;
  return {
    column: 'content_gtin',
    message: 'content_sscc or content_gtin is required with packed_at, both are absent',
  };
};

const unitIsOne: RowRule = (row) => {
  const quantity = textOf(row, 'quantity');
  if (given(row, 'content_sscc') === null || quantity === null || quantity === '1') return null;
  return {
    column: 'quantity',
    message: `quantity ${quantity}: content_sscc is one logistic unit, so 1 or absent`,
  };
};

const notInItself: RowRule = (row) => {
  const serial = textOf(row, 'serial');
  if (serial !== textOf(row, 'part_serial') || textOf(row, 'gtin') !== textOf(row, 'part_gtin')) return null;
  return { column: 'part_serial', message: `part_serial ${serial}: an item is no part of itself` };
};

const voidsAnother: RowRule = (row) => {
  const target = textOf(row, 'voided_event_id');
  if (row.eventId === null || target !== row.eventId) return null;
  return { column: 'voided_event_id', message: `voided_event_id ${target}: an event does not void itself` };
};

/** A list that cannot be read would acquit what it names. */
const usesWellFormed: RowRule = (row) => {
  const text = textOf(row, 'used_in');
  if (text === null || parseUsedIn(text) !== null) return null;
  return {
    column: 'used_in',
    message: `used_in ${text}: should be GTIN/lot by spaces, each percent-encoded`,
  };
};

const goods = [sourceNeedsLot, oneItem('serial'), measured];
const moved = [oneOf('sscc', 'gtin'), needs(['lot', 'serial', 'quantity'], 'gtin'), ...goods];

const rules: Readonly<Record<FileKind, readonly RowRule[]>> = {
  parties: [],
  sites: [],
  products: [],
  packaging: [countInCase, differ('gtin', 'contains_gtin', 'a case does not contain itself')],
  design_revisions: [],
  bill_of_materials: [differ('gtin', 'component_gtin', 'a product is no component of itself')],
  documents: [],
  certificates: [ordered('valid_from', 'valid_to')],
  change_effectivity: [ordered('not_before', 'not_after')],
  batches: [ordered('produced_from', 'produced_to'), measured],
  consumption: [needs(['input_source'], 'input_lot'), oneItem('input_serial'), measured],
  items: [sourceNeedsLot],
  inspections: [limitsInOrder],
  batch_status: [],
  fittings: [ordered('fitted_at', 'removed_at'), oneItem('part_serial'), notInItself],
  use_statements: [usesWellFormed],
  packings: [
    packedContent,
    needs(['content_lot', 'content_serial'], 'content_gtin'),
    differ('sscc', 'content_sscc', 'a logistic unit does not contain itself'),
    oneItem('content_serial'),
    unitIsOne,
    measured,
    ordered('packed_at', 'unpacked_at'),
  ],
  shipments: moved,
  receipts: moved,
  counts: goods,
  sales: goods,
  returns: goods,
  registrations: [ordered('registered_at', 'ended_at')],
  services: [
    needs(['part_out_serial', 'part_out_lot', 'part_out_to'], 'part_out_gtin'),
    needs(['part_in_serial', 'part_in_lot'], 'part_in_gtin'),
  ],
  reworks: goods,
  relabels: [oneItem('serial', 'new_serial')],
  disposals: goods,
  complaints: [],
  voids: [voidsAnother],
};

/** Every rule of its kind that the row breaks. */
export function brokenRules(row: CanonicalRow): Broken[] {
  return rules[row.kind].flatMap((rule) => rule(row) ?? []);
}
