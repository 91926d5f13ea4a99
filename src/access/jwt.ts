/** JSON Web Tokens of an identity provider: checked against its published keys, with issuer, audience and algorithm fixed. */
import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { type Database, withSession } from '../database/index.js';
import { actsWithoutParty, type Principal, principalRoles } from './principal.js';

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
const LIFETIME_MAX_S = 86_400;
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
      const { party: gln = null } = claims;
      if (gln === null ? !actsWithoutParty(role) : typeof gln !== 'string') return null;
      const { now, partyId } = await readNow(database, gln as string | null);
      if (!isCurrent(claims, now.getTime() / 1000) || (gln !== null && partyId === null)) return null;
      return { tokenId: `jwt:${claims.sub}`, partyId, partyGln: gln as string | null, role };
    },
  };
}

/** Whether a token was signed for us; when, is asked afterwards, so that a forged one costs no statement. */
async function verified(
  bearer: string,
  keys: JWTVerifyGetKey,
  rules: { issuer: string; audience: string; algorithms: string[] },
): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(bearer, keys, {
      ...rules,
      clockTolerance: Number.MAX_SAFE_INTEGER,
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return null;
  }
}

/** By the record's clock: this machine's, set back, would let expired tokens in. */
function isCurrent({ exp = 0, iat = 0, nbf = iat }: JWTPayload, nowS: number): boolean {
  const [earliest, latest] = [nowS - CLOCK_TOLERANCE_S, nowS + CLOCK_TOLERANCE_S];
  return exp > earliest && nbf <= latest && iat <= latest && iat + LIFETIME_MAX_S >= earliest;
}

async function readNow(
  database: Database,
  gln: string | null,
): Promise<{ now: Date; partyId: bigint | null }> {
  const { rows } = await withSession(database, engine, (client) =>
    client.query<{ now: Date; partyId: bigint | null }>(
      'select clock_timestamp() as now, (select p.party_id from party p where p.gln = $1) as "partyId"',
      [gln],
    ),
  );
  const [found] = rows;
  if (!found) throw new Error('the database told no time');
  return found;
}
