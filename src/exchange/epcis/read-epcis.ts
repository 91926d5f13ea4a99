/** Reads EPCIS 2.0 JSON into events, each with the rows it becomes and all that is to be said about it. Never throws. */
import { createHash } from 'node:crypto';
import { readAggregationEvent } from './aggregation-event.js';
import { readAssociationEvent } from './association-event.js';
import { cbvMapping, type MappingRule } from './cbv-mapping.js';
import { checkEvent } from './check-event.js';
import { readContext } from './context.js';
import type { CapturedEvent } from './epcis-event.sql.js';
import { zonedTime } from './event-time.js';
import { type Failure, type FoundEvent, findEvents } from './find-events.js';
import { eventHash, hashScope } from './hash/event-hash.js';
import { isObject, type JsonObject, listOf, textOf } from './json.js';
import { readObjectEvent } from './object-event.js';
import { ownRows } from './own-rows.js';
import { siteOf } from './place.js';
import { ownPairs } from './pools.js';
import { createRemarker, type EventReading, keepOnly, openEvent, typeOf, wordOf } from './reading.js';
import type { Declaration, Goods, InputRow, ReadEvent, Remark, RowDraft, Transformation } from './rows.js';
import { readTransformationEvent } from './transformation-event.js';

export interface EpcisReading {
  events: ReadEvent[];
  /** What is no event, and what is wrong with the document itself. */
  failures: Failure[];
  vocabularies: JsonObject[];
}

/** What hangs together with other events: a transformation with its pool, an association with those of its parent. */
interface Bonds {
  transformation: Transformation | null;
  parent: Goods | null;
}
const unbound: Bonds = { transformation: null, parent: null };

/** Reads the event into its rows. */
function readByType(reading: EventReading, rules: readonly MappingRule[]): Bonds {
  switch (reading.type) {
    case 'ObjectEvent':
      readObjectEvent(reading, rules);
      return unbound;
    case 'AggregationEvent':
      readAggregationEvent(reading, rules);
      return unbound;
    case 'AssociationEvent':
      return { ...unbound, parent: readAssociationEvent(reading) };
    case 'TransformationEvent':
      return { ...unbound, transformation: readTransformationEvent(reading) };
    default:
      keepOnly(reading, 'type', 'a TransactionEvent ties goods to documents, nothing moves');
      return unbound;
  }
}

function declarationOf(reading: EventReading): Declaration | null {
  const declaration = reading.event.errorDeclaration;
  if (!isObject(declaration)) return null;
  const zone = /[+-]\d{2}:\d{2}$/.exec(reading.at)?.[0] ?? '+00:00';
  const corrective = listOf(declaration.correctiveEventIDs ?? declaration.correctiveEventIds);
  return {
    at: zonedTime(textOf(declaration.declarationTime) ?? '', zone) ?? reading.at,
    reason: wordOf(declaration.reason, 'ER', reading.context) || 'EPCIS error declaration',
    correctiveEventIds: corrective.filter((id) => typeof id === 'string'),
  };
}

function readEvent(
  found: FoundEvent,
  place: { index: number; file: string },
  rules: readonly MappingRule[],
): ReadEvent {
  const { event, context, contextSource, path, line } = found;
  const remarks: Remark[] = [];
  const remark = createRemarker({ ...place, path, line }, remarks);
  const hash = hashOf(found);
  const own = textOf(event.eventID);
  const id = own ?? hash;
  checkEvent(event, context, remark);
  if (
    own !== undefined &&
    /^ni:\/\/\/sha-256;.*\?ver=CBV2\.0$/i.test(own) &&
    own.toLowerCase() !== hash.toLowerCase()
  )
    remark.note(
      'eventID',
      'eventID: is not the hash of the event as it stands, so something was left out or changed since',
    );
  const reading = openEvent(event, context, id, remark);
  const bonds = reading === null ? unbound : readByType(reading, rules);
  const site = reading === null ? undefined : siteOf(reading);
  const written = reading === null ? null : ownRows(reading);
  const mapped = numbered(id, reading?.rows ?? [], { file: place.file, line });
  const read: ReadEvent = {
    ...place,
    path,
    line,
    event,
    context,
    contextSource,
    id,
    ownId: own !== undefined,
    hash,
    type: typeOf(event),
    at: reading?.at ?? null,
    step: reading?.step ?? '',
    disposition: reading?.disposition ?? '',
    action: reading?.action ?? '',
    rows: written ?? mapped,
    hasOwnRows: written !== null,
    remarks: distinct(remarks),
    declaration: reading === null ? null : declarationOf(reading),
    transformation: written === null ? bonds.transformation : null,
    parent: bonds.parent,
    site,
  };
  read.rows = [...read.rows, ...ownPairs(read, read.rows.length + 1)];
  return read;
}

/** An event as it was captured, read again: its id is the one it was given then. */
export function readCaptured(row: CapturedEvent, rules: readonly MappingRule[]): ReadEvent {
  const event = isObject(row.event) ? { ...row.event, eventID: row.event_id } : {};
  const contextSource = listOf(row.context).slice();
  const found = { event, path: '', context: readContext(contextSource), contextSource, around: [] };
  return {
    ...readEvent(found, { index: 0, file: 'captured' }, rules),
    hash: row.hash,
    recorderId: row.recorder_id,
  };
}

/** Rows with the ids they get from their event: `${id}#1`, `${id}#2`. */
const numbered = (
  id: string,
  rows: readonly RowDraft[],
  place: { file: string; line?: number },
): InputRow[] =>
  rows.map(({ kind, values }, index) => ({
    kind,
    values: { event_id: `${id}#${index + 1}`, ...values },
    ...place,
  }));

const distinct = (remarks: readonly Remark[]): Remark[] => [
  ...new Map(remarks.map((remark) => [`${remark.kind} ${remark.path} ${remark.message}`, remark])).values(),
];

/** The CBV hash; of what cannot be hashed (numbers deeper than the stack) the digest of its text. */
function hashOf({ event, context, around }: FoundEvent): string {
  try {
    return eventHash(event, hashScope(around, context));
  } catch {
    return `ni:///sha-256;${createHash('sha256').update(JSON.stringify(event)).digest('hex')}`;
  }
}

/**
 * The events of an EPCIS document, query document, list of events or one event a line, in their order. `file` stands in
 * the rows. `start`: where the text begins when it is a piece of a longer one. `rules` map business steps and dispositions; absent: the table of cbv-mapping.ts.
 */
export function readEpcis(
  text: string,
  file: string,
  rules: readonly MappingRule[] = cbvMapping,
  start: { line: number; index: number } = { line: 1, index: 0 },
): EpcisReading {
  const { events, failures, vocabularies, documents } = findEvents(text, start.line);
  if (events.length === 0 && failures.every((failure) => failure.kind !== 'FAULT') && documents === 0)
    failures.push({ kind: 'FAULT', path: '', message: 'EPCIS document: holds no events', value: null });
  return {
    events: events.map((found, index) => readEvent(found, { index: start.index + index, file }, rules)),
    failures,
    vocabularies,
  };
}
