/** Events that become no rows of their own pass no check of the pipeline, so a recorder's right to them is checked here. */
import type { PoolClient } from 'pg';
import type { Recorder } from '../../record/index.js';
import type { CaptureReport } from './capture-report.js';
import { findForeignOriginals, findForeignPlaces } from './epcis-event.sql.js';
import { refuse, toldOf } from './judge.js';
import type { ReadEvent } from './rows.js';

/** The events that the recorder may record; the rest is refused in the report. An administrator records everything. */
export async function refuseForeign(
  client: PoolClient,
  events: readonly ReadEvent[],
  { recorder, report }: { recorder: Recorder; report: CaptureReport },
): Promise<ReadEvent[]> {
  if (recorder.role === 'ADMIN' || recorder.partyId === null) return [...events];
  const silent = events.filter((read) => read.rows.length === 0);
  const sites = silent.flatMap((read) => read.site ?? []);
  const foreignPlaces = await findForeignPlaces(client, sites, recorder.partyId);
  const declared = events.filter((read) => read.declaration !== null).map((read) => read.id);
  const foreignEvents = await findForeignOriginals(client, declared, recorder.partyId);
  return events.filter((read) => {
    const place =
      read.rows.length === 0 && read.site !== undefined && foreignPlaces.has(read.site) ? read.site : null;
    const wrong = read.declaration !== null && foreignEvents.has(read.id);
    if (place !== null) {
      const message = `site ${place}: a token records only at sites of its party`;
      refuse(report, toldOf(read, { path: read.path, value: place, message }), 'SecurityException');
    }
    if (wrong) {
      const message = `event ${read.id}: only its recorder or an administrator declares it wrong`;
      refuse(report, toldOf(read, { path: read.path, value: read.id, message }), 'SecurityException');
    }
    return place === null && !wrong;
  });
}
