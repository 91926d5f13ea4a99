/** What an EPC or a quantity element names, read leniently: a misplaced or mistyped identifier is kept and reported. */
import { canonicalLink, itemUri, parseGtin, parseUnitKey, readElements } from '../gs1/index.js';
import { isObject, textOf } from './json.js';
import { type EventReading, leaveOut } from './reading.js';

export interface Goods {
  kind: 'item' | 'batch' | 'product';
  gtin: string;
  lot?: string;
  serial?: string;
  quantity?: string;
  unit?: string;
}

export interface Unit {
  kind: 'unit';
  key: string;
}

export type Thing = Goods | Unit;

/** A GTIN whose check digit is wrong stays usable as its canonical URI, a private key. */
function lenientGtin(digits: string, tell: (message: string) => void): string {
  const result = parseGtin(digits);
  if (result.ok) return result.key;
  const key = canonicalLink(new Map([['01', digits]]));
  tell(`${result.reason}; kept as private key ${key}`);
  return key;
}

function readIdentifier(text: string, tell: (message: string) => void): Thing | null {
  const elements = readElements(text);
  const gtin = elements?.get('01');
  if (elements && gtin !== undefined) {
    const lot = elements.get('10');
    const serial = elements.get('21');
    const kind = serial !== undefined ? 'item' : lot !== undefined ? 'batch' : 'product';
    return { kind, gtin: lenientGtin(gtin, tell), lot, serial };
  }
  if (elements && (elements.has('414') || elements.has('417'))) return null;
  const result = parseUnitKey(elements?.get('00') ?? text);
  if (result.ok) return { kind: 'unit', key: result.key };
  if (!elements) return null;
  const key = canonicalLink(elements);
  tell(`${result.reason}; kept as private key ${key}`);
  return { kind: 'unit', key };
}

/** The things of a list of EPCs, each instance once. */
export function readInstances(reading: EventReading, field: string): Thing[] {
  const given = reading.event[field];
  const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
  const seen = new Set<string>();
  const things: Thing[] = [];
  list.forEach((entry: unknown, index) => {
    const path = `${field}[${index}]`;
    const text = textOf(isObject(entry) ? (entry.id ?? entry.epc) : entry);
    const thing =
      text === undefined ? null : readIdentifier(text, (message) => reading.repair(path, message));
    if (thing === null || text === undefined) {
      leaveOut(reading, path, `${JSON.stringify(entry)} names no item, batch, product or logistic unit`);
      return;
    }
    if (thing.kind === 'batch') reading.repair(path, `${text}: is a lot, read as of ${classListOf(field)}`);
    if (thing.kind === 'product')
      reading.repair(path, `${text}: is a product, read as of ${classListOf(field)}`);
    const key = thingKey(thing);
    if (seen.has(key)) reading.repair(path, `${text}: is in the list twice, read once`);
    else things.push(thing);
    seen.add(key);
  });
  return things;
}

const classListOf = (field: string) =>
  ({
    epcList: 'quantityList',
    childEPCs: 'childQuantityList',
    inputEPCList: 'inputQuantityList',
    outputEPCList: 'outputQuantityList',
  })[field] ?? 'a quantity list';

/** One text for one thing, however it was written. */
const thingKey = (thing: Thing): string =>
  thing.kind === 'unit' ? thing.key : `${thing.gtin}|${thing.lot ?? ''}|${thing.serial ?? ''}`;

function decimalOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const text = String(value);
  if (!text.includes('e')) return text;
  return value
    .toFixed(Math.abs(value) < 1 ? 20 : 0)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** The things of a list of quantity elements; without a unit of measure they are pieces. */
export function readQuantities(reading: EventReading, field: string): Thing[] {
  const given = reading.event[field];
  const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
  const things: Thing[] = [];
  list.forEach((entry: unknown, index) => {
    const path = `${field}[${index}]`;
    const text = textOf(isObject(entry) ? entry.epcClass : entry);
    const thing =
      text === undefined ? null : readIdentifier(text, (message) => reading.repair(path, message));
    if (thing === null || thing.kind === 'unit') {
      leaveOut(reading, path, `${JSON.stringify(entry)} names no product or batch`);
      return;
    }
    if (!isObject(entry))
      reading.repair(path, `${text}: should be a quantity element, read as an unknown amount of it`);
    if (thing.kind === 'item') reading.repair(path, `${text}: is an item, read as one`);
    const quantity = isObject(entry) ? decimalOf(entry.quantity) : undefined;
    const unit = isObject(entry) ? (textOf(entry.uom) ?? 'PCE') : undefined;
    things.push(quantity === undefined ? thing : { ...thing, quantity, unit });
  });
  return things;
}

/** The key of a thing that holds others: an item by its canonical URI; null for lots and products. */
export function unitKeyOf(thing: Thing): string | null {
  if (thing.kind === 'unit') return thing.key;
  if (thing.serial === undefined) return null;
  const digits = thing.gtin.split('/').at(-1) ?? thing.gtin;
  return itemUri(digits, thing.serial);
}

/** Columns gtin, lot, serial, quantity, unit (with a prefix) of goods, or of a logistic unit. */
export function thingColumns(
  thing: Thing,
  prefix = '',
  unitColumn = 'sscc',
): Record<string, string | undefined> {
  if (thing.kind === 'unit') return { [`${prefix}${unitColumn}`]: thing.key };
  return {
    [`${prefix}gtin`]: thing.gtin,
    [`${prefix}lot`]: thing.lot,
    [`${prefix}serial`]: thing.serial,
    quantity: thing.quantity,
    unit: thing.unit,
  };
}
