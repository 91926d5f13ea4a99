/** The recall query: rule, scope, and the rows a scope answers with. */
export { startDelivery } from './delivery/start-delivery.js';
export { evaluateScope } from './evaluate-scope.js';
export { scopeBuyers } from './facts/buyers.js';
export * from './facts/facts.js';
export { scopeHolders, scopeProcessors } from './facts/holders.js';
export { scopeBatches, scopeExcluded, scopeGaps, scopeItems } from './facts/members.js';
export { membership } from './facts/membership.js';
export { scopeSummary } from './facts/summary.js';
export { scopeUnaccounted } from './facts/unaccounted.js';
export { parseRule } from './parse-rule.js';
export type { Leaf, Rule, RuleProblem, RuleResult } from './rule.js';
export type {
  Certainty,
  EvidenceStep,
  Exclusion,
  Exposure,
  Gap,
  Scope,
  ScopeBatch,
  ScopeItem,
  ScopeLimit,
  ScopeNode,
  ScopeRequest,
  Share,
  UnlottedMovement,
} from './scope.js';
