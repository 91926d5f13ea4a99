/** A server over a generated chain in a database of its own, gone when the work is done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVault } from '../src/access/index.js';
import { readConfig } from '../src/config.js';
import { type Database, openDatabase } from '../src/database/index.js';
import { importPaths } from '../src/record/index.js';
import { startServer } from '../src/server/index.js';
import { type Chain, generateChain } from './generate-chain.js';
import { timed } from './measure.js';

export interface Bench {
  chain: Chain;
  items: number;
  importMs: number;
  database: Database;
  /** POSTs a question; throws what the server refused. */
  ask(token: string, query: string, variables: object): Promise<Record<string, never>>;
}

export const machine = (): string => `${cpus().length} x ${cpus()[0]?.model}, Node ${process.versions.node}`;

/** Finished items of "10k" or "1m". */
function itemsOf(scale: string): number {
  const match = /^(\d+)([km])$/.exec(scale);
  if (!match) throw new Error(`--scale ${scale}: should be a number and k or m, such as 10k`);
  return Number(match[1]) * { k: 1000, m: 1_000_000 }[match[2] as 'k' | 'm'];
}

export async function withBench(scale: string, work: (bench: Bench) => Promise<void>): Promise<void> {
  const items = itemsOf(scale);
  const dir = mkdtempSync(join(tmpdir(), 'tracewright-bench-'));
  try {
    const chain = await generateChain({ dir: join(dir, 'chain'), items, soldShare: 1, seed: 1 });
    const config = readConfig({ TRACEWRIGHT_DATA: join(dir, 'data'), PORT: '0', TRACEWRIGHT_LOG: 'warn' });
    const database = await openDatabase(config);
    try {
      const services = { database, vault: await openVault(database, config) };
      const [report, importMs] = await timed(() =>
        importPaths(services, [join(dir, 'chain')], { party: null, onProblem: 'REJECT_ALL' }),
      );
      if (report.created !== chain.rows)
        throw new Error(`${report.created} of ${chain.rows} rows recorded: ${report.problems[0]}`);
      const server = await startServer(config, services);
      try {
        await work({
          ...{ chain, items, importMs, database },
          async ask(token, query, variables) {
            const response = await fetch(`${server.url}/graphql`, {
              method: 'POST',
              headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
              body: JSON.stringify({ query, variables }),
            });
            const body = (await response.json()) as {
              data?: Record<string, never>;
              errors?: { message: string }[];
            };
            if (!body.data || body.errors)
              throw new Error(body.errors?.[0]?.message ?? `status ${response.status}`);
            return body.data;
          },
        });
      } finally {
        await server.close();
      }
    } finally {
      await database.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
