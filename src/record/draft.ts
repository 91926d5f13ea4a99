/** Turns a validated row into a draft event: natural keys only, no database yet. */
import { createHash } from 'node:crypto';
import { type EventKind, eventMappings, type SubjectColumns, UNKNOWN_TIME } from './event-kinds.js';
import type { CanonicalRow, CanonicalValue, FileKind } from './input/index.js';

export interface DraftSubject {
  gtin: string;
  lot: string | null;
  source: string | null;
  serial: string | null;
}

export interface Draft {
  /** Position of the row in the request. */
  index: number;
  eventKey: string;
  eventId: string;
  file: FileKind;
  kind: EventKind;
  at: string;
  to: string;
  offsetMinutes: number;
  site: string | null;
  from: string | null;
  toSite: string | null;
  /** A consignee without GLN. */
  consignee: { key: string; name: string; country: string | null } | null;
  unit: string | null;
  contentUnit: string | null;
  subjects: (DraftSubject | null)[];
  quantity: string | null;
  unitOfMeasure: string | null;
  targetKey: string | null;
  body: Record<string, CanonicalValue>;
  /** The text of columns as received, where it is not the canonical one. */
  received: Record<string, string> | null;
  personal: Record<string, string>;
  contentHash: Buffer;
}

/** The goods whose unit measures the event's quantity: what was consumed or fitted, else what moved. */
export const measuredSubject = (draft: Draft): DraftSubject | null =>
  (draft.kind === 'CONSUMED' || draft.kind === 'FITTED' ? draft.subjects[1] : draft.subjects[0]) ?? null;

/** First 16 bytes of SHA-256 of the event id, as a UUID. */
export function eventKeyOf(eventId: string): string {
  const hex = createHash('sha256').update(eventId).digest('hex').slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const text = (value: CanonicalValue | undefined): string | null => (typeof value === 'string' ? value : null);

function timeOf(value: CanonicalValue | undefined): { at: string; to: string; offsetMinutes: number } {
  if (value && typeof value === 'object' && !Array.isArray(value)) return value;
  return { at: UNKNOWN_TIME, to: UNKNOWN_TIME, offsetMinutes: 0 };
}

function subjectOf(row: CanonicalRow, columns: SubjectColumns): DraftSubject | null {
  const gtin = text(row.values[columns.gtin]);
  if (gtin === null) return null;
  const read = (column?: string) => (column ? text(row.values[column]) : null);
  return { gtin, lot: read(columns.lot), source: read(columns.source), serial: read(columns.serial) };
}

const firstOf = (row: CanonicalRow, columns?: readonly string[]): string | null => {
  for (const column of columns ?? []) {
    const value = text(row.values[column]);
    if (value !== null) return value;
  }
  return null;
};

function consigneeOf(row: CanonicalRow): Draft['consignee'] {
  const name = text(row.values.to_name);
  if (row.kind !== 'shipments' || name === null || text(row.values.to_gln)) return null;
  const country = text(row.values.to_country);
  const digest = createHash('sha256')
    .update(`${name.trim().toLowerCase()}|${country ?? ''}`)
    .digest('hex');
  return { key: `urn:tracewright:consignee:${digest.slice(0, 24)}`, name, country };
}

/** One row is one event, or two when both ends of an interval are filled. */
export function draftEvents(
  row: CanonicalRow & { eventId: string; endEventId: string | null },
  index: number,
  contentHash: Buffer,
): Draft[] {
  const mapping = eventMappings[row.kind];
  if (!mapping) return [];
  const consignee = consigneeOf(row);
  const onlyEnd = mapping.end && !row.values[mapping.time] && row.values[mapping.end.time];
  const time = timeOf(row.values[onlyEnd && mapping.end ? mapping.end.time : mapping.time]);
  const target = mapping.target ? text(row.values[mapping.target]) : null;
  const draft: Draft = {
    index,
    eventKey: eventKeyOf(row.eventId),
    eventId: row.eventId,
    file: row.kind,
    kind: onlyEnd && mapping.end ? mapping.end.kind : mapping.kind,
    ...time,
    site: firstOf(row, mapping.site),
    from: firstOf(row, mapping.from),
    toSite: firstOf(row, mapping.to) ?? consignee?.key ?? null,
    consignee,
    unit: mapping.unit ? text(row.values[mapping.unit]) : null,
    contentUnit: mapping.contentUnit ? text(row.values[mapping.contentUnit]) : null,
    subjects: mapping.subjects.map((columns) => subjectOf(row, columns)),
    quantity: text(row.values.quantity),
    unitOfMeasure: text(row.values.unit),
    targetKey: target === null ? null : eventKeyOf(target),
    body: bodyOf(row, mapping.end?.time),
    received: Object.keys(row.received).length === 0 ? null : row.received,
    personal: row.personal,
    contentHash,
  };
  if (!mapping.end || onlyEnd || !row.endEventId) return [draft];
  const end = timeOf(row.values[mapping.end.time]);
  return [
    draft,
    {
      ...draft,
      eventKey: eventKeyOf(row.endEventId),
      eventId: row.endEventId,
      kind: mapping.end.kind,
      ...end,
      targetKey: draft.eventKey,
      body: { [mapping.end.time]: row.values[mapping.end.time] ?? null },
      received: null,
      personal: {},
      contentHash: createHash('sha256')
        .update(contentHash)
        .update(end.at)
        .update(end.at === end.to ? '' : end.to)
        .digest(),
    },
  ];
}

function bodyOf(row: CanonicalRow, endColumn?: string): Record<string, CanonicalValue> {
  const entries = Object.entries(row.values).filter(([column, value]) => {
    return value !== null && value !== undefined && column !== endColumn && column !== 'event_id';
  });
  const onlyEnd = endColumn && !entries.some(([column]) => column.endsWith('_at'));
  if (onlyEnd && row.values[endColumn]) entries.push([endColumn, row.values[endColumn]]);
  return Object.fromEntries(entries);
}
