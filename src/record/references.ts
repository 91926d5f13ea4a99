/** What an event speaks of, as hashes: the way back from an item, a unit or a lot to the events to derive again. */
import type { PoolClient } from 'pg';
import type { EventIds } from './event-rows.js';

/** Text references of one event. */
export function referencesOf(event: EventIds): string[] {
  const references = new Set<string>();
  for (const subject of event.subjects) {
    if (!subject) continue;
    references.add(`p:${subject.productId}`);
    if (subject.lot !== null) references.add(`l:${subject.productId}:${subject.lot}`);
    if (subject.itemId !== null) references.add(`i:${subject.itemId}`);
  }
  for (const unitId of [event.unitId, event.contentUnitId])
    if (unitId !== null) references.add(`u:${unitId}`);
  for (const siteId of [event.siteId, event.fromSiteId, event.toSiteId])
    if (siteId !== null) references.add(`s:${siteId}`);
  if (event.targetKey !== null) references.add(`e:${event.targetKey}`);
  if (typeof event.body.receipt === 'string') references.add(`r:${event.body.receipt}`);
  return [...references];
}

/** Stores references; the hash is PostgreSQL's own, so that SQL can compute it too. */
export async function insertReferences(client: PoolClient, events: EventIds[]): Promise<void> {
  const keys: string[] = [];
  const references: string[] = [];
  for (const event of events) {
    for (const reference of referencesOf(event)) {
      keys.push(event.eventKey);
      references.push(reference);
    }
  }
  await client.query(
    `insert into event_reference (reference, event_key)
     select distinct hashtextextended(w.reference, 0), w.event_key
     from unnest($1::text[], $2::uuid[]) as w(reference, event_key)
     on conflict do nothing`,
    [references, keys],
  );
}

/** Keys of the live events that speak of any of these; `kinds` narrows them. */
export async function eventsOf(
  client: PoolClient,
  references: string[],
  kinds?: string[],
): Promise<string[]> {
  if (references.length === 0) return [];
  const rows = await client.query<{ event_key: string }>(
    `select distinct e.event_key
     from event_reference r join event e on e.event_key = r.event_key
     where r.reference in (select hashtextextended(w, 0) from unnest($1::text[]) as w)
       and ($2::text[] is null or e.kind = any($2::text[]))`,
    [[...new Set(references)], kinds ?? null],
  );
  return rows.rows.map((row) => row.event_key);
}
