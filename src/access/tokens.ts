/** Bearer tokens: shown once, stored only as SHA-256, with expiry, revocation and last use. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { ClientBase } from 'pg';
import { type Database, type Session, withSession } from '../database/index.js';
import { parseGln } from '../exchange/gs1/index.js';
import { actsWithoutParty, type Principal, type PrincipalRole } from './principal.js';

const engine: Session = { role: 'tw_engine', partyId: null };
const SECRET_BYTES = 32;
const LIFETIME_MAX_MS = 10 * 366 * 86_400_000;
const tokenForm = /^tw_[A-Za-z0-9_-]{43}$/;

/** Why no token was made. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

export interface TokenInput {
  /** GLN or private URI of the party it acts for; null only for REGULATOR and ADMIN. */
  gln: string | null;
  role: PrincipalRole;
  /** Absent: it does not expire. At most ten years. */
  expiresInMs?: number;
}

const hashOf = (bearer: string): Buffer => createHash('sha256').update(bearer, 'utf8').digest();

/** Makes a token and answers its bearer text, which is stored nowhere. Throws TokenError naming what is wrong. */
export async function createToken(database: Database, input: TokenInput): Promise<string> {
  const lifetimeMs = checkLifetime(input.expiresInMs);
  const gln = checkParty(input);
  const bearer = `tw_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  await withSession(database, engine, async (client) => {
    let partyId: bigint | null = null;
    if (gln !== null) {
      const found = await client.query<{ party_id: bigint }>('select party_id from party where gln = $1', [
        gln,
      ]);
      if (!found.rows[0]) throw new TokenError(`party ${gln}: not on record; record it first (parties.csv)`);
      partyId = found.rows[0].party_id;
    }
    await client.query(
      `insert into api_token (token_id, token_hash, party_id, role, expires_at)
       values ($1, $2, $3, $4, now() + $5::double precision * interval '1 millisecond')`,
      [randomUUID(), hashOf(bearer), partyId, input.role, lifetimeMs],
    );
  });
  return bearer;
}

/** Who a bearer token speaks for; null for one that is unknown, expired or revoked: all the same to the caller. */
export async function authenticate(database: Database, bearer: string): Promise<Principal | null> {
  if (!tokenForm.test(bearer)) return null;
  const hash = hashOf(bearer);
  const find = async (client: ClientBase): Promise<Principal | null> => {
    const found = await client.query<TokenRow>(
      `select t.token_id, t.token_hash, t.party_id, p.gln, t.role,
         coalesce(t.last_used_at < now() - interval '1 minute', true) as use_is_news
       from api_token t left join party p on p.party_id = t.party_id
       where t.token_hash = $1 and t.revoked_at is null and coalesce(t.expires_at, 'infinity') > now()`,
      [hash],
    );
    const row = found.rows[0];
    // the index compares hashes, whose bytes a caller cannot choose one by one; this compares the found one in constant time
    if (!row || !timingSafeEqual(row.token_hash, hash)) return null;
    if (row.use_is_news) {
      await client.query('update api_token set last_used_at = now() where token_id = $1', [row.token_id]);
    }
    return { tokenId: row.token_id, partyId: row.party_id, partyGln: row.gln, role: row.role };
  };
  return withSession(database, engine, find, { pipelined: true });
}

/** Whether a token may still be used; one that is none of ours (a JWT) ends by itself. */
export async function isTokenUsable(client: ClientBase, tokenId: string): Promise<boolean> {
  const { rows } = await client.query<{ usable: boolean }>(
    `select revoked_at is null and coalesce(expires_at, 'infinity') > now() as usable
     from api_token where token_id::text = $1`,
    [tokenId],
  );
  return rows[0]?.usable ?? true;
}

/** Ends a token from now on; false when there is none, or it was revoked before. */
export async function revokeToken(database: Database, tokenId: string): Promise<boolean> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tokenId)) return false;
  return withSession(database, engine, async (client) => {
    const done = await client.query(
      'update api_token set revoked_at = now() where token_id = $1 and revoked_at is null',
      [tokenId],
    );
    return done.rowCount === 1;
  });
}

export interface TokenSummary {
  id: string;
  role: PrincipalRole;
  party: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

/** Every token, oldest first; the tokens themselves are stored nowhere. */
export async function listTokens(database: Database): Promise<TokenSummary[]> {
  return withSession(database, engine, async (client) => {
    const { rows } = await client.query<TokenSummary>(
      `select t.token_id as id, t.role, p.gln as party, t.created_at as "createdAt", t.expires_at as "expiresAt",
         t.revoked_at as "revokedAt", t.last_used_at as "lastUsedAt"
       from api_token t left join party p on p.party_id = t.party_id order by t.created_at, t.token_id`,
    );
    return rows;
  });
}

interface TokenRow {
  token_id: string;
  token_hash: Buffer;
  party_id: bigint | null;
  gln: string | null;
  role: PrincipalRole;
  use_is_news: boolean;
}

function checkLifetime(expiresInMs: number | undefined): number | null {
  if (expiresInMs === undefined) return null;
  if (Number.isFinite(expiresInMs) && expiresInMs > 0 && expiresInMs <= LIFETIME_MAX_MS) return expiresInMs;
  throw new TokenError(
    `expiry in ${expiresInMs} ms: should be more than 0 and at most ${LIFETIME_MAX_MS} (ten years)`,
  );
}

function checkParty({ gln, role }: TokenInput): string | null {
  if (gln === null) {
    if (actsWithoutParty(role)) return null;
    throw new TokenError(`role ${role}: needs the GLN of the party it acts for`);
  }
  const parsed = parseGln(gln);
  if (!parsed.ok) throw new TokenError(parsed.reason);
  return parsed.key;
}
