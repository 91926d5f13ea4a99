/**
 * One line of log for each answered request, and the request's id on every line that is written while it is answered. The id goes
 * back to the caller as `x-request-id`. Addresses are told by their route and questions by their root fields: what was asked for,
 * and by whom, may name a person.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import { Kind, type OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { RequestContext } from '../graphql/index.js';
import { onRecorded } from '../record/index.js';

interface Asked {
  requestId: string;
  /** Root fields of a GraphQL operation; their names are the schema's. */
  fields?: string[];
  role?: string;
}

const asked = new AsyncLocalStorage<Asked>();

/** An id of our own for each request: what a caller sends could say anything. */
export const requestIdOf = (): string => randomUUID();

/** Every line says which request it was written for; a request's own logger knows already. */
export const requestFields = (_: object, __: number, logger: Logger): object => {
  const requestId = asked.getStore()?.requestId;
  return requestId === undefined || 'requestId' in logger.bindings() ? {} : { requestId };
};

/** Asked every few seconds by whoever watches. */
const isWatching = (route: string): boolean => /^\/(health|metrics)/.test(route);

/** Logs requests and what they recorded, until the server closes. */
export function addRequestLog(app: FastifyInstance, log: Logger): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    asked.run({ requestId: request.id }, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const { fields, role } = asked.getStore() ?? {};
    const line = {
      requestId: request.id,
      method: request.method,
      route,
      ...(fields && { fields }),
      ...(role && { role }),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (isWatching(route)) log.debug(line, 'answered');
    else log.info(line, 'answered');
    done();
  });
  const stop = onRecorded(({ eventIds }) => log.info({ eventIds }, 'recorded'));
  app.addHook('onClose', async () => stop());
}

/** Names of the root fields an operation asks for, without those inside fragments. */
export const rootFields = ({ selectionSet }: OperationDefinitionNode): string[] =>
  selectionSet.selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : []));

export const requestLogPlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart({ contextValue }) {
    return {
      async didResolveOperation({ operation }) {
        const request = asked.getStore();
        if (request === undefined || operation === undefined) return;
        request.role = contextValue.principal?.role ?? 'ANONYMOUS';
        request.fields = rootFields(operation);
      },
    };
  },
};
