/** AssociationEvent: parts fitted into an item for long (ADD) or taken out of it (DELETE). */
import { readElements } from '../gs1/index.js';
import { textOf } from './json.js';
import { siteOf } from './place.js';
import { type EventReading, keepOnly } from './reading.js';
import { type Goods, goodsOf, readInstances, readQuantities } from './thing.js';
import { pieces } from './transformation-event.js';

const isPlace = (text: string | undefined): boolean => {
  const elements = text === undefined ? null : readElements(text);
  return elements !== null && (elements.has('414') || elements.has('417'));
};

/** The item that parts are fitted into; null when there is none, which has been told then. */
function parentOf(reading: EventReading): Goods | null {
  const given = textOf(reading.event.parentID);
  if (given === undefined) {
    reading.remark.fault(
      'parentID',
      reading.event.parentID,
      'parentID: is missing, an association has a parent',
    );
    return null;
  }
  if (isPlace(given)) {
    keepOnly(reading, 'parentID', `association with the place ${given}`);
    return null;
  }
  const [parent] = readInstances(reading, 'parentID');
  if (!parent) return null;
  const goods = goodsOf(parent);
  if (goods?.kind === 'item') return goods;
  if (goods)
    reading.remark.fault('parentID', given, `parentID ${given}: should name one object, not a class`);
  else keepOnly(reading, 'parentID', `association with the logistic unit ${given}`);
  return null;
}

/** Reads what was fitted or taken out; gives back the item it was fitted into, null when there is none. */
export function readAssociationEvent(reading: EventReading): Goods | null {
  const { action, event } = reading;
  const parent = parentOf(reading);
  const things = [...readInstances(reading, 'childEPCs'), ...readQuantities(reading, 'childQuantityList')];
  if (things.length === 0 && action !== 'DELETE')
    reading.remark.repair('childEPCs', 'childEPCs: should name what was associated; nothing was');
  if (!parent) return null;
  const { gtin, serial } = parent;
  for (const thing of things) {
    const child = goodsOf(thing);
    if (child === null) keepOnly(reading, 'childEPCs', 'a logistic unit is no part of an item');
    else if (child.gtin === gtin && child.serial === serial) {
      reading.remark.fault('childEPCs', event.childEPCs, `childEPCs: names its own parent ${gtin} ${serial}`);
    } else if (action === 'ADD') {
      const part = { part_gtin: child.gtin, part_serial: child.serial, part_lot: child.lot };
      reading.rows.push({
        kind: 'fittings',
        values: { gtin, serial, ...part, quantity: pieces(child), fitted_at: reading.at },
      });
    } else if (action === 'DELETE') {
      const part = { part_out_gtin: child.gtin, part_out_serial: child.serial, part_out_lot: child.lot };
      const values = { site_gln: siteOf(reading), gtin, serial, ...part, serviced_at: reading.at };
      reading.rows.push({ kind: 'services', values });
    } else keepOnly(reading, 'action', `an observation of ${child.gtin} in ${gtin} ${serial}`);
  }
  return parent;
}
