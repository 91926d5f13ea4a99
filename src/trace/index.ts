/** Walks over lineage, fittings, containment and custody. Knows the tables of the record, nothing of recalls. */
export { type Clocks, NOW, type Statement, statement } from './clocks.js';
export { closureOf } from './closure.js';
export { type CommonAncestors, commonAncestors } from './common-ancestors.js';
export { birthplacesOf, containersOf, placesOfUnits } from './containers.sql.js';
export { heldBatches } from './holds.sql.js';
export { type AnswerLimits, answerLimits, type LimitName } from './limits.js';
export { runSiteAt } from './made-at.sql.js';
export { massBalance } from './mass-balance.js';
export { type CustodyOf, type PageOf, pageHoldings, pageMovements } from './movements.sql.js';
export * from './trace.js';
export { NOT_RECORDED, type Unaccounted, type UnaccountedCause, unaccountedOf } from './unaccounted.js';
export { edgeKey, walkFrom } from './walk-from.js';
