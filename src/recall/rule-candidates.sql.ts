/** The batches and items that the leaves of a rule could mean: everything that is not surely FALSE. */
import type pg from 'pg';
import { type Clocks, NOW, type Statement, statement } from '../trace/index.js';
import { loadBatches } from './batch-facts.sql.js';
import {
  type BatchFacts,
  type Candidates,
  type ItemFacts,
  isAccountedFor,
  type ResolvedLeaf,
} from './rule-facts.js';
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
    // of a lot that is left out too it is asked whether an item without a lot could be of it
    if (leaf.positive || 'batch' in leaf.leaf)
      for (const id of await candidateBatches(client, leaf, clocks)) batchIds.add(id);
    for (const id of await candidateItems(client, leaf, clocks)) itemIds.add(id);
  }
  const batches = await loadBatches(client, [...batchIds], clocks);
  const which = ownAttributes(leaves);
  const severalRuns = which.length > 0 ? withSeveralRuns(batches.values()) : [];
  const items = await loadItems(client, { batchIds, itemIds, which, severalRuns, clocks });
  const others = [...items.values()].map(({ batchId }) => batchId).filter((id) => !batchIds.has(id));
  if (others.length > 0)
    for (const [id, batch] of await loadBatches(client, [...new Set(others)], clocks)) batches.set(id, batch);
  for (const leaf of leaves) if ('batch' in leaf.leaf) leaf.isFull = isFull(leaf, [...batches.values()]);
  return { items, batches };
}

/** Every lot that the leaf could mean is on record with all its units. */
function isFull({ leaf, productIds, namesSite, siteIds }: ResolvedLeaf, batches: BatchFacts[]): boolean {
  const named = batches.filter(
    ({ lot, productId, sourceId }) =>
      'batch' in leaf &&
      lot === leaf.batch.lot &&
      productIds.has(productId) &&
      (!namesSite || sourceId === null || siteIds.has(sourceId)),
  );
  return named.length > 0 && named.every(isAccountedFor);
}

/** Batches of which the time of an item tells the run, and with it what the item does not tell. */
export const withSeveralRuns = (batches: Iterable<BatchFacts>): bigint[] =>
  [...batches].flatMap(({ batchId, runs }) => (runs.length > 1 ? [batchId] : []));

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
  const own: OwnAttributeFits[] = [];
  if (leaf.namesSite)
    own.push({ column: 'site_id', fits: `i.site_id = any(${sql.bind([...leaf.siteIds])}::bigint[])` });
  if ('designRevision' in leaf.leaf)
    own.push({ column: 'revision', fits: `i.revision = ${sql.bind(leaf.leaf.designRevision.code)}` });
  if ('produced' in leaf.leaf) {
    const { line } = leaf.leaf.produced;
    if (line != null) own.push({ column: 'line', fits: `i.line = ${sql.bind(line)}` });
    const times = [
      ...(leaf.from === null ? [] : [`i.produced_to >= ${sql.bind(leaf.from)}::timestamptz`]),
      ...(leaf.to === null ? [] : [`i.produced_at <= ${sql.bind(leaf.to)}::timestamptz`]),
    ];
    if (times.length > 0) own.push({ column: 'produced_at', fits: times.join(' and ') });
  }
  if (own.length === 0) return [];
  const where = [sql.live('i')];
  if (leaf.namesProduct) where.push(`b.product_id = any(${sql.bind([...leaf.productIds])}::bigint[])`);
  // one attribute of its own fits, and each other does or is that of its run
  const fitting = (by: readonly OwnAttributeFits[]): string =>
    by
      .map((one) => `(${[one.fits, ...own.filter((other) => other !== one).map(orAbsent)].join(' and ')})`)
      .join(' or ');
  const [site] = own.filter(({ column }) => column === 'site_id');
  if (leaf.namesProduct || site === undefined) {
    // of another place than its run, an item is of a run that nobody told, and so perhaps of any time or line
    if (leaf.namesProduct) where.push(`(${fitting(own)} or ${differsFromRun(sql)})`);
    else where.push(`(${fitting(own)})`);
    const { rows } = await client.query<{ item_id: bigint }>(
      // items lie together by batch: those of a product are found by its batches
      `select i.item_id from ${leaf.namesProduct ? 'batch b join item i on i.batch_id = b.batch_id' : 'item i'} where ${where.join(' and ')}`,
      sql.values,
    );
    return rows.map((row) => BigInt(row.item_id));
  }
  // of no product: by the site of the item, and by that of a run of its lot
  const others = own.filter((one) => one !== site);
  const ofRun =
    others.length === 0
      ? ''
      : `union
     select i.item_id from run r join item i on i.batch_id = r.batch_id
     where r.site_id = any(${sql.bind([...leaf.siteIds])}::bigint[]) and ${sql.live('r')} and ${sql.live('i')}
       and i.site_id is null and (${fitting(others)} or ${differsFromRun(sql)})`;
  const { rows } = await client.query<{ item_id: bigint }>(
    `select i.item_id from item i where ${where.join(' and ')} and ${fitting([site])} ${ofRun}`,
    sql.values,
  );
  return rows.map((row) => BigInt(row.item_id));
}

/** An item (alias `i`) that tells another site, line or revision than some run of its batch. */
const differsFromRun = (sql: Statement): string =>
  `((i.site_id is not null or i.line is not null or i.revision is not null) and exists (
      select from run r where r.batch_id = i.batch_id and ${sql.live('r')}
        and (r.site_id <> i.site_id or r.line <> i.line or r.revision <> i.revision)))`;

/** A condition that an attribute of an item's own fits a leaf. */
interface OwnAttributeFits {
  column: OwnAttribute;
  fits: string;
}

const orAbsent = ({ column, fits }: OwnAttributeFits): string => `(i.${column} is null or ${fits})`;

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
  asked: {
    batchIds: Set<bigint>;
    itemIds: Set<bigint>;
    which: WhichItems;
    /** Of these the time of an item tells the run. */
    severalRuns?: bigint[];
    clocks: Clocks;
  },
): Promise<Map<bigint, ItemFacts>> {
  const sql = statement(asked.clocks);
  const [items, batches] = [sql.bind([...asked.itemIds]), sql.bind([...asked.batchIds])];
  const { which } = asked;
  // what is made later is none yet
  const stands = `${sql.live('i')} and ${sql.happened('i.produced_at')}`;
  const differing =
    which === 'EVERY'
      ? 'true'
      : [...which.map((column) => `i.${column} is not null`), differsFromRun(sql)].join(' or ');
  const own =
    which.length === 0
      ? ''
      : `union
       select ${itemColumns} from item i
       where i.batch_id = any(${batches}::bigint[]) and ${stands} and (${differing})`;
  const several = asked.severalRuns ?? [];
  const ofRuns =
    several.length === 0 || which === 'EVERY' || which.includes('produced_at')
      ? ''
      : `union
       select ${itemColumns} from item i
       where i.batch_id = any(${sql.bind(several)}::bigint[]) and ${stands} and i.produced_at is not null`;
  const { rows } = await client.query<ItemRow>(
    `with without_lot as (
       select distinct u.batch_id from batch b
       join batch u on u.product_id = b.product_id and u.lot is null
       where b.batch_id = any(${batches}::bigint[])
     )
     select ${itemColumns} from item i where i.item_id = any(${items}::bigint[]) and ${stands}
     union
     select ${itemColumns} from without_lot w join item i on i.batch_id = w.batch_id and ${stands}
     ${own}
     ${ofRuns}`,
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
