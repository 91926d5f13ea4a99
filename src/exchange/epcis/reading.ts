/** One event being read: its fields as plain words, and where its rows and remarks go. */
import { cbvWord, type Vocabulary } from './cbv-words.js';
import type { Context } from './context.js';
import { eventTime } from './event-time.js';
import { isObject, type JsonObject, listOf, textOf } from './json.js';
import type { EventPlace, Remark, Remarker, RowDraft } from './rows.js';

export interface EventReading {
  event: JsonObject;
  context: Context;
  type: string;
  id: string;
  /** ISO 8601 in the event's own offset. */
  at: string;
  /** Bare CBV word, or the URI or name as it stands. */
  step: string;
  disposition: string;
  /** The disposition and what persistentDisposition sets. */
  dispositions: readonly string[];
  /** What persistentDisposition takes back. */
  endedDispositions: readonly string[];
  action: string;
  rows: RowDraft[];
  remark: Remarker;
}

export function createRemarker(place: EventPlace, remarks: Remark[]): Remarker {
  const add = (kind: Remark['kind'], path: string, value: unknown, message: string) => {
    const whole = place.path === '' ? path : path === '' ? place.path : `${place.path}.${path}`;
    remarks.push({ kind, path: whole, value: shown(value), message });
  };
  return {
    fault: (path, value, message) => add('FAULT', path, value, message),
    repair: (path, message) => add('REPAIR', path, undefined, message),
    key: (path, message) => add('KEY', path, undefined, message),
    note: (path, message) => add('NOTE', path, undefined, message),
  };
}

const shown = (value: unknown): string | null =>
  value === undefined ? null : (JSON.stringify(value) ?? '').slice(0, 200);

export const wordOf = (value: unknown, vocabulary: Vocabulary, context: Context): string =>
  cbvWord(textOf(isObject(value) ? (value.id ?? value['@id']) : value) ?? '', vocabulary, context);

export const typeOf = (event: JsonObject): string =>
  (textOf(event.type ?? event['@type'] ?? event.isA) ?? '').replace(/^.*[:/#]/, '');

/** Opens an event for reading; null when it has no usable time (a fault then). */
export function openEvent(
  event: JsonObject,
  context: Context,
  id: string,
  remark: Remarker,
): EventReading | null {
  const at = eventTime(event, remark);
  if (at === null) return null;
  const lasting = isObject(event.persistentDisposition) ? event.persistentDisposition : {};
  const words = (list: unknown) => listOf(list).map((value) => wordOf(value, 'Disp', context));
  const disposition = wordOf(event.disposition, 'Disp', context);
  return {
    event,
    context,
    type: typeOf(event),
    id,
    at,
    step: wordOf(event.bizStep, 'BizStep', context),
    disposition,
    dispositions: [disposition, ...words(lasting.set)].filter((word) => word !== ''),
    endedDispositions: words(lasting.unset),
    action: (textOf(event.action) ?? '').toUpperCase(),
    rows: [],
    remark,
  };
}

/** Says that the event, or a part of it, stays in the document alone: no row of ours says it. */
export function keepOnly(reading: EventReading, path: string, what: string): void {
  reading.remark.note(path, `kept with the event, no row: ${what}`);
}
