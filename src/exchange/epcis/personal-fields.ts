/** What names a person in an event's own fields is cut out before the event is kept; it goes to the vault. */
import { isObject, type JsonObject } from './json.js';

/** Field names, without prefix, case and separators, that tell of a person. An organisation's name is none. */
const personalNames: readonly RegExp[] = [
  /e?mail(address)?$/,
  /(tele)?phone(number)?$|mobile(number)?$|^fax(number)?$/,
  /^(given|first|last|family|middle|sur|full|maiden|person|user)name$|^surname$/,
  /^(repair|service|test|quality)?(person|customer|buyer|consumer|patient|keeper|driver|technician|inspector|worker|employee|farmer|fisher|veterinarian|doctor|nurse|signatory|contactperson|recipientperson)(name|address|id|ref|reference)?$/,
  /^(date|place|year)?of?birth(date|day|place)?$/,
  /^(home|private|personal|residential)(address|street|city|phone)$/,
  /^(passport|nationalid|personalid|identitycard|driver?licen[cs]e|socialsecurity)(number|no|id)?$/,
  /^(owner|operator|holder)(first|last|family|given|full)name$/,
];

/** Kinds of things that are people, by the local name of their type. */
const people = new Set(['Person', 'NaturalPerson', 'Patient', 'ContactPerson']);

const emailAddress = /^(mailto:)?[^\s@:/]+@[^\s@/]+\.[a-z]{2,}$/i;

const localName = (name: string): string => name.split(/[:/#]/).at(-1) ?? name;
const isPersonalName = (name: string): boolean => {
  const plain = localName(name)
    .replace(/[_\-. ]/g, '')
    .toLowerCase();
  return personalNames.some((pattern) => pattern.test(plain));
};

/** Whether a field at this path, or a value in it, may tell of a person. */
export const mayTellOfPerson = (path: string, value: string): boolean =>
  path.split('.').some(isPersonalName) || /[^\s@"]+@[^\s@"]+\.[a-z]{2,}/i.test(value);

const isPerson = (value: JsonObject): boolean => {
  const type = value.type ?? value['@type'];
  return typeof type === 'string' && people.has(localName(type));
};

/** Fields of the standard that never tell of a person, whatever stands in them. */
const standardIds = new Set([
  'eventID',
  'type',
  '@context',
  'epcList',
  'childEPCs',
  'inputEPCList',
  'outputEPCList',
]);

const pointerPart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

export interface Cut {
  event: JsonObject;
  /** JSON pointer to JSON text. */
  fields: Record<string, string>;
}

/** The event without what names a person, and what was cut. An event without such fields comes back as it is. */
export function cutPersonalFields(event: JsonObject): Cut {
  const fields: Record<string, string> = {};
  const walk = (value: unknown, pointer: string): unknown => {
    if (Array.isArray(value)) return value.map((entry, index) => cut(entry, `${pointer}/${index}`));
    if (!isObject(value)) return value;
    const kept = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      if (standardIds.has(name)) return [[name, inner]];
      const place = `${pointer}/${pointerPart(name)}`;
      if (!isPersonalName(name)) {
        const rest = cut(inner, place);
        return rest === undefined ? [] : [[name, rest]];
      }
      fields[place] = JSON.stringify(inner) ?? 'null';
      return [];
    });
    return Object.fromEntries(kept);
  };
  /** A list keeps its positions: what is cut from it leaves null. */
  const cut = (value: unknown, pointer: string): unknown => {
    const personal =
      (typeof value === 'string' && emailAddress.test(value.trim())) || (isObject(value) && isPerson(value));
    if (!personal) return walk(value, pointer);
    fields[pointer] = JSON.stringify(value);
    return /\/\d+$/.test(pointer) ? null : undefined;
  };
  const rest = walk(event, '');
  return Object.keys(fields).length === 0 || !isObject(rest)
    ? { event, fields: {} }
    : { event: rest, fields };
}
