/** Proofs that the record was not rewritten. */
export { ProofsResolver } from './proofs.resolver.js';
