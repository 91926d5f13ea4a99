/** The event hash id of CBV 2.0 (clause 8.9): one id for one event, however and by whomever it is written down. */
import { createHash } from 'node:crypto';
import { type Context, splitName } from '../context.js';
import { isObject, type JsonObject, listOf } from '../json.js';
import { eventFields, type Field, unhashed } from './fields.js';
import { hashText, hashValue, scalarText } from './values.js';

export interface HashScope {
  context: Context;
  /** Names of extension fields that the document says are no part of its events. */
  ignored: ReadonlySet<string>;
}

/** `ni:///sha-256;HEX?ver=CBV2.0` of an event. An error declaration has the id of the event that it repeats. */
export function eventHash(event: JsonObject, scope: HashScope): string {
  const digest = createHash('sha256').update(preHash(event, scope)).digest('hex');
  return `ni:///sha-256;${digest}?ver=CBV2.0`;
}

/** The canonical text that is hashed: fields in their order, lists sorted by code point, extensions last. */
export function preHash(event: JsonObject, scope: HashScope): string {
  const type = scalarText(event.type ?? event.isA ?? event['@type']) ?? '';
  const fields = Object.fromEntries(Object.entries(event).filter(([name]) => !unhashed.has(name)));
  return `eventType=${splitName(type, scope.context).local}${ofObject(fields, eventFields, scope)}`;
}

/** Fields of an object that stand in its order, then the rest as extensions. */
function ofObject(value: JsonObject, fields: readonly Field[], scope: HashScope): string {
  const known = new Set(fields.map((field) => field.name));
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !known.has(name)));
  const standard = fields.map((field) => ofField(value[field.name], field, scope)).join('');
  return `${standard}${ofExtensions(rest, scope)}`;
}

const sorted = (texts: readonly string[]): string => texts.toSorted(byCodePoint).join('');

function ofField(value: unknown, field: Field, scope: HashScope): string {
  switch (field.kind) {
    case 'list': {
      const entries = listOf(value).map((entry) => ofField(entry, field.entry, scope));
      return entries.join('') === '' ? '' : `${field.name}${sorted(entries)}`;
    }
    case 'records': {
      const entries = listOf(value).map((entry) =>
        isObject(entry) ? ofObject(entry, field.fields, scope) : '',
      );
      return entries.join('') === '' ? '' : `${field.name}${sorted(entries)}`;
    }
    case 'object': {
      const entries = listOf(value).map((entry) => {
        const inner = isObject(entry) ? ofObject(entry, field.fields, scope) : '';
        return inner === '' ? '' : `${field.name}${inner}`;
      });
      return sorted(entries);
    }
    default: {
      const texts = listOf(value).map(scalarText);
      const known = texts.filter((text) => text !== undefined);
      return sorted(known.map((text) => `${field.name}=${hashValue(text, field, scope.context)}`));
    }
  }
}

/** Fields that the standard does not name: `{namespace}local=value`, at every level sorted by their text. */
function ofExtensions(value: JsonObject, scope: HashScope): string {
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const label = labelOf(name, scope.context);
    if (label === comment || scope.ignored.has(label) || name === '@context') return [];
    return listOf(inner).map((one) => {
      if (isObject(one)) return `${label}${ofExtensions(one, scope)}`;
      const text = scalarText(one);
      return text === undefined ? label : `${label}=${hashText(text)}`;
    });
  });
  return sorted(entries);
}

const comment = '{http://www.w3.org/2000/01/rdf-schema#}comment';

function labelOf(name: string, context: Context): string {
  const { namespace, local } = splitName(name, context);
  return namespace === null ? local : `{${namespace}}${local}`;
}

/** Code points, not UTF-16 units. */
function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}

/** What the objects around an event say about hashing it: the fields to leave out (`...:ignoreFields`). */
export function hashScope(around: readonly JsonObject[], context: Context): HashScope {
  const named = around
    .flatMap((object) => Object.entries(object))
    .filter(([name]) => splitName(name, context).local === 'ignoreFields');
  const fields = named.flatMap(([, value]) => listOf(value)).filter((field) => typeof field === 'string');
  return { context, ignored: new Set(fields.map((field) => labelOf(field, context))) };
}
