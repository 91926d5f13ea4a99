/** Refusals: errors of a request with a code from a closed list, told apart from business outcomes and from faults. */
import { GraphQLError } from 'graphql';

export const refusalCodes = [
  'BAD_DOCUMENT',
  'BAD_INPUT',
  'BAD_CURSOR',
  'BAD_PAGE_SIZE',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'OPERATION_TOO_COSTLY',
  'THROTTLED',
  'TIMEOUT',
  'CONFLICT',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** An error the client is told as it stands: its message names the thing, the value and the rule. */
export class Refusal extends GraphQLError {
  constructor(code: RefusalCode, message: string, extensions: Record<string, unknown> = {}) {
    super(message, { extensions: { ...extensions, code } });
    this.name = 'Refusal';
  }
}
