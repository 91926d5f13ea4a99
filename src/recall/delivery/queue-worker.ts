/**
 * One worker on the queue. It may end by itself when the database goes away, and it may hold a job that it does not know of: the
 * answer that gave it the job was lost, or the word that the job is done. Both are seen at the next look, and nothing but a new
 * worker mends them: graphile-worker frees what a living one holds after four hours.
 */
import { EventEmitter } from 'node:events';
import { Logger, type Runner, run, type Task, type WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { Logger as PinoLogger } from 'pino';
import { createQueueLock } from './queue-lock.js';

export interface QueueWorker {
  /** Frees what dead workers hold. False: this one ended, or it holds a job at two looks that it does not work on. */
  isSound(): Promise<boolean>;
  /** Finishes what it works on. */
  stop(): Promise<void>;
}

interface Queue {
  pool: pg.Pool;
  log: PinoLogger;
  concurrent: number;
  /** By name of the task; an error is another attempt. */
  tasks: Readonly<Record<string, (delivery: bigint, isLastAttempt: boolean) => Promise<void>>>;
}

export async function startQueueWorker({ pool, log, concurrent, tasks }: Queue): Promise<QueueWorker> {
  const lock = createQueueLock(pool.options.connectionString ?? '');
  const working = new Set<string>();
  const taskOf =
    (deliver: Queue['tasks'][string]): Task =>
    async (payload, { job }) => {
      working.add(job.id);
      try {
        const { delivery } = payload as { delivery: string };
        await deliver(BigInt(delivery), job.attempts >= job.max_attempts);
      } finally {
        working.delete(job.id);
      }
    };
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => {
    lock.hold(workerPool.id).catch((error: unknown) => log.error({ err: error }, 'the queue lock failed'));
  });
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
  };
  events.on('pool:gracefulShutdown', end);
  await lock.freeAbandoned(pool);
  const runner: Runner = await run({
    pgPool: pool,
    concurrency: concurrent,
    noHandleSignals: true,
    noPreparedStatements: true,
    // so an outage while a job is told to be done ends the worker; without it, it would end the process
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: loggerOf(log),
    events,
    taskList: Object.fromEntries(Object.entries(tasks).map(([name, deliver]) => [name, taskOf(deliver)])),
    parsedCronItems: [],
  });
  runner.promise.then(end, end);
  let suspects = new Set<string>();
  return {
    async isSound() {
      if (hasEnded) return false;
      await lock.freeAbandoned(pool);
      const held = new Set((await lock.heldJobs(pool)).filter((id) => !working.has(id)));
      const isLost = [...held].some((id) => suspects.has(id));
      suspects = held;
      return !isLost;
    },
    async stop() {
      await runner.stop().catch(() => {}); // it has ended by itself
      await lock.release();
    },
  };
}

/** The worker's chatter goes where debugging goes; what failed is told. */
const loggerOf = (log: PinoLogger): Logger =>
  new Logger(() => (level, message) => {
    if (level === 'error') log.warn(message);
    else log.debug(message);
  });
