/** Events of the record that did not come as EPCIS, with what is needed to write them as EPCIS. */
import type pg from 'pg';
import { cellsOf, eventMappings } from '../../record/index.js';
import type { FileKind } from '../../record/input/index.js';
import type { RecordedEvent, Voided } from '../epcis/index.js';

/** An event of the record; a void with the event it voids, as far as that is on record. */
export interface RecordedRow {
  seq: bigint;
  event: RecordedEvent;
  voids: { event: RecordedEvent; by: Voided } | null;
}

type Body = Parameters<typeof cellsOf>[0];

interface SqlRow {
  event_seq: bigint;
  event_id: string;
  kind: string;
  occurred_at: Date;
  offset_minutes: number;
  recorded_at: Date;
  body: Body;
  personal: boolean;
  target_id: string | null;
  target_kind: string | null;
  target_at: Date | null;
  target_offset: number | null;
  target_body: Body | null;
  target_personal: boolean;
  target_captured: boolean;
}

/** Kinds of events by the file that tells them, their ends apart. */
const fileOfKind = new Map<string, { file: FileKind; isEnd: boolean }>(
  Object.entries(eventMappings).flatMap(([file, mapping]): [string, { file: FileKind; isEnd: boolean }][] => {
    const kind = file as FileKind;
    const start: [string, { file: FileKind; isEnd: boolean }] = [mapping.kind, { file: kind, isEnd: false }];
    return mapping.end ? [start, [mapping.end.kind, { file: kind, isEnd: true }]] : [start];
  }),
);

/** The kinds of events that a file of these kinds tells. */
export const eventKindsOf = (files: readonly FileKind[]): string[] =>
  [...fileOfKind].filter(([, { file }]) => files.includes(file)).map(([kind]) => kind);

const select = `
select e.event_seq, e.event_id, e.kind, e.occurred_at, e.offset_minutes, e.recorded_at, e.body,
  exists (select from person_field f where f.event_key = e.event_key) as personal,
  t.event_id as target_id, t.kind as target_kind, t.occurred_at as target_at, t.offset_minutes as target_offset, t.body as target_body,
  exists (select from person_field f where f.event_key = t.event_key) as target_personal,
  exists (select from epcis_event_row r where r.event_key = t.event_key) as target_captured
from event e
left join event t on t.event_key = e.target_key and e.kind in ('VOIDED', 'UNPACKED', 'FITTING_ENDED', 'REGISTRATION_ENDED')
`;

/** What came as EPCIS goes out as it came: neither its rows nor the row it stands for are written again. */
const notCaptured = `not exists (select from epcis_event_row r where r.event_key = e.event_key)
  and not exists (select from epcis_event c where c.event_id in (e.event_id, 'urn:tracewright:event:' || e.event_id))`;

export interface RecordedQuery {
  /** Further conditions on `e`, joined by `and`, with the values they bind as $1, $2, ... */
  conditions: readonly string[];
  values: readonly unknown[];
  orderBy: string;
  limit: number;
}

export async function readRecorded(client: pg.ClientBase, query: RecordedQuery): Promise<RecordedRow[]> {
  const where = [notCaptured, ...query.conditions].map((condition) => `(${condition})`).join(' and ');
  const { rows } = await client.query<SqlRow>(
    `${select} where ${where} order by ${query.orderBy} limit ${query.limit}`,
    [...query.values],
  );
  return rows.map(rowOf);
}

function rowOf(row: SqlRow): RecordedRow {
  const told = fileOfKind.get(row.kind);
  if (!told) throw new Error(`event kind ${row.kind}: no file tells it`);
  const start = told.isEnd && row.target_body ? cellsOf(row.target_body) : {};
  const event: RecordedEvent = {
    eventId: row.event_id,
    kind: told.file,
    cells: { ...start, ...cellsOf(row.body) },
    isEnd: told.isEnd,
    rowId: told.isEnd && row.target_id !== null ? row.target_id : row.event_id,
    occurredAt: row.occurred_at,
    offsetMinutes: row.offset_minutes,
    recordedAt: row.recorded_at,
    isPersonal: row.personal || (told.isEnd && row.target_personal),
  };
  return { seq: row.event_seq, event, voids: row.kind === 'VOIDED' ? voidedOf(row, event) : null };
}

/** Of one event that came as EPCIS, or of the end of an interval alone, the void is no declaration of a whole event. */
function voidedOf(row: SqlRow, event: RecordedEvent): RecordedRow['voids'] {
  const told = row.target_kind === null ? undefined : fileOfKind.get(row.target_kind);
  if (!told || told.isEnd || row.target_captured || row.target_id === null || row.target_body === null)
    return null;
  return {
    event: {
      eventId: row.target_id,
      kind: told.file,
      cells: cellsOf(row.target_body),
      isEnd: false,
      rowId: row.target_id,
      occurredAt: row.target_at ?? event.occurredAt,
      offsetMinutes: row.target_offset ?? 0,
      recordedAt: row.recorded_at,
      isPersonal: row.target_personal,
    },
    by: {
      voidId: row.event_id,
      voidedAt: row.occurred_at,
      reason: event.cells.reason ?? '',
      recordedAt: row.recorded_at,
      cells: event.cells,
    },
  };
}

/** Units of products by GTIN. */
export async function readUnits(
  client: pg.ClientBase,
  gtins: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await client.query<{ gtin: string; unit: string }>(
    'select gtin, unit from product where gtin = any($1::text[])',
    [gtins],
  );
  return new Map(rows.map((row) => [row.gtin, row.unit]));
}
