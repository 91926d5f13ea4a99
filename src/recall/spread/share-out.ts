/** The share of each possible batch and item, inputs before outputs. */
import type { Share } from '../scope.js';
import { type Graph, groupBy, type MadeRow } from './graph.js';
import { plusShare, type ShareOrUnknown, shareOf, timesShare, WHOLE } from './shares.js';
import type { Solution } from './solve.js';

export interface Shares {
  /** Of the batch as its row shows it. */
  batch(batchId: bigint): Share | null;
  /** Of the members of a batch that have no evidence of their own. */
  members(batchId: bigint): Share | null;
  item(itemId: bigint, batchId: bigint): Share | null;
}

/** Where a cycle closes, the way back adds nothing: what comes round has been counted. */
export function shareOut(solution: Solution): Shares {
  const whole = new Map<bigint, ShareOrUnknown>();
  const open = new Set<bigint>();

  const members = (batchId: bigint): ShareOrUnknown => {
    if (solution.origin(batchId) === 'CERTAIN' || solution.made(batchId) === 'CERTAIN') return WHOLE;
    if (solution.origin(batchId) === 'POSSIBLE') return null;
    return whole.get(batchId) ?? null;
  };

  const inside = new Set<bigint>();
  const item = (itemId: bigint, batchId: bigint): ShareOrUnknown => {
    if (inside.has(itemId)) return { numerator: 0n, denominator: 1n };
    inside.add(itemId);
    const share = shareOfItem(itemId, batchId);
    inside.delete(itemId);
    return share;
  };

  const shareOfItem = (itemId: bigint, batchId: bigint): ShareOrUnknown => {
    if (solution.item(itemId, batchId) === 'CERTAIN') return WHOLE;
    if (solution.ownOf(itemId) === null) return members(batchId);
    if (solution.origins.items.get(itemId)?.truth === 'UNKNOWN') return null;
    if (
      (solution.index.guessesByItem.get(itemId) ?? []).some((guess) => solution.guessImpact(guess) !== null)
    )
      return null;
    let share: ShareOrUnknown = { numerator: 0n, denominator: 1n };
    for (const fitting of solution.index.fittingsByParent.get(itemId) ?? []) {
      if (!solution.counts(fitting) || solution.partImpact(fitting) === null) continue;
      const part =
        fitting.partItem === null ? batch(fitting.partBatch) : item(fitting.partItem, fitting.partBatch);
      share = plusShare(share, fitting.alternative ? null : part);
    }
    return share;
  };

  const batch = (batchId: bigint): ShareOrUnknown => {
    const facts = solution.graph.batches.get(batchId);
    if (facts === undefined || solution.overall(batchId) === 'CERTAIN') return WHOLE;
    const units = [facts.items, facts.quantity ?? 0n].reduce((a, b) => (a > b ? a : b));
    const leftOut = BigInt(solution.index.leftOut.get(batchId)?.length ?? 0);
    if (solution.origin(batchId) === 'CERTAIN')
      return units > leftOut ? shareOf(units - leftOut, units) : null;
    if (solution.origin(batchId) === 'POSSIBLE') return null;
    const parents = [...(solution.index.parentsByBatch.get(batchId) ?? [])];
    if (solution.made(batchId) === 'CERTAIN') {
      const repaired = BigInt(parents.filter((id) => solution.item(id, batchId) !== 'CERTAIN').length);
      return units > repaired ? shareOf(units - repaired, units) : null;
    }
    const affected = ownItems.get(batchId) ?? 0n;
    if (solution.made(batchId) === null) return units > 0n && affected > 0n ? shareOf(affected, units) : null;
    const decided = parents.filter(
      (id) => solution.ownOf(id) !== null || solution.acquittal(id, batchId) !== null,
    );
    if (affected > 0n && BigInt(decided.length) >= units) return shareOf(affected, units);
    return members(batchId);
  };

  const ownItems = new Map<bigint, bigint>();
  for (const { batchId } of solution.own.values()) ownItems.set(batchId, (ownItems.get(batchId) ?? 0n) + 1n);

  /** Of what was drawn then: a batch that became certain later had a share that nobody recorded. */
  const inputShare = (row: MadeRow): ShareOrUnknown => {
    const whole =
      row.inputItem === null ? solution.overall(row.input) : solution.item(row.inputItem, row.input);
    if (whole === 'CERTAIN' && solution.inputImpact(row) !== 'CERTAIN') return null;
    return row.inputItem === null ? batch(row.input) : item(row.inputItem, row.input);
  };

  const fromInputs = (batchId: bigint): ShareOrUnknown => {
    if (
      (solution.index.guessesByBatch.get(batchId) ?? []).some((guess) => solution.guessImpact(guess) !== null)
    )
      return null;
    let share: ShareOrUnknown = { numerator: 0n, denominator: 1n };
    for (const rows of groupBy(
      solution.index.madeByOutput.get(batchId) ?? [],
      (row) => row.inputProduct,
    ).values()) {
      for (const row of rows) {
        if (solution.inputImpact(row) === null || open.has(row.input)) continue;
        const input = inputShare(row);
        share = plusShare(share, timesShare(input, partOf(row, rows, solution.graph)));
      }
    }
    return share;
  };

  for (const batchId of inputsFirst(solution, open)) {
    if (solution.made(batchId) === 'POSSIBLE') whole.set(batchId, fromInputs(batchId));
    open.delete(batchId);
  }
  const shown = (share: ShareOrUnknown, certain: boolean): Share | null =>
    certain || share === null || share.numerator === 0n ? null : share;
  return {
    batch: (batchId) => shown(batch(batchId), solution.overall(batchId) === 'CERTAIN'),
    members: (batchId) => shown(members(batchId), false),
    item: (itemId, batchId) => shown(item(itemId, batchId), solution.item(itemId, batchId) === 'CERTAIN'),
  };
}

/** Which part of the output drew the component from this input: by quantity where all are known, else by count. */
function partOf(row: MadeRow, rows: readonly MadeRow[], graph: Graph): ShareOrUnknown {
  const output = graph.batches.get(row.output);
  if (row.relabelled && output?.madeHere) {
    if (output.quantity === null || output.quantity === 0n || row.quantity === null) return null;
    return shareOf(row.quantity, output.quantity);
  }
  if (row.mixing === 'BLENDED') return WHOLE;
  if (row.mixing === 'CARRYOVER') return null;
  const drawn = rows.filter((other) => other.mixing !== 'CARRYOVER');
  const total = drawn.reduce((sum, other) => sum + (other.quantity ?? 0n), 0n);
  if (total > 0n && drawn.every((other) => other.quantity !== null))
    return shareOf(row.quantity ?? 0n, total);
  return shareOf(1n, BigInt(drawn.length));
}

/** Batches, every batch after those it was made from or contains; `open` holds those a cycle has not closed yet. */
function inputsFirst(solution: Solution, open: Set<bigint>): bigint[] {
  const order: bigint[] = [];
  const seen = new Set<bigint>();
  const partBatches = new Map<bigint, Set<bigint>>();
  for (const fitting of solution.graph.fittings) {
    partBatches.set(
      fitting.parentBatch,
      (partBatches.get(fitting.parentBatch) ?? new Set()).add(fitting.partBatch),
    );
  }
  for (const start of solution.graph.batches.keys()) {
    const stack: { batchId: bigint; leave: boolean }[] = [{ batchId: start, leave: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.leave) {
        order.push(top.batchId);
        continue;
      }
      if (seen.has(top.batchId)) continue;
      seen.add(top.batchId);
      open.add(top.batchId);
      stack.push({ batchId: top.batchId, leave: true });
      for (const row of solution.index.madeByOutput.get(top.batchId) ?? [])
        stack.push({ batchId: row.input, leave: false });
      for (const part of partBatches.get(top.batchId) ?? []) stack.push({ batchId: part, leave: false });
    }
  }
  return order;
}
