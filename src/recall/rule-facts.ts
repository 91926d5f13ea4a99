/** What a rule is asked of: batches with their runs, items with their own attributes. */
import type { Leaf } from './rule.js';
import type { SerialRange } from './serial-range.js';
import type { Truth } from './truth.js';

export interface Run {
  siteId: bigint | null;
  line: string | null;
  revision: string | null;
  from: Date | null;
  to: Date | null;
  quantity: bigint | null;
}

export interface BatchFacts {
  batchId: bigint;
  productId: bigint;
  lot: string | null;
  sourceId: bigint | null;
  /** Last day of use, a date. */
  expiresOn: string | null;
  runs: Run[];
  /** It has a run of its own. */
  madeHere: boolean;
  /** Units made, smallest unit; null: not on record. */
  quantity: bigint | null;
  /** Items on record. */
  items: bigint;
  /** The product has a batch with a lot on record. */
  productHasLots: boolean;
}

export interface ItemFacts {
  itemId: bigint;
  batchId: bigint;
  productId: bigint;
  serial: string;
  siteId: bigint | null;
  line: string | null;
  revision: string | null;
  from: Date | null;
  to: Date | null;
}

export interface InspectionFacts {
  batchId: bigint;
  itemId: bigint | null;
  characteristic: string;
  value: number | null;
  lower: number | null;
  upper: number | null;
  verdict: 'PASS' | 'FAIL';
}

/** What a condition is asked of. */
export interface Asked {
  batch: BatchFacts;
  /** Null: no run of the batch is on record. */
  run: Run | null;
  /** Null: the batch's goods as a whole. */
  item: ItemFacts | null;
}

export interface Answer {
  truth: Truth;
  /** The fields that made it UNKNOWN. */
  fields: string[];
}

export const TRUE: Answer = { truth: 'TRUE', fields: [] };
export const FALSE: Answer = { truth: 'FALSE', fields: [] };
export const unknown = (...fields: string[]): Answer => ({ truth: 'UNKNOWN', fields });
export const known = (holds: boolean): Answer => (holds ? TRUE : FALSE);

/** The item's own attribute, else its run's. */
export function attributesOf({ run, item }: Asked): Run {
  const own = item?.from != null || item?.to != null;
  return {
    siteId: item?.siteId ?? run?.siteId ?? null,
    line: item?.line ?? run?.line ?? null,
    revision: item?.revision ?? run?.revision ?? null,
    from: own ? (item?.from ?? null) : (run?.from ?? null),
    to: own ? (item?.to ?? item?.from ?? null) : (run?.to ?? null),
    quantity: null,
  };
}

/** A leaf with its keys found in the record. */
export interface ResolvedLeaf {
  leaf: Leaf;
  label: string;
  positive: boolean;
  productIds: Set<bigint>;
  /** The leaf names a product; an empty `productIds` then means that it is not on record. */
  namesProduct: boolean;
  siteIds: Set<bigint>;
  namesSite: boolean;
  from: Date | null;
  to: Date | null;
  range: SerialRange | null;
  /** Leaf `batch`: every unit of the lot is on record under its serial, so that no item without a lot is of it. */
  isFull: boolean;
  /** Items named by `items`. */
  itemIds: Set<bigint>;
  /** Per product, which of its revisions contain the component: TRUE, UNKNOWN (some version of a part does). */
  containing: Map<bigint, Map<string, 'TRUE' | 'UNKNOWN'>>;
  /** Per product, the revisions on record. */
  revisions: Map<bigint, Set<string>>;
  inspections: Map<string, InspectionFacts[]>;
  /** Items that the leaf decides one by one. */
  decidedItems: Set<bigint>;
  /** Answers a leaf whose facts are its own: change orders, installations, sales, registrations. */
  decide: ((asked: Asked) => Answer) | null;
}

export interface Candidates {
  batches: Map<bigint, BatchFacts>;
  items: Map<bigint, ItemFacts>;
}

/** Every serialised unit of the batch is on record, so an item without a batch is none of it. */
export const isAccountedFor = (batch: BatchFacts): boolean =>
  batch.quantity !== null && batch.items >= batch.quantity;
