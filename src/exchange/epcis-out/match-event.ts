/** Whether an EPCIS event fits the parameters of a query, exactly as the standard says (EPCIS 2.0, 8.2.7.1). */
import {
  expandCurie,
  isObject,
  type JsonObject,
  listOf,
  readContext,
  textOf,
  wordOf,
} from '../epcis/index.js';
import { canonicalUri } from '../gs1/index.js';
import type { EpcisQuery, KeyField, KeyTest } from './query.js';

type Context = ReturnType<typeof readContext>;

interface Asked {
  event: JsonObject;
  context: Context;
}

const keyOf = (value: unknown, context: Context): string | null => {
  const text = textOf(isObject(value) ? (value.id ?? value.epcClass) : value);
  if (text === undefined) return null;
  const uri = expandCurie(text, context);
  return canonicalUri(uri) ?? uri;
};

const keysOf = ({ event, context }: Asked, fields: readonly KeyField[]): string[] =>
  fields.flatMap((field) => listOf(event[field]).flatMap((value) => keyOf(value, context) ?? []));

/** A class or pattern stands for everything whose key goes on from it: a product for its lots and items. */
const fitsKey = (key: string, { exact, prefixes }: KeyTest): boolean =>
  exact.has(key) || prefixes.some((prefix) => key.startsWith(prefix));

const wordsOf = (values: unknown, vocabulary: Parameters<typeof wordOf>[1], context: Context) =>
  listOf(values).map((value) => wordOf(value, vocabulary, context));

const hasOne = (wanted: ReadonlySet<string> | undefined, given: readonly (string | null)[]): boolean =>
  wanted === undefined || given.some((value) => value !== null && wanted.has(value));

function fitsTimes({ event }: Asked, { times }: EpcisQuery): boolean {
  const declaration = isObject(event.errorDeclaration) ? event.errorDeclaration : {};
  const given = {
    eventTime: event.eventTime,
    recordTime: event.recordTime,
    errorDeclarationTime: declaration.declarationTime,
  };
  return times.every(({ field, from, before }) => {
    const at = Date.parse(textOf(given[field]) ?? '');
    return !Number.isNaN(at) && (from === null || at >= from) && (before === null || at < before);
  });
}

function fitsWords({ event, context }: Asked, { words }: EpcisQuery): boolean {
  const lasting = isObject(event.persistentDisposition) ? event.persistentDisposition : {};
  const declaration = isObject(event.errorDeclaration) ? event.errorDeclaration : {};
  return (
    hasOne(words.eventType, [textOf(event.type) ?? null]) &&
    hasOne(words.EQ_action, [textOf(event.action) ?? null]) &&
    hasOne(words.EQ_bizStep, wordsOf(event.bizStep, 'BizStep', context)) &&
    hasOne(words.EQ_disposition, wordsOf(event.disposition, 'Disp', context)) &&
    hasOne(words.EQ_persistentDisposition_set, wordsOf(lasting.set, 'Disp', context)) &&
    hasOne(words.EQ_persistentDisposition_unset, wordsOf(lasting.unset, 'Disp', context)) &&
    hasOne(words.EQ_errorReason, wordsOf(declaration.reason, 'ER', context)) &&
    hasOne(words.EQ_eventID, [textOf(event.eventID) ?? null]) &&
    hasOne(words.EQ_transformationID, [textOf(event.transformationID) ?? null]) &&
    hasOne(
      words.EQ_correctiveEventID,
      listOf(declaration.correctiveEventIDs).map((id) => textOf(id) ?? null),
    )
  );
}

const lists = {
  EQ_bizTransaction: ['bizTransactionList', 'bizTransaction', 'BTT'],
  EQ_source: ['sourceList', 'source', 'SDT'],
  EQ_destination: ['destinationList', 'destination', 'SDT'],
} as const;

const fitsTyped = ({ event, context }: Asked, { typed }: EpcisQuery): boolean =>
  typed.every(({ parameter, type, keys }) => {
    const [list, field, vocabulary] = lists[parameter];
    return listOf(event[list]).some(
      (entry) =>
        isObject(entry) &&
        wordOf(entry.type, vocabulary, context) === type &&
        keys.has(keyOf(entry[field], context) ?? ''),
    );
  });

const quantityLists = ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList'];

function fitsQuantities({ event }: Asked, { quantities }: EpcisQuery): boolean {
  if (quantities.length === 0) return true;
  const amounts = quantityLists.flatMap((list) =>
    listOf(event[list]).flatMap((entry) =>
      isObject(entry) && typeof entry.quantity === 'number' ? [entry.quantity] : [],
    ),
  );
  return amounts.some((amount) => quantities.every((test) => test(amount)));
}

/** `context` is what the event's prefixes stand for; without one the standard's own. */
export function fitsQuery(event: JsonObject, query: EpcisQuery): boolean {
  const asked = { event, context: readContext(event['@context']) };
  const declared = event.errorDeclaration !== undefined;
  return (
    (query.isDeclared === null || query.isDeclared === declared) &&
    fitsTimes(asked, query) &&
    fitsWords(asked, query) &&
    query.keys.every((test) => keysOf(asked, test.fields).some((key) => fitsKey(key, test))) &&
    fitsTyped(asked, query) &&
    fitsQuantities(asked, query)
  );
}
