/** JSON Web Tokens of an identity provider: checked against its published keys, with issuer, audience and algorithm fixed. */
import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { type Database, withSession } from '../database/index.js';
import { actsWithoutParty, type Principal, type PrincipalRole, principalRoles } from './principal.js';

export interface JwtSettings {
  issuer: string;
  audience: string;
  /** URL of the provider's key set, or a file with it. */
  jwks: string;
  /** The only one taken: a token does not choose how it is checked. */
  algorithm: 'EdDSA' | 'ES256' | 'ES384' | 'RS256' | 'PS256';
}

/** Seconds by which the provider's clock may differ from ours. */
const CLOCK_TOLERANCE_S = 30;
/** A token that lives longer than a day cannot be taken back in time. */
const LIFETIME_MAX = '24h';
const KEYS_TIMEOUT_MS = 5_000;
const form = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const engine = { role: 'tw_engine', partyId: null } as const;

/** The provider's keys cannot be had now: no caller's fault, so nobody is told that a token is bad. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError';
}

export interface JwtReader {
  /** Who the token speaks for; null for one that is forged, expired, of another issuer or audience, or names no party on record. */
  read(database: Database, bearer: string): Promise<Principal | null>;
}

function keySet(jwks: string): JWTVerifyGetKey {
  if (!/^https?:\/\//.test(jwks))
    return createLocalJWKSet(JSON.parse(readFileSync(jwks, 'utf8')) as JSONWebKeySet);
  const remote = createRemoteJWKSet(new URL(jwks), {
    timeoutDuration: KEYS_TIMEOUT_MS,
    cooldownDuration: 30_000,
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (ofTheToken.some((kind) => error instanceof kind)) throw error;
      throw new KeySetError('the keys of the identity provider cannot be read; try again', { cause: error });
    }
  };
}

/** Errors of a key set that say something of the token; any other is of the provider, or of the way to it. */
const ofTheToken = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

export const looksLikeJwt = (bearer: string): boolean => form.test(bearer);

/** Claims: `sub`, `exp`, `iat`, `role` (one of ours) and `party` (GLN or private URI; only REGULATOR and ADMIN go without). */
export function createJwtReader({ issuer, audience, jwks, algorithm }: JwtSettings): JwtReader {
  const keys = keySet(jwks);
  return {
    async read(database, bearer) {
      const claims = await verified(bearer, keys, { issuer, audience, algorithms: [algorithm] });
      const role = principalRoles.find((known) => known === claims?.role);
      if (!claims || role === undefined || typeof claims.sub !== 'string' || claims.sub === '') return null;
      const tokenId = `jwt:${claims.sub}`;
      if (claims.party === undefined)
        return actsWithoutParty(role) ? { tokenId, partyId: null, partyGln: null, role } : null;
      return typeof claims.party === 'string' ? forParty(database, claims.party, { tokenId, role }) : null;
    },
  };
}

async function verified(
  bearer: string,
  keys: JWTVerifyGetKey,
  rules: { issuer: string; audience: string; algorithms: string[] },
): Promise<Record<string, unknown> | null> {
  try {
    const { payload } = await jwtVerify(bearer, keys, {
      ...rules,
      clockTolerance: CLOCK_TOLERANCE_S,
      maxTokenAge: LIFETIME_MAX,
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return null;
  }
}

async function forParty(
  database: Database,
  gln: string,
  { tokenId, role }: { tokenId: string; role: PrincipalRole },
): Promise<Principal | null> {
  const { rows } = await withSession(database, engine, (client) =>
    client.query<{ party_id: bigint }>('select party_id from party where gln = $1', [gln]),
  );
  return rows[0] ? { tokenId, partyId: rows[0].party_id, partyGln: gln, role } : null;
}
