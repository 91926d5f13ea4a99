/** A server under attack: raw requests, its log, and the question whether it still answers as if nothing had been. */
import { expect } from 'vitest';
import type { Limits } from '../../src/server/limits.js';
import { gln, recordBicycleChain } from '../server/bicycle-chain.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { runLog } from '../support/run-folder.js';
import { testVault } from '../support/vault.js';

export interface Attack {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  /** Sent as it is. */
  body?: string | Uint8Array;
  token?: string | null;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Codes of the errors, in order. */
  codes: string[];
}

export interface AttackedServer extends TestServer {
  tokens: Record<'maker' | 'cellmaker' | 'shop' | 'rival' | 'regulator' | 'admin', string>;
  attack(attack: Attack): Promise<Reply>;
  /** POSTs a question as JSON. */
  question(query: string, variables?: Record<string, unknown>, token?: string | null): Promise<Reply>;
  /** Every line logged so far. */
  log: string[];
}

/** What no answer to a caller may hold: how the program is made, what the database said, where files lie. */
const inner = [
  /node_modules/,
  /\bat [\w.<>]+ \(/,
  /\.(ts|js):\d/,
  /\/(src|dist|home|root|work)\//,
  /Did you mean/i,
  /\b(select|insert|update) .* (from|into|set) /i,
  /\b(relation|column|constraint) "/,
  /syntax error at/,
  /ECONN|PostgreSQL|pg_/,
  /tw_(engine|holder|owner)/,
];

export async function startAttackedServer(
  options: { limits?: Limits; production?: boolean } = {},
): Promise<AttackedServer> {
  const log: string[] = [];
  const { limits, production = false } = options;
  const server = await startTestServer(
    { production, logLevel: 'trace', corsOrigins: ['https://shop.example'] },
    {
      ...(limits && { limits }),
      logTo: {
        write(lines) {
          log.push(lines);
          runLog.write(lines);
        },
      },
    },
  );
  await recordBicycleChain({ database: server.database, vault: testVault() });
  const attack = async ({ method = 'POST', path = '/graphql', headers = {}, body, token }: Attack) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...headers, ...(token != null && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body }),
      redirect: 'manual',
    });
    const text = await response.text();
    for (const pattern of inner) expect(text).not.toMatch(pattern);
    return { status: response.status, headers: response.headers, text, codes: codesOf(text) };
  };
  return {
    ...server,
    async close() {
      tellAnswerTimes();
      await server.close();
    },
    log,
    tokens: {
      maker: await server.token('MANUFACTURER', gln.maker),
      cellmaker: await server.token('SUPPLIER', gln.cellmaker),
      shop: await server.token('RETAILER', gln.shop),
      rival: await server.token('MANUFACTURER', gln.rival),
      regulator: await server.token('REGULATOR', null),
      admin: await server.token('ADMIN', null),
    },
    attack,
    question: (query, variables = {}, token = null) =>
      attack({
        token,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      }),
  };
}

function codesOf(text: string): string[] {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    return errors.map(({ extensions }) => extensions?.code ?? 'NONE');
  } catch {
    return ['NOT JSON'];
  }
}

/**
 * Most that a plain answer right after an attack may take of the processor, on the thread that serves; the best of three, so that
 * a collection of garbage does not count. Other processes cannot slow it, as they can the clock; on a quiet machine both are one.
 */
const ANSWER_MAX_MS = 50;

/** Milliseconds by the clock of each plain answer after an attack: told at the end, judged nowhere. */
const answerTimes: number[] = [];

/** The process answers a plain question rightly and fast, straight away. */
export async function expectNormal(server: AttackedServer): Promise<void> {
  const busy: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    const [before, started] = [process.threadCpuUsage(), performance.now()];
    const reply = await server.question('{ __typename }');
    const { user, system } = process.threadCpuUsage(before);
    busy.push((user + system) / 1000);
    if (i === 0) answerTimes.push(performance.now() - started);
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text).data).toEqual({ __typename: 'Query' });
  }
  expect(Math.min(...busy)).toBeLessThan(ANSWER_MAX_MS);
}

/** What the clock said, for whoever runs this on a quiet machine. */
function tellAnswerTimes(): void {
  const sorted = answerTimes.toSorted((a, b) => a - b);
  const [middle, slowest] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  process.stdout.write(
    `after ${sorted.length} attacks the first plain answer took ${middle.toFixed(1)} ms in the middle, ${slowest.toFixed(1)} ms at most\n`,
  );
}
