/** The world of a history: who takes part, where, and with which products; and what the design lets each of them do. */
import type { PrincipalRole } from '../../src/access/index.js';
import type { ChainRow } from '../property/chain.js';
import { agreed, type Features } from '../property/features.js';

export interface Principal {
  /** Symbolic key of the party; null: acts for none. */
  party: string | null;
  role: PrincipalRole;
}

/** Everybody who asks, beside the public. */
export const principals: Readonly<Record<string, Principal>> = {
  maker: { party: '@l1', role: 'MANUFACTURER' },
  supplier: { party: '@l2', role: 'SUPPLIER' },
  distributor: { party: '@l3', role: 'DISTRIBUTOR' },
  retailer: { party: '@l4', role: 'RETAILER' },
  workshop: { party: '@l5', role: 'SERVICE' },
  otherRetailer: { party: '@l6', role: 'RETAILER' },
  regulator: { party: null, role: 'REGULATOR' },
  admin: { party: null, role: 'ADMIN' },
};

export const partyOfSite: Readonly<Record<string, string>> = {
  '@l11': '@l1',
  '@l12': '@l2',
  '@l13': '@l3',
  '@l14': '@l4',
  '@l15': '@l6',
  '@l16': '@l5',
};
export const ownerOfProduct: Readonly<Record<string, string>> = {
  '@g1': '@l1',
  '@g2': '@l1',
  '@g3': '@l1',
  '@g4': '@l2',
  '@g5': '@l2',
};

const siteKinds: Readonly<Record<string, string>> = {
  '@l11': 'PLANT',
  '@l12': 'PLANT',
  '@l13': 'WAREHOUSE',
  '@l14': 'STORE',
  '@l15': 'STORE',
  '@l16': 'WORKSHOP',
};
const productKinds: Readonly<Record<string, [kind: string, unit: string]>> = {
  '@g1': ['FINISHED', 'PCE'],
  '@g2': ['FINISHED', 'PCE'],
  '@g3': ['COMPONENT', 'PCE'],
  '@g4': ['COMPONENT', 'PCE'],
  '@g5': ['MATERIAL', 'KGM'],
};

/** The world as rows of files. */
export const worldRows: readonly ChainRow[] = [
  ...Object.values(principals).flatMap(({ party, role }): ChainRow[] =>
    party === null ? [] : [{ kind: 'parties', values: { gln: party, name: `Party ${party}`, roles: role } }],
  ),
  ...Object.entries(partyOfSite).map(
    ([gln, party]): ChainRow => ({
      kind: 'sites',
      values: { gln, party_gln: party, name: `Site ${gln}`, kind: siteKinds[gln] ?? '' },
    }),
  ),
  ...Object.entries(productKinds).map(
    ([gtin, [kind, unit]]): ChainRow => ({
      kind: 'products',
      values: { gtin, owner_gln: ownerOfProduct[gtin] ?? '', name: `Product ${gtin}`, kind, unit },
    }),
  ),
  { kind: 'packaging', values: { gtin: '@g9', contains_gtin: '@g1', quantity: '4' } },
];

/** Every time and every amount is told, and every lot: where less is told, test/property lists what is not agreed yet. */
export const features: Features = {
  ...agreed,
  imprecise: false,
  unknownAmounts: false,
  unknownLots: false,
  namesakes: false,
  sameTimes: false,
  openRuns: false,
  lotless: false,
  design: false,
};

/** The site at which a row is recorded; undefined where its kind names none. */
function placeOf({ kind, values }: ChainRow): string | undefined {
  if (kind === 'shipments') return values.from_gln;
  if (kind === 'receipts') return values.to_gln;
  return values.site_gln;
}

/** Who may record a row: whose site it names; without one, who owns the product. */
export function recorderOf(row: ChainRow): string {
  const place = placeOf(row);
  const party = place ? partyOfSite[place] : ownerOfProduct[row.values.gtin ?? ''];
  if (party === undefined) throw new Error(`nobody records ${JSON.stringify(row)}`);
  return party;
}

/** Sites that an event names. */
export const sitesOf = ({ values }: ChainRow): string[] =>
  [values.site_gln, values.from_gln, values.to_gln].filter((site) => site !== undefined);
