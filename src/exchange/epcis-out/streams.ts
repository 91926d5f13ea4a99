/** Where events come from, each in the order asked for: as captured, of the record, and voids of the record. */
import type pg from 'pg';
import type { JsonObject } from '../epcis/index.js';
import { capturedAsEpcis, recordedAsEpcis } from './as-epcis.js';
import { readCaptured } from './captured-events.sql.js';
import { type Bind, capturedConditions, recordedConditions } from './conditions.js';
import { readRecorded } from './recorded-events.sql.js';
import type { StreamRequest } from './stream-request.js';

/** A row with its EPCIS events, at its place in the order. */
export interface Candidate {
  at: string;
  stream: number;
  id: string;
  events: JsonObject[];
}

type Read = (client: pg.ClientBase, request: StreamRequest) => Promise<Candidate[]>;

function binder(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return {
    values,
    bind: (value, type) => {
      values.push(value);
      return `$${values.length}::${type}`;
    },
  };
}

interface Columns {
  stream: number;
  time: string;
  id: string;
}

/** Rows from the position on: at equal times the streams follow each other, in either direction. */
function from({ stream, time, id }: Columns, { query, after }: StreamRequest, bind: Bind): string[] {
  if (after === null) return [];
  const [beyond, orAt] = query.descending ? ['<', '<='] : ['>', '>='];
  const at = bind(after.at, 'timestamptz');
  if (stream < after.stream) return [`${time} ${beyond} ${at}`];
  if (stream > after.stream) return [`${time} ${orAt} ${at}`];
  // the row itself again where some of its events were left
  const comparison = after.part > 0 ? orAt : beyond;
  return [`(${time}, ${id}) ${comparison} (${at}, ${bind(after.id, 'bigint')})`];
}

const order = ({ time, id }: Columns, { query }: StreamRequest) => {
  const direction = query.descending ? 'desc' : 'asc';
  return `${time} ${direction}, ${id} ${direction}`;
};

const captured: Read = async (client, request) => {
  const { values, bind } = binder();
  const time = request.query.orderBy === 'eventTime' ? 'c.event_time' : 'c.record_time';
  const columns = { stream: 0, time, id: 'c.epcis_event_id' };
  const rows = await readCaptured(client, {
    conditions: [...capturedConditions(request, bind), ...from(columns, request, bind)],
    values,
    orderBy: order(columns, request),
    limit: request.limit,
  });
  return rows.map((row) => ({
    at: (request.query.orderBy === 'eventTime' ? row.eventTime : row.recordTime).toISOString(),
    stream: 0,
    id: String(row.id),
    events: [capturedAsEpcis(row)],
  }));
};

/** A void repeats the time of what it voids, so it has a stream of its own. */
const recorded =
  (stream: 1 | 2): Read =>
  async (client, request) => {
    const { values, bind } = binder();
    const byTime = stream === 1 ? 'e.occurred_at' : 'coalesce(t.occurred_at, e.occurred_at)';
    const time = request.query.orderBy === 'eventTime' ? byTime : 'e.recorded_at';
    const columns = { stream, time, id: 'e.event_seq' };
    const rows = await readRecorded(client, {
      conditions: [
        stream === 1 ? `e.kind <> 'VOIDED'` : `e.kind = 'VOIDED'`,
        ...recordedConditions(request, bind, stream === 2),
        ...from(columns, request, bind),
      ],
      values,
      orderBy: order(columns, request),
      limit: request.limit,
    });
    const written = await recordedAsEpcis(client, rows, 'OMIT');
    return rows.map(({ seq, event, voids }, index) => {
      const eventTime = voids ? voids.event.occurredAt : event.occurredAt;
      return {
        at: (request.query.orderBy === 'eventTime' ? eventTime : event.recordedAt).toISOString(),
        stream,
        id: String(seq),
        events: written[index] ?? [],
      };
    });
  };

export const streams: readonly Read[] = [captured, recorded(1), recorded(2)];
