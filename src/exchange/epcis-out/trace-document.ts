/** A whole trace as EPCIS: every event that speaks of what the walk reached, as far as the caller may see it. */
import type pg from 'pg';
import type { Principal } from '../../access/index.js';
import { withSession } from '../../database/index.js';
import { askWatermark, type Services } from '../../record/index.js';
import { type Subject, type TraceDirection, type TraceNode, walkFrom } from '../../trace/index.js';
import { epcisDocument, type JsonObject } from '../epcis/index.js';
import { capturedAsEpcis, recordedAsEpcis } from './as-epcis.js';
import { readCaptured } from './captured-events.sql.js';
import { capturedConditions, recordedConditions } from './conditions.js';
import { type EpcFormat, inFormat } from './epc-format.js';
import { parseEpcisQuery } from './query.js';
import { readRecorded } from './recorded-events.sql.js';

/** Events of one document at most; what is larger is asked for by its parts. */
const EVENTS_MAX = 10_000;

export class TraceTooLargeError extends Error {}

export interface TraceRequest {
  principal: Principal;
  subject: Subject;
  direction: TraceDirection;
  format: EpcFormat;
  /** Of each statement that it takes. */
  statementTimeoutMs: number;
}

/** The hashes under which events are found that speak of these nodes; goods of unknown lot are those of no node. */
async function referencesOf(client: pg.ClientBase, nodes: readonly TraceNode[]): Promise<string[]> {
  const ids = (kind: Subject['kind']) =>
    nodes.flatMap(({ subject }) =>
      subject.kind !== kind
        ? []
        : [
            subject.kind === 'BATCH'
              ? subject.batchId
              : subject.kind === 'ITEM'
                ? subject.itemId
                : subject.unitId,
          ],
    );
  const { rows } = await client.query<{ reference: string }>(
    `select hashtextextended(w.text, 0)::text as reference from (
       select 'i:' || id as text from unnest($1::bigint[]) as i(id)
       union all select 'u:' || id from unnest($2::bigint[]) as u(id)
       union all select 'l:' || b.product_id || ':' || b.lot from batch b where b.batch_id = any($3::bigint[]) and b.lot is not null
     ) w`,
    [ids('ITEM'), ids('UNIT'), ids('BATCH')],
  );
  return rows.map((row) => row.reference);
}

/** The document, in the order of events' times of knowing. Throws TraceTooLargeError beyond the limit. */
export async function traceDocument(services: Services, request: TraceRequest): Promise<JsonObject> {
  const watermark = await askWatermark(services.database.pool, request.statementTimeoutMs);
  const everything = parseEpcisQuery({});
  if (!everything.ok) throw new Error(everything.reason);
  const asked = { query: everything.query, principal: request.principal, watermark, after: null, limit: 0 };
  return withSession(
    services.database,
    { role: 'tw_engine', partyId: null },
    async (client) => {
      const trace = await walkFrom(client, [request.subject], request.direction);
      if (trace.limits.length > 0)
        throw new TraceTooLargeError(trace.limits.map(({ message }) => message).join('; '));
      const references = await referencesOf(client, trace.nodes);
      const edges = trace.edges.flatMap((edge) => edge.eventKey ?? []);
      const limit = EVENTS_MAX + 1;
      const about = (alias: string, values: unknown[]): string => {
        values.push(references, edges);
        return `${alias}.event_key in (
          select r.event_key from event_reference r where r.reference = any($${values.length - 1}::bigint[])
          union select unnest($${values.length}::uuid[]))`;
      };
      const binder = (values: unknown[]) => (value: unknown, type: string) => {
        values.push(value);
        return `$${values.length}::${type}`;
      };
      const capturedValues: unknown[] = [];
      const captured = await readCaptured(client, {
        conditions: [
          `c.epcis_event_id in (select x.epcis_event_id from epcis_event_row x where ${about('x', capturedValues)})`,
          ...capturedConditions(asked, binder(capturedValues)),
        ],
        values: capturedValues,
        orderBy: 'c.record_time, c.epcis_event_id',
        limit,
      });
      const events = captured.map(capturedAsEpcis);
      for (const isVoids of [false, true]) {
        const values: unknown[] = [];
        const rows = await readRecorded(client, {
          conditions: [
            isVoids ? `e.kind = 'VOIDED'` : `e.kind <> 'VOIDED'`,
            about(isVoids ? 't' : 'e', values),
            ...recordedConditions(asked, binder(values), isVoids),
          ],
          values,
          orderBy: 'e.recorded_at, e.event_seq',
          limit,
        });
        events.push(...(await recordedAsEpcis(client, rows, 'OMIT')).flat());
      }
      if (events.length > EVENTS_MAX)
        throw new TraceTooLargeError(`more than ${EVENTS_MAX} events: ask for a part of the trace`);
      return epcisDocument(await inFormat(client, events, request.format), new Date());
    },
    { snapshot: true, statementTimeoutMs: request.statementTimeoutMs },
  );
}
