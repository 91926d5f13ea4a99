/** Two questions of whoever runs the server: is the process alive, and can it answer? */
import type { FastifyInstance } from 'fastify';
import type { Database } from '../database/index.js';

export function addHealth(app: FastifyInstance, database: Database): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_, reply) => {
    try {
      await database.pool.query('select 1');
      return { status: 'ready' };
    } catch {
      return reply.code(503).send({ status: 'not ready' });
    }
  });
}
