// What a ledger holds: legs from holding to holding, sales, fittings, and who a buyer is.
import type { Fact } from './rows.js';
import type { Batch, Goods, Item } from './world.js';

export type State =
  | 'SOURCE'
  | 'ON_HAND'
  | 'IN_TRANSIT'
  | 'SOLD'
  | 'CONSUMED'
  | 'FITTED'
  | 'SCRAPPED'
  | 'RETURNED_TO_MAKER'
  | 'UNKNOWN';

export interface Holding {
  site: string;
  state: State;
}

export interface Leg extends Goods {
  id: string;
  kind: string;
  from: Holding;
  to: Holding;
  at: number;
  /** The latest moment it can have happened; nobody told when: any time later. */
  until: number;
  fact: Fact;
  /** Of a return: the sale it takes back. */
  ofSale?: string;
}

export interface Sale extends Goods {
  id: string;
  /** Where it is booked as sold: the store, or the seller's unnamed site. */
  site: string;
  /** Where the goods left; empty when not known. */
  left: string;
  party: string;
  at: number;
  returned: number;
  /** A return that came back without naming its sale could be of this one. */
  perhapsReturned: boolean;
  receipt: string;
  country: string;
  buyer: string | undefined;
}

export interface Fitting {
  id: string;
  parent: Item;
  gtin: string;
  partItem?: Item;
  partBatch: Batch;
  quantity: number;
  unknown: boolean;
  position: string;
  from: number;
  to: number;
  /** The event that ended it. */
  removedBy?: string;
  /** Where it was built in; consumed there, where its parent's lot told the same use. */
  built: Holding;
}

export interface Ledger {
  legs: Leg[];
  sales: Sale[];
  fittings: Fitting[];
  counts: { site: string; gtin: string; lot: string; until: number; quantity: number }[];
}

export const UNKNOWN_SITE = '?';

/** Who one buyer is: reference at the seller, else e-mail, else telephone, else the sale itself. */
export function buyerKey(v: Record<string, string>, party: string, id: string): string | undefined {
  if (v.buyer_ref) return `ref:${party}:${v.buyer_ref}`;
  if (v.buyer_email) return `mail:${v.buyer_email.trim().toLowerCase()}`;
  if (v.buyer_phone) return `phone:${v.buyer_phone.replace(/[^0-9]/g, '')}`;
  if (v.buyer_name || v.buyer_address) return `sale:${id}`;
  return undefined;
}
