/** GraphQL itself: one Apollo Server with everything that guards it. */
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { RequestContext } from '../graphql/index.js';
import type { Budgets } from './budget.js';
import { snapshotPlugin } from './create-context.js';
import { createFormatError } from './format-error.js';
import { introspectionPlugin } from './introspection.js';
import { limitOperations } from './limit-operations.js';
import type { Limits } from './limits.js';
import type { Metrics } from './metrics.js';
import { outagePlugin } from './outages.js';
import { requestLogPlugin } from './request-log.js';
import { schemaOf } from './schema.js';

export async function startApollo(
  app: FastifyInstance,
  {
    config,
    log,
    limits,
    budgets,
    metrics,
    plugins,
  }: {
    config: Config;
    log: Logger;
    limits: Limits;
    budgets: Budgets;
    metrics: Metrics;
    plugins: ApolloServerPlugin<RequestContext>[];
  },
): Promise<ApolloServer<RequestContext>> {
  const apollo = new ApolloServer<RequestContext>({
    schema: schemaOf(),
    introspection: true, // refused to anonymous callers in production by a rule of ours, which knows the caller
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    parseOptions: { maxTokens: limits.tokens },
    stopOnTerminationSignals: false,
    formatError: createFormatError(log),
    logger: {
      debug: (text) => log.debug(text),
      info: (text) => log.info(text),
      warn: (text) => log.warn(text),
      error: (text) => log.error(text),
    },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      fastifyApolloDrainPlugin(app),
      introspectionPlugin(config.production),
      limitOperations({ limits, budgets }),
      metrics.plugin,
      requestLogPlugin,
      outagePlugin,
      snapshotPlugin,
      ...plugins,
    ],
  });
  await apollo.start();
  return apollo;
}
