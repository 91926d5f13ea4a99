/**
 * POST /graphql/stream: subscriptions as server-sent events (the "distinct connections mode" of graphql-sse). Every event is
 * answered by Apollo Server like a request of its own: who asks is identified anew, reads in a new snapshot, and is held to
 * the same limits.
 */
import { STATUS_CODES } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/fastify';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import type { Database } from '../../database/index.js';
import { type Interest, Refusal, type RequestContext } from '../../graphql/index.js';
import { networkOf } from '../budget.js';
import type { Gone } from '../create-context.js';
import type { Limits } from '../limits.js';
import type { Metrics } from '../metrics.js';
import { createLooker } from './looker.js';
import { createSeats } from './seats.js';
import { type Answer, Stream } from './stream.js';

interface Living {
  apollo: ApolloServer<RequestContext>;
  context: (request: FastifyRequest, gone: Gone) => Promise<RequestContext>;
  database: Database;
  limits: Limits;
  log: Logger;
  metrics: Metrics;
}

interface Asked {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

const TRY_AGAIN_SECONDS = 30;

/** Adds the route; `close` ends every stream, so that nobody who listens holds the service's end up. */
export function addLive(app: FastifyInstance, living: Living): { close(): Promise<void> } {
  const { apollo, context, database, limits, log, metrics } = living;
  const looker = createLooker(database, log, limits.streamLookMs);
  const streams = new Set<Stream>();
  const seats = createSeats(limits);
  new Gauge({
    name: 'tracewright_streams_open',
    help: 'Streams of events that somebody listens to.',
    registers: [metrics.registry],
    collect() {
      this.set(seats.taken);
    },
  });

  /** Whose seat it takes; refuses whom the service does not know any more. */
  const callerOf = async (request: FastifyRequest): Promise<string> => {
    const { principal, snapshot } = await context(request, () => undefined);
    await snapshot.end();
    return principal ? `token ${principal.tokenId}` : `address ${networkOf(request.ip)}`;
  };

  const handler = createHandler({
    authenticate: () => null,
    context: () => undefined,
    async onSubscribe({ raw: request, context: { reply } }, { query, variables, operationName }) {
      const asked = {
        query,
        ...(variables && { variables }),
        ...(operationName && { operationName }),
      } as Asked;
      const cancels = new Set<() => void>();
      const gone: Gone = (cancel) => cancels.add(cancel);
      const leave = seats.take(await callerOf(request));
      if (typeof leave === 'string') {
        reply.header('retry-after', TRY_AGAIN_SECONDS);
        const message = `stream: ${leave} already; end one, or try again in ${TRY_AGAIN_SECONDS} s`;
        throw new Refusal('THROTTLED', message);
      }
      let [status, retryAfter]: [number, string | undefined] = [200, undefined];
      const answer = async (
        noticeIds: readonly bigint[],
        watch: (interest: Interest) => void,
      ): Promise<Answer> => {
        cancels.clear();
        try {
          const contextValue = { ...(await context(request, gone)), live: { noticeIds, watch } };
          const { body, http } = await apollo.executeOperation(asked, { contextValue });
          if (body.kind !== 'single') throw new Error('an event has one answer');
          [status, retryAfter] = [http.status ?? 200, http.headers.get('retry-after')];
          return body.singleResult as Answer;
        } catch (error) {
          return told(error);
        }
      };
      const stream = new Stream({
        looker,
        answer,
        async check() {
          try {
            await callerOf(request);
            return null;
          } catch (error) {
            return told(error);
          }
        },
        checkMs: limits.streamCheckMs,
        refreshMs: limits.streamRefreshMs,
      });
      const end = (): void => {
        for (const cancel of cancels) cancel();
        stream.end();
        streams.delete(stream);
        leave();
      };
      streams.add(stream);
      reply.raw.once('close', end);
      const first = await stream.begin().catch((error: unknown) => {
        end();
        throw error;
      });
      if (status < 400) return stream.answers(first) as AsyncGenerator<ExecutionResult>;
      end();
      const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
      if (retryAfter !== undefined) headers['retry-after'] = retryAfter;
      return [JSON.stringify(first), { status, statusText: STATUS_CODES[status] ?? '', headers }];
    },
  });
  app.post('/graphql/stream', async (request, reply) => {
    if (!request.headers.accept?.includes('text/event-stream'))
      throw new Refusal('BAD_DOCUMENT', 'accept: should be text/event-stream');
    request.headers.accept = 'text/event-stream'; // the handler knows no lists
    try {
      await handler(request, reply);
    } catch (error) {
      if (!reply.raw.headersSent) throw error;
      log.error({ err: error }, 'stream broke off');
      reply.raw.end();
    }
  });
  return {
    async close() {
      for (const stream of streams) stream.end();
      await looker.stop();
    },
  };
}

/** A refusal before GraphQL as GraphQL would tell it. */
function told(error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error;
  const { code } = error.extensions;
  return { data: null, errors: [{ message: error.message, extensions: { code } }] };
}
