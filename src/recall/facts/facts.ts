/** The rows a scope answers with. Quantities are exact, in the smallest unit of the product's dimension. */
import type { Certainty, EvidenceStep, Share } from '../scope.js';
import type { SubjectEvent } from './subject-events.sql.js';

export type ProductKind = 'FINISHED' | 'COMPONENT' | 'MATERIAL' | 'SOFTWARE';
export type HolderRole =
  | 'MANUFACTURER'
  | 'SUPPLIER'
  | 'DISTRIBUTOR'
  | 'IMPORTER'
  | 'RETAILER'
  | 'PLATFORM'
  | 'FULFILMENT'
  | 'SERVICE'
  | 'REGULATOR';

/** value = booked; atMost = also what movements without a lot and unknown amounts could add. */
export interface Range {
  value: bigint;
  atMost: bigint;
  /** An unknown amount has no bound on record: atMost is then the most that is known. */
  unbounded: boolean;
}

export const stateNames = [
  'made',
  'consumed',
  'fitted',
  'onHand',
  'onHold',
  'inTransit',
  'sold',
  'returned',
  'scrapped',
  'unaccounted',
] as const;
export type StateName = (typeof stateNames)[number];

/** made = consumed + fitted + onHand + inTransit + sold + scrapped + unaccounted. */
export type StateQuantities = { productId: bigint; unit: string } & Record<StateName, Range>;

export interface ScopeSummary {
  batches: number;
  finishedBatches: number;
  items: bigint;
  finishedItems: bigint;
  certainItems: bigint;
  possibleItems: bigint;
  /** Sites with affected goods in their own right. */
  holders: number;
  /** Parties with a site of role RETAILER among them. */
  retailers: number;
  /** Buyers to be reached now: stillHolds YES or UNKNOWN. */
  buyers: bigint;
  certainBuyers: bigint;
  /** One range per unit. */
  soldWithoutBuyer: (Range & { unit: string })[];
  quantities: StateQuantities[];
}

export interface AffectedItem {
  itemId: bigint;
  batchId: bigint;
  productId: bigint;
  productKind: ProductKind;
  serial: string;
  certainty: Certainty;
  share: Share | null;
}

/** One batch at one site. */
export interface StockLine {
  batchId: bigint;
  productId: bigint;
  productKind: ProductKind;
  certainty: Certainty;
  quantities: StateQuantities;
  /** Still there or on the way. */
  current: boolean;
}

export interface AffectedHolder {
  siteId: bigint;
  partyId: bigint;
  role: HolderRole;
  country: string | null;
  region: string | null;
  batches: number;
  certainty: Certainty;
  current: boolean;
  /** One per product. */
  quantities: StateQuantities[];
  lines: StockLine[];
}

export interface HolderFilter {
  role?: HolderRole | null;
  kind?: ProductKind | null;
  current?: boolean | null;
  /** Only sites of this party: its slice. */
  restrict?: { partyId?: bigint | null } | null;
}

export interface AffectedProcessor {
  siteId: bigint;
  partyId: bigint;
  certainty: Certainty;
  /** Affected batches it consumed or built in. */
  batches: number;
  quantities: StateQuantities[];
}

export type StillHolds = 'YES' | 'NO' | 'UNKNOWN';

export interface Purchase {
  saleId: bigint;
  eventKey: string;
  batchId: bigint;
  itemId: bigint | null;
  productId: bigint;
  gtin: string;
  lot: string | null;
  serial: string | null;
  unit: string;
  /** Smallest unit, before returns. */
  quantity: bigint;
  unknownAmount: boolean;
  returned: bigint;
  soldAt: Date;
  siteId: bigint;
  partyId: bigint;
  receipt: string | null;
  country: string | null;
  region: string | null;
  certainty: Certainty;
  stillHolds: StillHolds;
}

export interface AffectedBuyer {
  buyerId: bigint;
  certainty: Certainty;
  stillHolds: StillHolds;
  purchases: Purchase[];
  /** Affected items the buyer is or was registered as keeper of. */
  registeredItemIds: bigint[];
  country: string | null;
  region: string | null;
}

export interface AffectedBuyers {
  buyers: AffectedBuyer[];
  /** Sales of affected goods that name no buyer. */
  withoutBuyer: Purchase[];
}

export type DistributionKey = 'COUNTRY' | 'REGION' | 'PARTY' | 'ROLE';

export interface DistributionRow {
  /** Country, "country/region", party id or role; null: not on record. */
  key: string | null;
  partyId: bigint | null;
  holders: number;
  retailers: number;
  buyers: bigint;
  certainBuyers: bigint;
  quantities: StateQuantities[];
}

export interface ConditionAnswer {
  leaf: string;
  truth: 'TRUE' | 'FALSE' | 'UNKNOWN';
}

export interface Membership {
  verdict: 'IN' | 'OUT';
  certainty: Certainty | null;
  share: Share | null;
  why: EvidenceStep[];
  /** IN: what else of the same component went into the same outputs. */
  beside: EvidenceStep[];
  /** In a sentence. */
  reason: string;
  /** OUT: what failed, and whose condition it is; null: in. */
  failed: { by: 'RULE' | 'KEEP' | 'EVIDENCE' | 'LIMIT'; condition: string } | null;
  /** Each leaf of the rule, asked of the subject itself. */
  conditions: ConditionAnswer[];
  /** Each leaf of keep, asked of it. */
  keepConditions: ConditionAnswer[];
  /** The events that the conditions were asked of. */
  events: SubjectEvent[];
  /** False: more events than are listed here bear on it. */
  isWhole: boolean;
}
