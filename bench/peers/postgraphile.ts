/** PostGraphile 5 with its Amber preset over a schema of one SQL function for the closure, as its documentation advises. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Peer, type PeerAnswer, type PeerPlace, peerPackage, scopeSql } from './peer.js';

const schemaSql = `
create schema peer;
create type peer.scope as (batches int, finished_items int, buyers int);
create function peer.recall_scope(gtin text, lot text) returns peer.scope language sql stable as $function$
${scopeSql}
$function$;`;

const query = `query ($gtin: String!, $lot: String!) {
  recallScope(gtin: $gtin, lot: $lot) { batches finishedItems buyers }
}`;

interface PostGraphile {
  postgraphile(preset: object): {
    createServ(grafserv: unknown): { addTo(server: Server): Promise<void> };
    release(): Promise<void>;
  };
}

export async function startPostGraphile({ pool }: PeerPlace): Promise<Peer> {
  await pool.query(schemaSql);
  const { postgraphile } = await peerPackage<PostGraphile>('postgraphile');
  const { PostGraphileAmberPreset } = await peerPackage<{ PostGraphileAmberPreset: object }>(
    'postgraphile/presets/amber',
  );
  const { makePgService } = await peerPackage<{ makePgService(options: object): object }>(
    'postgraphile/adaptors/pg',
  );
  const { grafserv } = await peerPackage<{ grafserv: unknown }>('postgraphile/grafserv/node');
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset],
    pgServices: [makePgService({ pool, schemas: ['peer'] })],
    grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  });
  const server = createServer();
  await instance.createServ(grafserv).addTo(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    name: 'PostGraphile 5',
    async ask(gtin, lot) {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { gtin, lot } }),
      });
      const body = (await response.json()) as {
        data?: { recallScope: PeerAnswer };
        errors?: { message: string }[];
      };
      if (!body.data) throw new Error(`PostGraphile: ${body.errors?.[0]?.message ?? response.status}`);
      return body.data.recallScope;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await instance.release();
      await pool.query('drop schema peer cascade');
    },
  };
}
