/** The row of epcis_event for an event that was read. */
import { eventKeyOf } from '../../record/index.js';
import { standardWords } from './cbv-vocabulary.js';
import type { NewEvent } from './epcis-event.sql.js';
import { canonicalJson, isObject, listOf, textOf } from './json.js';
import { wordOf } from './reading.js';
import type { ReadEvent } from './rows.js';
import { searchKey } from './search-keys.js';

/** Identifies a capture: the event's id; of a declaration also what it declares, since it repeats the id. */
export function captureKeyOf(read: ReadEvent): string {
  if (read.declaration === null) return eventKeyOf(read.id);
  return eventKeyOf(`${read.id}\n${canonicalJson(read.event.errorDeclaration)}`);
}

const offsetMinutes = (at: string): number => {
  const match = /([+-])(\d{2}):(\d{2})$/.exec(at);
  const minutes = match ? Number(match[2]) * 60 + Number(match[3]) : 0;
  return match?.[1] === '-' ? -minutes : minutes;
};

/** `event` is the event without what names a person. */
export function newEventOf(read: ReadEvent, event: unknown): NewEvent {
  const lasting = isObject(read.event.persistentDisposition) ? read.event.persistentDisposition : {};
  const words = (list: unknown) => listOf(list).map((value) => wordOf(value, 'Disp', read.context));
  const at = read.at ?? '';
  return {
    captureKey: captureKeyOf(read),
    eventId: read.id,
    ownId: read.ownId,
    hash: read.hash,
    type: read.type,
    action: ['ADD', 'OBSERVE', 'DELETE'].includes(read.action) ? read.action : null,
    eventTime: at,
    offsetMinutes: offsetMinutes(at),
    bizStep: read.step || null,
    disposition: read.disposition || null,
    persistentSet: words(lasting.set),
    persistentUnset: words(lasting.unset),
    readPoint: searchKey(read, read.event.readPoint),
    bizLocation: searchKey(read, read.event.bizLocation),
    transformationId: textOf(read.event.transformationID) ?? null,
    errorDeclaredAt: read.declaration?.at ?? null,
    errorReason: read.declaration ? reasonOf(read.declaration.reason) : null,
    correctiveEventIds: read.declaration?.correctiveEventIds ?? [],
    context: JSON.stringify(read.contextSource),
    event: JSON.stringify(event),
  };
}

/** A declaration without a reason has one among the record's voids, but none here. */
const reasonOf = (reason: string): string | null =>
  standardWords.ER.has(reason) || reason.includes(':') ? reason : null;
