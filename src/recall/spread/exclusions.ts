/** What the record clears: items whose recorded parts acquit them, and what the rule itself leaves out. */
import type { EvidenceStep, Exclusion } from '../scope.js';
import type { FittingRow } from './graph.js';
import type { Solution } from './solve.js';

export function exclusionsOf(solution: Solution): {
  excluded: Exclusion[];
  spared: Map<bigint, bigint>;
} {
  const excluded: Exclusion[] = [];
  const spared = new Map<bigint, bigint>();
  for (const [batchId, itemIds] of solution.index.leftOut) {
    if (!solution.origins.batches.has(batchId)) continue;
    for (const itemId of itemIds) {
      if (solution.item(itemId, batchId) !== null) continue;
      spared.set(itemId, batchId);
      const condition = solution.origins.items.get(itemId)?.failed;
      excluded.push({
        key: `item:${itemId}`,
        batchId,
        itemId,
        reason: 'RULE',
        message: `its batch is an origin, but the rule leaves this item out: "${condition}" is false of it`,
        ...(condition === undefined ? {} : { condition }),
        evidence: [],
      });
    }
    if (solution.overall(batchId) === null) excluded.push(allOut(batchId, itemIds.length));
  }
  for (const [batchId, parents] of solution.index.parentsByBatch) {
    if (solution.made(batchId) === null) continue;
    let cleared = 0;
    for (const itemId of parents) {
      if (solution.item(itemId, batchId) !== null) continue;
      const cover = solution.acquittal(itemId, batchId);
      if (cover === null) continue;
      cleared += 1;
      spared.set(itemId, batchId);
      excluded.push({
        key: `item:${itemId}`,
        batchId,
        itemId,
        reason: 'AS_BUILT',
        message: 'its recorded parts are unaffected and cover the whole quantity of every affected component',
        evidence: cover.parts.map(evidenceOf),
      });
    }
    if (cleared > 0 && solution.overall(batchId) === null) excluded.push(allOut(batchId, cleared));
  }
  return { excluded: [...excluded, ...statedOut(solution)], spared };
}

const allOut = (batchId: bigint, items: number): Exclusion => ({
  key: `batch:${batchId}`,
  batchId,
  itemId: null,
  reason: 'ALL_ITEMS_EXCLUDED',
  message: `all ${items} items of the batch are excluded and account for its whole quantity`,
  evidence: [],
});

/** What only its maker's word keeps out: in no other way affected by a component that is. */
function statedOut(solution: Solution): Exclusion[] {
  const out = new Map<string, Exclusion>();
  for (const { component, batchId, itemId, eventKey, at } of solution.graph.stated) {
    const isIn = itemId === null ? solution.overall(batchId) : solution.item(itemId, batchId);
    if (isIn !== null || solution.overall(component) === null) continue;
    const to =
      itemId === null ? { kind: 'BATCH' as const, batchId } : { kind: 'ITEM' as const, itemId, batchId };
    const step: EvidenceStep = {
      ...{ kind: 'STATED', eventKey, eventId: null, occurredAt: at },
      ...{ from: null, to, certainty: 'POSSIBLE' },
    };
    const key = itemId === null ? `batch:${batchId}` : `item:${itemId}`;
    const known = out.get(key);
    if (known === undefined)
      out.set(key, {
        ...{ key, batchId, itemId, reason: 'STATED', evidence: [step] },
        message: 'its maker stated what the affected lot was used in, and it is not among that',
      });
    else if (!known.evidence.some((one) => one.eventKey === eventKey)) known.evidence.push(step);
  }
  return [...out.values()];
}

const evidenceOf = (part: FittingRow): EvidenceStep => ({
  kind: 'FITTED',
  eventKey: part.eventKey,
  eventId: null,
  occurredAt: part.fittedAt,
  from:
    part.partItem === null
      ? { kind: 'BATCH', batchId: part.partBatch }
      : { kind: 'ITEM', itemId: part.partItem, batchId: part.partBatch },
  to: { kind: 'ITEM', itemId: part.parentItem, batchId: part.parentBatch },
  certainty: 'CERTAIN',
});
