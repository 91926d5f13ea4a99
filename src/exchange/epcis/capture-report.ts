/** What became of a document's events. */

/** One thing that is to be told about one event, or about the document. */
export interface Told {
  /** Position of the event among those of the document; null of the document itself. */
  event: number | null;
  eventId: string | null;
  /** Where: `epcisBody.eventList[3].bizStep`. */
  path: string;
  value: string | null;
  message: string;
  line?: number;
}

/** Why an event is refused, in the words of the EPCIS REST binding. */
export type Exception = 'ValidationException' | 'ResourceAlreadyExistsException' | 'SecurityException';

export interface Refusal extends Told {
  exception: Exception;
}

export interface CaptureReport {
  /** Events in the document. */
  events: number;
  recorded: number;
  /** Captured before, with the same content. */
  duplicate: number;
  /** Error declarations recorded. */
  corrected: number;
  refused: number;
  /** Rows of the record that these events became: new, and known before. */
  rows: { created: number; existing: number };
  refusals: Refusal[];
  /** Read otherwise than it stands. */
  repairs: Told[];
  /** Kept with the event and given back, without a row here. */
  notes: Told[];
}

export const emptyReport = (): CaptureReport => ({
  events: 0,
  recorded: 0,
  duplicate: 0,
  corrected: 0,
  refused: 0,
  rows: { created: 0, existing: 0 },
  refusals: [],
  repairs: [],
  notes: [],
});

/** What became of two parts of a document together. */
export function addReports(a: CaptureReport, b: CaptureReport): CaptureReport {
  return {
    events: a.events + b.events,
    recorded: a.recorded + b.recorded,
    duplicate: a.duplicate + b.duplicate,
    corrected: a.corrected + b.corrected,
    refused: a.refused + b.refused,
    rows: { created: a.rows.created + b.rows.created, existing: a.rows.existing + b.rows.existing },
    refusals: [...a.refusals, ...b.refusals],
    repairs: [...a.repairs, ...b.repairs],
    notes: [...a.notes, ...b.notes],
  };
}

/** `file:line: path: message`, as problems of files are told. */
export function formatTold(file: string, told: Told): string {
  const line = told.line === undefined ? '' : `:${told.line}`;
  const event =
    told.event === null
      ? ''
      : `event ${told.event + 1}${told.eventId === null ? '' : ` (${told.eventId})`}: `;
  const field = told.path.split('.').at(-1) ?? '';
  const repeated = field !== '' && told.message.startsWith(`${field}: `);
  const message = repeated ? told.message.slice(field.length + 2) : told.message;
  return `${file}${line}: ${event}${told.path === '' ? '' : `${told.path}: `}${message}`;
}
