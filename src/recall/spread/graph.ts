/** The part of the record that a defect could walk through, in memory: batches, what was made of what, what was built in where. */
import type { BatchFacts } from '../rule-facts.js';
import type { Gap, ScopeLimit, UnlottedMovement } from '../scope.js';

/** A batch made from a batch. */
export interface MadeRow {
  input: bigint;
  output: bigint;
  inputProduct: bigint;
  /** The serialised unit that was consumed, where the event names it. */
  inputItem: bigint | null;
  /** The input is goods of unknown lot. */
  inputWithoutLot: boolean;
  /** The same goods under another name, so only as much of the output as was relabelled. */
  relabelled: boolean;
  mixing: 'DISCRETE' | 'BLENDED' | 'CARRYOVER';
  pool: string | null;
  quantity: bigint | null;
  /** From - to: an imprecise time spans a day. */
  at: Date | null;
  to: Date | null;
  eventKey: string;
}

/** A part built into an item; or an item that carried another serial before, which is the same thing whole. */
export interface FittingRow {
  /** Null: the parent is the part, relabelled. */
  fittingId: bigint | null;
  parentItem: bigint;
  parentBatch: bigint;
  partBatch: bigint;
  partProduct: bigint;
  partWithoutLot: boolean;
  partItem: bigint | null;
  position: string | null;
  quantity: bigint | null;
  fittedAt: Date | null;
  fittedTo: Date | null;
  removedAt: Date | null;
  /** Built in by a workshop, so the item was without it before. */
  byService: boolean;
  /** A workshop took one out of an amount that nobody told: more may be in. */
  tookOne: boolean;
  /** One of several parts of which it is not known which is in: it never makes certain and never acquits. */
  alternative: boolean;
  eventKey: string;
}

/** A step that the record does not tell but cannot exclude. */
export interface Guess {
  kind: 'MISSING_GENEALOGY' | 'UNLOTTED' | 'UNKNOWN_LOT' | 'UNKNOWN_SOURCE';
  component: bigint;
  toBatch: bigint | null;
  toItem: { itemId: bigint; batchId: bigint } | null;
  eventKey: string | null;
  /** From - to: when the movement was that goods could have been in; null: at any time. */
  at: Date | null;
  to: Date | null;
}

export interface Stated {
  component: bigint;
  batchId: bigint;
  /** Null: the whole batch. */
  itemId: bigint | null;
  eventKey: string;
  at: Date;
}

/** What one unit needs of a component, at one position; an empty position is any. */
export interface Need {
  position: string;
  quantity: bigint;
}

export interface Graph {
  batches: Map<bigint, BatchFacts>;
  made: MadeRow[];
  fittings: FittingRow[];
  guesses: Guess[];
  /** Per product, per revision code, what a unit needs of each component. */
  bills: Map<bigint, Map<string, Map<bigint, Need[]>>>;
  /** Products that nobody described: named by events only. */
  undescribed: Set<bigint>;
  /** Part items that the record has in two parents at one time: they prove nothing. */
  doubledParts: Set<bigint>;
  /** Ids, by key, of the events that made and fitted. */
  eventIds: Map<string, string>;
  unlotted: UnlottedMovement[];
  /** Batches and items that could have held a component, had their maker not stated otherwise. */
  stated: Stated[];
  gaps: Gap[];
  limits: ScopeLimit[];
}

/** A graph of nothing, to be filled. */
export const emptyGraph = (): Graph => ({
  batches: new Map(),
  made: [],
  fittings: [],
  guesses: [],
  bills: new Map(),
  undescribed: new Set(),
  doubledParts: new Set(),
  eventIds: new Map(),
  unlotted: [],
  stated: [],
  gaps: [],
  limits: [],
});

/** What a unit of the batch needs of a component, by each revision it could be; null: no bill on record wants it. */
export function needsOf(graph: Graph, batch: BatchFacts, component: bigint): Need[][] | null {
  const revisions = graph.bills.get(batch.productId);
  if (revisions === undefined) return null;
  const codes = batch.runs.map((run) => run.revision);
  const all = codes.length === 0 || codes.some((code) => code === null || !revisions.has(code));
  const needs = [...revisions.entries()]
    .filter(([code]) => all || codes.includes(code))
    .flatMap(([, bill]) => (bill.has(component) ? [bill.get(component) ?? []] : []));
  return needs.length > 0 ? needs : null;
}

/** Groups rows by a key. */
export function groupBy<T, K>(rows: readonly T[], keyOf: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
