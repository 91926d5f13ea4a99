/** What the record lacks to answer a rule surely. */
import type { BatchFacts, Candidates, ItemFacts, ResolvedLeaf } from './rule-facts.js';
import type { Gap } from './scope.js';
import { inSerialRange, serialNumber, serialRangeEnds } from './serial-range.js';

/** An origin that is only possible, with the fields that decide it. */
export function originGap(batch: BatchFacts, item: ItemFacts | null, fields: string[]): Gap {
  const field = [...new Set(fields)].sort().join(', ');
  const named = item === null ? `batch ${batch.lot ?? 'of unknown lot'}` : `item ${item.serial}`;
  const imprecise = field === 'produced_from..produced_to';
  return {
    key: `origin:${batch.batchId}:${item?.itemId ?? ''}`,
    kind: imprecise
      ? 'TIME_IMPRECISE'
      : batch.lot === null && (item === null || fields.includes('lot'))
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
      return missingNumbers(leaf, key, candidates);
    });
}

/** Stretches of missing numbers that a gap names one by one. */
const STRETCHES_NAMED_MAX = 5;

/** Numbers of a serial range that no record holds. */
function missingNumbers(leaf: ResolvedLeaf, key: string, candidates: Candidates): Gap[] {
  const { range } = leaf;
  const ends = range === null ? null : serialRangeEnds(range);
  if (range === null || ends === null) return [];
  const held = new Set<bigint>();
  for (const item of candidates.items.values()) {
    if (!leaf.productIds.has(item.productId) || !inSerialRange(item.serial, range)) continue;
    const number = serialNumber(item.serial, range);
    if (number !== null) held.add(number);
  }
  const size = ends.to - ends.from + 1n;
  const missing = size - BigInt(held.size);
  if (missing <= 0n) return [];
  const stretches: string[] = [];
  let next = ends.from;
  const sorted = [...held].sort((a, b) => (a < b ? -1 : 1));
  for (const number of [...sorted, ends.to + 1n]) {
    if (number > next) stretches.push(number - 1n === next ? String(next) : `${next} to ${number - 1n}`);
    next = number + 1n;
  }
  const named = stretches.slice(0, STRETCHES_NAMED_MAX).join(', ');
  const more = stretches.length > STRETCHES_NAMED_MAX ? ', ...' : '';
  const message = `${leaf.label}: ${missing} of ${size} numbers not on record: ${named}${more}`;
  return [gapOf(key, 'SERIAL_NOT_ON_RECORD', message, 'serial', missing)];
}
