/** What the record lacks to answer a rule surely. */
import type { BatchFacts, Candidates, ItemFacts, ResolvedLeaf } from './rule-facts.js';
import type { Gap } from './scope.js';
import { inSerialRange, serialRangeSize } from './serial-range.js';

/** An origin that is only possible, with the fields that decide it. */
export function originGap(batch: BatchFacts, item: ItemFacts | null, fields: string[]): Gap {
  const field = [...new Set(fields)].sort().join(', ');
  const named = item === null ? `batch ${batch.lot ?? 'of unknown lot'}` : `item ${item.serial}`;
  const imprecise = field === 'produced_from..produced_to';
  return {
    key: `origin:${batch.batchId}:${item?.itemId ?? ''}`,
    kind: imprecise
      ? 'TIME_IMPRECISE'
      : item === null && batch.lot === null
        ? 'LOT_MISSING'
        : 'ATTRIBUTE_MISSING',
    message: imprecise
      ? `${named}: its time of production overlaps the window of the rule only in part`
      : `${named}: ${field} not on record, so the rule cannot rule it out`,
    field,
    batchId: batch.batchId,
    itemId: item?.itemId ?? null,
    productId: batch.productId,
    siteId: null,
    atMost: item === null ? batch.quantity : 1n,
  };
}

const gapOf = (
  key: string,
  kind: Gap['kind'],
  message: string,
  field: string,
  atMost: bigint | null,
): Gap => ({
  key,
  kind,
  message,
  field,
  batchId: null,
  itemId: null,
  productId: null,
  siteId: null,
  atMost,
});

/** What a positive leaf names and no record holds. */
export function leafGaps(leaves: ResolvedLeaf[], candidates: Candidates): Gap[] {
  return leaves
    .filter((leaf) => leaf.positive)
    .flatMap((leaf, index) => {
      const key = `leaf:${String(index).padStart(5, '0')}`;
      const absent = (what: string, field: string) => [
        gapOf(key, 'SUBJECT_NOT_ON_RECORD', `${leaf.label}: no ${what} on record`, field, null),
      ];
      if (leaf.namesProduct && leaf.productIds.size === 0) return absent('such product', 'gtin');
      if (leaf.namesSite && leaf.siteIds.size === 0) return absent('such site or party', 'site');
      if ('batch' in leaf.leaf) {
        const { lot } = leaf.leaf.batch;
        const found = [...candidates.batches.values()].some(
          (b) => b.lot === lot && leaf.productIds.has(b.productId),
        );
        return found ? [] : absent('such lot', 'lot');
      }
      if ('items' in leaf.leaf) {
        const missing = leaf.leaf.items.length - leaf.itemIds.size;
        if (missing <= 0) return [];
        return [
          gapOf(
            key,
            'SUBJECT_NOT_ON_RECORD',
            `${leaf.label}: ${missing} of them not on record`,
            'serial',
            BigInt(missing),
          ),
        ];
      }
      const range = leaf.range;
      const size = range === null ? null : serialRangeSize(range);
      if (range === null || size === null) return [];
      const items = [...candidates.items.values()];
      const held = BigInt(
        items.filter((i) => leaf.productIds.has(i.productId) && inSerialRange(i.serial, range)).length,
      );
      if (held >= size) return [];
      return [
        gapOf(
          key,
          'SERIAL_NOT_ON_RECORD',
          `${leaf.label}: ${size - held} of ${size} numbers not on record`,
          'serial',
          size - held,
        ),
      ];
    });
}
