/** AssociationEvent: parts fitted into an item for long (ADD) or taken out of it (DELETE). */
import { siteOf } from './place.js';
import { type EventReading, leaveOut } from './reading.js';
import { readInstances, readQuantities } from './thing.js';
import { pieces } from './transformation-event.js';

export function readAssociationEvent(reading: EventReading): void {
  const [parent] = readInstances(reading, 'parentID');
  if (parent?.kind !== 'item') {
    leaveOut(reading, 'parentID', 'association with what is no item');
    return;
  }
  const { gtin, serial } = parent;
  const children = [...readInstances(reading, 'childEPCs'), ...readQuantities(reading, 'childQuantityList')];
  if (children.length === 0) leaveOut(reading, 'childEPCs', 'association without children');
  for (const child of children) {
    if (child.kind === 'unit') leaveOut(reading, 'childEPCs', `asset ${child.key}: a part needs a product`);
    else if (reading.action === 'ADD') {
      const part = { part_gtin: child.gtin, part_serial: child.serial, part_lot: child.lot };
      const values = { gtin, serial, ...part, quantity: pieces(child), fitted_at: reading.at };
      reading.rows.push({ kind: 'fittings', values });
    } else if (reading.action === 'DELETE') {
      const part = { part_out_gtin: child.gtin, part_out_serial: child.serial, part_out_lot: child.lot };
      const values = { site_gln: siteOf(reading), gtin, serial, ...part, serviced_at: reading.at };
      reading.rows.push({ kind: 'services', values });
    } else leaveOut(reading, 'action', `observation of ${child.gtin} in ${gtin}`);
  }
}
