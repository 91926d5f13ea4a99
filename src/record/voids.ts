/** Voids: an event that did not happen is closed, whether its void or itself arrives first. */
import type { PoolClient } from 'pg';
import type { EventIds } from './event-rows.js';
import type { FoundEvent } from './references.js';

/** Kinds of the events that end an interval; they fall with the event that began it. */
const endKinds = ['UNPACKED', 'FITTING_ENDED', 'REGISTRATION_ENDED'];

/**
 * Closes what voids on record name, and those events' own ends, as far as these events are concerned: as voids, as what
 * is voided, or as ends of it. A void counts when it is of the event's own recorder or of an administrator: one that
 * names another's event before it is recorded does nothing. A void itself cannot be voided. Answers what was closed.
 */
export async function applyVoids(
  client: PoolClient,
  events: readonly (Pick<EventIds, 'eventKey' | 'targetKey'> & { draft: Pick<EventIds['draft'], 'kind'> })[],
  recordedAt: Date,
): Promise<FoundEvent[]> {
  const named = events.flatMap(({ eventKey, targetKey, draft }) => {
    if (draft.kind === 'VOIDED') return targetKey === null ? [] : [targetKey];
    return targetKey !== null && endKinds.includes(draft.kind) ? [eventKey, targetKey] : [eventKey];
  });
  const voids = await client.query<{ event_key: string }>(
    `select v.event_key from event v where v.target_key = any($1::uuid[]) and v.kind = 'VOIDED'`,
    [named],
  );
  if (voids.rows.length === 0) return [];
  const closed = await client.query<FoundEvent>(
    `with closing as (
       select v.target_key as event_key, v.event_key as void_key, v.recorder_id from event v where v.event_key = any($1::uuid[])
       union all
       select x.event_key, v.event_key, v.recorder_id from event v
       join event x on x.target_key = v.target_key and x.kind = any($3::text[])
       where v.event_key = any($1::uuid[])
     ),
     first_void as (
       select c.event_key, min(c.void_key::text)::uuid as void_key
       from closing c join event e on e.event_key = c.event_key
       where c.recorder_id is null or c.recorder_id = e.recorder_id
       group by c.event_key
     )
     update event e set voided_at = $2, voided_by = f.void_key
     from first_void f
     where e.event_key = f.event_key and e.voided_at is null and e.kind <> 'VOIDED'
     returning e.event_key, e.kind`,
    [voids.rows.map((row) => row.event_key), recordedAt, endKinds],
  );
  return closed.rows;
}
