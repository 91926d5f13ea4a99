/** A small chain: cells into packs, packs into bicycles, these in case, pallet and truck to a shop and to a buyer. */
import { recordRows, type Services } from '../../src/record/index.js';
import type { FileKind, InputRow } from '../../src/record/input/index.js';

export const gln = {
  cellmaker: '9521100000017',
  maker: '9521100000024',
  shop: '9521100000031',
  rival: '9521100000048',
};
export const site = {
  cells: '9521100000116',
  plant: '9521100000123',
  store: '9521100000130',
  rival: '9521100000147',
};
export const gtin = {
  cell: '09521100001007',
  pack: '09521100001014',
  bike: '09521100001021',
  rival: '09521100001038',
};
export const unit = {
  case: '095211000000000017',
  pallet: '095211000000000024',
  truck: 'https://id.example/truck/7',
};

const row = (kind: FileKind, values: Record<string, string>): InputRow => ({ kind, values });
export const day = (n: number, hour = 8): string =>
  `2026-03-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;

const master: InputRow[] = [
  row('parties', { gln: gln.cellmaker, name: 'Cells', roles: 'SUPPLIER' }),
  row('parties', { gln: gln.maker, name: 'Maker', roles: 'MANUFACTURER' }),
  row('parties', { gln: gln.shop, name: 'Shop', roles: 'RETAILER' }),
  row('parties', { gln: gln.rival, name: 'Rival', roles: 'MANUFACTURER' }),
  row('sites', {
    gln: site.cells,
    party_gln: gln.cellmaker,
    name: 'Cell plant',
    kind: 'PLANT',
    country: 'KR',
  }),
  row('sites', {
    gln: site.plant,
    party_gln: gln.maker,
    name: 'Bicycle plant',
    kind: 'PLANT',
    country: 'NL',
  }),
  row('sites', { gln: site.store, party_gln: gln.shop, name: 'Store', kind: 'STORE', country: 'DE' }),
  row('sites', { gln: site.rival, party_gln: gln.rival, name: 'Rival plant', kind: 'PLANT', country: 'FR' }),
  row('products', { gtin: gtin.cell, owner_gln: gln.cellmaker, name: 'Cell', kind: 'COMPONENT' }),
  row('products', {
    gtin: gtin.pack,
    owner_gln: gln.maker,
    name: 'Pack',
    kind: 'COMPONENT',
    serialised: 'true',
  }),
  row('products', {
    gtin: gtin.bike,
    owner_gln: gln.maker,
    name: 'Bicycle',
    kind: 'FINISHED',
    serialised: 'true',
  }),
  row('products', { gtin: gtin.rival, owner_gln: gln.rival, name: 'Scooter', kind: 'FINISHED' }),
];

const production: InputRow[] = [
  row('batches', {
    event_id: 'b-cell',
    gtin: gtin.cell,
    lot: 'C1',
    site_gln: site.cells,
    produced_from: day(1),
    quantity: '100',
  }),
  row('shipments', {
    event_id: 's-cell',
    from_gln: site.cells,
    to_gln: site.plant,
    gtin: gtin.cell,
    lot: 'C1',
    quantity: '60',
    shipped_at: day(2),
  }),
  row('receipts', {
    event_id: 'r-cell',
    from_gln: site.cells,
    to_gln: site.plant,
    gtin: gtin.cell,
    lot: 'C1',
    quantity: '60',
    received_at: day(3),
  }),
  row('batches', {
    event_id: 'b-pack',
    gtin: gtin.pack,
    lot: 'P1',
    site_gln: site.plant,
    produced_from: day(4),
    quantity: '2',
  }),
  row('consumption', {
    event_id: 'c-pack',
    gtin: gtin.pack,
    lot: 'P1',
    input_gtin: gtin.cell,
    input_lot: 'C1',
    quantity: '40',
    at: day(4),
  }),
  ...['K1', 'K2'].map((serial) =>
    row('items', {
      event_id: `i-${serial}`,
      gtin: gtin.pack,
      serial,
      lot: 'P1',
      produced_at: day(4, 9),
      site_gln: site.plant,
    }),
  ),
  row('batches', {
    event_id: 'b-bike',
    gtin: gtin.bike,
    lot: 'B1',
    site_gln: site.plant,
    produced_from: day(5),
    quantity: '2',
  }),
  ...['F1', 'F2'].map((serial) =>
    row('items', {
      event_id: `i-${serial}`,
      gtin: gtin.bike,
      serial,
      lot: 'B1',
      produced_at: day(5, 9),
      site_gln: site.plant,
    }),
  ),
  row('fittings', {
    event_id: 'f-1',
    gtin: gtin.bike,
    serial: 'F1',
    part_gtin: gtin.pack,
    part_serial: 'K1',
    position: 'battery',
    fitted_at: day(6),
  }),
  row('fittings', {
    event_id: 'f-2',
    gtin: gtin.bike,
    serial: 'F2',
    part_gtin: gtin.pack,
    part_serial: 'K2',
    position: 'battery',
    fitted_at: day(6),
  }),
  row('batches', {
    event_id: 'b-rival',
    gtin: gtin.rival,
    lot: 'R1',
    site_gln: site.rival,
    produced_from: day(5),
    quantity: '3',
  }),
];

const distribution: InputRow[] = [
  row('packings', {
    event_id: 'p-1',
    sscc: unit.case,
    content_gtin: gtin.bike,
    content_serial: 'F1',
    packed_at: day(7),
    unpacked_at: day(12),
    site_gln: site.plant,
  }),
  row('packings', {
    event_id: 'p-2',
    sscc: unit.pallet,
    content_sscc: unit.case,
    packed_at: day(8),
    unpacked_at: day(11),
    site_gln: site.plant,
  }),
  row('packings', {
    event_id: 'p-3',
    sscc: unit.truck,
    content_sscc: unit.pallet,
    packed_at: day(9),
    unpacked_at: day(10, 12),
    site_gln: site.plant,
  }),
  row('shipments', {
    event_id: 's-1',
    from_gln: site.plant,
    to_gln: site.store,
    sscc: unit.truck,
    shipped_at: day(9, 12),
  }),
  row('receipts', {
    event_id: 'r-1',
    from_gln: site.plant,
    to_gln: site.store,
    sscc: unit.truck,
    received_at: day(10),
  }),
  row('sales', {
    event_id: 'v-1',
    site_gln: site.store,
    gtin: gtin.bike,
    serial: 'F1',
    sold_at: day(13),
    buyer_ref: 'B-1',
    receipt: '77',
  }),
];

/** Records the chain as an administrator; every event has an id of its own. */
export async function recordBicycleChain(services: Services): Promise<void> {
  const results = await recordRows(services, [...master, ...production, ...distribution], {
    onProblem: 'REJECT_ALL',
    dryRun: false,
    recorder: { partyId: null, role: 'ADMIN' },
    requireEventId: true,
  });
  const problems = results.flatMap((result) => result.problems.map(({ message }) => message));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
