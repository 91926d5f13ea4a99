/** Events by key, as far as the caller may read them. */
import DataLoader from 'dataloader';
import { engine, type RequestContext, requirePrincipal, seesAll } from '../../graphql/index.js';
import { readEvents } from './events.sql.js';
import type { EventType } from './events.types.js';

/** The party whose events the caller reads; null: everyone's. */
export function readerOf(context: RequestContext): bigint | null {
  const principal = requirePrincipal(context);
  return seesAll(principal) ? null : (principal.partyId ?? 0n); // no party has id 0
}

/** The event, or null where the caller may not read it. */
export function loadSeenEvent(context: RequestContext, eventKey: string): Promise<EventType | null> {
  const loader = context.memo('loader:seen event', () => {
    return new DataLoader<string, EventType | null>(async (keys) => {
      const rows = await context.snapshot.read(engine, (client) =>
        readEvents(client, keys, readerOf(context)),
      );
      const found = new Map(rows.map((row) => [row.eventKey, row]));
      return keys.map((key) => found.get(key) ?? null);
    });
  });
  return loader.load(eventKey);
}
