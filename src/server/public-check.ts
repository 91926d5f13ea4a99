/**
 * The public check at the addresses that GS1 Digital Links give goods, so that scanning a code on them answers it: JSON for
 * programs, a page for people. Asked through GraphQL as anyone would ask it: the same answer, limits and budget.
 */
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DocumentNode, parse } from 'graphql';
import Negotiator from 'negotiator';
import { fullLink, readElements } from '../exchange/gs1/index.js';
import type { RequestContext } from '../graphql/index.js';
import {
  answerPage,
  formPage,
  type Language,
  pagePolicy,
  preferredLanguage,
  type RecallCheck,
} from '../recall/api/index.js';

/** Keys of goods (GTIN, ITIP, CPI, with their short names), and of what is scanned in their place: units hold goods. */
const keys = ['01', 'gtin', '8006', 'itip', '8010', 'cpid', '00', 'sscc', '8003', '8004'];

/** A recall that is published is told within this time by every cache. */
const CACHE_SECONDS = 60;

const question: DocumentNode = parse(`query PublicCheck($code: String!, $language: Language!) {
  recallCheck(code: $code, language: $language) {
    code gtin lot serial expiresOn verdict language message because read checkedAt
    recalls { number title wordsLanguage kind risk instructions doNotUse advice remedyPlan remedyFrom contact isRemedied publishedAt }
  }
}`);

interface Asking {
  apollo: ApolloServer<RequestContext>;
  context: (request: FastifyRequest, reply: FastifyReply) => RequestContext;
}

export function addPublicCheck(app: FastifyInstance, asking: Asking): void {
  for (const key of keys)
    app.get(`/${key}/*`, (request, reply) => {
      const { path, language } = readAddress(request);
      return answer(asking, request, reply, { code: `https://id.gs1.org${path}`, language });
    });
  app.get('/check', (request, reply) => {
    const { path, language } = readAddress(request);
    const given = new URLSearchParams(path.split('?')[1] ?? '');
    const code = given.get('code') ?? '';
    if (code.trim() === '') return sendPage(reply, 200, formPage('NONE', { language, path: request.url }));
    return answer(asking, request, reply, { code: withPrinted(code, given), language });
  });
}

/** The address without what only tells the language. */
function readAddress(request: FastifyRequest): { path: string; language: Language } {
  const [path = '', query = ''] = request.url.split('?');
  const pairs = query.split('&').filter((pair) => pair !== '');
  const wanted = pairs.find((pair) => pair.startsWith('lang='))?.slice('lang='.length);
  const others = pairs.filter((pair) => !pair.startsWith('lang='));
  return {
    path: others.length === 0 ? path : `${path}?${others.join('&')}`,
    language: preferredLanguage(wanted ?? request.headers['accept-language']),
  };
}

/** A code with what else was read from the goods; a code that is no GS1 key stays as it is. */
function withPrinted(code: string, given: URLSearchParams): string {
  const elements = readElements(code.trim());
  if (elements === null) return code;
  const [lot = '', serial = '', expiry = ''] = ['lot', 'serial', 'expiry'].map((name) =>
    given.get(name)?.trim(),
  );
  const all = new Map(elements);
  if (lot !== '') all.set('10', lot);
  if (serial !== '') all.set(all.has('8010') ? '8011' : '21', serial);
  const [, yy, mm, dd] = /^\d\d(\d\d)-(\d\d)-(\d\d)$/.exec(expiry) ?? [];
  if (yy !== undefined) all.set('17', `${yy}${mm}${dd}`);
  return all.size === elements.size ? code : fullLink(all);
}

async function answer(
  { apollo, context }: Asking,
  request: FastifyRequest,
  reply: FastifyReply,
  variables: { code: string; language: Language },
): Promise<FastifyReply> {
  const { body, http } = await apollo.executeOperation<{ recallCheck: RecallCheck }>(
    { query: question, variables },
    { contextValue: context(request, reply) },
  );
  const { data, errors } = body.kind === 'single' ? body.singleResult : { data: null, errors: [] };
  const found = data?.recallCheck ?? null;
  const code = errors?.[0]?.extensions?.code;
  const status = found !== null ? 200 : (http.status ?? (code === 'BAD_INPUT' ? 400 : 503));
  const retryAfter = http.headers.get('retry-after');
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  reply.header('vary', 'origin, accept, accept-language');
  if (found !== null) reply.header('cache-control', `public, max-age=${CACHE_SECONDS}`);
  const { language } = variables;
  if (!wantsPage(request))
    return reply
      .code(status)
      .header('content-language', language.toLowerCase())
      .send(found ?? { errors });
  const where = { language, path: request.url };
  if (found !== null) return sendPage(reply, status, answerPage(asTimes(found), where));
  return sendPage(
    reply,
    status,
    formPage(status === 429 ? 'TOO_MANY' : code === 'BAD_INPUT' ? 'NOT_READ' : 'BROKEN', where),
  );
}

/** A program that names nothing gets JSON; a browser names HTML. */
const wantsPage = (request: FastifyRequest): boolean =>
  new Negotiator(request.raw).mediaType(['application/json', 'text/html']) === 'text/html';

const sendPage = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', pagePolicy)
    .send(page);

/** Times of an answer may be text by now. */
function asTimes(answer: RecallCheck): RecallCheck {
  const time = (at: Date | string | null) => (at === null ? null : new Date(at));
  return {
    ...answer,
    checkedAt: new Date(answer.checkedAt),
    recalls: answer.recalls.map((recall) => ({
      ...recall,
      remedyFrom: time(recall.remedyFrom),
      publishedAt: time(recall.publishedAt),
    })),
  };
}
