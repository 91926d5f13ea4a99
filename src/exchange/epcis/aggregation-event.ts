/** AggregationEvent: what is inside which unit, from ADD to DELETE; it may move the unit at the same time. */
import { movementOf } from './object-event.js';
import { siteOf } from './place.js';
import { type EventReading, leaveOut } from './reading.js';
import type { RowDraft } from './rows.js';
import { readInstances, readQuantities, type Thing, thingColumns, unitKeyOf } from './thing.js';

/** One content, or everything inside when `child` is null. */
function packing(reading: EventReading, sscc: string, child: Thing | null): RowDraft {
  const content = child === null ? {} : thingColumns(child, 'content_');
  const time = reading.action === 'DELETE' ? { unpacked_at: reading.at } : { packed_at: reading.at };
  return { kind: 'packings', values: { sscc, ...content, ...time, site_gln: siteOf(reading) } };
}

export function readAggregationEvent(reading: EventReading): void {
  const [parent] = readInstances(reading, 'parentID');
  const sscc = parent ? unitKeyOf(parent) : null;
  if (!parent || sscc === null) {
    const message = 'parentID should name a logistic unit or an item that holds others';
    reading.problem('parentID', reading.event.parentID, message);
    return;
  }
  const children = [...readInstances(reading, 'childEPCs'), ...readQuantities(reading, 'childQuantityList')];
  const movement = movementOf(reading.step);
  if (reading.action === 'ADD') {
    for (const child of children) reading.rows.push(packing(reading, sscc, child));
    if (children.length === 0) leaveOut(reading, 'childEPCs', 'packing of nothing');
  }
  if (movement) movement(reading, [{ kind: 'unit', key: sscc }]);
  if (reading.action === 'DELETE') {
    if (children.length === 0) reading.rows.push(packing(reading, sscc, null));
    for (const child of children) reading.rows.push(packing(reading, sscc, child));
  } else if (reading.action !== 'ADD' && !movement) {
    leaveOut(reading, 'action', `observation of ${sscc} with its content`);
  }
}
