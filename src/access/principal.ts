/** Who asks: a party in a role, as its token says. */

export const principalRoles = [
  'MANUFACTURER',
  'SUPPLIER',
  'DISTRIBUTOR',
  'RETAILER',
  'SERVICE',
  'REGULATOR',
  'ADMIN',
] as const;
export type PrincipalRole = (typeof principalRoles)[number];

export interface Principal {
  tokenId: string;
  /** Null: acts for no party; only a regulator or an administrator may. */
  partyId: bigint | null;
  partyGln: string | null;
  role: PrincipalRole;
}

/** Roles that see the chain as a whole and so need no party. */
export const actsWithoutParty = (role: PrincipalRole): boolean => role === 'REGULATOR' || role === 'ADMIN';

/** True for who sees the chain as a whole. */
export const seesChain = ({ role }: Pick<Principal, 'role'>): boolean => actsWithoutParty(role);
