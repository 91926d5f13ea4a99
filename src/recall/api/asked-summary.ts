/** Which parts of a summary a question needs read: what nobody asks for costs nothing. */
import type { ScopeSummary } from '../facts/facts.js';
import type { SummaryPart } from '../facts/summary.js';
import { mayCountBuyers } from './buyer-sight.js';
import type { ScopeSight } from './sight.js';

/** Every field but the counts of batches, which the scope itself knows. */
const partOf: Record<Exclude<keyof ScopeSummary, 'batches' | 'finishedBatches'>, SummaryPart> = {
  items: 'ITEMS',
  finishedItems: 'ITEMS',
  certainItems: 'ITEMS',
  possibleItems: 'ITEMS',
  holders: 'HOLDERS',
  retailers: 'HOLDERS',
  buyers: 'BUYERS',
  certainBuyers: 'BUYERS',
  soldWithoutBuyer: 'BUYERS',
  quantities: 'QUANTITIES',
};

/** `asked` as `askedFields` names them; counts of buyers are not even read for whom they are hidden from. */
export function summaryPartsOf(sight: ScopeSight, asked: ReadonlySet<string>): SummaryPart[] {
  const parts = new Set<SummaryPart>();
  for (const [field, part] of Object.entries(partOf)) {
    if (asked.has(`summary.${field}`) && (part !== 'BUYERS' || mayCountBuyers(sight))) parts.add(part);
  }
  return [...parts];
}
