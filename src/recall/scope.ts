/** The answer of a recall query, in memory: what is affected, how surely, why, and what the record lacks. */
import type { AnswerLimits, Clocks, CustodyState } from '../trace/index.js';
import type { Rule } from './rule.js';
import type { BatchFacts, ItemFacts } from './rule-facts.js';
import type { Truth } from './truth.js';

export type Certainty = 'CERTAIN' | 'POSSIBLE';
export type Exposure = 'EVER' | 'CURRENT';

export interface ScopeRequest extends Clocks {
  /** Parsed by parseRule. */
  rule: Rule;
  /** Filters the members after the spread; parsed by parseRule with `keep`. */
  keep?: Rule | null;
  exposure: Exposure;
  /** Where the walk stops, and says so; absent: the defaults. */
  limits?: Partial<AnswerLimits>;
}

/** Part of the units that are affected: 0 < numerator <= denominator, reduced. */
export interface Share {
  numerator: bigint;
  denominator: bigint;
}

/** An item affected only as a member of its batch is found by `batchId`. */
export type ScopeNode =
  | { kind: 'BATCH'; batchId: bigint }
  | { kind: 'ITEM'; itemId: bigint; batchId?: bigint };

/** ORIGIN is where the rule entered; MEMBER is batch to item; the others are steps of the record. */
export type EvidenceKind =
  | 'ORIGIN'
  | 'MEMBER'
  | 'MADE'
  | 'FITTED'
  | 'UNLOTTED'
  | 'MISSING_GENEALOGY'
  | 'UNKNOWN_LOT'
  | 'UNKNOWN_SOURCE'
  | 'STATED';

export interface EvidenceStep {
  kind: EvidenceKind;
  /** Null for the origin and for what no single event says. */
  eventKey: string | null;
  eventId: string | null;
  occurredAt: Date | null;
  /** Null at the origin. */
  from: ScopeNode | null;
  to: ScopeNode;
  certainty: Certainty;
}

export interface ScopeBatch {
  batchId: bigint;
  productId: bigint;
  /** Null: the product's unknown-lot batch. */
  lot: string | null;
  certainty: Certainty;
  /** Null when certain or not known. */
  share: Share | null;
  origin: boolean;
  /** Steps from the nearest origin. */
  depth: number;
  /**
   * WHOLE: every item and all goods without a serial are affected (less `scope.excluded`, less items the rule
   * leaves out). ITEMS: only the items listed in `scope.items`.
   */
  extent: 'WHOLE' | 'ITEMS';
  /** Of a WHOLE batch: what its items and goods have that are not listed in `scope.items`. */
  memberCertainty: Certainty;
  memberShare: Share | null;
  /** Affected serialised items of it. */
  items: bigint;
}

/** An affected item that is known one by one; items of a WHOLE batch without evidence of their own are not listed. */
export interface ScopeItem {
  itemId: bigint;
  batchId: bigint;
  productId: bigint;
  certainty: Certainty;
  share: Share | null;
  origin: boolean;
}

export type GapKind =
  | 'ATTRIBUTE_MISSING'
  | 'TIME_IMPRECISE'
  | 'SERIAL_NOT_ON_RECORD'
  | 'SUBJECT_NOT_ON_RECORD'
  | 'GENEALOGY_MISSING'
  | 'LOT_MISSING'
  | 'AMOUNT_MISSING'
  /** More left than came. */
  | 'CUSTODY_MISSING'
  /** Received, never sent. */
  | 'SHIPMENT_MISSING'
  | 'UNIT_NOT_OPENED'
  | 'PARTY_SILENT'
  /** A member whose product is known by its name only. */
  | 'PART_UNDESCRIBED';

/** What the record lacks and could hide something. */
export interface Gap {
  /** Unique in the scope; the sort key. */
  key: string;
  kind: GapKind;
  message: string;
  /** The attribute that is missing, e.g. "line". */
  field: string | null;
  batchId: bigint | null;
  itemId: bigint | null;
  productId: bigint | null;
  siteId: bigint | null;
  /** The most it could hide, smallest unit; null: not known. */
  atMost: bigint | null;
}

/** Left out by evidence, by the rule, or by `keep`. */
export interface Exclusion {
  /** Unique in the scope; the sort key. */
  key: string;
  batchId: bigint;
  /** Null: the whole batch. */
  itemId: bigint | null;
  reason: 'AS_BUILT' | 'ALL_ITEMS_EXCLUDED' | 'STATED' | 'RULE' | 'KEEP';
  message: string;
  /** The condition of the rule or of `keep` that left it out. */
  condition?: string;
  /** The fittings, or the statement, that prove it. */
  evidence: EvidenceStep[];
}

export interface ScopeLimit {
  kind: 'DEPTH' | 'NODES' | 'TIME' | 'DERIVATION';
  /** Steps, batches, milliseconds; of DERIVATION the version that the rows are of. */
  value: number;
  message: string;
}

/** A movement without a lot that an affected batch could have been in (design 5.4). */
export interface UnlottedMovement {
  batchId: bigint;
  productId: bigint;
  siteId: bigint;
  partyId: bigint;
  /** Where it went, when that is another site; where it was brought, when it came back. */
  toSiteId: bigint | null;
  /** The state it went into. */
  toState: CustodyState;
  eventKey: string;
  kind: string;
  quantity: bigint;
  unknownAmount: boolean;
  /** From - to: an imprecise time spans a day. */
  occurredAt: Date;
  occurredTo: Date;
  /** How much of `quantity` could be of affected batches. */
  atMost: bigint;
  /** The batches it could have been of. */
  batches: Set<bigint>;
}

/** Whose sight the facts of a scope are told in. */
export interface ScopeView {
  partyId: bigint;
  /** Batches of the scope of products the party owns. */
  ownedBatches: ReadonlySet<bigint>;
  ownedProducts: ReadonlySet<bigint>;
  /** Whose custody and sales it sees wherever they are: those of its own products for a maker, none for a supplier. */
  followedProducts: ReadonlySet<bigint>;
  /** Affected items of others' products that the party sees all the same. */
  seenItems: ReadonlySet<bigint>;
  /** False: every affected item is of a batch it owns, so that none has to be left out. */
  hasOthersItems: boolean;
}

export interface Scope {
  request: ScopeRequest;
  clocks: Clocks;
  /** Every affected batch, origins too; the unknown-lot batch only when the rule names the product. */
  batches: Map<bigint, ScopeBatch>;
  /** Items known one by one, by item id. */
  items: Map<bigint, ScopeItem>;
  /** Items of WHOLE batches that are not affected: by evidence, or because the rule leaves them out. */
  spared: Map<bigint, bigint>;
  excluded: Exclusion[];
  /** Of rule and spread; `scopeGaps` adds those of custody. */
  gaps: Gap[];
  limits: ScopeLimit[];
  /** False when a limit stopped the walk. */
  isComplete: boolean;
  unlotted: UnlottedMovement[];
  /** Whose sight its facts are told in; absent: all of them. */
  view?: ScopeView | null;
  /** The chain of events from an origin to each node. */
  why(node: ScopeNode): EvidenceStep[];
  /** Each condition of `keep`, asked of a subject; absent: the question has no keep. */
  askKeep?: (batch: BatchFacts, item: ItemFacts | null) => { leaf: string; truth: Truth }[];
}
