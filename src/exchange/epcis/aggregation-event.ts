/** AggregationEvent: what is inside which unit, from ADD to DELETE; it may move the unit at the same time. */
import type { MappingRule, Outcome } from './cbv-mapping.js';
import { outcomeOfReading } from './object-event.js';
import { recordOutcome } from './outcomes.js';
import { siteOf } from './place.js';
import { type EventReading, keepOnly } from './reading.js';
import type { RowDraft } from './rows.js';
import { readInstances, readQuantities, type Thing, thingColumns, thingKey, unitKeyOf } from './thing.js';

/** One content, or everything inside when `child` is null. */
function packing(reading: EventReading, sscc: string, child: Thing | null): RowDraft {
  const content = child === null ? {} : thingColumns(child, 'content_');
  const time = reading.action === 'DELETE' ? { unpacked_at: reading.at } : { packed_at: reading.at };
  return { kind: 'packings', values: { sscc, ...content, ...time, site_gln: siteOf(reading) } };
}

const movements: readonly Outcome[] = ['SHIPPED', 'RECEIVED', 'SHIPMENT_VOIDED'];

export function readAggregationEvent(reading: EventReading, rules: readonly MappingRule[]): void {
  const { action, event } = reading;
  const [parent] = readInstances(reading, 'parentID');
  const sscc = parent ? unitKeyOf(parent) : null;
  const instances = readInstances(reading, 'childEPCs');
  const children = [...instances, ...readQuantities(reading, 'childQuantityList')];
  const outcome = outcomeOfReading(reading, rules);
  const moves = movements.includes(outcome);
  if (sscc === null || !parent) {
    // what is observed may leave its parent unnamed; packing and unpacking may not
    if (action !== 'OBSERVE' || (event.parentID !== undefined && !parent)) {
      const message = 'parentID: should name a logistic unit or an item that holds others';
      reading.remark.fault('parentID', event.parentID, message);
    } else if (moves) recordOutcome(outcome, reading, children);
    else keepOnly(reading, 'parentID', 'an observation of goods in a unit that is not named');
    return;
  }
  if (children.some((child) => thingKey(child) === thingKey(parent))) {
    reading.remark.fault('childEPCs', event.childEPCs, `childEPCs: names its own parent ${sscc}`);
    return;
  }
  if (action === 'ADD') {
    for (const child of children) reading.rows.push(packing(reading, sscc, child));
    if (children.length === 0)
      reading.remark.repair('childEPCs', 'childEPCs: should name what was packed; nothing was');
  }
  const unit: Thing = { kind: 'unit', key: sscc, asset: null };
  // what is seen inside moves with it, even where its packing was never told
  if (moves) recordOutcome(outcome, reading, action === 'OBSERVE' ? [unit, ...instances] : [unit]);
  if (action === 'DELETE') {
    if (children.length === 0) reading.rows.push(packing(reading, sscc, null));
    for (const child of children) reading.rows.push(packing(reading, sscc, child));
  } else if (action === 'OBSERVE' && !moves)
    keepOnly(reading, 'action', `an observation of ${sscc} with its content`);
}
