/** Walks over lineage, fittings, containment and custody. Knows the tables of the record, nothing of recalls. */
export { type Clocks, NOW, type Statement, statement } from './clocks.js';
export { closureOf } from './closure.js';
export { commonAncestors } from './common-ancestors.js';
export { heldBatches } from './holds.sql.js';
export { massBalance } from './mass-balance.js';
export * from './trace.js';
export { traceFrom } from './trace-from.js';
