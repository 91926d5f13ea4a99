/** Grants: a brand owner lets another party see the batches and items of one of its products by name. */
export { endGrant, type GrantInput, giveGrant } from './give-grant.js';
export { GrantsResolver } from './grants.resolver.js';
export { listGrants } from './grants.sql.js';
