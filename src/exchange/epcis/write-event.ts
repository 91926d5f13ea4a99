/** An event of the record as EPCIS events, each with the rows of ours that it stands for. */
import type { FileKind } from '../../record/input/index.js';
import type { JsonObject } from './json.js';
import { ownNamespace } from './own-rows.js';
import { type Cells, ownUri } from './write-names.js';
import { writeRow } from './write-row.js';

/** Prefix of our own fields; `ownContext` defines it. */
const prefix = 'tracewright';
export const ownContext = { [prefix]: ownNamespace } as const;

export interface RecordedEvent {
  eventId: string;
  kind: FileKind;
  /** Columns of its row, of an end those of its start too; never personal ones. */
  cells: Cells;
  isEnd: boolean;
  /** The id of the row: of an end that of its start. */
  rowId: string;
  occurredAt: Date;
  offsetMinutes: number;
  recordedAt: Date;
  /** Fields of the row lie in the vault: the row is not whole here. */
  isPersonal: boolean;
}

export interface WriteOptions {
  unitOf(gtin: string): string;
  /**
   * Of rows with personal fields: OMIT writes the words alone, so that whoever reads them records what they say; EMPTY says
   * that nothing is recorded from the event, because the whole row stands in a file beside it.
   */
  personalRows: 'OMIT' | 'EMPTY';
}

const two = (value: number) => String(value).padStart(2, '0');

export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** An instant in the offset of its place. */
export function timeText(at: Date, offsetMinutes: number): string {
  const local = new Date(at.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  return offsetMinutes === 0 ? `${local}Z` : `${local}${offsetText(offsetMinutes)}`;
}

interface Row {
  kind: FileKind;
  eventId: string;
  columns: Record<string, string>;
}

function rowOf({ kind, rowId, cells }: RecordedEvent): Row {
  const columns = Object.entries(cells).filter(
    (cell): cell is [string, string] => cell[1] !== undefined && cell[0] !== 'event_id',
  );
  return { kind, eventId: rowId, columns: Object.fromEntries(columns) };
}

const rowsField = (rows: readonly Row[]) => ({ [`${prefix}:rows`]: rows });

/** The rows an event stands for: of several events of one row the first tells it, the others nothing. */
function rowsFor(event: RecordedEvent, position: number, personalRows: WriteOptions['personalRows']) {
  if (position > 0) return rowsField([]);
  if (!event.isPersonal) return rowsField([rowOf(event)]);
  return personalRows === 'EMPTY' ? rowsField([]) : {};
}

/** The EPCIS events of an event of the record, empty where EPCIS has no words for it. */
export function writeEvent(event: RecordedEvent, options: WriteOptions): JsonObject[] {
  const written = writeRow(event.kind, { ...event, unitOf: options.unitOf });
  return written.map(({ type, ...words }, position) => ({
    type,
    eventID: ownUri('event', position === 0 ? event.eventId : `${event.eventId}#${position + 1}`),
    eventTime: timeText(event.occurredAt, event.offsetMinutes),
    eventTimeZoneOffset: offsetText(event.offsetMinutes),
    recordTime: event.recordedAt.toISOString(),
    ...Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined)),
    ...rowsFor(event, position, options.personalRows),
  }));
}

/** What a void says of the event it voids. */
export interface Voided {
  voidId: string;
  voidedAt: Date;
  reason: string;
  recordedAt: Date;
  cells: Cells;
}

/** A void as an error declaration: the event again, and that it did not occur. Empty where EPCIS has no words for the event. */
export function writeVoid(voided: RecordedEvent, by: Voided, options: WriteOptions): JsonObject[] {
  const row: Row = {
    kind: 'voids',
    eventId: by.voidId,
    columns: Object.fromEntries(
      Object.entries(by.cells).filter((cell): cell is [string, string] => cell[1] !== undefined),
    ),
  };
  return writeEvent(voided, options).map((event, position) => ({
    ...event,
    recordTime: by.recordedAt.toISOString(),
    errorDeclaration: { declarationTime: by.voidedAt.toISOString(), reason: 'did_not_occur' },
    ...rowsField(position === 0 ? [row] : []),
  }));
}
