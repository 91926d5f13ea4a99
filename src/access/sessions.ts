/** Which session a principal's statement runs in: as holder or as owner, never both in one. */
import type { Session } from '../database/index.js';
import type { Principal } from './tokens.js';

export type View = 'holder' | 'owner';

/** The views a principal has; a brand owner has two, each its own statement. */
export function viewsOf(principal: Principal): View[] {
  return principal.role === 'MANUFACTURER' ? ['holder', 'owner'] : ['holder'];
}

/** The session of a principal's view. Errors: an Error when a principal without party asks as one. */
export function sessionOf(principal: Principal, view: View = 'holder'): Session {
  if (principal.role === 'REGULATOR') return { role: 'tw_regulator', partyId: null };
  if (principal.role === 'ADMIN') return { role: 'tw_administrator', partyId: null };
  if (principal.partyId === null) throw new Error(`role ${principal.role} needs a party`);
  const owner = view === 'owner' && principal.role === 'MANUFACTURER';
  return { role: owner ? 'tw_owner' : 'tw_holder', partyId: principal.partyId };
}
