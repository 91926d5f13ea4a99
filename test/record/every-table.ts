/** A chain that leaves a row in every derived table, and a change of one row of each that makes it untrue. */
import { row } from './recorder.js';

const plant = '9521234000013';
const store = '9521234000020';
const bike = '09521234000105';
const pack = '09521234000112';
const day = (n: number, hour = 8) =>
  `2026-01-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;

/** A row in every derived table. */
export const everyTable = [
  row('parties', { gln: plant, name: 'Maker', roles: 'MANUFACTURER' }),
  row('products', { gtin: bike, owner_gln: plant, name: 'Bike', kind: 'FINISHED', serialised: 'true' }),
  row('products', { gtin: pack, owner_gln: plant, name: 'Pack', kind: 'COMPONENT' }),
  row('batches', {
    gtin: pack,
    lot: 'P1',
    site_gln: plant,
    produced_from: day(1),
    quantity: '10',
    expires_on: '2030-01-01',
  }),
  row('batches', { gtin: bike, lot: 'B1', site_gln: plant, produced_from: day(2) }),
  row('consumption', { gtin: bike, lot: 'B1', input_gtin: pack, input_lot: 'P1', quantity: '2', at: day(2) }),
  row('items', { gtin: bike, serial: 'K1', lot: 'B1', produced_at: day(2, 9) }),
  row('fittings', {
    gtin: bike,
    serial: 'K1',
    part_gtin: pack,
    part_lot: 'P1',
    quantity: '1',
    fitted_at: day(2, 10),
  }),
  row('inspections', {
    gtin: bike,
    serial: 'K1',
    characteristic: 'brake',
    verdict: 'PASS',
    inspected_at: day(2, 11),
  }),
  row('batch_status', { gtin: pack, lot: 'P1', status: 'BLOCKED', reason: 'smell', at: day(3) }),
  row('packings', {
    sscc: '095212340000000013',
    content_gtin: bike,
    content_serial: 'K1',
    packed_at: day(3),
    unpacked_at: day(5),
  }),
  row('shipments', { from_gln: plant, to_gln: store, sscc: '095212340000000013', shipped_at: day(4) }),
  row('receipts', { from_gln: plant, to_gln: store, sscc: '095212340000000013', received_at: day(4, 9) }),
  row('counts', { site_gln: store, gtin: bike, quantity: '1', counted_at: day(5, 9) }),
  row('sales', {
    event_id: 'sale',
    site_gln: store,
    gtin: bike,
    serial: 'K1',
    sold_at: day(6),
    buyer_email: 'ann@example.org',
  }),
  row('registrations', {
    gtin: bike,
    serial: 'K1',
    registered_at: day(7),
    kind: 'OWNER',
    buyer_email: 'ann@example.org',
  }),
  row('services', { site_gln: store, gtin: bike, serial: 'K1', serviced_at: day(8) }),
  row('returns', { site_gln: store, gtin: bike, serial: 'K1', returned_at: day(9), to: 'STOCK' }),
];

/** A change of one row of each table, and the table or rule by which verify tells it. */
export const falsified: [table: string, change: string, told: string][] = [
  ['item', "update item set line = 'L9'", 'item rows'],
  ['run', "update run set revision = 'Z'", 'run rows'],
  ['run', "update run set expires_on = '2031-01-01' where expires_on is not null", 'last day of use'],
  ['lineage', "update lineage set mixing = 'BLENDED'", 'lineage rows'],
  ['fitting', 'update fitting set quantity = 2', 'fitting rows'],
  ['containment', 'update containment set unpacked_at = null', 'containment rows'],
  ['leg', "update leg set quantity = 3 where state = 'CONSUMED'", 'legs sum to zero for every batch'],
  ['leg', "update leg set occurred_at = occurred_at - interval '1 day' where kind = 'SHIPPED'", 'leg rows'],
  ['sale', 'update sale set buyer_id = null', 'sale rows'],
  ['sale', 'update sale set returned = 0', 'what came back of each sale'],
  ['sale_return', 'update sale_return set sale_event_key = null', 'sale_return rows'],
  ['registration', "update registration set kind = 'LOAN'", 'registration rows'],
  ['service', 'update service set occurred_at = now()', 'service rows'],
  ['stock_count', 'update stock_count set quantity = 0', 'stock_count rows'],
  ['batch_hold', "update batch_hold set status = 'RELEASED'", 'batch_hold rows'],
  ['inspection', "update inspection set verdict = 'FAIL'", 'inspection rows'],
  ['balance', "update balance set quantity = quantity + 1 where state = 'SOURCE'", 'balances fold the legs'],
  ['leg', "update leg set voided_at = now() where kind = 'SOLD'", 'leg rows'],
  ['event_reference', 'update event_reference set reference = reference + 1', 'references lead back'],
];
