/** EPCIS out over HTTP: events by the filters a recall needs, page by page, and whole traces, as each caller may see them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../access/index.js';
import {
  BadTokenError,
  type EpcFormat,
  type EpcisQuery,
  epcFormats,
  epcisQueryDocument,
  findEvents,
  parseEpcisQuery,
  TraceTooLargeError,
  traceDocument,
} from '../exchange/index.js';
import { engine, Refusal, type RequestContext } from '../graphql/index.js';
import { derivationGap, type Services } from '../record/index.js';
import { resolveSubject } from '../trace/api/index.js';
import { sendProblem } from './epcis-problem.js';
import type { Limits } from './limits.js';

interface EventRoutes {
  services: Services;
  /** Key of page tokens. */
  secret: Buffer;
  limits: Limits;
  /** The caller and what questions about the record are asked with; throws a Refusal for a bad token. */
  context(request: FastifyRequest, reply: FastifyReply): Promise<RequestContext>;
}

type Parameters = Record<string, unknown>;

export function addEpcisEvents(app: FastifyInstance, routes: EventRoutes): void {
  app.register(async (scope) => {
    scope.addHook('onSend', async (_, reply) => {
      reply.headers({ 'GS1-EPCIS-Version': '2.0.0', 'GS1-CBV-Version': '2.0.0' });
    });
    scope.get<{ Querystring: Parameters }>('/epcis/events', async (request, reply) => {
      const asked = await askedBy(routes, request, reply, request.query);
      return asked === null ? reply : answer(routes, asked, request, reply);
    });
    // a wildcard, because a parameter of the router ends at 100 characters and ids are longer
    scope.get<{ Params: { '*': string }; Querystring: Parameters }>(
      '/epcis/events/*',
      async (request, reply) => {
        const eventID = request.params['*'];
        const asked = await askedBy(routes, request, reply, { ...request.query, EQ_eventID: eventID });
        return asked === null ? reply : answer(routes, asked, request, reply, eventID);
      },
    );
    scope.get<{ Querystring: Parameters }>('/epcis/trace', async (request, reply) => {
      const caller = await callerOf(routes, request, reply);
      return caller === null ? reply : answerTrace(routes, caller, request.query, reply);
    });
  });
}

/** Who asks, and in which spelling of identifiers the answer is wanted. */
interface Caller {
  context: RequestContext;
  principal: Principal;
  format: EpcFormat;
  /** Of this caller's statements. */
  statementTimeoutMs: number;
}

interface Asked extends Caller {
  query: EpcisQuery;
  /** What a page token belongs to: the caller and the question without its paging. */
  binding: string;
}

/** Reads who asks; answers the refusal itself and returns null otherwise. */
async function callerOf(
  routes: EventRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller | null> {
  const context = await routes.context(request, reply).catch((error: unknown) => {
    if (error instanceof Refusal && error.extensions.code === 'UNAUTHENTICATED') return null;
    throw error;
  });
  if (context === null || context.principal === null) {
    const detail =
      'authorization: expected "Bearer <token>" with a token that is neither expired nor revoked';
    sendProblem(reply.header('www-authenticate', 'Bearer'), 'UnauthenticatedException', detail);
    return null;
  }
  const wanted = request.headers['gs1-epc-format'] ?? 'No_Preference';
  const format = epcFormats.find((one) => one === wanted);
  const { principal } = context;
  const statementTimeoutMs = routes.limits.statementTimeoutMs[principal.role];
  if (format !== undefined) return { context, principal, format, statementTimeoutMs };
  const detail = `GS1-EPC-Format ${String(wanted)}: should be one of ${epcFormats.join(', ')}`;
  sendProblem(reply, 'QueryParameterException', detail);
  return null;
}

/** Reads who asks what; answers the refusal itself and returns null otherwise. */
async function askedBy(
  routes: EventRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  parameters: Parameters,
): Promise<Asked | null> {
  const caller = await callerOf(routes, request, reply);
  if (caller === null) return null;
  const read = parseEpcisQuery(parameters);
  if (!read.ok) {
    sendProblem(reply, 'QueryParameterException', read.reason);
    return null;
  }
  const { perPage: _, nextPageToken: _token, ...question } = parameters;
  const binding = JSON.stringify([
    'epcis events',
    String(caller.principal.partyId),
    caller.principal.role,
    Object.entries(question).sort(),
  ]);
  return { ...caller, query: read.query, binding };
}

async function answer(
  { services, secret }: EventRoutes,
  asked: Asked,
  request: FastifyRequest,
  reply: FastifyReply,
  eventID?: string,
): Promise<FastifyReply> {
  try {
    const { events, nextPageToken } = await findEvents(services, { ...asked, secret });
    if (eventID !== undefined && events.length === 0)
      return sendProblem(
        reply,
        'NoSuchResourceException',
        `event ${eventID}: there is none that you may see`,
      );
    if (nextPageToken !== null) reply.header('link', linkTo(request.url, nextPageToken));
    return reply
      .type('application/ld+json')
      .header('GS1-EPC-Format', asked.format)
      .send(JSON.stringify(epcisQueryDocument(events, new Date())));
  } catch (error) {
    if (error instanceof BadTokenError) return sendProblem(reply, 'QueryParameterException', error.message);
    throw error;
  }
}

/** The same question from there on. */
function linkTo(url: string, token: string): string {
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('nextPageToken', token);
  return `<${next.pathname}?${next.searchParams}>; rel="next"`;
}

const directions = ['FORWARD', 'BACKWARD', 'BOTH'] as const;

/** `of` is any code; `direction` is where the walk goes, both ways where it is absent. */
async function answerTrace(
  { services }: EventRoutes,
  { context, principal, format, statementTimeoutMs }: Caller,
  { of, direction: wanted = 'BOTH', ...others }: Parameters,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const direction = directions.find((one) => one === wanted);
  const [unknown] = Object.keys(others);
  const problem =
    unknown !== undefined
      ? `${unknown}: is no parameter that is known here`
      : direction === undefined
        ? `direction ${String(wanted)}: should be one of ${directions.join(', ')}`
        : typeof of !== 'string' || of === ''
          ? 'of: is missing, the code of an item, a batch or a logistic unit'
          : null;
  if (problem !== null || direction === undefined || typeof of !== 'string')
    return sendProblem(reply, 'QueryParameterException', problem ?? '');
  try {
    // a document has no place for what it may lack
    const older = await context.snapshot.read(engine, (client) => derivationGap(client, null));
    if (older !== null) throw new Refusal('UNAVAILABLE', older.message);
    const subject = await resolveSubject(context, { code: of });
    const document = await traceDocument(services, {
      ...{ principal, subject, direction, format, statementTimeoutMs },
    });
    return reply.type('application/ld+json').send(JSON.stringify(document));
  } catch (error) {
    if (error instanceof TraceTooLargeError)
      return sendProblem(reply, 'QueryTooLargeException', error.message);
    if (!(error instanceof Refusal) || error.extensions.code === 'UNAVAILABLE') throw error;
    const exception =
      error.extensions.code === 'NOT_FOUND' ? 'NoSuchResourceException' : 'QueryParameterException';
    return sendProblem(reply, exception, error.message);
  } finally {
    await context.snapshot.end();
  }
}
