/** As-built evidence: an item whose recorded, unaffected parts leave no place for an affected one. */
import type { Exposure } from '../scope.js';
import type { FittingRow } from './graph.js';

export interface Cover {
  /** Parts that were in at the time asked about and are surely unaffected. */
  parts: FittingRow[];
  needed: bigint;
}

/**
 * The fittings that cover the whole needed quantity, or null. EVER needs them from the beginning on: parts that a
 * workshop put in prove nothing of the time before; a part taken out must have been replaced.
 */
export function coverOf(
  fittings: readonly FittingRow[],
  needed: bigint,
  exposure: Exposure,
  isAffected: (fitting: FittingRow) => boolean,
): Cover | null {
  const parts: FittingRow[] = [];
  for (const fitting of fittings) {
    if (fitting.quantity === null || (fitting.partWithoutLot && fitting.partItem === null)) return null;
    if (exposure === 'CURRENT' && fitting.removedAt !== null) continue;
    if (isAffected(fitting)) return null;
    parts.push(fitting);
  }
  const sum = (rows: FittingRow[]) => rows.reduce((total, row) => total + (row.quantity ?? 0n), 0n);
  if (exposure === 'CURRENT') return sum(parts) >= needed ? { parts, needed } : null;
  const asBuilt = parts.filter((part) => !part.byService);
  if (sum(asBuilt) < needed) return null;
  const times = new Set(parts.flatMap((part) => (part.removedAt === null ? [] : [part.removedAt.getTime()])));
  for (const time of times) {
    const present = parts.filter((part) => {
      const from = part.byService ? (part.fittedAt?.getTime() ?? -Infinity) : -Infinity;
      return from <= time && (part.removedAt === null || part.removedAt.getTime() > time);
    });
    if (sum(present) < needed) return null;
  }
  return { parts, needed };
}
