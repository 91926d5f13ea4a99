/** Rows for goods that come into being: items and runs of batches, with what their master data tells. */
import { isObject, textOf } from './json.js';
import { siteOf } from './place.js';
import { type EventReading, leaveOut } from './reading.js';
import type { Thing } from './thing.js';

/** A value of the event's ilmd under the names that GS1 and its vocabularies give it. */
function masterDatum(reading: EventReading, names: readonly string[]): string | undefined {
  const ilmd = reading.event.ilmd;
  if (!isObject(ilmd)) return undefined;
  for (const [key, value] of Object.entries(ilmd)) {
    const name = key.split(/[:/#]/).at(-1) ?? key;
    if (names.includes(name)) return textOf(isObject(value) ? (value['@value'] ?? value.id) : value);
  }
  return undefined;
}

const lotOfMasterData = (reading: EventReading) =>
  masterDatum(reading, ['hasBatchLotNumber', 'batchLotNumber', 'lotNumber']);

const expiry = ['itemExpirationDate', 'expirationDate', 'bestBeforeDate'];

/** The rows that say these things were made, at the event's time and site. */
export function recordMade(reading: EventReading, things: readonly Thing[], paths: string): void {
  const site_gln = siteOf(reading);
  const ilmdLot = lotOfMasterData(reading);
  const expires_on = /^\d{4}-\d{2}-\d{2}/.exec(masterDatum(reading, expiry) ?? '')?.[0];
  for (const thing of things) {
    if (thing.kind === 'item') {
      const { gtin, serial } = thing;
      const lot = thing.lot ?? ilmdLot;
      reading.rows.push({ kind: 'items', values: { gtin, serial, lot, produced_at: reading.at, site_gln } });
    } else if (thing.kind === 'batch') {
      const { gtin, lot, quantity, unit } = thing;
      const values = { gtin, lot, produced_from: reading.at, site_gln, expires_on, quantity, unit };
      reading.rows.push({ kind: 'batches', values });
    } else if (thing.kind === 'unit') {
      leaveOut(reading, paths, `logistic unit ${thing.key}: it counts from its first packing or movement on`);
    } else leaveOut(reading, paths, `product ${thing.gtin}: made without lot or serial`);
  }
}
