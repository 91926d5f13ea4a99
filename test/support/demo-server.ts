/** A server over the demo chain, with a token for each part of its story. */
import type { Config } from '../../src/config.js';
import { parties, retailer } from '../../src/demo/story.js';
import type { ServerOptions } from '../../src/server/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { createDemoDatabase } from './demo-database.js';

export { demoFolder } from './demo-database.js';

export interface DemoServer extends TestServer {
  tokens: Record<'admin' | 'regulator' | 'maker' | 'cellMaker' | 'retailer' | 'workshop', string>;
}

export async function startDemoServer(
  changes: Partial<Config> = {},
  options: ServerOptions = {},
): Promise<DemoServer> {
  const server = await startTestServer(changes, { ...options, database: await createDemoDatabase() });
  return {
    ...server,
    tokens: {
      admin: await server.token('ADMIN', null),
      regulator: await server.token('REGULATOR', parties.regulator),
      maker: await server.token('MANUFACTURER', parties.maker),
      cellMaker: await server.token('SUPPLIER', parties.cellMaker),
      retailer: await server.token('RETAILER', retailer),
      workshop: await server.token('SERVICE', parties.workshops),
    },
  };
}
