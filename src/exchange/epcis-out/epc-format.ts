/** Identifiers of events as GS1 Digital Links or as EPC URNs, as the asker wants them (header GS1-EPC-Format). */
import type pg from 'pg';
import { isObject, type JsonObject, knownPrefixes } from '../epcis/index.js';
import { canonicalLink, companyPrefixLength, readElements, toEpcUrn } from '../gs1/index.js';

export const epcFormats = [
  'No_Preference',
  'Always_GS1_Digital_Link',
  'Always_EPC_URN',
  'Never_Translates',
] as const;
export type EpcFormat = (typeof epcFormats)[number];

/** Fields that hold identifiers, at any depth of the standard's own part of an event. */
const identifierFields = new Set([
  'epcList',
  'childEPCs',
  'parentID',
  'inputEPCList',
  'outputEPCList',
  'epcClass',
  'source',
  'destination',
]);
const containerFields = new Set([
  'quantityList',
  'childQuantityList',
  'inputQuantityList',
  'outputQuantityList',
  'sourceList',
  'destinationList',
]);
const placeFields = new Set(['readPoint', 'bizLocation']);

type Translate = (text: string) => string;

function translated(value: unknown, translate: Translate): unknown {
  if (typeof value === 'string') return translate(value);
  return Array.isArray(value) ? value.map((entry) => translated(entry, translate)) : value;
}

function walk(event: JsonObject, translate: Translate): JsonObject {
  const fields = Object.entries(event).map(([name, value]): [string, unknown] => {
    if (identifierFields.has(name)) return [name, translated(value, translate)];
    if (placeFields.has(name) && isObject(value))
      return [name, { ...value, id: translated(value.id, translate) }];
    if (containerFields.has(name) && Array.isArray(value))
      return [name, value.map((entry) => (isObject(entry) ? walk(entry, translate) : entry))];
    return [name, value];
  });
  return Object.fromEntries(fields);
}

const asLink: Translate = (text) => {
  const elements = text.startsWith('urn:epc:') ? readElements(text) : null;
  return elements === null ? text : canonicalLink(elements);
};

/** What has no URN (private keys, lots of pieces) stays as it is. */
const asUrn =
  (told: ReadonlySet<string>): Translate =>
  (text) => {
    const elements = /^https?:/i.test(text) ? readElements(text) : null;
    if (elements === null) return text;
    return toEpcUrn(elements, companyPrefixLength(elements, told)) ?? text;
  };

/** Keys of GS1 in the events, as digits. */
function keysOf(events: readonly JsonObject[]): string[] {
  const keys = new Set<string>();
  const collect: Translate = (text) => {
    for (const value of readElements(text)?.values() ?? []) if (/^\d{7}/.test(value)) keys.add(value);
    return text;
  };
  for (const event of events) walk(event, collect);
  return [...keys];
}

/** The events in that format; without a preference, or never to be translated, they stay as they came. */
export async function inFormat(
  client: pg.ClientBase,
  events: readonly JsonObject[],
  format: EpcFormat,
): Promise<JsonObject[]> {
  if (format === 'Always_GS1_Digital_Link') return events.map((event) => walk(event, asLink));
  if (format !== 'Always_EPC_URN') return [...events];
  const told = await knownPrefixes(client, keysOf(events));
  return events.map((event) => walk(event, asUrn(told)));
}
