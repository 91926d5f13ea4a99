/** Two brand owners who compete, with one cell maker, one distributor and two shops between them: who may see what of it. */
import { recordRows, type Services } from '../../src/record/index.js';
import type { FileKind, InputRow } from '../../src/record/input/index.js';

const withCheckDigit = (digits: string): string => {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};
const gln = (n: number): string => withCheckDigit(`95212399${String(n).padStart(4, '0')}`);
const gtin = (n: number): string => withCheckDigit(`095212399${String(n).padStart(4, '0')}`);

/** Nickel comes from `miner`, goes into cells of `cellmaker`, those into packs of `alpha` and scooters of `beta`. */
export const parties = {
  alpha: gln(1),
  beta: gln(2),
  cellmaker: gln(3),
  miner: gln(4),
  hub: gln(5),
  cityShop: gln(6),
  hillShop: gln(7),
  workshop: gln(8),
  bystander: gln(9),
} as const;
export type PartyName = keyof typeof parties;

export const goods = {
  nickel: gtin(1),
  cell: gtin(2),
  pack: gtin(3),
  bike: gtin(4),
  scooter: gtin(5),
} as const;

/** It stands at beta's and never left. */
export const pallet = withCheckDigit('09521239900000001');

/** Personal data planted in the chain: it may be found nowhere but in the vault. */
export const planted = {
  names: ['Zuzanna Quellworth', 'Bartholomew Oyelaran'],
  emails: ['zuzanna.quellworth@plantedmail.example', 'b.oyelaran@plantedmail.example'],
  phones: ['+49 30 5550142', '+31 20 5550177'],
  addresses: ['Quellworth Mews 14, Plantstadt', 'Oyelaran Wharf 9, Plantdam'],
  texts: ['smoke crept under the garage door of Zuzanna', 'neighbour Bartholomew smelled burning'],
} as const;

const roles: Record<PartyName, string> = {
  alpha: 'MANUFACTURER',
  beta: 'MANUFACTURER',
  cellmaker: 'SUPPLIER',
  miner: 'SUPPLIER',
  hub: 'DISTRIBUTOR',
  cityShop: 'RETAILER',
  hillShop: 'RETAILER',
  workshop: 'SERVICE',
  bystander: 'RETAILER',
};

type Values = Record<string, string>;
const row = (kind: FileKind, values: Values): InputRow => ({ kind, values });
const at = (day: number): string => `2026-03-${String(day).padStart(2, '0')}T08:00:00Z`;

const made = (
  id: string,
  product: string,
  lot: string,
  site: string,
  day: number,
  quantity = '10',
): InputRow =>
  row('batches', {
    event_id: id,
    gtin: product,
    lot,
    source: site,
    site_gln: site,
    produced_from: at(day),
    quantity,
  });
const consumed = (
  id: string,
  output: [string, string],
  input: [string, string],
  quantity: string,
  day: number,
) =>
  row('consumption', {
    event_id: id,
    gtin: output[0],
    lot: output[1],
    input_gtin: input[0],
    input_lot: input[1],
    quantity,
    at: at(day),
  });
const moved = (id: string, from: string, to: string, goodsOf: Values, day: number): InputRow[] => [
  row('shipments', { event_id: `${id}-out`, from_gln: from, to_gln: to, shipped_at: at(day), ...goodsOf }),
  row('receipts', { event_id: `${id}-in`, from_gln: from, to_gln: to, received_at: at(day + 1), ...goodsOf }),
];

/** Every row of the chain, in the order of its life. */
export function chainRows(): InputRow[] {
  const { alpha, beta, cellmaker, miner, hub, cityShop, hillShop, workshop } = parties;
  const { nickel, cell, pack, bike, scooter } = goods;
  const product = (of: string, owner: string, kind: string, serialised = 'false') =>
    row('products', { gtin: of, owner_gln: owner, name: `product ${of}`, kind, serialised });
  return [
    ...Object.entries(parties).map(([name, key]) =>
      row('parties', { gln: key, name: `party ${name}`, roles: roles[name as PartyName], country: 'DE' }),
    ),
    product(nickel, miner, 'MATERIAL'),
    product(cell, cellmaker, 'COMPONENT'),
    product(pack, alpha, 'COMPONENT', 'true'),
    product(bike, alpha, 'FINISHED', 'true'),
    product(scooter, beta, 'FINISHED', 'true'),
    row('design_revisions', { gtin: bike, code: 'R1', state: 'RELEASED' }),
    row('bill_of_materials', { gtin: bike, revision: 'R1', component_gtin: pack, quantity: '1' }),
    row('design_revisions', { gtin: scooter, code: 'S1', state: 'RELEASED' }),
    row('bill_of_materials', { gtin: scooter, revision: 'S1', component_gtin: cell, quantity: '4' }),
    made('nickel-1', nickel, 'N1', miner, 1, '100'),
    ...moved('nickel-move', miner, cellmaker, { gtin: nickel, lot: 'N1', quantity: '40' }, 2),
    made('cell-1', cell, 'C1', cellmaker, 4, '100'),
    made('cell-2', cell, 'C2', cellmaker, 4, '100'),
    consumed('cell-1-from', [cell, 'C1'], [nickel, 'N1'], '20', 4),
    consumed('cell-2-from', [cell, 'C2'], [nickel, 'N1'], '20', 4),
    ...moved('cell-to-alpha', cellmaker, alpha, { gtin: cell, lot: 'C1', quantity: '60' }, 5),
    ...moved('cell-to-beta', cellmaker, beta, { gtin: cell, lot: 'C1', quantity: '40' }, 5),
    ...moved('cell2-to-beta', cellmaker, beta, { gtin: cell, lot: 'C2', quantity: '40' }, 5),
    made('pack-1', pack, 'P1', alpha, 7, '2'),
    consumed('pack-1-from', [pack, 'P1'], [cell, 'C1'], '20', 7),
    ...['PK1', 'PK2'].map((serial) =>
      row('items', { event_id: `item-${serial}`, gtin: pack, serial, lot: 'P1', produced_at: at(7) }),
    ),
    made('bike-1', bike, 'B1', alpha, 8, '2'),
    ...['BK1', 'BK2'].map((serial) =>
      row('items', { event_id: `item-${serial}`, gtin: bike, serial, lot: 'B1', produced_at: at(8) }),
    ),
    ...['1', '2'].map((n) =>
      row('fittings', {
        event_id: `fit-${n}`,
        gtin: bike,
        serial: `BK${n}`,
        part_gtin: pack,
        part_serial: `PK${n}`,
        fitted_at: at(8),
      }),
    ),
    made('scooter-1', scooter, 'S1', beta, 8, '3'),
    consumed('scooter-1-from', [scooter, 'S1'], [cell, 'C1'], '8', 8),
    made('scooter-2', scooter, 'S2', beta, 8, '2'),
    consumed('scooter-2-from', [scooter, 'S2'], [cell, 'C2'], '8', 8),
    ...['SC1', 'SC2', 'SC3'].map((serial) =>
      row('items', { event_id: `item-${serial}`, gtin: scooter, serial, lot: 'S1', produced_at: at(8) }),
    ),
    ...['SC4', 'SC5'].map((serial) =>
      row('items', { event_id: `item-${serial}`, gtin: scooter, serial, lot: 'S2', produced_at: at(8) }),
    ),
    ...['BK1', 'BK2'].flatMap((serial) => moved(`hub-${serial}`, alpha, hub, { gtin: bike, serial }, 9)),
    ...['SC1', 'SC2', 'SC4'].flatMap((serial) =>
      moved(`hub-${serial}`, beta, hub, { gtin: scooter, serial }, 9),
    ),
    ...moved('city-BK1', hub, cityShop, { gtin: bike, serial: 'BK1' }, 11),
    ...moved('city-SC1', hub, cityShop, { gtin: scooter, serial: 'SC1' }, 11),
    ...moved('hill-BK2', hub, hillShop, { gtin: bike, serial: 'BK2' }, 11),
    ...moved('hill-SC2', hub, hillShop, { gtin: scooter, serial: 'SC2' }, 11),
    row('packings', {
      event_id: 'pallet',
      sscc: pallet,
      content_gtin: scooter,
      content_serial: 'SC5',
      packed_at: at(9),
      site_gln: beta,
    }),
    row('sales', {
      event_id: 'sale-BK1',
      site_gln: cityShop,
      gtin: bike,
      serial: 'BK1',
      sold_at: at(14),
      receipt: 'A-1',
      buyer_name: planted.names[0],
      buyer_email: planted.emails[0],
      buyer_phone: planted.phones[0],
      buyer_address: planted.addresses[0],
    }),
    row('sales', {
      event_id: 'sale-SC2',
      site_gln: hillShop,
      gtin: scooter,
      serial: 'SC2',
      sold_at: at(14),
      receipt: 'H-1',
      buyer_name: planted.names[1],
      buyer_email: planted.emails[1],
      buyer_phone: planted.phones[1],
      buyer_address: planted.addresses[1],
      note: planted.texts[1],
    }),
    row('services', {
      event_id: 'service-BK1',
      site_gln: workshop,
      gtin: bike,
      serial: 'BK1',
      serviced_at: at(20),
    }),
    row('complaints', {
      event_id: 'complaint-1',
      gtin: bike,
      serial: 'BK1',
      occurred_at: at(21),
      failure_mode: 'SMOKE',
      severity: 'SERIOUS',
      description: planted.texts[0],
    }),
  ];
}

/** Records the chain as administrator. */
export async function recordChain(services: Services): Promise<void> {
  const results = await recordRows(services, chainRows(), {
    onProblem: 'REJECT_ALL',
    dryRun: false,
    recorder: { partyId: null, role: 'ADMIN' },
    requireEventId: true,
  });
  const refused = results.find((result) => result.status !== 'CREATED');
  if (refused) throw new Error(`row ${refused.index}: ${JSON.stringify(refused)}`);
}
