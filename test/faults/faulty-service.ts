/** A service whose way to its database fails on command, and a client that does what a careful client does. */
import { inject } from 'vitest';
import { createToken } from '../../src/access/index.js';
import { connect, type Database, type Patience } from '../../src/database/index.js';
import { verify } from '../../src/record/index.js';
import { type Limits, limits } from '../../src/server/limits.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { createTestDatabase } from '../support/database.js';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js';
import { recordEvents } from '../support/graphql-rows.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';

/** Much shorter than in service, so that a test need not wait. */
const patience: Patience = { connectMs: 4_000, answerMs: 4_000 };
/** Longest that any request may take with this patience: a connection and an answer, twice, on a busy machine. */
export const REQUEST_MAX_MS = 40_000;

export interface Told {
  status: number;
  retryAfter: string | null;
  codes: string[];
  /** Status of each row of a recording, or null. */
  rows: string[] | null;
  tookMs: number;
}

export interface FaultyService {
  server: TestServer;
  /** Between the service and its database. */
  network: FaultProxy;
  /** The same database by the straight way. */
  direct: Database;
  token: string;
  ask(query: string, variables?: object, url?: string): Promise<Told>;
  record(events: readonly object[], url?: string): Promise<Told>;
  /** Waits until the service is ready again by itself. */
  recovered(): Promise<void>;
  /** What `verify` finds wrong. */
  wrong(): Promise<string[]>;
  close(): Promise<void>;
}

export async function startFaultyService(changes: Partial<Limits> = {}): Promise<FaultyService> {
  const direct = await createTestDatabase();
  const url = new URL(direct.ownerPool.options.connectionString ?? '');
  const network = await startFaultProxy(url.hostname, Number(url.port || 5432));
  const database = await connect({
    url: network.through(url.toString()),
    keysUrl: network.through(inject('keysUrl')),
    hashKey: testSecrets.hashKey,
    patience,
  });
  const server = await startTestServer({}, { database, limits: { ...limits, readyMs: 500, ...changes } });
  const token = await createToken(direct, { role: 'ADMIN', gln: null });
  const ask = async (query: string, variables: object = {}, at = server.url): Promise<Told> => {
    const started = performance.now();
    const response = await fetch(`${at}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(REQUEST_MAX_MS),
    });
    const { data, errors = [] } = (await response.json()) as {
      data?: { recordEvents?: { results: { status: string }[] } | null } | null;
      errors?: { extensions: { code: string } }[];
    };
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      codes: errors.map(({ extensions }) => extensions.code),
      rows: data?.recordEvents?.results.map(({ status }) => status) ?? null,
      tookMs: performance.now() - started,
    };
  };
  return {
    server,
    network,
    direct,
    token,
    ask,
    record: (events, at) => ask(recordEvents, { input: { events, onProblem: 'REJECT_ALL' } }, at),
    async recovered() {
      for (let tries = 0; tries < 300; tries += 1) {
        const { status } = await fetch(`${server.url}/health/ready`);
        if (status === 200) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('the service did not recover');
    },
    async wrong() {
      const checks = await verify({ database: direct, vault: testVault() });
      return checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
    },
    async close() {
      network.set({ kind: 'none' });
      await server.close();
      await direct.close();
      await network.close();
    },
  };
}

const gtin = '09520000010010';
export const site = '9520001000010';

/** A lot of so many pieces made at a plant. */
export const lot = (id: string, quantity = 10) => ({
  production: {
    eventId: `made-${id}`,
    gtin,
    lot: id,
    siteGln: site,
    producedFrom: '2026-03-01T08:00:00Z',
    quantity: String(quantity),
  },
});

/** One piece of a lot sold. */
export const sale = (eventId: string, lotId: string) => ({
  sale: {
    eventId,
    siteGln: site,
    gtin,
    lot: lotId,
    quantity: '1',
    soldAt: '2026-03-05T08:00:00Z',
    buyerEmail: `${eventId}@example.com`,
  },
});
