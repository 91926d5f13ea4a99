/** Errors before and beside GraphQL, in the shape and with the codes of GraphQL's. */
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { outageOf } from '../database/index.js';
import { Refusal, type RefusalCode } from '../graphql/index.js';
import type { Limits } from './limits.js';
import { RETRY_AFTER_SECONDS } from './outages.js';

export function addErrors(app: FastifyInstance, log: Logger, limits: Limits): void {
  app.setErrorHandler((error: FastifyError | Refusal, _, reply) => {
    const outage = outageOf(error);
    if (outage !== null) {
      log.warn({ err: error }, 'outage');
      return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send(refusal('UNAVAILABLE', outage));
    }
    if (error instanceof Refusal) {
      const code = error.extensions.code as RefusalCode;
      return reply.code(statusOfCode[code] ?? 503).send(refusal(code, error.message));
    }
    if (error.code === TOOK_TOO_LONG)
      return reply.code(503).send(refusal('TIMEOUT', 'the question took too long; ask for less'));
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'fault outside GraphQL');
    const [code, message] = told(status, error, limits);
    return reply.code(status).send(refusal(code, message));
  });
  app.setNotFoundHandler((_, reply) =>
    reply.code(404).send(refusal('NOT_FOUND', 'nothing is at this address')),
  );
}

/** SQLSTATE of a statement that went beyond its time. */
const TOOK_TOO_LONG = '57014';

/** HTTP's word for a refusal outside GraphQL. */
const statusOfCode: Partial<Record<RefusalCode, number>> = {
  BAD_DOCUMENT: 400,
  BAD_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  OPERATION_TOO_COSTLY: 413,
  THROTTLED: 429,
};

export const refusal = (code: RefusalCode, message: string) => ({
  errors: [{ message, extensions: { code } }],
});

/** Questions are asked by POST: an address with a question in it would stand in logs and histories. */
export const refuseGet = (reply: FastifyReply): FastifyReply =>
  reply.code(405).header('allow', 'POST, OPTIONS').send(refusal('BAD_DOCUMENT', 'GET: should be POST'));

function told(status: number, error: FastifyError, limits: Limits): [RefusalCode, string] {
  if (status === 413) return ['OPERATION_TOO_COSTLY', `body: more than ${limits.bulkBody} bytes`];
  if (status === 415) return ['BAD_DOCUMENT', 'content-type: should be application/json'];
  if (status >= 500) return ['INTERNAL', 'something went wrong here'];
  // Fastify's own words on a body that is no JSON, an empty one, a wrong length
  return [
    'BAD_DOCUMENT',
    error.code?.startsWith('FST_ERR') ? error.message : 'body: should be a JSON object',
  ];
}
