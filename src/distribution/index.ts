/** Distribution: logistic units and what is inside them. */
export { ContainmentResolver, LogisticUnitResolver, loadUnit } from './distribution.resolver.js';
export { findUnit } from './distribution.sql.js';
export { LogisticUnit } from './distribution.types.js';
