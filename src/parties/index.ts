/** Parties and sites: who and where. */
export { loadParty, loadSite } from './parties.loaders.js';
export { PartyResolver, SiteResolver } from './parties.resolver.js';
export {
  Party,
  type PartyRole,
  partyRoles,
  Site,
  type SiteKind,
  siteKinds,
} from './parties.types.js';
