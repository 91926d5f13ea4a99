/** Keeps captured events: as they came, without what names a person, with their search keys and links to the record. */
import type { PoolClient } from 'pg';
import { withSession } from '../../database/index.js';
import { eventKeyOf, type Services, takeRecordedAt } from '../../record/index.js';
import { captureKeyOf, newEventOf } from './captured-row.js';
import { learnPrefixes } from './company-prefixes.sql.js';
import { insertCaptured, insertSearchKeys, linkRecorded } from './epcis-event.sql.js';
import { cutPersonalFields } from './personal-fields.js';
import type { ReadEvent } from './rows.js';
import { sealCaptured } from './seal-fields.js';
import { searchKeysOf } from './search-keys.js';
import { voidId } from './void-row.js';

/** Events kept in one transaction at most: long transactions hold the watermark back. */
const EVENTS_PER_TRANSACTION = 1000;

/** Keeps events that were recorded; returns those kept now, not by another capture in the meantime. */
export async function keepEvents(
  services: Services,
  events: readonly ReadEvent[],
  recorderId: bigint | null,
): Promise<ReadEvent[]> {
  const kept: ReadEvent[] = [];
  for (let from = 0; from < events.length; from += EVENTS_PER_TRANSACTION) {
    const chunk = events.slice(from, from + EVENTS_PER_TRANSACTION);
    const fresh = await withSession(services.database, { role: 'tw_engine', partyId: null }, (client) =>
      keepChunk(client, services, chunk, recorderId),
    );
    kept.push(...fresh);
  }
  return kept;
}

async function keepChunk(
  client: PoolClient,
  services: Services,
  events: ReadEvent[],
  recorderId: bigint | null,
): Promise<ReadEvent[]> {
  const cuts = events.map((read) => ({ read, ...cutPersonalFields(read.event) }));
  const sorted = cuts
    .map(({ read, event, fields }) => ({ read, fields, row: newEventOf(read, event) }))
    .sort((a, b) => (a.row.captureKey < b.row.captureKey ? -1 : 1));
  const recordTime = await takeRecordedAt(client);
  const ids = await insertCaptured(
    client,
    sorted.map(({ row }) => row),
    { recorderId, recordTime },
  );
  const fresh = sorted.filter(({ row }) => ids.has(row.captureKey));
  const keys = fresh.flatMap(({ read, row }) =>
    searchKeysOf(read).map((key) => ({ ...key, epcisEventId: ids.get(row.captureKey) ?? 0n })),
  );
  await insertSearchKeys(client, keys);
  await learnPrefixes(
    client,
    fresh.map(({ read }) => read.event),
  );
  await sealCaptured(
    client,
    services,
    fresh.map(({ row, fields }) => ({ eventKey: row.captureKey, fields })),
  );
  await linkRecorded(client, events.flatMap(linksOf));
  return fresh.map(({ read }) => read);
}

/** The events of the record that an event became; of an interval given whole also its end. */
function linksOf(read: ReadEvent): { captureKey: string; eventKey: string }[] {
  const captureKey = captureKeyOf(read);
  return read.rows.flatMap((row) => {
    const id = row.values.event_id ?? '';
    const ids = read.declaration && !read.hasOwnRows ? [voidId(id, captureKey)] : [id, `${id}#end`];
    return ids.map((one) => ({ captureKey, eventKey: eventKeyOf(one) }));
  });
}
