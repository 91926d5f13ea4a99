/** What an EPC or a quantity element names, read leniently: a misplaced or mistyped identifier is kept and told. */

import { dimensionOf, parseDecimal, scaleQuantity } from '../../record/input/index.js';
import { canonicalLink, itemUri, parseGtin, parseUnitKey, readElements } from '../gs1/index.js';
import { expandCurie } from './context.js';
import { isObject, listOf, textOf } from './json.js';
import { type EventReading, keepOnly } from './reading.js';
import type { Goods, Thing } from './rows.js';

export type { Goods, Thing, Unit } from './rows.js';

/** A GTIN whose check digit is wrong stays usable as its canonical URI, a private key. */
function lenientGtin(digits: string, tell: (message: string) => void): string {
  const result = parseGtin(digits);
  if (result.ok) return result.key;
  const key = canonicalLink(new Map([['01', digits]]));
  tell(`${result.reason}; kept as private key ${key}`);
  return key;
}

/** Schemes whose URIs address something else than an object. */
const noObject = /^(mailto|tel|sms|fax|data|javascript|file|about|blob|ws|wss|news):/i;

function readIdentifier(text: string, tell: (message: string) => void): Thing | 'place' | null {
  if (noObject.test(text)) return null;
  const elements = readElements(text);
  const gtin = elements?.get('01');
  if (elements && gtin !== undefined) {
    const lot = elements.get('10');
    const serial = elements.get('21');
    const kind = serial !== undefined ? 'item' : lot !== undefined ? 'batch' : 'product';
    return { kind, gtin: lenientGtin(gtin, tell), lot, serial };
  }
  if (elements && (elements.has('414') || elements.has('417'))) return 'place';
  const result = parseUnitKey(elements?.get('00') ?? text);
  if (result.ok) return { kind: 'unit', key: result.key, asset: assetOf(result.key) };
  if (!elements) return null;
  const key = canonicalLink(elements);
  tell(`${result.reason}; kept as private key ${key}`);
  return { kind: 'unit', key, asset: assetOf(key) };
}

/**
 * An asset (GIAI, GRAI with serial, any other object that is no SSCC) that is fitted, consumed or made is an item of a
 * product of its own, since a part needs a product: the key without its serial, or the whole key with itself as serial.
 */
function assetOf(key: string): Goods | null {
  if (/^\d{18}$/.test(key)) return null;
  const grai = /^(https:\/\/id\.gs1\.org\/8003\/\d{14})(.+)$/.exec(key);
  const [gtin, rest] = grai ? [grai[1] ?? key, grai[2] ?? ''] : [key, key.split(/[/:]/).at(-1) ?? ''];
  const serial = decode(rest);
  return { kind: 'item', gtin, serial: /^[!"%-?A-Z_a-z]{1,20}$/.test(serial) ? serial : '1' };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A thing as goods: an asset as the item of its own product; null of a logistic unit with an SSCC. */
export const goodsOf = (thing: Thing): Goods | null => (thing.kind === 'unit' ? thing.asset : thing);

const identifierText = (value: unknown, reading: EventReading): string | undefined => {
  const text = textOf(isObject(value) ? (value.id ?? value['@id'] ?? value.epc) : value);
  return text === undefined ? undefined : expandCurie(text, reading.context);
};

/** The things of a list of EPCs, each instance once. */
export function readInstances(reading: EventReading, field: string): Thing[] {
  const list = listOf(reading.event[field]);
  const seen = new Set<string>();
  const things: Thing[] = [];
  list.forEach((entry: unknown, index) => {
    const path = Array.isArray(reading.event[field]) ? `${field}[${index}]` : field;
    const text = identifierText(entry, reading);
    const thing =
      text === undefined ? null : readIdentifier(text, (message) => reading.remark.key(path, message));
    if (thing === null || text === undefined) {
      reading.remark.fault(path, entry, `${field} ${JSON.stringify(entry)}: names no object`);
      return;
    }
    if (thing === 'place') {
      keepOnly(reading, path, `${text} names a place or a party, no goods`);
      return;
    }
    const list = classListOf(field);
    if (list !== null && (thing.kind === 'batch' || thing.kind === 'product')) {
      const kind = thing.kind === 'batch' ? 'a lot' : 'a product';
      reading.remark.repair(path, `${text}: is ${kind}, belongs in ${list}, read as standing there`);
    }
    const key = thingKey(thing);
    if (seen.has(key)) reading.remark.repair(path, `${text}: is in the list twice, read once`);
    else things.push(thing);
    seen.add(key);
  });
  return things;
}

const classListOf = (field: string): string | null =>
  ({
    epcList: 'quantityList',
    childEPCs: 'childQuantityList',
    inputEPCList: 'inputQuantityList',
    outputEPCList: 'outputQuantityList',
  })[field] ?? null;

/** One text for one thing, however it was written. */
export const thingKey = (thing: Thing): string =>
  thing.kind === 'unit' ? thing.key : `${thing.gtin}|${thing.lot ?? ''}|${thing.serial ?? ''}`;

/** A number as decimal text; `1e-7` is written out. */
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

/** Amount and unit of a quantity element; without a unit they are pieces. What cannot be measured is an unknown amount. */
function readAmount(reading: EventReading, path: string, entry: Record<string, unknown>): Partial<Goods> {
  if (entry.quantity === undefined || entry.quantity === null) return {};
  const quantity = decimalOf(entry.quantity);
  const decimal = quantity === undefined ? null : parseDecimal(quantity);
  if (quantity === undefined || decimal === null || !decimal.ok) {
    reading.remark.fault(
      `${path}.quantity`,
      entry.quantity,
      `quantity ${JSON.stringify(entry.quantity)}: should be a number`,
    );
    return {};
  }
  if (decimal.decimal.startsWith('-')) {
    reading.remark.fault(`${path}.quantity`, entry.quantity, `quantity ${quantity}: should be zero or more`);
    return {};
  }
  if (typeof entry.quantity === 'string')
    reading.remark.note(`${path}.quantity`, `quantity "${quantity}": is text, read as the number`);
  const given = textOf(entry.uom);
  const unit = given?.toUpperCase() ?? 'PCE';
  if (given !== undefined && !/^[A-Z0-9]{2,3}$/.test(given))
    reading.remark.repair(
      `${path}.uom`,
      `uom ${given}: should be a code of UN/ECE Recommendation 20, read as ${unit}`,
    );
  if (dimensionOf(unit) === null) {
    reading.remark.note(
      `${path}.uom`,
      `uom ${unit}: does not measure pieces, mass, volume or length; an unknown amount`,
    );
    return {};
  }
  const scaled = scaleQuantity(decimal.decimal, unit);
  if (scaled.ok) return { quantity: decimal.decimal, unit };
  reading.remark.note(`${path}.quantity`, `${scaled.reason}; an unknown amount`);
  return {};
}

/** The things of a list of quantity elements. */
export function readQuantities(reading: EventReading, field: string): Goods[] {
  const things: Goods[] = [];
  listOf(reading.event[field]).forEach((entry: unknown, index) => {
    const path = `${field}[${index}]`;
    const text = identifierText(isObject(entry) ? entry.epcClass : entry, reading);
    const thing =
      text === undefined
        ? null
        : readIdentifier(text, (message) => reading.remark.key(`${path}.epcClass`, message));
    if (thing === null || text === undefined) {
      reading.remark.fault(
        `${path}.epcClass`,
        entry,
        `epcClass ${text ?? 'missing'}: names no product or lot`,
      );
      return;
    }
    if (thing === 'place') {
      keepOnly(reading, `${path}.epcClass`, `${text} names a place or a party, no goods`);
      return;
    }
    if (!isObject(entry))
      reading.remark.repair(path, `${text}: should be a quantity element, read as an unknown amount of it`);
    const amount = isObject(entry) ? readAmount(reading, path, entry) : {};
    if (thing.kind === 'unit') {
      keepOnly(reading, `${path}.epcClass`, `${text} names no product or lot`);
      return;
    }
    if (thing.kind === 'item') {
      reading.remark.repair(
        `${path}.epcClass`,
        `${text}: has a serial, so it is one item and no class, read as one`,
      );
      things.push(thing);
    } else things.push({ ...thing, ...amount });
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
