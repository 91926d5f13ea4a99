/** Batches with the runs that a rule is asked of; a batch without runs of its own takes those of the goods it is. */
import type pg from 'pg';
import { type Clocks, type Statement, statement } from '../trace/index.js';
import type { BatchFacts, Run } from './rule-facts.js';
import { groupBy } from './spread/graph.js';

interface BatchRow {
  batch_id: bigint;
  product_id: bigint;
  lot: string | null;
  source_id: bigint | null;
  expires_on: string | null;
  items: bigint;
  product_has_lots: boolean;
  /** What was relabelled into it; null: not known. */
  added: bigint | null;
}

interface RunRow {
  batch_id: bigint;
  site_id: bigint | null;
  line: string | null;
  revision: string | null;
  produced_from: Date | null;
  produced_to: Date | null;
  quantity: bigint | null;
}

const id = (value: bigint | null): bigint | null => (value === null ? null : BigInt(value));

/**
 * A batch row stays when all that was told of it is voided, learnt later or not yet true, and every product has one of
 * unknown lot: it is on record when a live row is of it, or an event names the lot and no other source of it. Of a source
 * that only rows no longer standing name, the event says nothing: then the lot is the one whose source is not told.
 */
export function isOnRecord(sql: Statement, batch = 'b'): string {
  // the first by an index: by `exists` each table was read whole and hashed, or scanned for a batch of which nothing is in it
  const some = (table: string, column: string, at: string, following: string) =>
    `(select x.${column} from ${table} x where x.${column} = ${batch}.batch_id and ${sql.live('x')} and ${sql.happened(`x.${at}`)}
      order by x.${following} limit 1) is not null`;
  // whatever happened by then: a row that comes later tells the source of those before it
  const stands = (table: string, column: string, following: string) =>
    `(select z.${column} from ${table} z where z.${column} = y.batch_id and ${sql.live('z')} order by z.${following} limit 1) is not null`;
  const isTold = [
    stands('run', 'batch_id', 'run_id'),
    stands('item', 'batch_id', 'item_id'),
    stands('lineage', 'input_batch_id', 'output_batch_id'),
    stands('lineage', 'output_batch_id', 'input_batch_id'),
  ].join(' or ');
  return `(${[
    some('run', 'batch_id', 'produced_from', 'run_id'),
    some('item', 'batch_id', 'produced_at', 'item_id'),
    some('leg', 'batch_id', 'occurred_at', 'leg_id'),
    some('lineage', 'input_batch_id', 'occurred_at', 'output_batch_id'),
    some('lineage', 'output_batch_id', 'occurred_at', 'input_batch_id'),
    some('fitting', 'part_batch_id', 'fitted_at', 'fitting_id'),
    some('fitting', 'batch_id', 'fitted_at', 'fitting_id'),
    some('containment', 'content_batch_id', 'packed_at', 'containment_id'),
    `(${batch}.lot is not null and not exists (
        select 1 from batch y where y.product_id = ${batch}.product_id and y.lot = ${batch}.lot and y.batch_id <> ${batch}.batch_id
          and (${batch}.source_id is not null or ${isTold}))
      and exists (
        select 1 from event_reference r join event x on x.event_key = r.event_key
        where r.reference = hashtextextended('l:' || ${batch}.product_id || ':' || ${batch}.lot, 0) and ${sql.live('x')} and ${sql.happened('x.occurred_at')}))`,
  ].join(' or ')})`;
}

/** Batches on record, with their live runs. */
export async function loadBatches(
  client: pg.ClientBase,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Map<bigint, BatchFacts>> {
  const sql = statement(clocks);
  const asked = client.query<BatchRow>(
    `select b.batch_id, b.product_id, b.lot, b.source_id, b.expires_on::text as expires_on,
       (select count(*) from item i where i.batch_id = b.batch_id and ${sql.live('i')} and ${sql.happened('i.produced_at')}) as items,
       b.lot is not null or exists (
         select 1 from batch o where o.product_id = b.product_id and o.lot is not null and ${isOnRecord(sql, 'o')}) as product_has_lots,
       r.added
     from unnest(${sql.bind(batchIds)}::bigint[]) as named (batch_id) join batch b on b.batch_id = named.batch_id
     cross join lateral (
       select case when count(*) = count(l.quantity) then coalesce(sum(l.quantity), 0)::bigint end as added
       from lineage l join event e on e.event_key = l.event_key and e.kind = 'RELABELLED'
       where l.output_batch_id = b.batch_id and l.kind = 'MADE' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     ) r
     where ${isOnRecord(sql)}`,
    sql.values,
  );
  const [batches, own] = await Promise.all([asked, loadRuns(client, batchIds, clocks)]);
  const added = new Map(batches.rows.map((row) => [BigInt(row.batch_id), id(row.added)]));
  const facts = new Map<bigint, BatchFacts>();
  for (const row of batches.rows) {
    facts.set(BigInt(row.batch_id), {
      batchId: BigInt(row.batch_id),
      productId: BigInt(row.product_id),
      lot: row.lot,
      sourceId: id(row.source_id),
      expiresOn: row.expires_on,
      runs: [],
      madeHere: false,
      quantity: null,
      items: BigInt(row.items),
      productHasLots: row.product_has_lots,
    });
  }
  const without = [...facts.values()].filter((batch) => batch.lot !== null && !own.has(batch.batchId));
  const same = await sameGoods(
    client,
    without.map((batch) => batch.batchId),
    clocks,
  );
  const inherited = await loadRuns(
    client,
    [...same.values()].flatMap(({ batchIds: ids }) => ids),
    clocks,
  );
  for (const batch of facts.values()) {
    const runs = own.get(batch.batchId);
    const goods = same.get(batch.batchId);
    if (runs !== undefined) {
      batch.runs = runs;
      batch.madeHere = true;
      // goods that got its label add to what was made: else a lot would seem full that is not
      const relabelled = added.get(batch.batchId) ?? null;
      const known = relabelled !== null && runs.every((run) => run.quantity !== null);
      batch.quantity = known ? runs.reduce((sum, run) => sum + (run.quantity ?? 0n), relabelled) : null;
    } else if (goods !== undefined) {
      batch.runs = goods.batchIds.flatMap((other) => inherited.get(other) ?? [UNKNOWN_RUN]);
      batch.quantity = goods.quantity;
    }
  }
  return facts;
}

const UNKNOWN_RUN: Run = { siteId: null, line: null, revision: null, from: null, to: null, quantity: null };

async function loadRuns(
  client: pg.ClientBase,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Map<bigint, Run[]>> {
  const found = new Map<bigint, Run[]>();
  if (batchIds.length === 0) return found;
  const sql = statement(clocks);
  const { rows } = await client.query<RunRow>(
    `select r.batch_id, r.site_id, r.line, r.revision, r.produced_from, r.produced_to, r.quantity
     from run r where r.batch_id = any(${sql.bind([...new Set(batchIds)])}::bigint[]) and ${sql.live('r')}
       and ${sql.happened('r.produced_from')}
     order by r.batch_id, r.run_id`,
    sql.values,
  );
  for (const row of rows) {
    const run: Run = {
      siteId: id(row.site_id),
      line: row.line,
      revision: row.revision,
      from: row.produced_from,
      to: row.produced_to,
      quantity: id(row.quantity),
    };
    const batchId = BigInt(row.batch_id);
    found.set(batchId, [...(found.get(batchId) ?? []), run]);
  }
  return found;
}

/**
 * Goods under another name: what was relabelled was made where it was made before, and a lot whose source is not on
 * record was made like one of that lot from a source that is.
 */
async function sameGoods(
  client: pg.ClientBase,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Map<bigint, { batchIds: bigint[]; quantity: bigint | null }>> {
  const found = new Map<bigint, { batchIds: bigint[]; quantity: bigint | null }>();
  if (batchIds.length === 0) return found;
  for (const [batchId, others] of await otherSources(client, batchIds, clocks))
    found.set(batchId, { batchIds: others, quantity: null });
  // what was relabelled twice was made once: level by level, since events are no table a recursive statement may walk
  let level = batchIds.map((batchId) => ({ batchId, from: batchId }));
  const seen = new Set(level.map(({ batchId, from }) => `${batchId}:${from}`));
  while (level.length > 0) {
    const steps = await relabelledFrom(client, [...new Set(level.map(({ from }) => from))], clocks);
    const next: typeof level = [];
    for (const { batchId, from } of level) {
      for (const step of steps.get(from) ?? []) {
        const goods = found.get(batchId) ?? { batchIds: [], quantity: 0n };
        if (batchId === from)
          goods.quantity =
            goods.quantity === null || step.quantity === null ? null : goods.quantity + step.quantity;
        if (!step.relabelled && !goods.batchIds.includes(step.from)) goods.batchIds.push(step.from);
        found.set(batchId, goods);
        if (!step.relabelled || seen.has(`${batchId}:${step.from}`)) continue;
        seen.add(`${batchId}:${step.from}`);
        next.push({ batchId, from: step.from });
      }
    }
    level = next;
  }
  return found;
}

interface RelabelRow {
  batch_id: bigint;
  from_batch_id: bigint;
  quantity: bigint | null;
  relabelled: boolean;
}

/** The batches that goods carried before; `relabelled`: they have no run of their own, but a relabelling. */
async function relabelledFrom(client: pg.ClientBase, batchIds: bigint[], clocks: Clocks) {
  const sql = statement(clocks);
  const { rows } = await client.query<RelabelRow>(
    `select l.output_batch_id as batch_id, l.input_batch_id as from_batch_id,
       case when bool_and(l.quantity is not null) then sum(l.quantity)::bigint end as quantity,
       not exists (select 1 from run r where r.batch_id = l.input_batch_id and ${sql.live('r')})
         and exists (
           select 1 from lineage b join event v on v.event_key = b.event_key and v.kind = 'RELABELLED'
           where b.output_batch_id = l.input_batch_id and ${sql.live('b')}) as relabelled
     from lineage l join event e on e.event_key = l.event_key and e.kind = 'RELABELLED'
     where l.output_batch_id = any(${sql.bind(batchIds)}::bigint[]) and l.kind = 'MADE'
       and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     group by l.output_batch_id, l.input_batch_id`,
    sql.values,
  );
  return groupBy(
    rows.map((row) => ({
      batchId: BigInt(row.batch_id),
      from: BigInt(row.from_batch_id),
      quantity: id(row.quantity),
      relabelled: row.relabelled,
    })),
    (row) => row.batchId,
  );
}

/** The batches of the same lot whose source is told, for lots whose source is not. */
async function otherSources(
  client: pg.ClientBase,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Map<bigint, bigint[]>> {
  const sql = statement(clocks);
  const { rows } = await client.query<{ batch_id: bigint; others: bigint[] }>(
    `select n.batch_id, array_agg(b.batch_id) as others
     from unnest(${sql.bind(batchIds)}::bigint[]) as named (batch_id)
     join batch n on n.batch_id = named.batch_id and n.source_id is null and n.lot is not null
     join batch b on b.product_id = n.product_id and b.lot = n.lot and b.source_id is not null
     where ${isOnRecord(sql)}
     group by n.batch_id`,
    sql.values,
  );
  return new Map(rows.map((row) => [BigInt(row.batch_id), row.others.map(BigInt)]));
}
