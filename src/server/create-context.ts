/** The context of a request: its caller, its snapshot and its memory. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  authenticate,
  type JwtReader,
  looksLikeJwt,
  type Principal,
  printPublicKey,
  signerOf,
} from '../access/index.js';
import type { Config } from '../config.js';
import { entityManagers } from '../database/index.js';
import { entities } from '../entities.js';
import { createMemo, createSnapshot, Refusal, type RequestContext } from '../graphql/index.js';
import type { Services } from '../record/index.js';
import { answerLimits } from '../trace/index.js';
import { bodyBytes } from './json-body.js';
import { limits as defaultLimits, type Limits } from './limits.js';
import { asRefusal } from './outages.js';

/** Metadata alone: no connection is in it. */
const entitiesOn = entityManagers(entities);

interface Making {
  config: Config;
  services: Services;
  limits: Limits;
}

/** Calls back when the caller hung up before the answer was sent. */
export type Gone = (cancel: () => void) => void;

/** Who waits for this reply. */
export const goneBefore =
  (reply: FastifyReply): Gone =>
  (cancel) => {
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) cancel();
    });
  };

/** An absent header is anonymous; a bad token is refused before anything runs. */
export async function createContext(
  { jwt, ...making }: Making & { jwt: JwtReader | null },
  request: FastifyRequest,
  gone: Gone,
): Promise<RequestContext> {
  const { authorization } = request.headers;
  const principal =
    authorization === undefined ? null : await principalOf(making.services, authorization, jwt);
  return contextFor(making, request, gone, principal);
}

/** The context of a request by that caller; null: anyone. Who hangs up has its query stopped. */
export function contextFor(
  { config, services, limits }: Making,
  request: FastifyRequest,
  gone: Gone,
  principal: Principal | null,
): RequestContext {
  const snapshot = createSnapshot(
    services.database,
    limits.statementTimeoutMs[principal?.role ?? 'ANONYMOUS'],
  );
  gone(() => snapshot.cancel());
  const acceptLanguage = request.headers['accept-language'];
  const caller = {
    address: request.ip,
    bytes: bodyBytes(request),
    ...(acceptLanguage !== undefined && { acceptLanguage }),
  };
  return { ...anonymousContext(config, services), principal, snapshot, caller };
}

/** The context of a request without a caller. */
export function anonymousContext(config: Config, services: Services): RequestContext {
  return {
    principal: null,
    caller: { address: '', bytes: 0 },
    services,
    entities: entitiesOn,
    snapshot: createSnapshot(services.database, defaultLimits.statementTimeoutMs.ADMIN),
    secret: config.secrets.cursorKey,
    logPublicKey: publicKeyOf(config.secrets.signingKey),
    answerLimits: { ...answerLimits, ...config.answerLimits },
    outlets: {
      mail: config.delivery?.mail != null,
      webhooks: new Set(config.delivery?.webhooks.endpoints.keys()),
    },
    memo: createMemo(),
  };
}

const publicKeys = new WeakMap<Buffer, string>();

/** Made once a key: a request needs it seldom, and every request has a context. */
function publicKeyOf(seed: Buffer): string {
  const key = publicKeys.get(seed) ?? printPublicKey(signerOf(seed).publicKey);
  publicKeys.set(seed, key);
  return key;
}

/** Who a bearer token or a JSON Web Token speaks for; null of a header that is neither, or that holds no more. */
export async function identify(
  { database }: Services,
  authorization: string | undefined,
  jwt: JwtReader | null,
): Promise<Principal | null> {
  const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return jwt !== null && looksLikeJwt(bearer) ? jwt.read(database, bearer) : authenticate(database, bearer);
}

async function principalOf(services: Services, authorization: string, jwt: JwtReader | null) {
  const principal = await identify(services, authorization, jwt).catch((error: unknown) => {
    throw asRefusal(error);
  });
  if (principal === null) {
    const message =
      'authorization: expected "Bearer <token>" with a token that is neither expired nor revoked';
    throw new Refusal('UNAUTHENTICATED', message, { http: { status: 401 } });
  }
  return principal;
}

/** The snapshot ends with the answer, whatever became of it. */
export const snapshotPlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart({ contextValue }) {
    return {
      async willSendResponse() {
        await contextValue.snapshot.end();
      },
    };
  },
};
