/** When more requests wait for the database than it can serve soon, the next is refused at once instead of late. */
import type { FastifyInstance } from 'fastify';
import type { Database } from '../database/index.js';
import type { Limits } from './limits.js';
import { RETRY_AFTER_SECONDS } from './outages.js';

/** Health and metrics are answered always: whoever runs the service needs them most then. */
export function shedLoad(app: FastifyInstance, database: Database, { waiting }: Limits): void {
  app.addHook('onRequest', async (request, reply) => {
    if (database.pool.waitingCount < waiting || /^\/(health|metrics)/.test(request.url)) return;
    const message = `${waiting} requests wait already; try again in ${RETRY_AFTER_SECONDS} s`;
    return reply
      .code(503)
      .header('retry-after', RETRY_AFTER_SECONDS)
      .header('connection', 'close')
      .send({ errors: [{ message, extensions: { code: 'UNAVAILABLE' } }] });
  });
}
