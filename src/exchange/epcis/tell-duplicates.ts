/** An event captured before is a duplicate; one with its id and other content is refused; a declaration repeats its id. */
import type { PoolClient } from 'pg';
import type { CaptureReport } from './capture-report.js';
import { captureKeyOf } from './captured-row.js';
import { findCaptured, findIdsByHash } from './epcis-event.sql.js';
import { refuse, toldOf } from './judge.js';
import type { ReadEvent } from './rows.js';

/** The events that are new; the rest is counted or refused in the report. */
export async function tellDuplicates(
  client: PoolClient,
  events: readonly ReadEvent[],
  report: CaptureReport,
): Promise<ReadEvent[]> {
  const known = await findCaptured(client, events.map(captureKeyOf));
  const seen = new Map([...known].map(([key, stored]) => [key, stored.hash]));
  return events.filter((read) => {
    const key = captureKeyOf(read);
    const hash = seen.get(key);
    seen.set(key, hash ?? read.hash);
    if (hash === undefined) return true;
    if (hash === read.hash) {
      report.duplicate += 1;
      report.rows.existing += read.rows.length;
    } else {
      const message = `eventID ${read.id}: captured before with other content; an event is changed by an error declaration and a corrective event`;
      refuse(
        report,
        toldOf(read, {
          path: read.path === '' ? 'eventID' : `${read.path}.eventID`,
          value: read.id,
          message,
        }),
        'ResourceAlreadyExistsException',
      );
    }
    return false;
  });
}

/** A declaration that repeats an event without its id means the event with its content. */
export async function identifyDeclarations(
  client: PoolClient,
  events: readonly ReadEvent[],
): Promise<ReadEvent[]> {
  const nameless = events.filter((read) => read.declaration !== null && !read.ownId);
  if (nameless.length === 0) return [...events];
  const stored = await findIdsByHash(
    client,
    nameless.map((read) => read.hash),
  );
  const here = new Map(
    events.filter((read) => read.declaration === null).map((read) => [read.hash, read.id]),
  );
  return events.map((read) => {
    const id =
      read.declaration === null || read.ownId ? undefined : (stored.get(read.hash) ?? here.get(read.hash));
    if (id === undefined || id === read.id) return read;
    const rows = read.rows.map((row) => {
      const own = row.values.event_id ?? '';
      return own.startsWith(read.id)
        ? { ...row, values: { ...row.values, event_id: `${id}${own.slice(read.id.length)}` } }
        : row;
    });
    return { ...read, id, rows };
  });
}
