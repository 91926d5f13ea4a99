/** Reads EPCIS 2.0 JSON into rows of the file kinds: lenient, and says what it repaired or left out. */
import { readAggregationEvent } from './aggregation-event.js';
import { readAssociationEvent } from './association-event.js';
import { eventIdentifier } from './event-id.js';
import { zonedTime } from './event-time.js';
import { findEvents } from './find-events.js';
import { isObject, textOf } from './json.js';
import { readObjectEvent } from './object-event.js';
import { cbvWord, type EventReading, leaveOut, openEvent } from './reading.js';
import type { EpcisReading, InputRow, RowDraft } from './rows.js';
import { pairRows, readTransformationEvent, type Transformation } from './transformation-event.js';

const typeOf = (event: EventReading['event']) =>
  (textOf(event.type ?? event['@type'] ?? event.isA) ?? '').replace(/^.*[:/#]/, '');

/** Reads the event into its rows; a transformation is given back, its pairs depend on the others of its pool. */
function readEvent(reading: EventReading): Transformation | null {
  switch (typeOf(reading.event)) {
    case 'ObjectEvent':
      readObjectEvent(reading);
      return null;
    case 'AggregationEvent':
      readAggregationEvent(reading);
      return null;
    case 'AssociationEvent':
      readAssociationEvent(reading);
      return null;
    case 'TransformationEvent':
      return readTransformationEvent(reading);
    case 'TransactionEvent':
      leaveOut(reading, 'type', 'TransactionEvent: it ties goods to documents, nothing moves');
      return null;
    default: {
      const given = reading.event.type;
      const rule = 'should be an Object-, Aggregation-, Association-, Transaction- or TransformationEvent';
      reading.problem('type', given, `type ${textOf(given) ?? 'missing'}: ${rule}`);
      return null;
    }
  }
}

/** An error declaration repeats its event and says that it did not happen so: each of its rows is voided. */
function voidsOf(reading: EventReading, rows: readonly InputRow[]): InputRow[] {
  const declaration = reading.event.errorDeclaration;
  if (!isObject(declaration)) return [];
  const zone = /[+-]\d{2}:\d{2}$/.exec(reading.at)?.[0] ?? '+00:00';
  const voided_at = zonedTime(textOf(declaration.declarationTime) ?? '', zone) ?? reading.at;
  const reason = cbvWord(textOf(declaration.reason) ?? 'EPCIS error declaration');
  return rows.map((row) => {
    const voided = row.values.event_id;
    const values = { event_id: `${voided}~void`, voided_event_id: voided, voided_at, reason };
    return { ...row, kind: 'voids', values };
  });
}

interface OpenedEvent {
  reading: EventReading;
  transformation: Transformation | null;
  line?: number;
}

/** Pairs of inputs of one event with outputs of another or the same, with the ids they get. */
function identifiedPairs(from: Transformation, into: Transformation): [string, RowDraft][] {
  const start = from === into ? into.reading.rows.length : 0;
  const base = from === into ? into.reading.id : `${into.reading.id}~${from.reading.id}`;
  return pairRows(from, into).map((row, index) => [`${base}#${start + index + 1}`, row]);
}

/** The pairs an event brings: those that end in its outputs; of one declared wrong, also those it gave others. */
function pairsOf(own: Transformation, pools: ReadonlyMap<string, Transformation[]>): [string, RowDraft][] {
  const pool = own.pool === undefined ? [] : (pools.get(own.pool) ?? []);
  const others = pool.filter((other) => other.reading.id !== own.reading.id);
  const into = [own, ...others].flatMap((from) => identifiedPairs(from, own));
  return isDeclaredWrong(own.reading)
    ? [...into, ...others.flatMap((other) => identifiedPairs(own, other))]
    : into;
}

const isDeclaredWrong = (reading: EventReading) => isObject(reading.event.errorDeclaration);

function poolsOf(events: readonly OpenedEvent[]): Map<string, Transformation[]> {
  const pools = new Map<string, Transformation[]>();
  for (const { transformation, reading } of events) {
    if (transformation?.pool === undefined || isDeclaredWrong(reading)) continue;
    pools.set(transformation.pool, [...(pools.get(transformation.pool) ?? []), transformation]);
  }
  return pools;
}

/**
 * Rows of an EPCIS document, query document, list of events or one event a line, in the order of the events.
 * `source` (the file's name) stands in rows and problems. Never throws: what is no event is a problem, what was read
 * otherwise than it stands or has no home among the rows is a repair.
 */
export function readEpcis(text: string, source: string): EpcisReading {
  const sink = { repairs: [], problems: [], source } as Omit<EpcisReading, 'rows'> & { source: string };
  const found = findEvents(text);
  for (const failure of found.failures) {
    const { message, value, line } = failure;
    sink.problems.push({ index: 0, code: 'EPCIS', column: null, value, message, file: source, line });
  }
  if (found.events.length === 0 && found.failures.length === 0) {
    const message = 'EPCIS document: holds no events';
    sink.problems.push({ index: 0, code: 'EPCIS', column: null, value: null, message, file: source });
  }
  const identify = eventIdentifier();
  const opened = found.events.flatMap(({ event, line }, index): OpenedEvent[] => {
    const reading = openEvent(sink, { event, index, id: identify(event), line });
    return reading === null ? [] : [{ reading, transformation: readEvent(reading), line }];
  });
  const pools = poolsOf(opened);
  const rows = opened.flatMap(({ reading, transformation, line }) => {
    const own = reading.rows.map((row, index): [string, RowDraft] => [`${reading.id}#${index + 1}`, row]);
    const pairs = transformation ? pairsOf(transformation, pools) : [];
    const inputRows = [...own, ...pairs].map(([event_id, row]): InputRow => {
      return { kind: row.kind, values: { event_id, ...row.values }, file: source, line };
    });
    return isDeclaredWrong(reading) ? voidsOf(reading, inputRows) : inputRows;
  });
  return { rows, repairs: sink.repairs, problems: sink.problems };
}
