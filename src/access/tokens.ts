/** API tokens: a party in a role, until it expires or is revoked. Only a hash of each is kept. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Database, withSession } from '../database/index.js';

export const principalRoles = ['MANUFACTURER', 'SUPPLIER', 'DISTRIBUTOR', 'RETAILER', 'SERVICE', 'REGULATOR', 'ADMIN'] as const;
export type PrincipalRole = (typeof principalRoles)[number];

export interface Principal {
  tokenId: string;
  partyId: bigint | null;
  partyGln: string | null;
  role: PrincipalRole;
}

const engine = { role: 'tw_engine', partyId: null } as const;
const hashOf = (bearer: string): Buffer => createHash('sha256').update(bearer).digest();

/** Makes a token. Errors: an Error naming the GLN when no such party is on record, or the role that needs one. */
export async function createToken(
  database: Database,
  input: { gln: string | null; role: PrincipalRole; expiresInMs?: number },
): Promise<string> {
  if (input.gln === null && input.role !== 'REGULATOR' && input.role !== 'ADMIN') {
    throw new Error(`role ${input.role}: needs a party; only REGULATOR and ADMIN may omit it`);
  }
  const bearer = `tw_${randomBytes(32).toString('base64url')}`;
  await withSession(database, engine, async (client) => {
    const party = await client.query<{ party_id: bigint }>('select party_id from party where gln = $1', [input.gln]);
    const partyId = party.rows[0]?.party_id ?? null;
    if (input.gln !== null && partyId === null) throw new Error(`party ${input.gln}: not on record`);
    await client.query(
      `insert into api_token (token_id, token_hash, party_id, role, expires_at)
       values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
      [randomUUID(), hashOf(bearer), partyId, input.role, input.expiresInMs ?? null],
    );
  });
  return bearer;
}

/** The principal of a bearer token, or null. Looked up by hash: how long it takes tells nothing of any token. */
export async function authenticate(database: Database, bearer: string): Promise<Principal | null> {
  if (!/^tw_[\w-]{43}$/.test(bearer)) return null;
  return withSession(database, engine, async (client) => {
    const found = await client.query<{ token_id: string; party_id: bigint | null; gln: string | null; role: PrincipalRole; stale: boolean }>(
      `select t.token_id, t.party_id, p.gln, t.role,
         t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as stale
       from api_token t left join party p on p.party_id = t.party_id
       where t.token_hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())`,
      [hashOf(bearer)],
    );
    const row = found.rows[0];
    if (!row) return null;
    if (row.stale) await client.query('update api_token set last_used_at = now() where token_id = $1', [row.token_id]);
    return { tokenId: row.token_id, partyId: row.party_id, partyGln: row.gln, role: row.role };
  });
}
