/** Who asks in the matrix, and how a row of it is written: what each caller sees or is told. */
import type { PrincipalRole } from '../../src/access/index.js';
import { parties } from './shared-chain.js';

export const callers = {
  alpha: ['MANUFACTURER', parties.alpha],
  beta: ['MANUFACTURER', parties.beta],
  cellmaker: ['SUPPLIER', parties.cellmaker],
  miner: ['SUPPLIER', parties.miner],
  hub: ['DISTRIBUTOR', parties.hub],
  cityShop: ['RETAILER', parties.cityShop],
  hillShop: ['RETAILER', parties.hillShop],
  workshop: ['SERVICE', parties.workshop],
  bystander: ['RETAILER', parties.bystander],
  regulator: ['REGULATOR', null],
  admin: ['ADMIN', null],
} as const satisfies Record<string, readonly [PrincipalRole, string | null]>;
export type Caller = keyof typeof callers | 'anonymous';
export const names = [...Object.keys(callers), 'anonymous'] as Caller[];
export type Row = Record<Caller, string>;

/** A token for each caller but the anonymous one. */
export async function tokensOf(server: {
  token(role: PrincipalRole, gln: string | null): Promise<string>;
}): Promise<Map<Caller, string>> {
  const tokens = new Map<Caller, string>();
  for (const [name, [role, gln]] of Object.entries(callers))
    tokens.set(name as Caller, await server.token(role, gln));
  return tokens;
}

export const anonymous = 'UNAUTHENTICATED';

export const everyone = (what: string): Row => ({
  ...(Object.fromEntries(names.map((name) => [name, what])) as Row),
  anonymous,
});
export const all = (what: string): Pick<Row, 'regulator' | 'admin'> => ({ regulator: what, admin: what });
export const goodsHolders = (what: string) => ({
  hub: what,
  cityShop: what,
  hillShop: what,
  workshop: what,
  bystander: what,
});

/** The name of a party in the chain; its key where it has none. */
export const nameOf = (gln: string): string =>
  Object.entries(parties).find(([, key]) => key === gln)?.[0] ?? gln;
