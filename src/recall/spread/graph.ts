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
  mixing: 'DISCRETE' | 'BLENDED' | 'CARRYOVER';
  pool: string | null;
  quantity: bigint | null;
  /** From - to: an imprecise time spans a day. */
  at: Date | null;
  to: Date | null;
  eventKey: string;
}

/** A part built into an item. */
export interface FittingRow {
  fittingId: bigint;
  parentItem: bigint;
  parentBatch: bigint;
  partBatch: bigint;
  partProduct: bigint;
  partWithoutLot: boolean;
  partItem: bigint | null;
  quantity: bigint | null;
  fittedAt: Date | null;
  fittedTo: Date | null;
  removedAt: Date | null;
  /** Built in by a workshop, so the item was without it before. */
  byService: boolean;
  eventKey: string;
}

/** A step that the record does not tell but cannot exclude. */
export interface Guess {
  kind: 'MISSING_GENEALOGY' | 'UNLOTTED' | 'UNKNOWN_LOT';
  component: bigint;
  toBatch: bigint | null;
  toItem: { itemId: bigint; batchId: bigint } | null;
  eventKey: string | null;
}

export interface Graph {
  batches: Map<bigint, BatchFacts>;
  made: MadeRow[];
  fittings: FittingRow[];
  guesses: Guess[];
  /** Per product, per revision code, the quantity of each component. */
  bills: Map<bigint, Map<string, Map<bigint, bigint>>>;
  unlotted: UnlottedMovement[];
  gaps: Gap[];
  limits: ScopeLimit[];
}

/** How much of a component a unit of the batch needs: the most of the revisions it could be; null: no bill on record. */
export function neededOf(graph: Graph, batch: BatchFacts, component: bigint): bigint | null {
  const revisions = graph.bills.get(batch.productId);
  if (revisions === undefined) return null;
  const codes = batch.runs.map((run) => run.revision);
  const all = codes.length === 0 || codes.some((code) => code === null || !revisions.has(code));
  const quantities = [...revisions.entries()]
    .filter(([code]) => all || codes.includes(code))
    .map(([, bill]) => bill.get(component) ?? 0n);
  const most = quantities.reduce((max, quantity) => (quantity > max ? quantity : max), 0n);
  return most > 0n ? most : null;
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
