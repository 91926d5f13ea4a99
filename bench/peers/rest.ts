/** One JSON route over the hand-written statement: the least a service can do between HTTP and PostgreSQL. */
import fastify from 'fastify';
import { type Peer, type PeerAnswer, type PeerPlace, scopeSql } from './peer.js';

export async function startRest({ pool }: PeerPlace): Promise<Peer> {
  const server = fastify();
  server.get<{ Querystring: { gtin: string; lot: string } }>('/scope', async ({ query }) => {
    const { rows } = await pool.query<{ batches: number; finished_items: number; buyers: number }>({
      name: 'rest_scope',
      text: scopeSql,
      values: [query.gtin, query.lot],
    });
    const row = rows[0];
    return { batches: row?.batches, finishedItems: row?.finished_items, buyers: row?.buyers };
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    name: 'REST over the same SQL',
    async ask(gtin, lot) {
      const response = await fetch(`${url}/scope?${new URLSearchParams({ gtin, lot })}`);
      return (await response.json()) as PeerAnswer;
    },
    close: async () => server.close(),
  };
}
