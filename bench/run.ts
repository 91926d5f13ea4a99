/**
 * Generates a chain, imports it, asks recalls of growing reach over HTTP beside the best hand-written SQL for the same numbers
 * on one prepared connection, in the same run on the same data, and checks every answer against the generator's truth.
 *
 * npm run bench -- --scale 10k [--json FILE]     (10k, 100k, 1m: finished items, all of them sold)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import 'reflect-metadata';
import type pg from 'pg';
import { createToken, openVault } from '../src/access/index.js';
import { readConfig } from '../src/config.js';
import { openDatabase } from '../src/database/index.js';
import { importPaths } from '../src/record/index.js';
import { startServer } from '../src/server/index.js';
import { generateChain, type Truth } from './generate-chain.js';

const ROUNDS = 7;

const question = `query ($rule: ScopeRuleInput!) {
  recallScope(rule: $rule) { isComplete summary { batches finishedItems buyers } }
}`;

/** The floor: what these numbers cost when nothing but these numbers is asked. */
const floor = {
  name: 'floor',
  text: `
with recursive reached (batch_id) as (
  select b.batch_id from batch b join product p on p.product_id = b.product_id where p.gtin = $1 and b.lot = $2
  union
  select l.output_batch_id from reached r join lineage l on l.input_batch_id = r.batch_id and l.voided_at is null
)
select
  (select count(*) from reached)::int as batches,
  (select count(*) from reached r join item i on i.batch_id = r.batch_id and i.voided_at is null)::int as finished_items,
  (select count(distinct s.buyer_id) from reached r join sale s on s.batch_id = r.batch_id and s.voided_at is null)::int as buyers`,
};

interface Line {
  truth: Truth;
  medianMs: number;
  floorMs: number;
  right: boolean;
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await work();
  return [value, performance.now() - start];
}

function itemsOf(scale: string): number {
  const match = /^(\d+)([km])$/.exec(scale);
  if (!match) throw new Error(`--scale ${scale}: should be a number and k or m, such as 10k`);
  return Number(match[1]) * { k: 1000, m: 1_000_000 }[match[2] as 'k' | 'm'];
}

async function ask(url: string, token: string, truth: Truth) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: question,
      variables: { rule: { batch: { gtin: truth.gtin, lot: truth.lot } } },
    }),
  });
  const body = (await response.json()) as {
    data?: {
      recallScope: {
        isComplete: boolean;
        summary: { batches: number; finishedItems: string; buyers: string };
      };
    };
    errors?: { message: string }[];
  };
  if (!body.data) throw new Error(body.errors?.[0]?.message ?? `status ${response.status}`);
  return body.data.recallScope;
}

async function compare(url: string, token: string, client: pg.PoolClient, truth: Truth): Promise<Line> {
  const times: { ours: number[]; floor: number[] } = { ours: [], floor: [] };
  let right = true;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [scope, ours] = await timed(() => ask(url, token, truth));
    const [found, hand] = await timed(() => client.query({ ...floor, values: [truth.gtin, truth.lot] }));
    times.ours.push(ours);
    times.floor.push(hand);
    const { batches, finishedItems, buyers } = scope.summary;
    const row = found.rows[0] as { batches: number; finished_items: number; buyers: number };
    right &&=
      scope.isComplete &&
      batches === truth.batches &&
      Number(finishedItems) === truth.finishedItems &&
      Number(buyers) === truth.buyers &&
      row.batches === truth.batches &&
      row.buyers === truth.buyers;
  }
  return { truth, medianMs: median(times.ours), floorMs: median(times.floor), right };
}

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '10k' }, json: { type: 'string' } },
});
const dir = mkdtempSync(join(tmpdir(), 'tracewright-bench-'));
try {
  const items = itemsOf(values.scale);
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
    const size = await database.ownerPool.query<{ bytes: bigint }>(
      'select pg_database_size(current_database()) as bytes',
    );
    const server = await startServer(config, services);
    const client = await database.ownerPool.connect();
    try {
      const token = await createToken(database, { gln: null, role: 'REGULATOR', expiresInMs: 3_600_000 });
      const lines: Line[] = [];
      for (const truth of chain.truths) lines.push(await compare(server.url, token, client, truth));
      const bytesPerItem = Math.round(Number(size.rows[0]?.bytes ?? 0n) / items);
      const result = {
        machine: `${cpus().length} x ${cpus()[0]?.model}, Node ${process.versions.node}`,
        scale: values.scale,
        rows: chain.rows,
        importRowsPerSecond: Math.round(chain.rows / (importMs / 1000)),
        bytesPerItem,
        lines,
      };
      process.stdout.write(
        `${result.machine}\n${chain.rows} rows imported, ${result.importRowsPerSecond} a second; ${bytesPerItem} bytes a sold item\n\n`,
      );
      process.stdout.write('batches     items    buyers   over HTTP      floor    ratio  as generated\n');
      for (const { truth, medianMs, floorMs, right } of lines)
        process.stdout.write(
          `${String(truth.batches).padStart(7)} ${String(truth.finishedItems).padStart(9)} ${String(truth.buyers).padStart(9)} ${medianMs.toFixed(1).padStart(8)} ms ${floorMs.toFixed(1).padStart(7)} ms ${(medianMs / floorMs).toFixed(1).padStart(8)}  ${right ? 'yes' : 'NO'}\n`,
        );
      if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
      if (lines.some(({ right }) => !right)) process.exitCode = 1;
    } finally {
      client.release();
      await server.close();
    }
  } finally {
    await database.close();
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
