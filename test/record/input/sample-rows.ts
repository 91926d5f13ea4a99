/** One good and one bad row of every kind of file. */
import type { FileKind, InputRow } from '../../../src/record/input/index.js';

type Values = InputRow['values'];

export const now = new Date('2026-06-01T12:00:00Z');

export const gtin = '09520000010010';
const part = '09520000020019';
const gln = '9520001000010';
const sscc = '095200000000200015';
const at = '2026-05-01T10:00:00+02:00';

/** `column` and `code` of the first problem of the bad row. */
export interface Sample {
  good: Values;
  bad: Values;
  code: string;
  column: string;
}

export const samples: Record<FileKind, Sample> = {
  parties: {
    good: { gln, name: 'Velora', roles: 'MANUFACTURER;RETAILER', country: 'NL', note: 'call first' },
    bad: { gln, name: 'Velora', roles: 'MAKER' },
    code: 'MALFORMED',
    column: 'roles',
  },
  sites: {
    good: { gln, party_gln: gln, name: 'Plant', kind: 'PLANT' },
    bad: { gln, party_gln: gln, name: 'Plant', kind: 'SHED' },
    code: 'MALFORMED',
    column: 'kind',
  },
  products: {
    good: {
      gtin: '4006381333931',
      owner_gln: gln,
      name: 'Pen',
      kind: 'FINISHED',
      unit: 'PCE',
      serialised: 'no',
    },
    bad: { gtin: '4006381333932', owner_gln: gln, name: 'Pen', kind: 'FINISHED' },
    code: 'MALFORMED',
    column: 'gtin',
  },
  packaging: {
    good: { gtin, contains_gtin: part, quantity: '20' },
    bad: { gtin, contains_gtin: part, quantity: '2.5' },
    code: 'CONTRADICTORY',
    column: 'quantity',
  },
  design_revisions: {
    good: { gtin, code: 'A', state: 'RELEASED', released_at: at, change_orders: 'CO-1;CO-2' },
    bad: { gtin, state: 'RELEASED' },
    code: 'MISSING',
    column: 'code',
  },
  bill_of_materials: {
    good: { gtin, revision: 'A', component_gtin: part, quantity: '0.25', critical: 'yes' },
    bad: { gtin, revision: 'A', component_gtin: gtin, quantity: '1' },
    code: 'CONTRADICTORY',
    column: 'component_gtin',
  },
  documents: {
    good: { gtin, kind: 'DRAWING', uri: 'https://example.com/a.pdf', sha256: 'AB'.repeat(32) },
    bad: { gtin, kind: 'DRAWING', uri: 'a.pdf' },
    code: 'MALFORMED',
    column: 'uri',
  },
  certificates: {
    good: { gtin, scheme: 'EN 15194', number: '7', valid_from: '2026-01-01', valid_to: '2031-01-01' },
    bad: { gtin, scheme: 'EN 15194', number: '7', valid_from: '2026-01-01', valid_to: '2025-01-01' },
    code: 'CONTRADICTORY',
    column: 'valid_to',
  },
  change_effectivity: {
    good: { change_order: 'CO-1', gtin, site_gln: gln, not_before: at, not_after: '2027-01-01' },
    bad: { change_order: 'CO-1', gtin, site_gln: gln, not_before: '2026-05-02', not_after: at },
    code: 'CONTRADICTORY',
    column: 'not_after',
  },
  batches: {
    good: {
      gtin,
      lot: 'L1',
      site_gln: gln,
      produced_from: at,
      quantity: '2.5',
      unit: 'KGM',
      expires_on: '2030-02-28',
    },
    bad: { gtin, lot: 'L1', site_gln: gln, produced_from: at, quantity: '2.5', unit: 'PCE' },
    code: 'CONTRADICTORY',
    column: 'quantity',
  },
  consumption: {
    good: { gtin, lot: 'L1', input_gtin: part, input_lot: 'P1', quantity: '3', mixing: 'BLENDED' },
    bad: { gtin, lot: 'L1', input_gtin: part, input_serial: 'S1', quantity: '3' },
    code: 'CONTRADICTORY',
    column: 'quantity',
  },
  items: {
    good: { gtin, serial: 'S1', lot: 'L1', source: gln, produced_at: '2026-05-01' },
    bad: { gtin, serial: 'S1', source: gln },
    code: 'CONTRADICTORY',
    column: 'source',
  },
  inspections: {
    good: {
      gtin,
      lot: 'L1',
      characteristic: 'drift',
      value: '-0.5',
      lower: '-1',
      upper: '1.00',
      verdict: 'PASS',
      inspected_at: at,
    },
    bad: {
      gtin,
      lot: 'L1',
      characteristic: 'drift',
      lower: '10',
      upper: '9.5',
      verdict: 'PASS',
      inspected_at: at,
    },
    code: 'CONTRADICTORY',
    column: 'upper',
  },
  batch_status: {
    good: { gtin, lot: 'L1', status: 'BLOCKED', reason: 'smoke', at },
    bad: { gtin, lot: 'L1', status: 'BLOCKED', reason: 'smoke', at: '2026-06-02' },
    code: 'MALFORMED',
    column: 'at',
  },
  fittings: {
    good: { gtin, serial: 'S1', part_gtin: part, part_lot: 'P1', fitted_at: at },
    bad: { gtin, serial: 'S1', part_gtin: part, part_lot: 'P1', fitted_at: at, removed_at: '2026-04-30' },
    code: 'CONTRADICTORY',
    column: 'removed_at',
  },
  use_statements: {
    good: { site_gln: gln, gtin, lot: 'L1', used_in: `${gtin}/A%2F1 ${gtin}/A2`, stated_at: at },
    bad: { site_gln: gln, gtin, lot: 'L1', used_in: `${gtin}/A/1`, stated_at: at },
    code: 'CONTRADICTORY',
    column: 'used_in',
  },
  packings: {
    good: { sscc, unpacked_at: at },
    bad: { sscc, packed_at: at },
    code: 'CONTRADICTORY',
    column: 'content_gtin',
  },
  shipments: {
    good: { from_gln: gln, to_name: 'Shop', sscc, shipped_at: at },
    bad: { from_gln: gln, to_name: 'Shop', shipped_at: at },
    code: 'CONTRADICTORY',
    column: 'sscc',
  },
  receipts: {
    good: { to_gln: gln, gtin, lot: 'L1', quantity: '5', received_at: at },
    bad: { to_gln: gln, sscc, lot: 'L1', received_at: at },
    code: 'CONTRADICTORY',
    column: 'lot',
  },
  counts: {
    good: { site_gln: gln, gtin, quantity: '0', counted_at: at },
    bad: { site_gln: gln, gtin, quantity: '-1', counted_at: at },
    code: 'MALFORMED',
    column: 'quantity',
  },
  sales: {
    good: {
      site_gln: gln,
      gtin,
      serial: 'S1',
      sold_at: at,
      buyer_ref: '=7',
      buyer_name: 'Ann "A", Lee\nII',
      buyer_email: 'a@b.example',
    },
    bad: { site_gln: gln, gtin, serial: 'S1', sold_at: '2026-05-01T10:00:00', buyer_name: 'Ann' },
    code: 'MALFORMED',
    column: 'sold_at',
  },
  returns: {
    good: { site_gln: gln, gtin, lot: 'L1', returned_at: at, sale_event_id: 'sale-1', to: 'STOCK' },
    bad: { site_gln: gln, gtin, lot: 'L1', returned_at: at, sale_id: 'sale-1' },
    code: 'UNKNOWN_COLUMN',
    column: 'sale_id',
  },
  registrations: {
    good: { gtin, serial: 'S1', registered_at: at, kind: 'OWNER', buyer_phone: '+31 20 555 0001' },
    bad: { gtin, registered_at: at, kind: 'OWNER' },
    code: 'MISSING',
    column: 'serial',
  },
  services: {
    good: { gtin, serial: 'S1', part_out_gtin: part, part_out_to: 'MAKER', serviced_at: at },
    bad: { gtin, serial: 'S1', part_out_to: 'MAKER', serviced_at: at },
    code: 'CONTRADICTORY',
    column: 'part_out_to',
  },
  reworks: {
    good: { gtin, serial: 'S1', change_order: 'CO-1', reworked_at: at, site_gln: gln },
    bad: { gtin, serial: 'S1', quantity: '2', change_order: 'CO-1', reworked_at: at, site_gln: gln },
    code: 'CONTRADICTORY',
    column: 'quantity',
  },
  relabels: {
    good: { gtin, lot: 'L1', new_gtin: part, new_lot: 'L2', quantity: '4', site_gln: gln, relabelled_at: at },
    bad: {
      gtin,
      lot: 'L1',
      new_gtin: part,
      new_lot: 'twenty-one characters',
      site_gln: gln,
      relabelled_at: at,
    },
    code: 'MALFORMED',
    column: 'new_lot',
  },
  disposals: {
    good: { site_gln: gln, gtin, lot: '-1', quantity: '1', disposed_at: at, reason: 'LOST' },
    bad: { site_gln: gln, gtin, disposed_at: at, reason: 'EATEN' },
    code: 'MALFORMED',
    column: 'reason',
  },
  complaints: {
    good: {
      gtin,
      serial: 'S1',
      occurred_at: at,
      failure_mode: 'smoke',
      severity: 'SERIOUS',
      description: 'smelt it',
    },
    bad: { gtin, serial: 'S 1', occurred_at: at, failure_mode: 'smoke', severity: 'SERIOUS' },
    code: 'MALFORMED',
    column: 'serial',
  },
  voids: {
    good: { voided_event_id: 'sale-1', voided_at: at, reason: 'till test' },
    bad: { event_id: 'void-1', voided_event_id: 'void-1', voided_at: at, reason: 'till test' },
    code: 'CONTRADICTORY',
    column: 'voided_event_id',
  },
};
