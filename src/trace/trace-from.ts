/** Walks from one subject over lineage, fittings and containment, and says where each node's goods went. */
import type pg from 'pg';
import type { Subject, Trace, TraceDirection, TraceOptions } from './trace.js';

export async function traceFrom(
  _client: pg.ClientBase,
  _subject: Subject,
  _direction: TraceDirection,
  _options: TraceOptions = {},
): Promise<Trace> {
  throw new Error('traceFrom: body follows');
}
