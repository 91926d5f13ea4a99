/**
 * Generates a chain, imports it, asks recalls of growing reach over HTTP beside the best hand-written SQL for the same numbers
 * on one prepared connection, in the same run on the same data, and checks every answer against the generator's truth.
 *
 * npm run bench -- --scale 10k [--json FILE]     (10k, 100k, 1m: finished items, all of them sold)
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import 'reflect-metadata';
import type pg from 'pg';
import { createToken } from '../src/access/index.js';
import { type Bench, machine, withBench } from './bench-server.js';
import type { Truth } from './generate-chain.js';
import { median, timed } from './measure.js';

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

interface Answer {
  isComplete: boolean;
  summary: { batches: number; finishedItems: string; buyers: string };
}

async function ask(bench: Bench, token: string, { gtin, lot }: Truth): Promise<Answer> {
  const data = await bench.ask(token, question, { rule: { batch: { gtin, lot } } });
  return data.recallScope as unknown as Answer;
}

async function compare(bench: Bench, token: string, client: pg.PoolClient, truth: Truth): Promise<Line> {
  const times: { ours: number[]; floor: number[] } = { ours: [], floor: [] };
  let right = true;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [scope, ours] = await timed(() => ask(bench, token, truth));
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
await withBench(values.scale, async (bench) => {
  const { chain, items, importMs, database } = bench;
  const size = await database.ownerPool.query<{ bytes: bigint }>(
    'select pg_database_size(current_database()) as bytes',
  );
  const client = await database.ownerPool.connect();
  try {
    const token = await createToken(database, { gln: null, role: 'REGULATOR', expiresInMs: 3_600_000 });
    const lines: Line[] = [];
    for (const truth of chain.truths) lines.push(await compare(bench, token, client, truth));
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
    process.stdout.write('batches     items    buyers   over HTTP      floor    ratio  as generated\n');
    for (const { truth, medianMs, floorMs, right } of lines)
      process.stdout.write(
        `${String(truth.batches).padStart(7)} ${String(truth.finishedItems).padStart(9)} ${String(truth.buyers).padStart(9)} ${medianMs.toFixed(1).padStart(8)} ms ${floorMs.toFixed(1).padStart(7)} ms ${(medianMs / floorMs).toFixed(1).padStart(8)}  ${right ? 'yes' : 'NO'}\n`,
      );
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
    if (lines.some(({ right }) => !right)) process.exitCode = 1;
  } finally {
    client.release();
  }
});
