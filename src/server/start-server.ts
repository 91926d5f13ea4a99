/** Composes the server and starts it: Fastify, Apollo Server, the context of a request. */
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';
import { createJwtReader, openVault } from '../access/index.js';
import type { Config } from '../config.js';
import { openDatabase } from '../database/index.js';
import { createCaptureJobs, readMapping } from '../exchange/index.js';
import { startDelivery } from '../recall/index.js';
import type { Services } from '../record/index.js';
import { createBudgets } from './budget.js';
import { anonymousContext, contextFor, createContext, goneBefore } from './create-context.js';
import { deriveAgain } from './derive-again.js';
import { watchDiscrepancies } from './discrepancy-counts.js';
import { addEpcisCapture } from './epcis-capture.js';
import { addEpcisEvents } from './epcis-events.js';
import { addExports } from './exports.js';
import { addGraphiql } from './graphiql.js';
import { addHealth } from './health.js';
import { addErrors, refuseGet } from './http-errors.js';
import { addJsonBody } from './json-body.js';
import { limits as defaultLimits, type Limits } from './limits.js';
import { addLive } from './live/live.js';
import { addMetrics, createMetrics } from './metrics.js';
import { addPublicCheck } from './public-check.js';
import { addRecallFiles } from './recall-files.js';
import { addRequestLog, requestFields, requestIdOf } from './request-log.js';
import { addSecurityHeaders } from './security-headers.js';
import { shedLoad } from './shed-load.js';
import { startApollo } from './start-apollo.js';
import { addStockFiles } from './stock-files.js';
import { startUpkeep } from './upkeep.js';

export interface ServerOptions {
  limits?: Limits;
  /** Where the log goes; stderr, since stdout is for data. */
  logTo?: DestinationStream;
}

export interface RunningServer {
  /** Where it answers, without a path. */
  url: string;
  /** Every route, as "GET /path"; what answers HEAD because it answers GET is none of its own. */
  routes: readonly string[];
  /** Answers what has begun, then stops; the services stay open. */
  close(): Promise<void>;
}

/** Starts listening at the configured host and port; port 0 takes a free one. */
export async function startServer(
  config: Config,
  services: Services,
  { limits = defaultLimits, logTo = pino.destination(2) }: ServerOptions = {},
): Promise<RunningServer> {
  const log = createLog(config, logTo);
  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    bodyLimit: limits.body,
    trustProxy: false,
    requestTimeout: limits.requestMs,
    http: { headersTimeout: limits.headMs, connectionsCheckingInterval: Math.min(limits.headMs, 5_000) },
  });
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const verb of [method].flat()) if (verb !== 'HEAD') routes.push(`${verb} ${url}`);
  });
  addRequestLog(app, log);
  addJsonBody(app, limits.bulkBody);
  const metrics = createMetrics(services.database);
  addSecurityHeaders(app, { origins: config.corsOrigins ?? [], production: config.production });
  const budgets = createBudgets(limits.budgets);
  const derivingAgain = deriveAgain(services.database, log);
  const plugins = [derivingAgain.plugin];
  const apollo = await startApollo(app, { config, log, limits, budgets, metrics, plugins });
  addErrors(app, log, limits);
  shedLoad(app, services.database, limits);
  const jwt = config.jwt ? createJwtReader(config.jwt) : null;
  const contextOf = (request: FastifyRequest, reply: FastifyReply) =>
    createContext({ config, services, limits, jwt }, request, goneBefore(reply));
  const answer = fastifyApolloHandler(apollo, {
    context: contextOf,
  });
  app.route({ url: '/graphql', method: 'POST', bodyLimit: limits.bulkBody, handler: answer });
  if (config.production) app.get('/graphql', async (_, reply) => refuseGet(reply));
  else addGraphiql(app);
  const live = addLive(app, {
    apollo,
    database: services.database,
    limits,
    log,
    metrics,
    context: (request, gone) => createContext({ config, services, limits, jwt }, request, gone),
  });
  addMetrics(app, metrics);
  addHealth(app, services.database, limits);
  addExports(app, () => anonymousContext(config, services));
  addRecallFiles(app, { apollo, context: contextOf });
  addStockFiles(app, { context: contextOf, budgets, limits });
  addPublicCheck(app, {
    apollo,
    context: (request, reply) => contextFor({ config, services, limits }, request, goneBefore(reply), null),
  });
  const rules = readMapping(config.epcisMappingFile);
  const jobs = createCaptureJobs(services, {
    rules,
    fault: (error, captureId) => log.error({ err: error, captureId }, 'capture broke off'),
  });
  addEpcisCapture(app, { services, jobs, rules, jwt });
  addEpcisEvents(app, { services, secret: config.secrets.cursorKey, limits, context: contextOf });
  await jobs.resume();
  const upkeep = startUpkeep(config, services, log);
  if (config.sealIntervalMs !== undefined) await derivingAgain.start();
  const watching =
    config.sealIntervalMs === undefined ? null : watchDiscrepancies(metrics.registry, services.database, log);
  const delivery = config.delivery ? await startDelivery(config.delivery, services, log) : null;
  const url = await app.listen({ host: config.host, port: config.port });
  return {
    url,
    routes,
    async close() {
      await live.close();
      await apollo.stop();
      await app.close();
      await jobs.close();
      await upkeep.stop();
      await derivingAgain.stop();
      await watching?.stop();
      await delivery?.stop();
    },
  };
}

/** JSON lines, without what would let a reader act for a caller. */
function createLog(config: Config, logTo: DestinationStream): Logger {
  return pino(
    {
      level: config.logLevel,
      mixin: requestFields,
      redact: ['req.headers.authorization', 'headers.authorization', 'authorization'],
    },
    logTo,
  );
}

/** Opens the database, serves until a signal ends it, and closes both. */
export async function serve(config: Config): Promise<void> {
  const database = await openDatabase(config, { patience: defaultLimits.patience });
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
