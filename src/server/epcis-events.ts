/** GET /epcis/events: events of the record as EPCIS, by the filters a recall needs, page by page, as each caller may see them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JwtReader, Principal } from '../access/index.js';
import {
  BadTokenError,
  type EpcFormat,
  type EpcisQuery,
  epcFormats,
  epcisQueryDocument,
  findEvents,
  parseEpcisQuery,
} from '../exchange/index.js';
import type { Services } from '../record/index.js';
import { identify } from './create-context.js';
import { sendProblem } from './epcis-problem.js';

interface EventRoutes {
  services: Services;
  jwt: JwtReader | null;
  /** Key of page tokens. */
  secret: Buffer;
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
  });
}

interface Asked {
  principal: Principal;
  query: EpcisQuery;
  format: EpcFormat;
  /** What a page token belongs to: the caller and the question without its paging. */
  binding: string;
}

/** Reads who asks what; answers the refusal itself and returns null otherwise. */
async function askedBy(
  { services, jwt }: EventRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  parameters: Parameters,
): Promise<Asked | null> {
  const principal = await identify(services, request.headers.authorization, jwt);
  if (principal === null) {
    const detail =
      'authorization: expected "Bearer <token>" with a token that is neither expired nor revoked';
    sendProblem(reply.header('www-authenticate', 'Bearer'), 'UnauthenticatedException', detail);
    return null;
  }
  const wanted = request.headers['gs1-epc-format'] ?? 'No_Preference';
  const format = epcFormats.find((one) => one === wanted);
  if (format === undefined) {
    const detail = `GS1-EPC-Format ${String(wanted)}: should be one of ${epcFormats.join(', ')}`;
    sendProblem(reply, 'QueryParameterException', detail);
    return null;
  }
  const read = parseEpcisQuery(parameters);
  if (!read.ok) {
    sendProblem(reply, 'QueryParameterException', read.reason);
    return null;
  }
  const { perPage: _, nextPageToken: _token, ...question } = parameters;
  const binding = JSON.stringify([
    'epcis events',
    String(principal.partyId),
    principal.role,
    Object.entries(question).sort(),
  ]);
  return { principal, query: read.query, format, binding };
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
