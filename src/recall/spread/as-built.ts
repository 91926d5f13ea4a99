/** As-built evidence: an item whose recorded, unaffected parts leave no place for an affected one. */
import type { Exposure } from '../scope.js';
import type { FittingRow, Need } from './graph.js';

export interface Cover {
  /** Parts that were in at the time asked about and are surely unaffected. */
  parts: FittingRow[];
}

interface Asked {
  /** By each revision that the item could be. */
  needs: readonly Need[][];
  exposure: Exposure;
  /** Affected, or contradicted by the record. */
  isDoubtful: (fitting: FittingRow) => boolean;
  /** Surely built in with an affected part: only what a workshop put in for it tells that it is out. */
  onlyReplaced: boolean;
}

/**
 * The fittings that cover the whole needed quantity at every position, or null. EVER needs them from the beginning on:
 * parts that a workshop put in prove nothing of the time before; a part taken out must have been replaced.
 */
export function coverOf(
  fittings: readonly FittingRow[],
  { needs, exposure, isDoubtful, onlyReplaced }: Asked,
): Cover | null {
  if (onlyReplaced && exposure === 'EVER') return null;
  const parts: FittingRow[] = [];
  for (const fitting of fittings) {
    // what is out tells nothing of what is in
    if (exposure === 'CURRENT' && fitting.removedAt !== null) continue;
    if (
      fitting.alternative ||
      fitting.quantity === null ||
      (fitting.partWithoutLot && fitting.partItem === null)
    )
      return null;
    if (isDoubtful(fitting)) return null;
    parts.push(fitting);
  }
  const covered = (present: readonly FittingRow[]) => needs.every((bill) => covers(present, bill));
  if (exposure === 'CURRENT') {
    const proving = onlyReplaced ? parts.filter((part) => part.byService) : parts;
    return covered(proving) ? { parts: proving } : null;
  }
  if (!covered(parts.filter((part) => !part.byService))) return null;
  const times = new Set(parts.flatMap((part) => (part.removedAt === null ? [] : [part.removedAt.getTime()])));
  for (const time of times) {
    const present = parts.filter((part) => {
      const from = part.byService ? (part.fittedAt?.getTime() ?? -Infinity) : -Infinity;
      return from <= time && (part.removedAt === null || part.removedAt.getTime() > time);
    });
    if (!covered(present)) return null;
  }
  return { parts };
}

/** Parts without a position may be at any; one recorded at a position covers no other. */
function covers(parts: readonly FittingRow[], bill: readonly Need[]): boolean {
  const sum = (rows: readonly FittingRow[]) => rows.reduce((total, row) => total + (row.quantity ?? 0n), 0n);
  const positions = new Set(bill.map((need) => need.position));
  const placed = (part: FittingRow) => part.position !== null && positions.has(part.position);
  let free = sum(parts.filter((part) => !placed(part)));
  for (const { position, quantity } of bill) {
    const there = position === '' ? 0n : sum(parts.filter((part) => part.position === position));
    if (there < quantity) free -= quantity - there;
  }
  return free >= 0n;
}
