/** What a rule is asked of, with nothing on record but what a test names. */
import type { Leaf } from '../../src/recall/rule.js';
import type { BatchFacts, ItemFacts, ResolvedLeaf, Run } from '../../src/recall/rule-facts.js';

export const noRun: Run = { siteId: null, line: null, revision: null, from: null, to: null, quantity: null };
export const run = (more: Partial<Run> = {}): Run => ({ ...noRun, ...more });

export const batchFacts = (more: Partial<BatchFacts> = {}): BatchFacts => ({
  batchId: 1n,
  productId: 10n,
  lot: 'L1',
  sourceId: null,
  expiresOn: null,
  runs: [],
  madeHere: true,
  quantity: 5n,
  items: 0n,
  productHasLots: true,
  ...more,
});

export const itemFacts = (more: Partial<ItemFacts> = {}): ItemFacts => ({
  ...noRun,
  itemId: 100n,
  batchId: 1n,
  productId: 10n,
  serial: 'K1',
  ...more,
});

/** A leaf of product 10, made at site 7. */
export const resolvedLeaf = (leaf: Leaf, more: Partial<ResolvedLeaf> = {}): ResolvedLeaf => ({
  leaf,
  label: '',
  positive: true,
  productIds: new Set([10n]),
  namesProduct: true,
  siteIds: new Set([7n]),
  namesSite: false,
  from: null,
  to: null,
  range: null,
  isFull: false,
  itemIds: new Set(),
  containing: new Map(),
  revisions: new Map(),
  inspections: new Map(),
  decidedItems: new Set(),
  decide: null,
  ...more,
});
