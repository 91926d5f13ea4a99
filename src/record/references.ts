/** What an event speaks of, as hashes: the way back from an item, a unit or a lot to the events to derive again. */
import type { PoolClient } from 'pg';
import type { EventIds } from './event-rows.js';

/** What an event is referred to by. */
export type Referring = Pick<
  EventIds,
  | 'eventKey'
  | 'siteId'
  | 'fromSiteId'
  | 'toSiteId'
  | 'subjects'
  | 'unitId'
  | 'contentUnitId'
  | 'targetKey'
  | 'body'
> & { draft: Pick<EventIds['draft'], 'kind'> };

/**
 * Text references of one event: product, lot, item, unit, site, receipt and the event it names. Narrower ones let a
 * unit that 100,000 events speak of be asked for a few of them: `v:` it was content, `x:` it was emptied, `c:` an amount of
 * a product went in or out, `j:` it moved.
 */
function referencesOf(event: Referring): string[] {
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
  for (const narrow of narrowReferences(event)) references.add(narrow);
  return [...references];
}

function narrowReferences(event: Referring): string[] {
  const { kind } = event.draft;
  const [subject] = event.subjects;
  if (kind === 'SHIPPED' || kind === 'RECEIVED') {
    if (event.unitId !== null) return [`j:u${event.unitId}`];
    return subject?.itemId != null ? [`j:i${subject.itemId}`] : [];
  }
  if (kind !== 'PACKED' && kind !== 'UNPACKED') return [];
  if (event.contentUnitId !== null) return [`v:${event.contentUnitId}`];
  if (!subject) return kind === 'UNPACKED' ? [`x:${event.unitId}`] : [];
  return subject.itemId === null ? [`c:${event.unitId}:${subject.productId}`] : [];
}

function pairsOf(events: readonly Referring[]): { keys: string[]; references: string[] } {
  const keys: string[] = [];
  const references: string[] = [];
  for (const event of events) {
    for (const reference of referencesOf(event)) {
      keys.push(event.eventKey);
      references.push(reference);
    }
  }
  return { keys, references };
}

/** Stores references, and answers how many were new; the hash is PostgreSQL's own, so that SQL can compute it too. */
export async function insertReferences(client: PoolClient, events: readonly Referring[]): Promise<number> {
  const { keys, references } = pairsOf(events);
  const inserted = await client.query(
    `insert into event_reference (reference, event_key)
     select distinct hashtextextended(w.reference, 0), w.event_key
     from unnest($1::text[], $2::uuid[]) as w(reference, event_key)
     on conflict do nothing`,
    [references, keys],
  );
  return inserted.rowCount ?? 0;
}

/** Of these references (hashes, with the keys of the events they lead to) takes away those that none of the events asks for. */
export async function removeReferences(
  client: PoolClient,
  stored: { references: bigint[]; keys: string[] },
  events: readonly Referring[],
): Promise<number> {
  const { keys, references } = pairsOf(events);
  const removed = await client.query(
    `delete from event_reference r
     using (
       select w.reference, w.event_key from unnest($1::bigint[], $2::uuid[]) as w(reference, event_key)
       except select hashtextextended(a.reference, 0), a.event_key from unnest($3::text[], $4::uuid[]) as a(reference, event_key)
     ) surplus
     where r.reference = surplus.reference and r.event_key = surplus.event_key`,
    [stored.references, stored.keys, references, keys],
  );
  return removed.rowCount ?? 0;
}

export interface FoundEvent {
  event_key: string;
  kind: string;
}

/** The events, voided ones too, that speak of any of these; `kinds` narrows them. */
export async function eventsOf(
  client: PoolClient,
  references: string[],
  kinds?: string[],
): Promise<FoundEvent[]> {
  if (references.length === 0) return [];
  const rows = await client.query<FoundEvent>(
    `select distinct e.event_key, e.kind
     from unnest($1::text[]) as w(reference)
     join event_reference r on r.reference = hashtextextended(w.reference, 0)
     join event e on e.event_key = r.event_key
     where $2::text[] is null or e.kind = any($2::text[])`,
    [[...new Set(references)], kinds ?? null],
  );
  return rows.rows;
}
