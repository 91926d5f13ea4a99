/** An outage is told as one: status 503, code UNAVAILABLE, and when to come again. What is answered in part stays an answer. */
import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { KeySetError } from '../access/index.js';
import { outageOf } from '../database/index.js';
import { Refusal, type RequestContext } from '../graphql/index.js';

/** Soon enough for a restart of the database, rare enough not to be what keeps it down. */
export const RETRY_AFTER_SECONDS = '2';

/** Sets the status once the errors have their codes. */
export const outagePlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response }) {
        if (response.body.kind !== 'single') return;
        const { data, errors = [] } = response.body.singleResult;
        const failed = data == null || Object.values(data).every((field) => field === null);
        if (!failed || !errors.some(({ extensions }) => extensions?.code === 'UNAVAILABLE')) return;
        response.http.status = 503;
        response.http.headers.set('retry-after', RETRY_AFTER_SECONDS);
      },
    };
  },
};

/** An outage that comes before GraphQL, as a refusal with its status; any other error as it is. */
export function asRefusal(error: unknown): unknown {
  const outage = error instanceof KeySetError ? error.message : outageOf(error);
  if (outage === null) return error;
  const headers = new HeaderMap([['retry-after', RETRY_AFTER_SECONDS]]);
  const refusal = new Refusal('UNAVAILABLE', outage, { http: { status: 503, headers } });
  return Object.assign(refusal, { cause: error });
}
