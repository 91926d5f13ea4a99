/** Rows for goods that move between sites, are sold or leave for good. */
import { bizLocation, partner, readPoint, referenceOf, siteOf } from './place.js';
import { type EventReading, leaveOut } from './reading.js';
import { type Thing, thingColumns } from './thing.js';

export function recordShipped(reading: EventReading, things: readonly Thing[]): void {
  const from_gln = readPoint(reading) ?? partner(reading, 'source') ?? bizLocation(reading);
  if (from_gln === undefined) {
    reading.problem('readPoint', undefined, 'readPoint is missing: a shipping event should say where from');
    return;
  }
  const to_gln = partner(reading, 'destination');
  const reference = referenceOf(reading);
  for (const thing of things) {
    const values = { from_gln, to_gln, ...thingColumns(thing), shipped_at: reading.at, reference };
    reading.rows.push({ kind: 'shipments', values });
  }
}

export function recordReceived(reading: EventReading, things: readonly Thing[]): void {
  const to_gln = siteOf(reading) ?? partner(reading, 'destination');
  if (to_gln === undefined) {
    reading.problem('readPoint', undefined, 'readPoint is missing: a receiving event should say where');
    return;
  }
  const from_gln = partner(reading, 'source');
  const reference = referenceOf(reading);
  for (const thing of things) {
    const values = { from_gln, to_gln, ...thingColumns(thing), received_at: reading.at, reference };
    reading.rows.push({ kind: 'receipts', values });
  }
}

export function recordSold(reading: EventReading, things: readonly Thing[]): void {
  const site_gln = siteOf(reading);
  const seller_gln = site_gln === undefined ? partner(reading, 'source') : undefined;
  const receipt = referenceOf(reading);
  for (const thing of things) {
    if (thing.kind === 'unit')
      leaveOut(reading, 'epcList', `logistic unit ${thing.key}: sold without its content`);
    else {
      const values = { site_gln, seller_gln, ...thingColumns(thing), sold_at: reading.at, receipt };
      reading.rows.push({ kind: 'sales', values });
    }
  }
}

/** Why goods are no more, by the business step that says so. */
const disposalReasons: Readonly<Record<string, string>> = {
  destroying: 'DESTROYED',
  decommissioning: 'SCRAPPED',
  disposing: 'SCRAPPED',
  sampling: 'SAMPLED',
};

export const isDisposal = (step: string) => Object.hasOwn(disposalReasons, step);

export function recordDisposed(reading: EventReading, things: readonly Thing[]): void {
  const site_gln = siteOf(reading);
  if (site_gln === undefined) {
    reading.problem('readPoint', undefined, `readPoint is missing: a ${reading.step} event should say where`);
    return;
  }
  const lost = reading.dispositions.some((word) => word === 'stolen' || word === 'unknown');
  const reason = lost ? 'LOST' : disposalReasons[reading.step];
  for (const thing of things) {
    if (thing.kind === 'unit')
      leaveOut(reading, 'epcList', `logistic unit ${thing.key}: its content is not disposed of`);
    else {
      const values = { site_gln, ...thingColumns(thing), disposed_at: reading.at, reason };
      reading.rows.push({ kind: 'disposals', values });
    }
  }
}

export function recordInspected(reading: EventReading, things: readonly Thing[]): void {
  const failed = reading.dispositions.includes('non_conformant');
  if (!failed && !reading.dispositions.includes('conformant')) {
    leaveOut(reading, 'bizStep', 'inspection without a verdict');
    return;
  }
  for (const thing of things) {
    if (thing.kind === 'unit')
      leaveOut(reading, 'epcList', `logistic unit ${thing.key}: not inspected itself`);
    else {
      const { gtin, lot, serial } = thing;
      const verdict = failed ? 'FAIL' : 'PASS';
      const values = { gtin, lot, serial, characteristic: 'conformity', verdict, inspected_at: reading.at };
      reading.rows.push({ kind: 'inspections', values });
    }
  }
}
