/** Rows of the database as EPCIS events: what came as EPCIS as it came, the rest in EPCIS words. */
import type pg from 'pg';
import { type JsonObject, type WriteOptions, writeCaptured, writeEvent, writeVoid } from '../epcis/index.js';
import type { CapturedRow } from './captured-events.sql.js';
import { type RecordedRow, readUnits } from './recorded-events.sql.js';

type Personal = WriteOptions['personalRows'];

/** The EPCIS events of each row, in the order of the rows; none where EPCIS has no words. */
export async function recordedAsEpcis(
  client: pg.ClientBase,
  rows: readonly RecordedRow[],
  personalRows: Personal,
): Promise<JsonObject[][]> {
  const gtins = rows.flatMap(({ event, voids }) =>
    [event.cells, voids?.event.cells ?? {}].flatMap((cells) =>
      Object.entries(cells).flatMap(([column, value]) =>
        /(^|_)gtin$/.test(column) && value !== undefined ? [value] : [],
      ),
    ),
  );
  const units = await readUnits(client, [...new Set(gtins)]);
  const options: WriteOptions = { unitOf: (gtin) => units.get(gtin) ?? 'PCE', personalRows };
  return rows.map(({ event, voids }) => {
    if (event.kind !== 'voids') return writeEvent(event, options);
    return voids === null ? [] : writeVoid(voids.event, voids.by, options);
  });
}

export const capturedAsEpcis = ({ event, context, eventId, recordTime }: CapturedRow): JsonObject =>
  writeCaptured({ event, context, eventId, recordTime });
