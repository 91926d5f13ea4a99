/** The batches and items that the leaves of a rule could mean: everything that is not surely FALSE. */
import type pg from 'pg';
import { type Clocks, NOW, type Statement, statement } from '../trace/index.js';
import { loadBatches } from './batch-facts.sql.js';
import type { Candidates, ItemFacts, ResolvedLeaf } from './rule-facts.js';
import { inSerialRange, type SerialRange } from './serial-range.js';

/** Universe of a rule: what its positive leaves yield, with the runs and items needed to ask every leaf. */
export async function loadCandidates(
  client: pg.ClientBase,
  leaves: ResolvedLeaf[],
  clocks: Clocks,
): Promise<Candidates> {
  const batchIds = new Set<bigint>();
  const itemIds = new Set<bigint>();
  for (const leaf of leaves) {
    if (leaf.positive) for (const id of await candidateBatches(client, leaf, clocks)) batchIds.add(id);
    for (const id of await candidateItems(client, leaf, clocks)) itemIds.add(id);
  }
  const which = ownAttributes(leaves);
  const items = await loadItems(client, { batchIds, itemIds, which, clocks });
  for (const item of items.values()) batchIds.add(item.batchId);
  return { items, batches: await loadBatches(client, [...batchIds], clocks) };
}

/** Attributes that an item may have of its own, and differently from its run. */
type OwnAttribute = 'site_id' | 'line' | 'revision' | 'produced_at';

/** Which of them the leaves ask for; items without any answer as their batch does. */
export function ownAttributes(leaves: readonly ResolvedLeaf[]): OwnAttribute[] {
  const asked = new Set<OwnAttribute>();
  for (const { leaf } of leaves) {
    if ('designRevision' in leaf || 'component' in leaf) asked.add('revision');
    if ('supplier' in leaf || ('produced' in leaf && leaf.produced.site != null)) asked.add('site_id');
    if ('produced' in leaf && leaf.produced.line != null) asked.add('line');
    if ('produced' in leaf && (leaf.produced.from != null || leaf.produced.to != null))
      asked.add('produced_at');
    if ('age' in leaf) asked.add('produced_at');
    if ('changeOrder' in leaf)
      for (const attribute of ['site_id', 'line', 'revision', 'produced_at'] as const) asked.add(attribute);
  }
  return [...asked];
}

const asksAttributes = ({ leaf }: ResolvedLeaf): boolean =>
  'designRevision' in leaf || 'supplier' in leaf || 'produced' in leaf;

async function candidateBatches(
  client: pg.ClientBase,
  leaf: ResolvedLeaf,
  clocks: Clocks,
): Promise<bigint[]> {
  if ('items' in leaf.leaf || 'serials' in leaf.leaf) return [];
  const sql = statement(clocks);
  // a case with a lot is its content's batch, no batch of its own
  const where = [`not exists (select 1 from ${sql.master('packaging')} k where k.product_id = b.product_id)`];
  if ('component' in leaf.leaf)
    where.push(`b.product_id = any(${sql.bind([...leaf.containing.keys()])}::bigint[])`);
  else if (leaf.namesProduct) where.push(`b.product_id = any(${sql.bind([...leaf.productIds])}::bigint[])`);
  if ('batch' in leaf.leaf) where.push(`(b.lot = ${sql.bind(leaf.leaf.batch.lot)} or b.lot is null)`);
  const run = runCondition(leaf, sql);
  if (run !== null) {
    where.push(`(not exists (select 1 from run r where r.batch_id = b.batch_id and ${sql.live('r')})
      or exists (select 1 from run r where r.batch_id = b.batch_id and ${sql.live('r')} and ${run}))`);
    if (!leaf.namesProduct) where.push('b.lot is not null');
  }
  const { rows } = await client.query<{ batch_id: bigint }>(
    `select b.batch_id from batch b where ${where.join(' and ')}`,
    sql.values,
  );
  return rows.map((row) => BigInt(row.batch_id));
}

/** What a run must not contradict; null when the leaf asks nothing of runs. */
function runCondition(leaf: ResolvedLeaf, sql: Statement): string | null {
  const parts: string[] = [];
  if (leaf.namesSite && !('batch' in leaf.leaf)) {
    parts.push(`(r.site_id is null or r.site_id = any(${sql.bind([...leaf.siteIds])}::bigint[]))`);
  }
  if ('designRevision' in leaf.leaf)
    parts.push(`(r.revision is null or r.revision = ${sql.bind(leaf.leaf.designRevision.code)})`);
  if ('produced' in leaf.leaf) {
    if (leaf.leaf.produced.line != null)
      parts.push(`(r.line is null or r.line = ${sql.bind(leaf.leaf.produced.line)})`);
    if (leaf.from !== null)
      parts.push(`(r.produced_to is null or r.produced_to >= ${sql.bind(leaf.from)}::timestamptz)`);
    if (leaf.to !== null)
      parts.push(`(r.produced_from is null or r.produced_from <= ${sql.bind(leaf.to)}::timestamptz)`);
  }
  return parts.length > 0 ? parts.join(' and ') : null;
}

/** Items that a leaf names one by one: by serial, by inspection, or by attributes of their own. */
async function candidateItems(client: pg.ClientBase, leaf: ResolvedLeaf, clocks: Clocks): Promise<bigint[]> {
  if ('items' in leaf.leaf) return [...leaf.itemIds];
  if (leaf.decidedItems.size > 0) return [...leaf.decidedItems];
  if (leaf.range !== null) return itemsInRange(client, leaf.productIds, leaf.range);
  if ('inspection' in leaf.leaf) {
    return [...leaf.inspections.values()].flat().flatMap((row) => (row.itemId === null ? [] : [row.itemId]));
  }
  if (!leaf.positive || !asksAttributes(leaf)) return [];
  const sql = statement(clocks);
  const where = [sql.live('i')];
  if (leaf.namesProduct) where.push(`b.product_id = any(${sql.bind([...leaf.productIds])}::bigint[])`);
  if (leaf.namesSite) where.push(`i.site_id = any(${sql.bind([...leaf.siteIds])}::bigint[])`);
  if ('designRevision' in leaf.leaf) where.push(`i.revision = ${sql.bind(leaf.leaf.designRevision.code)}`);
  if ('produced' in leaf.leaf) {
    if (leaf.leaf.produced.line != null) where.push(`i.line = ${sql.bind(leaf.leaf.produced.line)}`);
    if (leaf.from !== null) where.push(`i.produced_to >= ${sql.bind(leaf.from)}::timestamptz`);
    if (leaf.to !== null) where.push(`i.produced_at <= ${sql.bind(leaf.to)}::timestamptz`);
    if (where.length === (leaf.namesProduct ? 2 : 1)) return [];
  }
  const { rows } = await client.query<{ item_id: bigint }>(
    // items lie together by batch: those of a product are found by its batches
    `select i.item_id from ${leaf.namesProduct ? 'batch b join item i on i.batch_id = b.batch_id' : 'item i'} where ${where.join(' and ')}`,
    sql.values,
  );
  return rows.map((row) => BigInt(row.item_id));
}

/** Where the ends are of one width, numbers follow one another as their texts do: the index answers, the range decides. */
async function itemsInRange(
  client: pg.ClientBase,
  productIds: Set<bigint>,
  range: SerialRange,
): Promise<bigint[]> {
  const sql = statement(NOW);
  // a VIN is written in either case
  const serial = range.scheme === 'VIN' ? 'upper(k.serial)' : 'k.serial';
  const where = [
    `k.product_id = any(${sql.bind([...productIds])}::bigint[])`,
    `starts_with(${serial}, ${sql.bind(range.prefix)})`,
  ];
  if (range.scheme === 'MASK') where.push(`length(k.serial) = ${sql.bind(range.mask.length)}::int`);
  if (range.scheme === 'NUMERIC' && range.widthMin === range.widthMax) {
    const text = (number: bigint) => `${range.prefix}${String(number).padStart(range.widthMin, '0')}`;
    where.push(`length(k.serial) = ${sql.bind(range.prefix.length + range.widthMin)}::int`);
    if (range.from !== null) where.push(`k.serial collate "C" >= ${sql.bind(text(range.from))}`);
    if (range.to !== null) where.push(`k.serial collate "C" <= ${sql.bind(text(range.to))}`);
  }
  const { rows } = await client.query<{ item_id: bigint; serial: string }>(
    `select k.item_id, k.serial from item_key k where ${where.join(' and ')}`,
    sql.values,
  );
  return rows.filter((row) => inSerialRange(row.serial, range)).map((row) => BigInt(row.item_id));
}

interface ItemRow {
  item_id: bigint;
  batch_id: bigint;
  product_id: bigint;
  serial: string;
  site_id: bigint | null;
  line: string | null;
  revision: string | null;
  produced_at: Date | null;
  produced_to: Date | null;
}

const itemColumns =
  'i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to';

/** Which items of the batches beside those named: those with such attributes of their own, or every one. */
export type WhichItems = readonly OwnAttribute[] | 'EVERY';

/** Named items, items of the unknown lot of the same products, and what `which` adds. */
export async function loadItems(
  client: pg.ClientBase,
  asked: { batchIds: Set<bigint>; itemIds: Set<bigint>; which: WhichItems; clocks: Clocks },
): Promise<Map<bigint, ItemFacts>> {
  const sql = statement(asked.clocks);
  const [items, batches] = [sql.bind([...asked.itemIds]), sql.bind([...asked.batchIds])];
  const { which } = asked;
  const differing =
    which === 'EVERY' ? 'true' : which.map((column) => `i.${column} is not null`).join(' or ');
  const own =
    differing === ''
      ? ''
      : `union
       select ${itemColumns} from item i
       where i.batch_id = any(${batches}::bigint[]) and ${sql.live('i')} and (${differing})`;
  const { rows } = await client.query<ItemRow>(
    `with without_lot as (
       select distinct u.batch_id from batch b
       join batch u on u.product_id = b.product_id and u.lot is null
       where b.batch_id = any(${batches}::bigint[])
     )
     select ${itemColumns} from item i where i.item_id = any(${items}::bigint[]) and ${sql.live('i')}
     union
     select ${itemColumns} from without_lot w join item i on i.batch_id = w.batch_id and ${sql.live('i')}
     ${own}`,
    sql.values,
  );
  const found = new Map<bigint, ItemFacts>();
  for (const row of rows) {
    found.set(BigInt(row.item_id), {
      itemId: BigInt(row.item_id),
      batchId: BigInt(row.batch_id),
      productId: BigInt(row.product_id),
      serial: row.serial,
      siteId: row.site_id === null ? null : BigInt(row.site_id),
      line: row.line,
      revision: row.revision,
      from: row.produced_at,
      to: row.produced_to,
    });
  }
  return found;
}
