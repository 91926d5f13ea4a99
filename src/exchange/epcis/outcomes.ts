/** The rows that say what happened to these goods: one function for each outcome of the mapping. */
import { blockingDispositions, type Outcome } from './cbv-mapping.js';
import { expiryOfIlmd, lotOfIlmd, productionDayOfIlmd } from './master-data-of-event.js';
import { bizLocation, partner, readPoint, referenceOf, siteOf, siteOrUnknown } from './place.js';
import { type EventReading, keepOnly } from './reading.js';
import type { Goods, RowDraft } from './rows.js';
import { type Thing, thingColumns } from './thing.js';

type Recorder = (reading: EventReading, things: readonly Thing[]) => void;

/** A row for each thing that has goods of its own; a logistic unit is told as kept only. */
function eachGoods(
  reading: EventReading,
  things: readonly Thing[],
  what: string,
  row: (goods: Goods) => RowDraft,
): void {
  for (const thing of things) {
    if (thing.kind === 'unit') keepOnly(reading, 'epcList', `logistic unit ${thing.key}: ${what}`);
    else reading.rows.push(row(thing));
  }
}

/** The rows that say these things were made, at the event's time and site. */
export function recordMade(reading: EventReading, things: readonly Thing[]): void {
  const lot = lotOfIlmd(reading);
  const expires_on = expiryOfIlmd(reading);
  const at = productionDayOfIlmd(reading) ?? reading.at;
  const site_gln = siteOf(reading);
  for (const thing of things) {
    if (thing.kind === 'unit')
      keepOnly(
        reading,
        'epcList',
        `logistic unit ${thing.key}: counts from its first packing or movement on`,
      );
    else if (thing.kind === 'item') {
      const values = {
        gtin: thing.gtin,
        serial: thing.serial,
        lot: thing.lot ?? lot,
        produced_at: at,
        site_gln,
      };
      reading.rows.push({ kind: 'items', values });
    } else if (thing.lot !== undefined || lot !== undefined) {
      const { gtin, quantity, unit } = thing;
      const run = {
        gtin,
        lot: thing.lot ?? lot,
        produced_from: at,
        site_gln: siteOrUnknown(reading, site_gln),
      };
      reading.rows.push({ kind: 'batches', values: { ...run, expires_on, quantity, unit } });
    } else keepOnly(reading, 'quantityList', `product ${thing.gtin}: made without lot or serial`);
  }
}

const recordShipped: Recorder = (reading, things) => {
  const from = readPoint(reading) ?? partner(reading, 'source') ?? bizLocation(reading);
  const from_gln = siteOrUnknown(reading, from);
  const to_gln = partner(reading, 'destination');
  const reference = referenceOf(reading);
  for (const thing of things) {
    const values = { from_gln, to_gln, ...thingColumns(thing), shipped_at: reading.at, reference };
    reading.rows.push({ kind: 'shipments', values });
  }
};

const recordReceived: Recorder = (reading, things) => {
  const to_gln = siteOrUnknown(reading, siteOf(reading) ?? partner(reading, 'destination'));
  const from_gln = partner(reading, 'source');
  const reference = referenceOf(reading);
  // goods that begin here with a lot of the event's own are at least known by it
  const lot = reading.action === 'ADD' ? lotOfIlmd(reading) : undefined;
  for (const thing of things) {
    const values = { from_gln, to_gln, ...thingColumns(thing), received_at: reading.at, reference };
    reading.rows.push({
      kind: 'receipts',
      values: thing.kind === 'unit' ? values : { ...values, lot: thing.lot ?? lot },
    });
  }
};

const recordSold: Recorder = (reading, things) => {
  const site_gln = siteOf(reading);
  const seller = site_gln === undefined ? partner(reading, 'source') : undefined;
  const seller_gln = site_gln === undefined ? siteOrUnknown(reading, seller) : undefined;
  const receipt = referenceOf(reading);
  eachGoods(reading, things, 'sold without its content', (goods) => {
    const values = { site_gln, seller_gln, ...thingColumns(goods), sold_at: reading.at, receipt };
    return { kind: 'sales', values };
  });
};

const recordReturned: Recorder = (reading, things) => {
  const site_gln = siteOrUnknown(reading, siteOf(reading));
  eachGoods(reading, things, 'returned without its content', (goods) => {
    const values = {
      site_gln,
      ...thingColumns(goods),
      returned_at: reading.at,
      to: 'HOLD',
      receipt: referenceOf(reading),
    };
    return { kind: 'returns', values };
  });
};

const recordDisposed =
  (reason: 'SCRAPPED' | 'DESTROYED' | 'SAMPLED' | 'LOST'): Recorder =>
  (reading, things) => {
    const site_gln = siteOrUnknown(reading, siteOf(reading));
    eachGoods(reading, things, 'its content is not disposed of', (goods) => ({
      kind: 'disposals',
      values: { site_gln, ...thingColumns(goods), disposed_at: reading.at, reason },
    }));
  };

const recordInspected =
  (verdict: 'PASS' | 'FAIL'): Recorder =>
  (reading, things) =>
    eachGoods(reading, things, 'not inspected itself', ({ gtin, lot, serial }) => {
      const values = { gtin, lot, serial, characteristic: 'conformity', verdict, inspected_at: reading.at };
      return { kind: 'inspections', values };
    });

const recordCounted: Recorder = (reading, things) => {
  const site_gln = siteOrUnknown(reading, siteOf(reading));
  for (const thing of things) {
    if (thing.kind === 'unit' || thing.quantity === undefined)
      keepOnly(reading, 'epcList', 'stocktaking counts amounts of products and lots');
    else {
      const { gtin, lot, quantity, unit } = thing;
      reading.rows.push({
        kind: 'counts',
        values: { site_gln, gtin, lot, quantity, unit, counted_at: reading.at },
      });
    }
  }
};

const recordServiced: Recorder = (reading, things) => {
  const site_gln = siteOf(reading);
  for (const thing of things) {
    if (thing.kind === 'item') {
      const { gtin, serial } = thing;
      reading.rows.push({ kind: 'services', values: { site_gln, gtin, serial, serviced_at: reading.at } });
    } else keepOnly(reading, 'epcList', 'service is told of items');
  }
};

/** Voids of the shipments that the event says did not happen are found among the captured events, see completions. */
const recordShipmentVoided: Recorder = () => {};

const recordKept: Recorder = (reading) => {
  const { step, action, type } = reading;
  keepOnly(reading, 'bizStep', `${type} with bizStep ${step || 'missing'} and action ${action || 'missing'}`);
};

const recorders: Readonly<Record<Outcome, Recorder>> = {
  MADE: recordMade,
  SHIPPED: recordShipped,
  SHIPMENT_VOIDED: recordShipmentVoided,
  RECEIVED: recordReceived,
  SOLD: recordSold,
  RETURNED: recordReturned,
  INSPECTED_PASS: recordInspected('PASS'),
  INSPECTED_FAIL: recordInspected('FAIL'),
  COUNTED: recordCounted,
  SERVICED: recordServiced,
  SCRAPPED: recordDisposed('SCRAPPED'),
  DESTROYED: recordDisposed('DESTROYED'),
  SAMPLED: recordDisposed('SAMPLED'),
  LOST: recordDisposed('LOST'),
  KEPT: recordKept,
};

export const recordOutcome = (outcome: Outcome, reading: EventReading, things: readonly Thing[]): void =>
  recorders[outcome](reading, things);

/** Holds that a disposition sets on lots, or that it ends. */
export function recordHolds(reading: EventReading, things: readonly Thing[]): void {
  const blocked = reading.dispositions.find((word) => blockingDispositions.includes(word));
  const released = reading.endedDispositions.find((word) => blockingDispositions.includes(word));
  for (const thing of things) {
    if (thing.kind !== 'batch') continue;
    const { gtin, lot } = thing;
    if (blocked !== undefined)
      reading.rows.push({
        kind: 'batch_status',
        values: { gtin, lot, status: 'BLOCKED', reason: blocked, at: reading.at },
      });
    if (released !== undefined)
      reading.rows.push({
        kind: 'batch_status',
        values: { gtin, lot, status: 'RELEASED', reason: released, at: reading.at },
      });
  }
}
