/** Loads everything the origins could reach. A superset on purpose: solving prunes it, loading must not. */
import type pg from 'pg';
import { type AnswerLimits, answerLimits, type Clocks, closureOf, statement } from '../../trace/index.js';
import { loadBatches } from '../batch-facts.sql.js';
import type { Origins } from '../evaluate-rule.js';
import { emptyGraph, type FittingRow, type Graph, type Guess, type MadeRow, type Need } from './graph.js';
import { missingGenealogy } from './missing-genealogy.js';
import { itemsWithoutBatch } from './unknown-lot.sql.js';
import { unlottedMovements } from './unlotted.js';

export async function loadGraph(
  client: pg.ClientBase,
  origins: Origins,
  clocks: Clocks,
  limits: Partial<AnswerLimits> = {},
): Promise<Graph> {
  const { scopeNodes: maxNodes, scopeMs: maxMs } = { ...answerLimits, ...limits };
  const graph = emptyGraph();
  const affected = [...origins.items.values()]
    .filter((item) => item.truth !== 'FALSE')
    .map((item) => item.batchId);
  let frontier = [...new Set([...origins.batches.keys(), ...affected])];
  const walked = new Set<bigint>();
  const started = performance.now();
  while (frontier.length > 0 && graph.limits.length === 0) {
    if (maxMs !== null && performance.now() - started >= maxMs) {
      graph.limits.push({ kind: 'TIME', value: maxMs, message: `the walk stopped after ${maxMs} ms` });
      break;
    }
    let reached = (await closureOf(client, frontier, 'DOWN', clocks)).filter((id) => !walked.has(id));
    const room = maxNodes - walked.size;
    if (reached.length > room) {
      reached = reached.slice(0, Math.max(room, 0));
      graph.limits.push({
        kind: 'NODES',
        value: maxNodes,
        message: `the walk stopped at ${maxNodes} batches`,
      });
    }
    for (const batchId of reached) walked.add(batchId);
    if (reached.length === 0) break;
    const unknown = reached.filter((id) => !origins.facts?.has(id));
    const loaded = unknown.length === 0 ? new Map() : await loadBatches(client, unknown, clocks);
    for (const id of reached) {
      const facts = origins.facts?.get(id) ?? loaded.get(id);
      if (facts !== undefined) graph.batches.set(id, facts);
    }
    const guesses = await guessesOf(client, graph, reached, clocks);
    graph.guesses.push(...guesses);
    frontier = [...new Set(guesses.map((guess) => guess.toBatch ?? guess.toItem?.batchId ?? 0n))].filter(
      (id) => id !== 0n && !walked.has(id),
    );
  }
  // of a batch of which nothing stands at these clocks nothing follows
  graph.guesses = graph.guesses.filter(
    (guess) =>
      graph.batches.has(guess.component) && (guess.toBatch === null || graph.batches.has(guess.toBatch)),
  );
  await loadRows(client, graph, clocks);
  return graph;
}

async function guessesOf(
  client: pg.ClientBase,
  graph: Graph,
  reached: bigint[],
  clocks: Clocks,
): Promise<Guess[]> {
  const found = await Promise.all([
    unlottedMovements(client, graph, reached, clocks),
    itemsWithoutBatch(client, reached, graph.batches, clocks),
    otherSources(client, reached),
  ]);
  // asks where goods went without their lot, which is known by now
  const missing = await missingGenealogy(client, graph, reached, { ...clocks, goods: null });
  const [unlotted, ...others] = found;
  return [...unlotted, ...missing, ...others.flat()];
}

async function loadRows(client: pg.ClientBase, graph: Graph, clocks: Clocks): Promise<void> {
  const batchIds = [...graph.batches.keys()];
  const products = [...new Set([...graph.batches.values()].map((batch) => batch.productId))];
  const sql = statement(clocks);
  const undescribed = () =>
    client.query<{ product_id: bigint }>(
      `select p.product_id from ${sql.master('product')} p where p.product_id = any(${sql.bind(products)}::bigint[]) and p.stub`,
      sql.values,
    );
  const [made, fittings, , { rows }] = await Promise.all([
    loadMade(client, graph, batchIds, clocks),
    loadFittings(client, graph, { batchIds, products }, clocks),
    loadBills(client, graph, products, clocks),
    undescribed(),
  ]);
  graph.made = made;
  graph.fittings = fittings;
  const parts = graph.fittings.flatMap(({ fittingId, partItem }) =>
    fittingId === null || partItem === null ? [] : [partItem],
  );
  graph.doubledParts = await loadDoubledParts(client, parts, clocks);
  graph.undescribed = new Set(rows.map((row) => BigInt(row.product_id)));
}

const id = (value: bigint | null): bigint | null => (value === null ? null : BigInt(value));

interface MadeSqlRow {
  input_batch_id: bigint;
  output_batch_id: bigint;
  product_id: bigint;
  input_item_id: bigint | null;
  without_lot: boolean;
  relabelled: boolean;
  mixing: MadeRow['mixing'];
  pool: string | null;
  quantity: bigint | null;
  occurred_at: Date | null;
  occurred_to: Date | null;
  event_key: string;
  event_id: string | null;
}

function rememberEvents(
  eventIds: Map<string, string>,
  rows: readonly { event_key: string; event_id: string | null }[],
): void {
  for (const row of rows) if (row.event_id !== null) eventIds.set(row.event_key, row.event_id);
}

/** All inputs of the batches reached, the unaffected ones too: they decide what is certain. */
async function loadMade(
  client: pg.ClientBase,
  { eventIds }: Graph,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<MadeRow[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<MadeSqlRow>(
    `select l.input_batch_id, l.output_batch_id, b.product_id, b.lot is null as without_lot,
       case e.kind when 'CONSUMED' then e.item2_id when 'RELABELLED' then e.item_id end as input_item_id,
       coalesce(e.kind = 'RELABELLED', false) as relabelled,
       -- goods that got another name did not mix by that, whatever they are
       case when e.kind = 'RELABELLED' and p.dimension in ('PIECES', 'LENGTH') then 'DISCRETE' else l.mixing end as mixing,
       l.pool, l.quantity,
       l.occurred_at, case when e.occurred_at = l.occurred_at then e.occurred_to else l.occurred_at end as occurred_to, l.event_key, e.event_id
     from lineage l
     join batch b on b.batch_id = l.input_batch_id
     join product p on p.product_id = b.product_id
     left join event e on e.event_key = l.event_key
     where l.output_batch_id = any(${sql.bind(batchIds)}::bigint[]) and l.kind = 'MADE'
       and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     order by l.lineage_id`,
    sql.values,
  );
  rememberEvents(eventIds, rows);
  const made = rows.map((row) => ({
    input: BigInt(row.input_batch_id),
    output: BigInt(row.output_batch_id),
    inputProduct: BigInt(row.product_id),
    inputItem: id(row.input_item_id),
    inputWithoutLot: row.without_lot,
    relabelled: row.relabelled,
    mixing: row.mixing,
    pool: row.pool,
    quantity: id(row.quantity),
    at: row.occurred_at,
    to: row.occurred_to,
    eventKey: row.event_key,
  }));
  return joinPools(made);
}

/** Rows of one pool join every input to every output. */
function joinPools(rows: MadeRow[]): MadeRow[] {
  const joined: MadeRow[] = [];
  const pools = new Map<string, MadeRow[]>();
  for (const row of rows) {
    if (row.pool === null) joined.push(row);
    else pools.set(row.pool, [...(pools.get(row.pool) ?? []), row]);
  }
  for (const pool of pools.values()) {
    const inputs = new Map(pool.map((row) => [`${row.input}:${row.eventKey}`, row]));
    for (const output of new Set(pool.map((row) => row.output))) {
      for (const row of inputs.values()) if (row.input !== output) joined.push({ ...row, output });
    }
  }
  return joined;
}

interface FittingSqlRow {
  fitting_id: bigint;
  parent_item_id: bigint;
  batch_id: bigint;
  part_batch_id: bigint;
  product_id: bigint;
  without_lot: boolean;
  part_item_id: bigint | null;
  position: string | null;
  quantity: bigint | null;
  fitted_at: Date | null;
  fitted_to: Date | null;
  removed_at: Date | null;
  by_service: boolean;
  took_one: boolean;
  alternative: boolean;
  relabelled: boolean;
  event_key: string;
  event_id: string | null;
}

/** Every fitting of an affected product into items of the batches reached: the affected parts and those that acquit. */
async function loadFittings(
  client: pg.ClientBase,
  { eventIds }: Graph,
  { batchIds, products }: { batchIds: bigint[]; products: bigint[] },
  clocks: Clocks,
): Promise<FittingRow[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<FittingSqlRow>(
    `select f.fitting_id, f.parent_item_id, f.batch_id, f.part_batch_id, p.product_id, p.lot is null as without_lot, f.part_item_id,
       f.position, f.quantity, f.fitted_at, case when e.occurred_at = f.fitted_at then e.occurred_to else f.fitted_at end as fitted_to,
       case when ${sql.happened('f.removed_at')} then f.removed_at end as removed_at,
       case when f.quantity is null and f.part_item_id is null and f.removed_event_key <> f.event_key
         then exists (select from event x where x.event_key = f.removed_event_key and x.kind = 'SERVICED') else false end as took_one,
       coalesce(e.kind = 'SERVICED', false) as by_service, coalesce(e.kind = 'RELABELLED', false) as relabelled,
       coalesce((e.body ->> 'alternative')::boolean, false) as alternative, f.event_key, e.event_id
     from unnest(${sql.bind(batchIds)}::bigint[]) as reached (batch_id)
     join fitting f on f.batch_id = reached.batch_id
     join batch p on p.batch_id = f.part_batch_id and p.product_id = any(${sql.bind(products)}::bigint[])
     left join event e on e.event_key = f.event_key
     where ${sql.live('f')} and ${sql.happened('f.fitted_at')}
     order by f.fitting_id`,
    sql.values,
  );
  rememberEvents(eventIds, rows);
  return rows.map((row) => ({
    fittingId: row.relabelled ? null : BigInt(row.fitting_id),
    parentItem: BigInt(row.parent_item_id),
    parentBatch: BigInt(row.batch_id),
    partBatch: BigInt(row.part_batch_id),
    partProduct: BigInt(row.product_id),
    partWithoutLot: row.without_lot,
    partItem: id(row.part_item_id),
    position: row.position,
    quantity: id(row.quantity) ?? (row.part_item_id === null ? null : 1n),
    fittedAt: row.fitted_at,
    fittedTo: row.fitted_to,
    removedAt: row.removed_at,
    byService: row.by_service && row.fitted_at !== null,
    tookOne: row.took_one,
    alternative: row.alternative,
    eventKey: row.event_key,
  }));
}

/** Parts that the record has in two parents at one time. */
async function loadDoubledParts(
  client: pg.ClientBase,
  partItemIds: bigint[],
  clocks: Clocks,
): Promise<Set<bigint>> {
  if (partItemIds.length === 0) return new Set();
  const sql = statement(clocks);
  const { rows } = await client.query<{ item_id: bigint }>(
    `select distinct a.part_item_id as item_id
     from unnest(${sql.bind(partItemIds)}::bigint[]) as part (item_id)
     join fitting a on a.part_item_id = part.item_id and ${sql.live('a')}
     join fitting b on b.part_item_id = a.part_item_id and b.parent_item_id > a.parent_item_id and ${sql.live('b')}
     where coalesce(a.fitted_at, '-infinity') < coalesce(b.removed_at, 'infinity')
       and coalesce(b.fitted_at, '-infinity') < coalesce(a.removed_at, 'infinity')
       and ${sql.happened('a.fitted_at')} and ${sql.happened('b.fitted_at')}`,
    sql.values,
  );
  return new Set(rows.map((row) => BigInt(row.item_id)));
}

/**
 * Rows that name a lot without its source, where several are known, are of one of them: affected when any is, and each
 * is when they are.
 */
async function otherSources(client: pg.ClientBase, batchIds: bigint[]): Promise<Guess[]> {
  const { rows } = await client.query<{ component_batch_id: bigint; batch_id: bigint }>(
    `select b.batch_id as component_batch_id, o.batch_id
     from unnest($1::bigint[]) as reached (batch_id)
     join batch b on b.batch_id = reached.batch_id
     join batch o on o.product_id = b.product_id and o.lot = b.lot and (o.source_id is null) <> (b.source_id is null)`,
    [batchIds],
  );
  return rows.map((row) => ({
    kind: 'UNKNOWN_SOURCE',
    component: BigInt(row.component_batch_id),
    toBatch: BigInt(row.batch_id),
    toItem: null,
    eventKey: null,
    at: null,
    to: null,
  }));
}

async function loadBills(
  client: pg.ClientBase,
  graph: Graph,
  products: bigint[],
  clocks: Clocks,
): Promise<void> {
  const sql = statement(clocks);
  const { rows } = await client.query<{
    product_id: bigint;
    code: string;
    component_id: bigint | null;
    position: string | null;
    quantity: bigint | null;
  }>(
    `select r.product_id, r.code, l.component_id, l.position, l.quantity
     from ${sql.master('design_revision')} r
     left join ${sql.master('bill_of_materials_line')} l on l.revision_id = r.revision_id
     where r.product_id = any(${sql.bind(products)}::bigint[])`,
    sql.values,
  );
  for (const row of rows) {
    const productId = BigInt(row.product_id);
    const revisions = graph.bills.get(productId) ?? new Map<string, Map<bigint, Need[]>>();
    const bill = revisions.get(row.code) ?? new Map<bigint, Need[]>();
    graph.bills.set(productId, revisions.set(row.code, bill));
    if (row.component_id === null) continue;
    const component = BigInt(row.component_id);
    const need: Need = { position: row.position ?? '', quantity: BigInt(row.quantity ?? 0n) };
    bill.set(component, [...(bill.get(component) ?? []), need]);
  }
}
