/** What a trace is made of: nodes, the edges between them, and where the walk stopped. */
import type { Clocks } from './clocks.js';
import type { AnswerLimits } from './limits.js';

export type Subject =
  | { kind: 'BATCH'; batchId: bigint }
  | { kind: 'ITEM'; itemId: bigint }
  | { kind: 'UNIT'; unitId: bigint };

export type TraceDirection = 'FORWARD' | 'BACKWARD' | 'BOTH';

export interface TraceOptions extends Partial<Clocks> {
  /** Levels to walk; absent: as the limits say. */
  maxDepth?: number | null;
  limits?: Partial<AnswerLimits>;
}

/** One leg of a movement of goods; legs come in pairs, `quantity` is signed, in the smallest unit. */
export interface Movement {
  /** The batch or item asked about. */
  of: bigint;
  legId: bigint;
  eventKey: string;
  kind: string;
  batchId: bigint;
  itemId: bigint | null;
  siteId: bigint;
  partyId: bigint;
  counterpartyId: bigint | null;
  state: CustodyState;
  quantity: bigint;
  unknownAmount: boolean;
  occurredAt: Date;
}

/** What lies at one site in one state, in the smallest unit; negative: more left than ever came there. */
export interface Holding {
  of: bigint;
  batchId: bigint;
  siteId: bigint;
  partyId: bigint;
  state: CustodyState;
  quantity: bigint;
  unknownAmount: boolean;
  since: Date;
}

/** A unit or an item around an item or unit: depth 1 is the nearest. */
export interface Container {
  of: bigint;
  unitId: bigint | null;
  itemId: bigint | null;
  eventKey: string;
  since: Date | null;
  depth: number;
}

/** Where an item was made. */
export interface Birthplace {
  itemId: bigint;
  ownerId: bigint | null;
  siteId: bigint;
  partyId: bigint;
  since: Date;
  /** Custody tells where it went since. */
  moved: boolean;
}

/** Where a unit was last seen; `siteId` null: on its way to a place not named. */
export interface UnitPlace {
  of: bigint;
  eventKey: string;
  state: 'ON_HAND' | 'IN_TRANSIT';
  siteId: bigint | null;
  fromSiteId: bigint | null;
  since: Date;
  /** The viewer recorded it, or it was at, from or to a site of the viewer. */
  isOwn: boolean;
}

export type CustodyState =
  | 'SOURCE'
  | 'ON_HAND'
  | 'IN_TRANSIT'
  | 'SOLD'
  | 'CONSUMED'
  | 'FITTED'
  | 'SCRAPPED'
  | 'RETURNED_TO_MAKER'
  | 'UNKNOWN';

export interface TraceNode {
  subject: Subject;
  /** Product of a batch or item. */
  productId: bigint | null;
  /** Batch of an item. */
  batchId: bigint | null;
  /** Steps from the subject asked for: positive forward, negative backward, 0 itself. */
  depth: number;
}

export type EdgeKind = 'MADE' | 'FITTED' | 'CONTAINED' | 'MEMBER';

/** From the input, part, content or batch to the output, parent, unit or item. */
export interface TraceEdge {
  kind: EdgeKind;
  from: Subject;
  to: Subject;
  /** Null: an item belongs to its batch by no event of its own. */
  eventKey: string | null;
  quantity: bigint | null;
  startedAt: Date | null;
  endedAt: Date | null;
}

export interface WalkLimit {
  kind: 'DEPTH' | 'NODES' | 'EDGES' | 'DERIVATION';
  value: number;
  message: string;
}

export interface Trace {
  nodes: TraceNode[];
  edges: TraceEdge[];
  limits: WalkLimit[];
}

export interface CommonAncestor {
  batchId: bigint;
  productId: bigint;
  /** How many of the subjects descend from it. */
  subjects: number;
  /** Most steps from the ancestor down to a subject. */
  depth: number;
}

/** Smallest units of one product (of one batch when `batchId` is set). */
export interface BatchBalance {
  batchId: bigint;
  productId: bigint;
  made: bigint;
  consumed: bigint;
  fitted: bigint;
  onHand: bigint;
  onHold: bigint;
  inTransit: bigint;
  sold: bigint;
  /** Gross, beside the identity. */
  returned: bigint;
  scrapped: bigint;
  /** Zero or less. */
  unaccounted: bigint;
  /** Some movement gave no amount. */
  unknownAmount: boolean;
}

/** `unit:12`, to find a subject in a map. */
export const subjectKey = (subject: Subject): string =>
  subject.kind === 'BATCH'
    ? `batch:${subject.batchId}`
    : subject.kind === 'ITEM'
      ? `item:${subject.itemId}`
      : `unit:${subject.unitId}`;
