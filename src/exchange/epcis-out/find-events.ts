/** A page of EPCIS events for a query: what came as EPCIS and what the record says, in one order, as the caller may see it. */
import { CursorError, openCursor, type Principal, sealCursor } from '../../access/index.js';
import { withSession } from '../../database/index.js';
import { askWatermark, type Services } from '../../record/index.js';
import type { JsonObject } from '../epcis/index.js';
import { type EpcFormat, inFormat } from './epc-format.js';
import { fitsQuery } from './match-event.js';
import type { EpcisQuery } from './query.js';
import type { Position } from './stream-request.js';
import { type Candidate, streams } from './streams.js';

/** Rows compared for one page at most: then the page ends early and its token goes on. */
const ROWS_PER_PAGE_MAX = 3_000;
const ROWS_PER_READ = 300;

export interface EventsPage {
  events: JsonObject[];
  nextPageToken: string | null;
}

export interface EventsRequest {
  query: EpcisQuery;
  principal: Principal;
  format: EpcFormat;
  /** Of each statement that it takes. */
  statementTimeoutMs: number;
  secret: Buffer;
  /** The parameters as they were asked, without token and page size: a token belongs to them. */
  binding: string;
}

export class BadTokenError extends Error {}

const isPosition = (value: unknown): value is Position =>
  typeof value === 'object' && value !== null && 'at' in value && 'stream' in value && 'id' in value;

function positionOf({ query, secret, binding }: EventsRequest): Position | null {
  if (query.nextPageToken === null) return null;
  try {
    const value = openCursor(secret, binding, query.nextPageToken);
    if (isPosition(value)) return value;
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
  }
  throw new BadTokenError(`nextPageToken ${query.nextPageToken}: is none of this query`);
}

const compare = (a: Candidate, b: Candidate, descending: boolean): number => {
  const sign = descending ? -1 : 1;
  if (a.at !== b.at) return a.at < b.at ? -sign : sign;
  if (a.stream !== b.stream) return a.stream - b.stream;
  return BigInt(a.id) < BigInt(b.id) ? -sign : sign;
};

/** One REPEATABLE READ snapshot a page; a page may hold fewer than asked for and still have a next one. */
export async function findEvents(services: Services, request: EventsRequest): Promise<EventsPage> {
  const { query, principal } = request;
  const start = positionOf(request);
  const watermark = await askWatermark(services.database.pool, request.statementTimeoutMs);
  const session = { role: 'tw_engine', partyId: null } as const;
  return withSession(
    services.database,
    session,
    async (client) => {
      const found: JsonObject[] = [];
      let after = start;
      let compared = 0;
      const finish = async (position: Position | null): Promise<EventsPage> => ({
        events: await inFormat(client, found, request.format),
        nextPageToken: position && sealCursor(request.secret, request.binding, position),
      });
      while (compared < ROWS_PER_PAGE_MAX) {
        const limit = ROWS_PER_READ;
        const pages: Candidate[][] = [];
        for (const read of streams)
          pages.push(await read(client, { query, principal, watermark, after, limit }));
        const rows = pages.flat().sort((a, b) => compare(a, b, query.descending));
        // beyond the first `limit` a stream that was cut short could still have rows before those of another
        for (const row of rows.slice(0, limit)) {
          const again =
            after !== null && after.part > 0 && after.stream === row.stream && after.id === row.id;
          for (let part = again ? (after?.part ?? 0) : 0; part < row.events.length; part += 1) {
            const event = row.events[part];
            if (!event || !fitsQuery(event, query)) continue;
            if (found.length === query.perPage) return finish(part > 0 ? { ...placeOf(row), part } : after);
            found.push(event);
          }
          after = { ...placeOf(row), part: 0 };
          compared += 1;
        }
        if (rows.length <= limit && pages.every((page) => page.length < limit)) return finish(null);
      }
      return finish(after);
    },
    { snapshot: true, statementTimeoutMs: request.statementTimeoutMs },
  );
}

const placeOf = ({ at, stream, id }: Candidate) => ({ at, stream, id });
