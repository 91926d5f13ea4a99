/** What every answer says to a browser, and which other origins may ask at all: exactly those named. */
import type { FastifyInstance } from 'fastify';

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/** An answer of data loads and runs nothing; pages bring a policy of their own. */
const nothingLoads = "default-src 'none'; frame-ancestors 'none'";
const YEAR_SECONDS = 31_536_000;

const allowedHeaders = 'authorization, content-type, apollo-require-preflight';
const exposedHeaders = 'retry-after';

export function addSecurityHeaders(
  app: FastifyInstance,
  { origins, production }: { origins: readonly string[]; production: boolean },
): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(always);
    if (production) reply.header('strict-transport-security', `max-age=${YEAR_SECONDS}; includeSubDomains`);
    reply.header('vary', 'origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', exposedHeaders);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
      return;
    reply.header('access-control-allow-methods', 'POST');
    reply.header('access-control-allow-headers', allowedHeaders);
    reply.header('access-control-max-age', '600');
  });
  app.addHook('onSend', async (_, reply, payload) => {
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', nothingLoads);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return payload;
  });
  app.options('/graphql', async (_, reply) => reply.code(204).header('allow', 'POST, OPTIONS').send());
}
