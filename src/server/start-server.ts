/** Composes the server and starts it: Fastify, Apollo Server, the context of a request. */
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify';
import { type Logger, pino } from 'pino';
import { openVault } from '../access/index.js';
import type { Config } from '../config.js';
import { openDatabase } from '../database/index.js';
import { createCaptureJobs, readMapping } from '../exchange/index.js';
import type { RequestContext } from '../graphql/index.js';
import type { Services } from '../record/index.js';
import { anonymousContext, createContext, snapshotPlugin } from './create-context.js';
import { addEpcisCapture } from './epcis-capture.js';
import { addExports } from './exports.js';
import { createFormatError } from './format-error.js';
import { addGraphiql } from './graphiql.js';
import { addHealth } from './health.js';
import { introspectionPlugin } from './introspection.js';
import { limits, limitsPlugin } from './limits.js';
import { schemaOf } from './schema.js';

export interface RunningServer {
  /** Where it answers, without a path. */
  url: string;
  /** Answers what has begun, then stops; the services stay open. */
  close(): Promise<void>;
}

/** Starts listening at the configured host and port; port 0 takes a free one. */
export async function startServer(config: Config, services: Services): Promise<RunningServer> {
  const log = createLog(config);
  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.body,
    trustProxy: false,
  });
  const apollo = await startApollo(config, log, app);
  app.setErrorHandler((error: FastifyError, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'fault outside GraphQL');
    const code = status >= 500 ? 'INTERNAL' : 'BAD_INPUT';
    const message =
      status === 413
        ? `body: more than ${limits.bulkBody} bytes`
        : status >= 500
          ? 'something went wrong here'
          : error.message;
    return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
  });
  app.route({
    url: '/graphql',
    method: 'POST',
    bodyLimit: limits.bulkBody,
    handler: fastifyApolloHandler(apollo, {
      context: (request) => createContext(config, services, request.headers.authorization),
    }),
  });
  if (!config.production) addGraphiql(app);
  addHealth(app, services.database);
  addExports(app, () => anonymousContext(config, services));
  const rules = readMapping(config.epcisMappingFile);
  const jobs = createCaptureJobs(services, {
    rules,
    fault: (error, captureId) => log.error({ err: error, captureId }, 'capture broke off'),
  });
  addEpcisCapture(app, { services, jobs, rules });
  await jobs.resume();
  const url = await app.listen({ host: config.host, port: config.port });
  return {
    url,
    async close() {
      await apollo.stop();
      await app.close();
      await jobs.close();
    },
  };
}

async function startApollo(
  config: Config,
  log: Logger,
  app: FastifyInstance,
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
      limitsPlugin,
      snapshotPlugin,
    ],
  });
  await apollo.start();
  return apollo;
}

/** JSON lines on stderr: stdout is for data. */
function createLog(config: Config): Logger {
  return pino(
    {
      level: config.logLevel,
      redact: ['req.headers.authorization', 'headers.authorization', 'authorization'],
    },
    pino.destination(2),
  );
}

/** Opens the database, serves until a signal ends it, and closes both. */
export async function serve(config: Config): Promise<void> {
  const database = await openDatabase(config);
  try {
    const vault = await openVault(database, config);
    const server = await startServer(config, { database, vault });
    process.stderr.write(`tracewright serves at ${server.url}/graphql\n`);
    const signal = Promise.withResolvers<void>();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => signal.resolve());
    await signal.promise;
    await server.close();
  } finally {
    await database.close();
  }
}
