/** Two questions of whoever runs the server: is the process alive, and can it answer? Both are answered whatever else waits. */
import type { FastifyInstance } from 'fastify';
import type { Database } from '../database/index.js';
import type { Limits } from './limits.js';
import { RETRY_AFTER_SECONDS } from './outages.js';

export function addHealth(app: FastifyInstance, database: Database, { readyMs }: Limits): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_, reply) => {
    if (await answers(database, readyMs)) return { status: 'ready' };
    return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ status: 'not ready' });
  });
}

/** One question at a time: a monitor that asks every second must not take the connections that come back one by one. */
const asking = new WeakMap<Database, Promise<boolean>>();

async function answers(database: Database, withinMs: number): Promise<boolean> {
  const asked =
    asking.get(database) ??
    database.pool
      .query('select 1')
      .then(
        () => true,
        () => false,
      )
      .finally(() => asking.delete(database));
  asking.set(database, asked);
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), withinMs);
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
