/** A server over the demo chain, with a token for each part of its story. */
import { join } from 'node:path';
import type { Config } from '../../src/config.js';
import { parties, retailer } from '../../src/demo/story.js';
import { importPaths } from '../../src/record/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { testVault } from './vault.js';

export const demoFolder = join(import.meta.dirname, '../../src/demo/chain');

export interface DemoServer extends TestServer {
  tokens: Record<'admin' | 'regulator' | 'maker' | 'cellMaker' | 'retailer' | 'workshop', string>;
}

export async function startDemoServer(changes: Partial<Config> = {}): Promise<DemoServer> {
  const server = await startTestServer(changes);
  const services = { database: server.database, vault: testVault() };
  const report = await importPaths(services, [demoFolder], { party: null, onProblem: 'REJECT_ALL' });
  if (report.problems.length > 0) throw new Error(report.problems.slice(0, 5).join('\n'));
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
