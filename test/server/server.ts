/** A server on a database of its own, and a client of it. */
import { createToken, type PrincipalRole } from '../../src/access/index.js';
import type { Config } from '../../src/config.js';
import type { Database } from '../../src/database/index.js';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/index.js';
import { createTestDatabase } from '../support/database.js';
import { runLog } from '../support/run-folder.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
export type Data = Record<string, any>;

export interface Answer {
  status: number;
  data: Data | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; errorId?: string };
  }[];
}

export interface TestServer {
  url: string;
  routes: readonly string[];
  database: Database;
  token(role: PrincipalRole, gln: string | null): Promise<string>;
  ask(query: string, variables?: Record<string, unknown>, token?: string | null): Promise<Answer>;
  /** The data of an answer without errors; fails the test with the errors otherwise. */
  data(query: string, variables?: Record<string, unknown>, token?: string | null): Promise<Data>;
  close(): Promise<void>;
}

interface GivenDatabase {
  database?: Database;
  /** It is another's, who closes it. */
  keepDatabase?: boolean;
}

export async function startTestServer(
  changes: Partial<Config> = {},
  { database: given, keepDatabase = false, ...options }: ServerOptions & GivenDatabase = {},
): Promise<TestServer> {
  const database = given ?? (await createTestDatabase());
  const config: Config = {
    production: false,
    databaseUrl: null,
    dataDir: '/nonexistent',
    host: '127.0.0.1',
    port: 0,
    secrets: testSecrets,
    logLevel: 'trace',
    answerLimits: {},
    ...changes,
  };
  const server: RunningServer = await startServer(
    config,
    {
      database,
      vault: testVault(),
    },
    { logTo: runLog, ...options },
  );
  const testServer: TestServer = {
    url: server.url,
    routes: server.routes,
    database,
    token: (role, gln) => createToken(database, { role, gln }),
    async ask(query, variables = {}, token = null) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      return {
        status: response.status,
        ...((await response.json()) as Omit<Answer, 'status'>),
      };
    },
    async data(query, variables = {}, token = null) {
      const { data, errors } = await testServer.ask(query, variables, token);
      if (errors || data === null) throw new Error(JSON.stringify(errors));
      return data;
    },
    async close() {
      await server.close();
      if (!keepDatabase) await database.close();
    },
  };
  return testServer;
}
