/** Events that came as EPCIS, as they came. */
import type pg from 'pg';
import { isObject, type JsonObject } from '../epcis/index.js';

export interface CapturedRow {
  id: bigint;
  captureKey: string;
  eventId: string;
  eventTime: Date;
  recordTime: Date;
  context: unknown;
  event: JsonObject;
}

interface SqlRow {
  epcis_event_id: bigint;
  capture_key: string;
  event_id: string;
  event_time: Date;
  record_time: Date;
  context: unknown;
  event: unknown;
}

export interface CapturedQuery {
  /** Conditions on `c`, with the values they bind as $1, $2, ... */
  conditions: readonly string[];
  values: readonly unknown[];
  orderBy: string;
  limit: number;
}

export async function readCaptured(client: pg.ClientBase, query: CapturedQuery): Promise<CapturedRow[]> {
  const where = ['true', ...query.conditions].map((condition) => `(${condition})`).join(' and ');
  const { rows } = await client.query<SqlRow>(
    `select c.epcis_event_id, c.capture_key, c.event_id, c.event_time, c.record_time, c.context, c.event
     from epcis_event c where ${where} order by ${query.orderBy} limit ${query.limit}`,
    [...query.values],
  );
  return rows.map((row) => ({
    id: row.epcis_event_id,
    captureKey: row.capture_key,
    eventId: row.event_id,
    eventTime: row.event_time,
    recordTime: row.record_time,
    context: row.context,
    event: isObject(row.event) ? row.event : {},
  }));
}
