/**
 * Generates a chain, imports it, asks recalls of growing reach over HTTP beside the best hand-written SQL for the same numbers
 * on one prepared connection and beside the peers, in the same run on the same data, and checks every answer against the
 * generator's truth.
 *
 * npm run bench -- --scale 10k [--json FILE]     (10k, 100k, 1m: finished items, all of them sold)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import 'reflect-metadata';
import type pg from 'pg';
import { createToken } from '../src/access/index.js';
import { type Bench, machine, withBench } from './bench-server.js';
import type { Truth } from './generate-chain.js';
import { median, timed, timedIn } from './measure.js';
import { type Peer, type PeerAnswer, scopeSql, startPeers } from './peers/index.js';

const ROUNDS = 7;
/** The login of the floor's connection. */
const OWNER = 'postgres';

const question = `query ($rule: ScopeRuleInput!) {
  recallScope(rule: $rule) { isComplete summary { batches finishedItems buyers } }
}`;

/** The floor: what these numbers cost when nothing but these numbers is asked. */
const floor = { name: 'floor', text: scopeSql };

interface Line {
  truth: Truth;
  medianMs: number;
  floorMs: number;
  /** Of the database alone. */
  processorMs: number;
  floorProcessorMs: number;
  /** Medians of the peers, by name. */
  peersMs: Record<string, number>;
  right: boolean;
}

interface Answer {
  isComplete: boolean;
  summary: { batches: number; finishedItems: string; buyers: string };
}

async function ask(bench: Bench, token: string, { gtin, lot }: Truth): Promise<Answer> {
  const data = await bench.ask(token, question, { rule: { batch: { gtin, lot } } });
  return data.recallScope as unknown as Answer;
}

interface Asked {
  bench: Bench;
  token: string;
  client: pg.PoolClient;
  peers: readonly Peer[];
}

/** One round asks everybody once, so that what else the machine does meets all alike. */
async function compare({ bench, token, client, peers }: Asked, truth: Truth): Promise<Line> {
  const times = { ours: [], floor: [], processor: [], floorProcessor: [] } as Record<string, number[]>;
  const took = (name: string, ms: number) => times[name]?.push(ms);
  const peerTimes = new Map(peers.map((peer) => [peer.name, [] as number[]]));
  let right = true;
  const must = (found: PeerAnswer) => {
    right &&=
      found.batches === truth.batches &&
      found.finishedItems === truth.finishedItems &&
      found.buyers === truth.buyers;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const [scope, ours, processor] = await timedIn(client, 'tracewright_app', () => ask(bench, token, truth));
    const [found, hand, floorProcessor] = await timedIn(client, OWNER, () =>
      client.query({ ...floor, values: [truth.gtin, truth.lot] }),
    );
    took('ours', ours);
    took('floor', hand);
    took('processor', processor);
    took('floorProcessor', floorProcessor);
    const { batches, finishedItems, buyers } = scope.summary;
    must({ batches, finishedItems: Number(finishedItems), buyers: Number(buyers) });
    right &&= scope.isComplete;
    const row = found.rows[0] as { batches: number; finished_items: number; buyers: number };
    must({ batches: row.batches, finishedItems: row.finished_items, buyers: row.buyers });
    for (const peer of peers) {
      const [answer, ms] = await timed(() => peer.ask(truth.gtin, truth.lot));
      must(answer);
      peerTimes.get(peer.name)?.push(ms);
    }
  }
  return {
    truth,
    medianMs: median(times.ours ?? []),
    floorMs: median(times.floor ?? []),
    processorMs: median(times.processor ?? []),
    floorProcessorMs: median(times.floorProcessor ?? []),
    peersMs: Object.fromEntries([...peerTimes].map(([name, list]) => [name, median(list)])),
    right,
  };
}

/** Milliseconds, medians of the rounds; the ratio is ours over the floor. */
function tableOf(lines: readonly Line[]): string {
  const names = Object.keys(lines[0]?.peersMs ?? {});
  const head = [
    'batches',
    'items',
    'buyers',
    'over HTTP',
    'floor',
    'ratio',
    'processor',
    'floor',
    'ratio',
  ].concat(names, 'as generated');
  const rows = lines.map(({ truth, medianMs, floorMs, processorMs, floorProcessorMs, peersMs, right }) => [
    ...[truth.batches, truth.finishedItems, truth.buyers].map(String),
    ...[medianMs, floorMs, medianMs / floorMs].map((number) => number.toFixed(1)),
    ...[processorMs, floorProcessorMs, processorMs / floorProcessorMs].map((number) => number.toFixed(1)),
    ...names.map((name) => (peersMs[name] ?? 0).toFixed(1)),
    right ? 'yes' : 'NO',
  ]);
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [head, ...rows]
    .map((row) => `${row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')}\n`)
    .join('');
}

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '10k' }, json: { type: 'string' } },
});
await withBench(values.scale, async (bench) => {
  const { chain, items, importMs, database } = bench;
  const size = await database.ownerPool.query<{ bytes: bigint }>(
    'select pg_database_size(current_database()) as bytes',
  );
  const client = await database.ownerPool.connect();
  try {
    const token = await createToken(database, { gln: null, role: 'REGULATOR', expiresInMs: 3_600_000 });
    const lines: Line[] = [];
    const dir = mkdtempSync(join(tmpdir(), 'tracewright-peers-'));
    const url = database.ownerPool.options.connectionString ?? '';
    const peers = await startPeers({ pool: database.ownerPool, url, dir }, (text) =>
      process.stderr.write(`${text}\n`),
    );
    try {
      for (const truth of chain.truths) lines.push(await compare({ bench, token, client, peers }, truth));
    } finally {
      for (const peer of peers) await peer.close();
      rmSync(dir, { recursive: true, force: true });
    }
    const bytesPerItem = Math.round(Number(size.rows[0]?.bytes ?? 0n) / items);
    const result = {
      machine: machine(),
      scale: values.scale,
      rows: chain.rows,
      importRowsPerSecond: Math.round(chain.rows / (importMs / 1000)),
      bytesPerItem,
      lines,
    };
    process.stdout.write(
      `${result.machine}\n${chain.rows} rows imported, ${result.importRowsPerSecond} a second; ${bytesPerItem} bytes a sold item\n\n`,
    );
    process.stdout.write(tableOf(lines));
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
    if (lines.some(({ right }) => !right)) process.exitCode = 1;
  } finally {
    client.release();
  }
});
