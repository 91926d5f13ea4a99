/** Refuses operations that ask for too much, before anything runs, and tells each what it costs. */
import {
  type ApolloServerPlugin,
  type GraphQLRequestContextDidResolveOperation,
  HeaderMap,
} from '@apollo/server';
import { Refusal, type RequestContext } from '../graphql/index.js';
import { type Budgets, networkOf } from './budget.js';
import type { Limits } from './limits.js';
import { weighOperation } from './weigh-operation.js';

export interface OperationLimits {
  limits: Limits;
  budgets: Budgets;
}

interface Cost {
  /** Points of the operation in the worst case. */
  estimated: number;
  /** Most points of one operation of this caller. */
  max: number;
  /** Points this caller has left. */
  remaining: number;
}

const badRequest = { http: { status: 400 } };

/** Apollo keeps validated documents, so a validation rule would miss the next caller's variables; this runs on each. */
export function limitOperations(options: OperationLimits): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      let cost: Cost | null = null;
      return {
        async didResolveOperation(request) {
          cost = checkOperation(request, options);
        },
        async willSendResponse({ response }) {
          if (response.body.kind !== 'single' || cost === null) return;
          const { singleResult } = response.body;
          singleResult.extensions = { ...singleResult.extensions, cost };
        },
      };
    },
  };
}

function checkOperation(
  request: GraphQLRequestContextDidResolveOperation<RequestContext>,
  { limits, budgets }: OperationLimits,
): Cost {
  const { document, operation, schema, contextValue } = request;
  if (operation === undefined) {
    throw new Refusal('BAD_DOCUMENT', 'operationName: should name an operation of the document', badRequest);
  }
  const isStreamed = contextValue.live !== undefined;
  if ((operation.operation === 'subscription') !== isStreamed) {
    const where = isStreamed ? 'send it to POST /graphql' : 'send it to POST /graphql/stream';
    throw new Refusal('BAD_DOCUMENT', `${operation.operation}: ${where}`, badRequest);
  }
  const weight = weighOperation(schema, document, operation, request.request.variables ?? {});
  const { principal, caller } = contextValue;
  const max = principal === null ? limits.anonymousCost : limits.cost;
  const refuse = (what: string, found: number, most: number): void => {
    if (found > most) {
      const message = `operation: ${what} ${found}, at most ${most}`;
      throw new Refusal('OPERATION_TOO_COSTLY', message, badRequest);
    }
  };
  if (operation.operation !== 'mutation') refuse('bytes of body', caller.bytes, limits.body);
  refuse('depth', weight.depth, limits.depth);
  refuse('aliases', weight.aliases, limits.aliases);
  refuse('root fields', weight.rootFields, limits.rootFields);
  refuse('directives', weight.directives, limits.directives);
  refuse('cost', weight.cost, max);
  const budget = principal === null ? limits.anonymousBudget : limits.budget;
  const account = principal === null ? `address ${networkOf(caller.address)}` : `token ${principal.tokenId}`;
  const spent = budgets.spend(account, weight.cost, budget);
  if (spent.retryAfterSeconds !== null) {
    const seconds = spent.retryAfterSeconds;
    throw new Refusal(
      'THROTTLED',
      `operation: cost ${weight.cost}, this caller has ${spent.remaining} left; try again in ${seconds} s`,
      { http: { status: 429, headers: new HeaderMap([['retry-after', String(seconds)]]) } },
    );
  }
  return { estimated: weight.cost, max, remaining: spent.remaining };
}
