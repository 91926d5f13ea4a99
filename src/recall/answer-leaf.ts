/** One condition asked of one run of a batch, or of one item: TRUE, FALSE, or UNKNOWN with the field that is missing. */
import {
  type Answer,
  type Asked,
  attributesOf,
  FALSE,
  type InspectionFacts,
  known,
  type ResolvedLeaf,
  TRUE,
  unknown,
} from './rule-facts.js';
import { inSerialRange } from './serial-range.js';
import { conjunction, disjunction, type Truth } from './truth.js';

function both(...answers: Answer[]): Answer {
  const truth = conjunction(answers.map((answer) => answer.truth));
  return truth === 'UNKNOWN'
    ? { truth, fields: answers.flatMap((answer) => answer.fields) }
    : { truth, fields: [] };
}

export function answerLeaf(leaf: ResolvedLeaf, asked: Asked): Answer {
  const { batch, item } = asked;
  const rule = leaf.leaf;
  if (leaf.decide !== null) return leaf.decide(asked);
  const ofProduct = leaf.productIds.has(batch.productId);
  if (leaf.namesProduct && !('component' in rule) && !ofProduct) return FALSE;
  if ('product' in rule) return TRUE;
  if ('items' in rule) return known(item !== null && leaf.itemIds.has(item.itemId));
  if ('serials' in rule)
    return known(item !== null && leaf.range !== null && inSerialRange(item.serial, leaf.range));
  if ('batch' in rule) {
    if (batch.lot === null) return item !== null && leaf.isFull ? FALSE : unknown('lot');
    if (batch.lot !== rule.batch.lot) return FALSE;
    if (!leaf.namesSite) return TRUE;
    return batch.sourceId === null ? unknown('source') : known(leaf.siteIds.has(batch.sourceId));
  }
  const attributes = attributesOf(asked);
  if ('designRevision' in rule) {
    return attributes.revision === null
      ? unknown('revision')
      : known(attributes.revision === rule.designRevision.code);
  }
  if ('supplier' in rule) return madeAt(leaf, attributes.siteId, batch.sourceId);
  if ('produced' in rule) {
    const { line } = rule.produced;
    return both(
      leaf.namesSite ? madeAt(leaf, attributes.siteId, null) : TRUE,
      line == null ? TRUE : attributes.line === null ? unknown('line') : known(attributes.line === line),
      within(leaf, attributes.from, attributes.to),
    );
  }
  if ('expires' in rule) return expiring(rule.expires, batch.expiresOn);
  if ('component' in rule) return containing(leaf, batch.productId, attributes.revision);
  return inspected(leaf, asked);
}

/** Where it was made; a lot's source that fits says so too, one that differs does not rule it out. */
function madeAt(leaf: ResolvedLeaf, siteId: bigint | null, sourceId: bigint | null): Answer {
  if (siteId !== null) return known(leaf.siteIds.has(siteId));
  return sourceId !== null && leaf.siteIds.has(sourceId) ? TRUE : unknown('site');
}

/** Contained is TRUE, disjoint FALSE, an overlap UNKNOWN; a missing end is open, of the rule and of the run. */
function within(leaf: ResolvedLeaf, from: Date | null, to: Date | null): Answer {
  if (leaf.from === null && leaf.to === null) return TRUE;
  const [start, end] = [from?.getTime() ?? -Infinity, to?.getTime() ?? Infinity];
  const [first, last] = [leaf.from?.getTime() ?? -Infinity, leaf.to?.getTime() ?? Infinity];
  if (start > last || end < first) return FALSE;
  if (start >= first && end <= last) return TRUE;
  if (from !== null && to !== null) return unknown('produced_from..produced_to');
  return unknown(...(from === null ? ['produced_from'] : []), ...(to === null ? ['produced_to'] : []));
}

function expiring({ from, to }: { from?: string | null; to?: string | null }, day: string | null): Answer {
  if (day === null) return unknown('expires_on');
  return known((from == null || day >= from) && (to == null || day <= to));
}

function containing(leaf: ResolvedLeaf, productId: bigint, revision: string | null): Answer {
  const revisions = leaf.containing.get(productId);
  if (revisions === undefined) return FALSE;
  if (revision !== null && leaf.revisions.get(productId)?.has(revision)) {
    const truth = revisions.get(revision);
    return truth === undefined ? FALSE : truth === 'TRUE' ? TRUE : unknown('revision');
  }
  return unknown('revision');
}

function inspected(leaf: ResolvedLeaf, { batch, item }: Asked): Answer {
  if (!('inspection' in leaf.leaf)) return FALSE;
  const own = item === null ? undefined : leaf.inspections.get(`item:${item.itemId}`);
  const rows = own ?? leaf.inspections.get(`batch:${batch.batchId}`);
  if (rows === undefined) return unknown('inspection');
  const truth = disjunction(rows.map((row) => verdictOf(leaf, row)));
  return truth === 'UNKNOWN' ? unknown('value') : { truth, fields: [] };
}

function verdictOf(leaf: ResolvedLeaf, row: InspectionFacts): Truth {
  if (!('inspection' in leaf.leaf)) return 'FALSE';
  const { below, above, outside, verdict } = leaf.leaf.inspection;
  const truth = (holds: boolean): Truth => (holds ? 'TRUE' : 'FALSE');
  const compared = (
    limit: string | null | undefined,
    holds: (value: number, limit: number) => boolean,
  ): Truth =>
    limit == null ? 'TRUE' : row.value === null ? 'UNKNOWN' : truth(holds(row.value, Number(limit)));
  const outOfLimits =
    row.value === null || (row.lower === null && row.upper === null)
      ? 'UNKNOWN'
      : truth((row.lower !== null && row.value < row.lower) || (row.upper !== null && row.value > row.upper));
  return conjunction([
    verdict == null ? 'TRUE' : truth(row.verdict === verdict),
    compared(below, (value, limit) => value < limit),
    compared(above, (value, limit) => value > limit),
    outside == null
      ? 'TRUE'
      : outside
        ? outOfLimits
        : outOfLimits === 'UNKNOWN'
          ? 'UNKNOWN'
          : truth(outOfLimits === 'FALSE'),
  ]);
}
