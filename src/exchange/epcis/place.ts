/** Where an event happened and between whom goods moved, as GLNs. */
import { canonicalLink, parseGln, readElements } from '../gs1/index.js';
import { isObject, listOf, textOf } from './json.js';
import { cbvWord, type EventReading, leaveOut } from './reading.js';

/** A place inside a site counts as the site; a GLN with a wrong check digit stays as its canonical URI. */
function readGln(reading: EventReading, path: string, value: unknown): string | undefined {
  const text = textOf(isObject(value) ? value.id : value);
  if (text === undefined) return undefined;
  const elements = readElements(text);
  const digits = elements?.get('414') ?? elements?.get('417');
  const result = parseGln(digits ?? text);
  if (result.ok) return result.key;
  if (digits === undefined) {
    leaveOut(reading, path, result.reason);
    return undefined;
  }
  const key = canonicalLink(new Map([['414', digits]]));
  reading.repair(path, `${result.reason}; kept as private key ${key}`);
  return key;
}

export const readPoint = (reading: EventReading) => readGln(reading, 'readPoint', reading.event.readPoint);

export const bizLocation = (reading: EventReading) =>
  readGln(reading, 'bizLocation', reading.event.bizLocation);

/** Where the objects are after the event. */
export const siteOf = (reading: EventReading) => bizLocation(reading) ?? readPoint(reading);

const preference = ['location', 'possessing_party', 'owning_party'];

/** The most exact of the sources or destinations: a location before who has it before who owns it. */
export function partner(reading: EventReading, side: 'source' | 'destination'): string | undefined {
  const field = `${side}List`;
  const entries = listOf(reading.event[field]).filter(isObject);
  for (const type of preference) {
    const index = entries.findIndex((entry) => cbvWord(textOf(entry.type) ?? '') === type);
    const entry = entries[index];
    if (!entry) continue;
    const gln = readGln(reading, `${field}[${index}]`, entry[side] ?? entry.id);
    if (gln !== undefined) return gln;
  }
  return undefined;
}

/** The first business document that the event names. */
export function referenceOf(reading: EventReading): string | undefined {
  const [first] = listOf(reading.event.bizTransactionList).filter(isObject);
  return first ? textOf(first.bizTransaction) : undefined;
}
