/** The whole record as an EPCIS document and, beside it, the CSV files of what EPCIS has no words for. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { withSession } from '../../database/index.js';
import { exportFolder, partOf, type Services } from '../../record/index.js';
import { documentFrame, type JsonObject } from '../epcis/index.js';
import { capturedAsEpcis, recordedAsEpcis } from './as-epcis.js';
import { readCaptured } from './captured-events.sql.js';
import { withPersonalFields } from './personal-fields.js';
import { readRecorded } from './recorded-events.sql.js';

/** The file of events in the folder; the CSV files stand beside it. */
const eventsFile = 'epcis.json';

/** Events read at a time: constant memory whatever the size of the record. */
const EVENTS_PER_READ = 1_000;

/**
 * Writes the folder; returns events and rows by file name. People's data is decrypted: administrators only. A row with
 * personal fields stands whole in its CSV file; its event in the document says that nothing is recorded from it.
 */
export async function exportEpcis(services: Services, dir: string): Promise<Record<string, number>> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const told = new Set<string>();
  const session = { role: 'tw_engine', partyId: null } as const;
  const events = await withSession(
    services.database,
    session,
    (client) => writeAll(client, services, dir, told),
    {
      snapshot: true,
    },
  );
  return {
    [eventsFile]: events,
    ...(await exportFolder(services, dir, { except: told, beside: [eventsFile] })),
  };
}

/** Writes every event; `told` gets the ids of the rows that need no CSV. */
async function writeAll(
  client: pg.ClientBase,
  services: Services,
  dir: string,
  told: Set<string>,
): Promise<number> {
  const file = createWriteStream(partOf(join(dir, eventsFile)), { mode: 0o600 });
  const { head, tail } = documentFrame(new Date());
  let count = 0;
  const write = async (event: JsonObject): Promise<void> => {
    const line = `${count === 0 ? head : ','}\n${JSON.stringify(event)}`;
    count += 1;
    if (!file.write(line)) await once(file, 'drain');
  };
  for await (const page of capturedPages(client)) {
    for (const row of await withPersonalFields(client, services, page)) await write(capturedAsEpcis(row));
    for (const id of await rowsOfCaptured(
      client,
      page.map((row) => row.id),
    ))
      told.add(id);
  }
  for await (const page of recordedPages(client)) {
    const written = await recordedAsEpcis(client, page, 'EMPTY');
    for (const [index, events] of written.entries()) {
      for (const event of events) await write(event);
      const row = page[index]?.event;
      // an end is told with its start, in whichever of the two comes out
      if (row && events.length > 0 && !row.isPersonal) told.add(row.eventId);
    }
  }
  file.end(count === 0 ? `${head}${tail}\n` : `\n${tail}\n`);
  await finished(file);
  return count;
}

async function* capturedPages(client: pg.ClientBase) {
  for (let after = 0n; ; ) {
    const page = await readCaptured(client, {
      conditions: ['c.epcis_event_id > $1'],
      values: [after],
      orderBy: 'c.epcis_event_id',
      limit: EVENTS_PER_READ,
    });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

async function* recordedPages(client: pg.ClientBase) {
  for (let after = 0n; ; ) {
    const page = await readRecorded(client, {
      conditions: ['e.event_seq > $1'],
      values: [after],
      orderBy: 'e.event_seq',
      limit: EVENTS_PER_READ,
    });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.seq;
  }
}

/** Ids of the rows that captured events became: reading the events again makes them again. */
async function rowsOfCaptured(client: pg.ClientBase, ids: readonly bigint[]): Promise<string[]> {
  const { rows } = await client.query<{ event_id: string }>(
    `select e.event_id from epcis_event_row r join event e on e.event_key = r.event_key
     where r.epcis_event_id = any($1::bigint[])`,
    [ids],
  );
  return rows.map((row) => row.event_id);
}
