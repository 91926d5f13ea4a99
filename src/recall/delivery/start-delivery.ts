/**
 * Works the queue of deliveries off, and keeps at it: a worker that an outage of the database ended, or that took a job whose
 * number it never heard, is replaced by one that finds all of that in the queue again.
 */
import pg from 'pg';
import type { Logger } from 'pino';
import type { Services } from '../../record/index.js';
import { deliverNotice, type Outlets } from './deliver-notice.js';
import { tasks } from './delivery.sql.js';
import type { WebhookConfig } from './post-webhook.js';
import { type QueueWorker, startQueueWorker } from './queue-worker.js';
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
const LOOK_INTERVAL_MS = 15_000;

/** Starts the worker; a task that is not configured is not taken, so that its jobs wait for a process that can. */
export async function startDelivery(
  config: DeliveryConfig,
  services: Services,
  log: Logger,
  { lookIntervalMs = LOOK_INTERVAL_MS } = {},
): Promise<{ stop(): Promise<void> }> {
  const connectionString = services.database.ownerPool.options.connectionString ?? '';
  const pool = new pg.Pool({ connectionString, max: POOL_MAX, types: queueTypes });
  let isOver = false;
  pool.on('error', (error) => {
    // a pool that has ended does not wait for its connections to close; the database may stop before
    if (!isOver) log.warn({ err: error }, 'a connection of the queue broke');
  });
  pool.on('connect', (client) => client.on('error', () => {}));
  const mailer = config.mail === null ? null : createMailer(config.mail);
  if (mailer === null)
    log.info('TRACEWRIGHT_SMTP_URL names no mail server: notices by e-mail stay QUEUED until one is named');
  const outlets: Outlets = { mailer, webhooks: config.webhooks };
  const deliver = (delivery: bigint, isLastAttempt: boolean): Promise<void> =>
    deliverNotice(services, outlets, delivery, isLastAttempt);
  const start = (): Promise<QueueWorker> =>
    startQueueWorker({
      pool,
      log,
      concurrent: CONCURRENT_MAX,
      tasks: { [tasks.WEBHOOK]: deliver, ...(mailer !== null && { [tasks.EMAIL]: deliver }) },
    });

  let worker: QueueWorker | null = await start();
  const look = async (): Promise<void> => {
    if (worker !== null && (await worker.isSound())) return;
    await worker?.stop();
    worker = null;
    worker = await start();
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking
      .then(look)
      .catch((error: unknown) => log.warn({ err: error }, 'the queue of deliveries waits for the database'));
  }, lookIntervalMs);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await worker?.stop();
      mailer?.close();
      isOver = true;
      await pool.end();
    },
  };
}
