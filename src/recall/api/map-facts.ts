/** From the facts of a scope to the types of the API. */
import { Purchase } from '../../aftersales/index.js';
import { bookedQuantity, type List, quantityRange } from '../../graphql/index.js';
import {
  type AffectedHolder as HolderFacts,
  type Purchase as PurchaseFacts,
  type StateQuantities as QuantityFacts,
  stateNames,
} from '../facts/facts.js';
import type { ScopeNode, EvidenceStep as StepFacts } from '../scope.js';
import type { AffectedHolder, StateQuantities } from './affected.types.js';
import type { EvidenceNode, EvidenceStep } from './evidence.types.js';
import type { ScopeSight } from './sight.js';

export function stateQuantities(facts: QuantityFacts): StateQuantities {
  const ranges = Object.fromEntries(
    stateNames.map((name) => [name, quantityRange(facts[name], facts.unit)]),
  ) as Omit<StateQuantities, 'productId'>;
  return { productId: facts.productId, ...ranges };
}

export function purchaseOf(facts: PurchaseFacts): Purchase {
  const { batchId, itemId, productId, siteId, partyId, gtin, lot, serial, soldAt, receipt, unit } = facts;
  return Object.assign(new Purchase(), {
    ...{ batchId, itemId, productId, siteId, partyId, gtin, lot, serial, soldAt, receipt },
    quantity: bookedQuantity(facts.quantity, unit, facts.unknownAmount),
    returned: bookedQuantity(facts.returned, unit),
  });
}

export const holderOf = (facts: HolderFacts, lines: List): AffectedHolder => ({
  facts,
  lines,
  siteId: facts.siteId,
  partyId: facts.partyId,
  role: facts.role,
  batches: facts.batches,
  certainty: facts.certainty,
  current: facts.current,
  quantities: facts.quantities.map(stateQuantities),
});

/** A step with neither end in the caller's sight keeps its kind, time and certainty, and nothing that names it. */
export function evidenceOf(sight: Pick<ScopeSight, 'sees'>, steps: readonly StepFacts[]): EvidenceStep[] {
  const shown = (node: ScopeNode): EvidenceNode => ({ node: sight.sees(node) ? node : null });
  return steps.map(({ kind, eventId, occurredAt, from, to, certainty }) => {
    const named = sight.sees(to) || (from !== null && sight.sees(from));
    const member = kind === 'MEMBER' ? [from, to].find((node) => node?.kind === 'ITEM') : null;
    return {
      ...{ kind, occurredAt, certainty },
      toldBy: named ? eventId : null,
      memberItemId: named && member?.kind === 'ITEM' ? member.itemId : null,
      from: from === null ? null : shown(from),
      to: shown(to),
    };
  });
}
