/** Works the queue of deliveries off, and frees what a process that was killed had taken from it. */
import { EventEmitter } from 'node:events';
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { Logger as PinoLogger } from 'pino';
import type { Services } from '../../record/index.js';
import { deliverNotice, type Outlets } from './deliver-notice.js';
import { tasks } from './delivery.sql.js';
import type { WebhookConfig } from './post-webhook.js';
import { createQueueLock } from './queue-lock.js';
import { createMailer, type MailConfig } from './send-mail.js';

export interface DeliveryConfig {
  /** Null: e-mail waits in the queue until a process has a mail server. */
  mail: MailConfig | null;
  webhooks: WebhookConfig;
}

const CONCURRENT_MAX = 2;
const POOL_MAX = CONCURRENT_MAX + 2;
/** graphile-worker writes its ids as JSON, which has no bigint: on its connections they are text, as pg gives them by itself. */
const queueTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === pg.types.builtins.INT8
      ? String
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};
const FREE_INTERVAL_MS = 15_000;

/** Starts the worker; a task that is not configured is not taken, so that its jobs wait for a process that can. */
export async function startDelivery(
  config: DeliveryConfig,
  services: Services,
  log: PinoLogger,
): Promise<{ stop(): Promise<void> }> {
  const connectionString = services.database.ownerPool.options.connectionString ?? '';
  const pool = new pg.Pool({ connectionString, max: POOL_MAX, types: queueTypes });
  pool.on('error', (error) => log.warn({ err: error }, 'a connection of the queue broke'));
  pool.on('connect', (client) => client.on('error', () => {}));
  const mailer = config.mail === null ? null : createMailer(config.mail);
  if (mailer === null)
    log.info('TRACEWRIGHT_SMTP_URL names no mail server: notices by e-mail stay QUEUED until one is named');
  const outlets: Outlets = { mailer, webhooks: config.webhooks };
  const task = async (payload: unknown, { job }: { job: { attempts: number; max_attempts: number } }) => {
    const { delivery } = payload as { delivery: string };
    await deliverNotice(services, outlets, BigInt(delivery), job.attempts >= job.max_attempts);
  };
  const taskList: TaskList = {
    [tasks.WEBHOOK]: task,
    ...(mailer !== null && { [tasks.EMAIL]: task }),
  };
  const lock = createQueueLock(connectionString);
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => {
    lock.hold(workerPool.id).catch((error: unknown) => log.error({ err: error }, 'the queue lock failed'));
  });
  await lock.freeAbandoned(pool);
  const runner = await run({
    pgPool: pool,
    concurrency: CONCURRENT_MAX,
    noHandleSignals: true,
    noPreparedStatements: true,
    logger: loggerOf(log),
    events,
    taskList,
    parsedCronItems: [],
  });
  const freeing = setInterval(() => {
    lock.freeAbandoned(pool).catch((error: unknown) => log.error({ err: error }, 'the queue was not freed'));
  }, FREE_INTERVAL_MS);
  return {
    async stop() {
      clearInterval(freeing);
      await runner.stop();
      mailer?.close();
      await lock.release();
      await pool.end();
    },
  };
}

/** The worker's chatter goes where debugging goes; what failed is told. */
const loggerOf = (log: PinoLogger): Logger =>
  new Logger(() => (level, message) => {
    if (level === 'error') log.warn(message);
    else log.debug(message);
  });
