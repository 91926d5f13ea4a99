/** Refusals of the EPCIS interface: RFC 7807 problems with the exceptions that its standard names. */
import type { FastifyReply } from 'fastify';
import type { Told } from '../exchange/index.js';

const titles = {
  ValidationException: ['EPCIS document or event is not valid', 400],
  QueryParameterException: ['Query parameter is not valid', 400],
  SecurityException: ['Not allowed', 403],
  /** Without a token: the standard has one name for it and for not being allowed. */
  UnauthenticatedException: ['Not authenticated', 401],
  NoSuchResourceException: ['No such resource', 404],
  ResourceAlreadyExistsException: ['Resource exists already', 409],
  CaptureLimitExceededException: ['Capture limit exceeded', 413],
  QueryTooLargeException: ['Query result is too large', 413],
  UnsupportedMediaTypeException: ['Media type is not supported', 415],
  ImplementationException: ['Something went wrong here', 500],
  /** The standard names none for what passes by itself. */
  Unavailable: ['Not available at present', 503],
} as const;

export type EpcisException = keyof typeof titles;

export type EpcisRefusal = Told & { exception: EpcisException };

const standardNames: Partial<Record<EpcisException, string>> = {
  UnauthenticatedException: 'SecurityException',
  Unavailable: 'ImplementationException',
};

const typeOf = (exception: EpcisException): string =>
  `epcisException:${standardNames[exception] ?? exception}`;

/** One refusal of one event: which event, which field, which value, which rule. */
export const problemOf = ({ exception, event, eventId, path, value, message, line }: EpcisRefusal) => ({
  type: typeOf(exception),
  title: titles[exception][0],
  status: titles[exception][1],
  detail: message,
  ...(event === null ? {} : { event }),
  ...(eventId === null ? {} : { eventID: eventId }),
  ...(line === undefined ? {} : { line }),
  path,
  value,
});

/** Answers with a problem; several refusals stand under `errors`, the first says the whole. */
export function sendProblem(
  reply: FastifyReply,
  exception: EpcisException,
  detail: string,
  refusals: readonly EpcisRefusal[] = [],
): FastifyReply {
  const [title, status] = titles[exception];
  const errors = refusals.length === 0 ? {} : { errors: refusals.map(problemOf) };
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: typeOf(exception), title, status, detail, ...errors });
}
