/** The database session a principal's own rows are read in: one role and one column, so that every policy is an equality. */
import type { Session } from '../database/index.js';
import type { Principal, PrincipalRole } from './principal.js';

/** holder: rows of goods the party holds or held; owner: rows of goods under its brand, wherever they are. */
export type View = 'holder' | 'owner';

/** The principal has no such view of the record. */
export class ViewError extends Error {
  override readonly name = 'ViewError';
}

type PartyRole = Exclude<PrincipalRole, 'REGULATOR' | 'ADMIN'>;

const views: Record<PartyRole, readonly View[]> = {
  MANUFACTURER: ['holder', 'owner'],
  SUPPLIER: ['holder'],
  DISTRIBUTOR: ['holder'],
  RETAILER: ['holder'],
  SERVICE: ['holder'],
};

/** The session of a view; regulator and administrator see every row in either. Throws ViewError where there is none. */
export function sessionsFor({ role, partyId }: Principal, view: View): Session {
  if (role === 'REGULATOR') return { role: 'tw_regulator', partyId: null };
  if (role === 'ADMIN') return { role: 'tw_administrator', partyId: null };
  if (!views[role].includes(view)) throw new ViewError(`role ${role}: no ${view} view`);
  if (partyId === null) throw new ViewError(`role ${role}: the token acts for no party`);
  if (role === 'SUPPLIER') return { role: 'tw_supplier', partyId };
  return { role: view === 'holder' ? 'tw_holder' : 'tw_owner', partyId };
}
