/** The EPCIS 2.0 capture interface: documents as jobs, single events at once. */
import { Readable } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JwtReader, Principal } from '../access/index.js';
import { outageOf } from '../database/index.js';
import {
  type CaptureJobs,
  capture,
  capturePacked,
  DocumentLimitError,
  type JobRow,
  type MappingRule,
  packDocument,
  readEpcis,
  type Told,
  unpackDocument,
} from '../exchange/index.js';
import type { Services } from '../record/index.js';
import { identify } from './create-context.js';
import { type EpcisRefusal, problemOf, sendProblem } from './epcis-problem.js';
import { RETRY_AFTER_SECONDS } from './outages.js';

/** What one capture may hold; announced in the headers of every answer. */
export const captureLimits = {
  events: 100_000,
  bytes: 64 * 1024 * 1024,
  /** Jobs a page of the list holds at most. */
  page: 100,
  defaultPage: 30,
} as const;

const mediaTypes = ['application/json', 'application/ld+json', 'application/x-ndjson', 'application/ndjson'];

const announced = {
  'GS1-EPCIS-Version': '2.0.0',
  'GS1-CBV-Version': '2.0.0',
  'GS1-EPCIS-Min': '2.0.0',
  'GS1-EPCIS-Max': '2.0.0',
  'GS1-EPCIS-Capture-Limit': String(captureLimits.events),
  'GS1-EPCIS-Capture-File-Size-Limit': String(captureLimits.bytes),
};

interface CaptureRoutes {
  services: Services;
  jobs: CaptureJobs;
  rules: readonly MappingRule[];
  jwt: JwtReader | null;
}

export function addEpcisCapture(app: FastifyInstance, { services, jobs, rules, jwt }: CaptureRoutes): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(mediaTypes, (_, payload, done) => {
      done(null, payload); // read only when it is known who sends it
    });
    scope.addHook('onSend', async (_, reply) => {
      reply.headers(announced);
    });
    scope.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply));
    scope.options('/epcis/capture', async (_, reply) =>
      reply.code(204).header('allow', 'GET, POST, OPTIONS').send(),
    );
    scope.post('/epcis/capture', async (request, reply) => {
      const principal = await recorderOf({ services, jwt }, request, reply);
      return principal === null
        ? reply
        : postCapture({ services, jobs, rules, jwt }, principal, request, reply);
    });
    scope.get<{ Params: { id: string } }>('/epcis/capture/:id', async (request, reply) => {
      const principal = await recorderOf({ services, jwt }, request, reply);
      if (principal === null) return reply;
      const { id } = request.params;
      const job = /^[0-9a-f-]{36}$/.test(id) ? await jobs.find(id, principal.partyId) : null;
      if (job === null)
        return sendProblem(
          reply,
          'NoSuchResourceException',
          `capture ${id}: there is none of yours with this id`,
        );
      return reply.send(jobOf(job));
    });
    scope.get<{ Querystring: Record<string, string | undefined> }>(
      '/epcis/capture',
      async (request, reply) => {
        const principal = await recorderOf({ services, jwt }, request, reply);
        return principal === null ? reply : listJobs(jobs, principal, request.query, reply);
      },
    );
    scope.post('/epcis/events', async (request, reply) => {
      const principal = await recorderOf({ services, jwt }, request, reply);
      return principal === null ? reply : postEvent({ services, rules }, principal, request, reply);
    });
  });
}

/** Who may record; answers the refusal itself and returns null otherwise. */
async function recorderOf(
  { services, jwt }: Pick<CaptureRoutes, 'services' | 'jwt'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Principal | null> {
  const principal = await identify(services, request.headers.authorization, jwt);
  if (principal === null) {
    const detail =
      'authorization: expected "Bearer <token>" with a token that is neither expired nor revoked';
    sendProblem(reply.header('www-authenticate', 'Bearer'), 'UnauthenticatedException', detail);
    return null;
  }
  if (principal.role !== 'REGULATOR') return principal;
  sendProblem(reply, 'SecurityException', 'role REGULATOR: a regulator records nothing');
  return null;
}

/** The body, packed while it arrives. What is sent beyond a limit is thrown away unread, so that the sender hears why. */
async function receive(request: FastifyRequest): Promise<Buffer> {
  const { body } = request;
  if (Number(request.headers['content-length'] ?? 0) > captureLimits.bytes)
    throw new DocumentLimitError(`body: at most ${captureLimits.bytes} bytes`);
  return packDocument(
    body instanceof Readable ? body.iterator({ destroyOnReturn: false }) : Readable.from([]),
    captureLimits,
  );
}

async function postCapture(
  { services, jobs, rules }: CaptureRoutes,
  principal: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const behaviour = request.headers['gs1-capture-error-behaviour'] ?? 'rollback';
  if (behaviour !== 'rollback' && behaviour !== 'proceed') {
    const detail = `GS1-Capture-Error-Behaviour ${String(behaviour)}: should be rollback or proceed`;
    return sendProblem(reply, 'ValidationException', detail);
  }
  const packed = await receive(request);
  const recorder = { partyId: principal.partyId, role: principal.role };
  // what is wrong with the form of the document is told at once; what only the record can tell, by the job
  const checked = await capturePacked(
    services,
    { packed, file: 'body' },
    { recorder, behaviour, reading: 'strict', rules, dryRun: true },
  );
  if (checked.events > captureLimits.events) {
    const detail = `${checked.events} events: a capture takes at most ${captureLimits.events}`;
    return sendProblem(reply, 'CaptureLimitExceededException', detail);
  }
  const invalid = checked.refusals.filter(({ exception }) => exception === 'ValidationException');
  const unreadable = invalid.filter(({ event }) => event === null);
  const fatal = behaviour === 'rollback' ? invalid : unreadable;
  const [first] = fatal;
  if (first !== undefined && (behaviour === 'rollback' || checked.refused === checked.events))
    return sendProblem(reply, 'ValidationException', first.message, fatal);
  const captureId = await jobs.add(packed, { recorder, behaviour });
  return reply.code(202).header('location', `/epcis/capture/${captureId}`).send();
}

const brokenOff: EpcisRefusal = {
  exception: 'ImplementationException',
  event: null,
  eventId: null,
  path: '',
  value: null,
  message: 'the capture broke off each time it was tried',
};

/** A job as the standard tells it, and what became of its events. */
function jobOf(job: JobRow) {
  const { report } = job;
  const running = job.finished_at === null;
  const broken = !running && report === null;
  const errors = (broken ? [brokenOff] : (report?.refusals ?? [])).map(problemOf);
  return {
    captureID: job.capture_id,
    createdAt: job.created_at.toISOString(),
    ...(job.finished_at && { finishedAt: job.finished_at.toISOString() }),
    running,
    success: running || errors.length === 0,
    captureErrorBehaviour: job.behaviour,
    errors,
    ...(report && {
      events: report.events,
      recorded: report.recorded,
      duplicate: report.duplicate,
      corrected: report.corrected,
      refused: report.refused,
      repaired: report.repairs.map(toldIn),
      kept: report.notes.map(toldIn),
    }),
  };
}

const toldIn = ({ event, eventId, path, value, message, line }: Told) => ({
  event,
  eventID: eventId,
  path,
  value,
  detail: message,
  ...(line !== undefined && { line }),
});

async function listJobs(
  jobs: CaptureJobs,
  principal: Principal,
  query: Record<string, string | undefined>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const perPage = Number(query.perPage ?? captureLimits.defaultPage);
  if (!Number.isInteger(perPage) || perPage < 1)
    return sendProblem(
      reply,
      'QueryParameterException',
      `perPage ${query.perPage}: should be a whole number of 1 or more`,
    );
  const token = query.nextPageToken;
  if (token !== undefined && !/^\d{1,18}$/.test(token))
    return sendProblem(reply, 'QueryParameterException', `nextPageToken ${token}: is none of ours`);
  const limit = Math.min(perPage, captureLimits.page);
  const before = token === undefined ? null : BigInt(token);
  const found = await jobs.list({ recorderId: principal.partyId, before, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  if (found.length > limit && last)
    reply.header('link', `</epcis/capture?perPage=${limit}&nextPageToken=${last.capture_seq}>; rel="next"`);
  return reply.send(page.map(jobOf));
}

async function postEvent(
  { services, rules }: Pick<CaptureRoutes, 'services' | 'rules'>,
  principal: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const text = await unpackDocument(await receive(request));
  const { events } = readEpcis(text, 'body', rules);
  const [read] = events;
  if (events.length > 1)
    return sendProblem(
      reply,
      'ValidationException',
      `${events.length} events: this takes one, /epcis/capture takes many`,
    );
  const recorder = { partyId: principal.partyId, role: principal.role };
  const report = await capture(
    services,
    { text, file: 'body' },
    { recorder, behaviour: 'rollback', reading: 'strict', rules },
  );
  const [first] = report.refusals;
  if (first) return sendProblem(reply, first.exception, first.message, report.refusals);
  if (report.duplicate > 0 || !read) {
    return sendProblem(reply, 'ResourceAlreadyExistsException', `event ${read?.id}: captured before`);
  }
  return reply
    .code(201)
    .header('location', `/epcis/events/${encodeURIComponent(read.id)}`)
    .send({ ...read.event, eventID: read.id });
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const outage = outageOf(error);
  if (outage !== null) {
    request.log.warn({ err: error }, 'outage');
    return sendProblem(reply.header('retry-after', RETRY_AFTER_SECONDS), 'Unavailable', outage);
  }
  if (error.statusCode === 413) {
    request.raw.resume();
    return sendProblem(reply.header('connection', 'close'), 'CaptureLimitExceededException', error.message);
  }
  if (error.statusCode === 415) {
    const detail = `content-type ${request.headers['content-type'] ?? 'missing'}: should be one of ${mediaTypes.join(', ')}`;
    return sendProblem(reply, 'UnsupportedMediaTypeException', detail);
  }
  if ((error.statusCode ?? 500) < 500) return sendProblem(reply, 'ValidationException', error.message);
  request.log.error({ err: error }, 'fault of the EPCIS interface');
  return sendProblem(reply, 'ImplementationException', 'something went wrong here');
}
