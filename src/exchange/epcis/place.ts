/** Where an event happened and between whom goods moved, as GLNs. */
import { canonicalLink, parseGln, readElements } from '../gs1/index.js';
import { expandCurie } from './context.js';
import { isObject, listOf, textOf } from './json.js';
import { type EventReading, wordOf } from './reading.js';

/** What stands for a place that the event does not name; the record has one site for all of them. */
export const UNKNOWN_PLACE = 'urn:tracewright:unknown';

/** A place inside a site counts as the site; a GLN with a wrong check digit stays as its canonical URI. */
function readGln(reading: EventReading, path: string, value: unknown): string | undefined {
  const given = textOf(isObject(value) ? (value.id ?? value['@id']) : value);
  if (given === undefined) return undefined;
  const text = expandCurie(given, reading.context);
  const elements = readElements(text);
  const digits = elements?.get('414') ?? elements?.get('417');
  const result = parseGln(digits ?? text);
  if (result.ok) return result.key;
  if (digits === undefined) {
    reading.remark.fault(path, given, result.reason);
    return undefined;
  }
  const key = canonicalLink(new Map([['414', digits]]));
  reading.remark.key(path, `${result.reason}; kept as private key ${key}`);
  return key;
}

export const readPoint = (reading: EventReading) => readGln(reading, 'readPoint.id', reading.event.readPoint);

export const bizLocation = (reading: EventReading) =>
  readGln(reading, 'bizLocation.id', reading.event.bizLocation);

/** Where the objects are after the event. */
export const siteOf = (reading: EventReading) => bizLocation(reading) ?? readPoint(reading);

/** The site of a row that must name one. */
export function siteOrUnknown(reading: EventReading, site: string | undefined): string {
  if (site === undefined) reading.remark.note('readPoint', 'no place is named: recorded at an unknown place');
  return site ?? UNKNOWN_PLACE;
}

const preference = ['location', 'possessing_party', 'owning_party'];

/** The most exact of the sources or destinations: a location before who has it before who owns it. */
export function partner(reading: EventReading, side: 'source' | 'destination'): string | undefined {
  const field = `${side}List`;
  const entries = listOf(reading.event[field]).map((entry) => (isObject(entry) ? entry : {}));
  for (const type of preference) {
    const index = entries.findIndex((entry) => wordOf(entry.type, 'SDT', reading.context) === type);
    const entry = entries[index];
    if (!entry) continue;
    const gln = readGln(reading, `${field}[${index}].${side}`, entry[side] ?? entry.id);
    if (gln !== undefined) return gln;
  }
  return undefined;
}

/** The first business document that the event names. */
export function referenceOf(reading: EventReading): string | undefined {
  const [first] = listOf(reading.event.bizTransactionList).filter(isObject);
  const text = first ? textOf(first.bizTransaction) : undefined;
  return text === undefined ? undefined : text.slice(0, 200);
}
