/** Holes of the record that the spread had to step over. */
import type { Gap } from '../scope.js';
import type { Solution } from './solve.js';

export function spreadGaps(solution: Solution): Gap[] {
  const gaps = new Map<string, Gap>();
  for (const guess of solution.graph.guesses) {
    if (solution.guessImpact(guess) === null || guess.kind === 'UNLOTTED') continue;
    if (guess.kind === 'UNKNOWN_SOURCE') {
      const lot = solution.graph.batches.get(guess.toBatch ?? 0n);
      if (lot === undefined || lot.sourceId !== null) continue;
      gaps.set(`source:${lot.batchId}`, {
        key: `source:${lot.batchId}`,
        kind: 'ATTRIBUTE_MISSING',
        message: `batch ${lot.lot}: several sources used this lot number, and some rows do not say whose they mean`,
        field: 'source',
        batchId: lot.batchId,
        itemId: null,
        productId: lot.productId,
        siteId: null,
        atMost: lot.quantity,
      });
      continue;
    }
    const component = solution.graph.batches.get(guess.component);
    if (guess.toBatch !== null) {
      const batch = solution.graph.batches.get(guess.toBatch);
      if (batch === undefined) continue;
      gaps.set(`genealogy:${guess.toBatch}:${component?.productId}`, {
        key: `genealogy:${guess.toBatch}:${component?.productId}`,
        kind: 'GENEALOGY_MISSING',
        message: `batch ${batch.lot}: its bill of materials wants an affected component, and its recorded inputs do not cover it`,
        field: 'input_lot',
        batchId: guess.toBatch,
        itemId: null,
        productId: batch.productId,
        siteId: null,
        atMost: batch.quantity,
      });
    } else if (guess.toItem !== null && guess.kind === 'MISSING_GENEALOGY') {
      const key = `genealogy:item:${guess.toItem.itemId}:${component?.productId}`;
      gaps.set(key, {
        key,
        kind: 'GENEALOGY_MISSING',
        message:
          'this item has no lot, its bill of materials wants an affected component, and its recorded parts do not cover it',
        field: 'part',
        batchId: null,
        itemId: guess.toItem.itemId,
        productId: solution.graph.batches.get(guess.toItem.batchId)?.productId ?? null,
        siteId: null,
        atMost: 1n,
      });
    } else if (guess.toItem !== null) {
      gaps.set(`lot:${guess.toItem.itemId}`, {
        key: `lot:${guess.toItem.itemId}`,
        kind: 'LOT_MISSING',
        message: 'the batch of this item is not on record; it could be of an affected one',
        field: 'lot',
        batchId: null,
        itemId: guess.toItem.itemId,
        productId: component?.productId ?? null,
        siteId: null,
        atMost: 1n,
      });
    }
  }
  for (const movement of solution.graph.unlotted) {
    if (![...movement.batches].some((id) => solution.overall(id) !== null)) continue;
    const key = `unlotted:${movement.productId}:${movement.siteId}`;
    const before = gaps.get(key);
    gaps.set(key, {
      key,
      kind: 'LOT_MISSING',
      message:
        'goods of an affected product left this site without a lot while affected batches could be there',
      field: 'lot',
      batchId: null,
      itemId: null,
      productId: movement.productId,
      siteId: movement.siteId,
      atMost: (before?.atMost ?? 0n) + movement.atMost,
    });
  }
  for (const batch of solution.graph.batches.values()) {
    if (!solution.graph.undescribed.has(batch.productId) || solution.overall(batch.batchId) === null)
      continue;
    gaps.set(`undescribed:${batch.productId}`, {
      key: `undescribed:${batch.productId}`,
      kind: 'PART_UNDESCRIBED',
      message:
        'a member of this product is known by its name only: what it is and what it is made of is not on record',
      field: 'gtin',
      batchId: null,
      itemId: null,
      productId: batch.productId,
      siteId: null,
      atMost: null,
    });
  }
  return [...gaps.values()];
}
