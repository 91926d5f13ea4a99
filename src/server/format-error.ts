/** Maps every error to the closed list of codes; a fault is masked and logged whole under its id. */
import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { outageOf } from '../database/index.js';
import { type RefusalCode, refusalCodes } from '../graphql/index.js';

/** Apollo's own codes. */
const apolloCodes: Record<string, RefusalCode> = {
  GRAPHQL_PARSE_FAILED: 'BAD_DOCUMENT',
  GRAPHQL_VALIDATION_FAILED: 'BAD_DOCUMENT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_DOCUMENT',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_DOCUMENT',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_DOCUMENT',
  BAD_REQUEST: 'BAD_DOCUMENT',
  BAD_USER_INPUT: 'BAD_INPUT',
};

/** What PostgreSQL says when it, and not the question, is the reason. */
const databaseCodes: Record<string, { code: RefusalCode; message: string }> = {
  57014: {
    code: 'TIMEOUT',
    message: 'the question took too long; ask for less or through an export',
  },
  '22021': {
    code: 'BAD_INPUT',
    message: 'a text has a character that no text of the record has',
  },
  '22P05': {
    code: 'BAD_INPUT',
    message: 'a text has a character that no text of the record has',
  },
  '22003': { code: 'BAD_INPUT', message: 'a number is larger than any of the record' },
  '22008': { code: 'BAD_INPUT', message: 'a time is outside of what the record can hold' },
};

const isRefusalCode = (code: unknown): code is RefusalCode => refusalCodes.some((known) => known === code);

export function createFormatError(log: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = unwrapResolverError(error);
    const { locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const tell = (
      code: RefusalCode,
      message: string,
      more: Record<string, unknown> = {},
    ): GraphQLFormattedError => ({
      message,
      ...place,
      extensions: { ...more, code },
    });
    const given = formatted.extensions?.code;
    const tokens = /more tha[nt] (\d+) tokens/.exec(formatted.message)?.[1];
    if (given === 'GRAPHQL_PARSE_FAILED' && tokens !== undefined)
      return tell('OPERATION_TOO_COSTLY', `document: more than ${tokens} tokens`);
    if (isRefusalCode(given) && given !== 'INTERNAL') return tell(given, formatted.message);
    if (typeof given === 'string' && apolloCodes[given])
      return tell(apolloCodes[given], withoutSuggestion(formatted.message));
    const fromDatabase =
      cause instanceof Error && 'code' in cause ? databaseCodes[String(cause.code)] : undefined;
    if (fromDatabase) return tell(fromDatabase.code, fromDatabase.message);
    const outage = outageOf(cause);
    if (outage !== null) {
      log.warn({ err: cause, path }, 'outage');
      return tell('UNAVAILABLE', outage);
    }
    // A scalar that refuses a variable: graphql's own words, no fault of ours.
    if (cause instanceof GraphQLError && cause.originalError === undefined && given === undefined) {
      return tell('BAD_INPUT', withoutSuggestion(formatted.message));
    }
    const errorId = randomUUID();
    log.error({ errorId, err: cause, path }, 'fault');
    return tell('INTERNAL', `something went wrong here; name errorId ${errorId} when you report it`, {
      errorId,
    });
  };
}

const withoutSuggestion = (message: string): string => message.replace(/ Did you mean [^?]*\?/g, '');
