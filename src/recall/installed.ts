/** Which items have a version of a software product installed: software is a product, a version a batch, an installation a fitting. */
import type pg from 'pg';
import { type Clocks, statement } from '../trace/index.js';
import {
  type Answer,
  type Asked,
  FALSE,
  isAccountedFor,
  type ResolvedLeaf,
  TRUE,
  unknown,
} from './rule-facts.js';
import type { Exposure } from './scope.js';
import type { Truth } from './truth.js';

interface InstallationRow {
  item_id: bigint;
  version: string | null;
  removed: boolean;
  by_service: boolean;
}

/** What the leaf names: the products that want the software, the items it decides one by one, and its answer. */
export async function installationFacts(
  client: pg.ClientBase,
  leaf: { gtin: string; version: string },
  clocks: Clocks,
  exposure: Exposure,
): Promise<Pick<ResolvedLeaf, 'productIds' | 'namesProduct' | 'decidedItems' | 'decide'>> {
  const installed = await loadInstallations(client, leaf.gtin, clocks);
  const truths = new Map<bigint, Truth>();
  for (const [itemId, rows] of installed) truths.set(itemId, installedTruth(rows, leaf.version, exposure));
  const wanting = await loadWanting(client, leaf.gtin, clocks);
  const products = new Set([...wanting.products, ...(await productsOfItems(client, [...truths.keys()]))]);
  return {
    productIds: products,
    namesProduct: true,
    decidedItems: new Set([...truths.keys(), ...wanting.items]),
    decide: (asked) => answerInstalled({ truths, wanting: wanting.products }, asked),
  };
}

/** Pure: whether the version is on what is asked about; what wants the software and has none on record may have it. */
export function answerInstalled(
  { truths, wanting }: { truths: ReadonlyMap<bigint, Truth>; wanting: ReadonlySet<bigint> },
  { batch, item }: Asked,
): Answer {
  if (item !== null) {
    const truth = truths.get(item.itemId);
    if (truth === 'UNKNOWN' || (truth === undefined && wanting.has(batch.productId)))
      return unknown('installed version');
    return truth === 'TRUE' ? TRUE : FALSE;
  }
  // goods without a serial have no installation of their own on record
  return wanting.has(batch.productId) && !isAccountedFor(batch) ? unknown('installed version') : FALSE;
}

/** EVER asks of all versions it had: what a workshop installed says nothing of the one before. */
export function installedTruth(rows: readonly InstallationRow[], version: string, exposure: Exposure): Truth {
  const asked = exposure === 'CURRENT' ? rows.filter((row) => !row.removed) : rows;
  if (asked.some((row) => row.version === version)) return 'TRUE';
  if (asked.length === 0 || asked.some((row) => row.version === null)) return 'UNKNOWN';
  return exposure === 'EVER' && asked.every((row) => row.by_service) ? 'UNKNOWN' : 'FALSE';
}

async function loadInstallations(
  client: pg.ClientBase,
  gtin: string,
  clocks: Clocks,
): Promise<Map<bigint, InstallationRow[]>> {
  const sql = statement(clocks);
  const { rows } = await client.query<InstallationRow>(
    `select f.parent_item_id as item_id, b.lot as version,
       coalesce(f.removed_at is not null and ${sql.happened('f.removed_at')}, false) as removed,
       coalesce(e.kind = 'SERVICED', false) as by_service
     from product p
     join batch b on b.product_id = p.product_id
     join fitting f on f.part_batch_id = b.batch_id
     left join event e on e.event_key = f.event_key
     where p.gtin = ${sql.bind(gtin)} and ${sql.live('f')} and ${sql.happened('f.fitted_at')}`,
    sql.values,
  );
  const found = new Map<bigint, InstallationRow[]>();
  for (const row of rows) {
    const itemId = BigInt(row.item_id);
    const others = found.get(itemId);
    if (others) others.push(row);
    else found.set(itemId, [row]);
  }
  return found;
}

/** Products whose bill of materials wants the software, and their items without any installation of it on record. */
async function loadWanting(client: pg.ClientBase, gtin: string, clocks: Clocks) {
  const design = statement(clocks);
  const { rows } = await client.query<{ product_id: bigint }>(
    `select distinct r.product_id
     from product p
     join ${design.master('bill_of_materials_line')} l on l.component_id = p.product_id
     join design_revision r on r.revision_id = l.revision_id
     where p.gtin = ${design.bind(gtin)}`,
    design.values,
  );
  const products = new Set(rows.map((row) => BigInt(row.product_id)));
  if (products.size === 0) return { products, items: [] };
  const sql = statement(clocks);
  const without = await client.query<{ item_id: bigint }>(
    `select i.item_id
     from batch b join item i on i.batch_id = b.batch_id and ${sql.live('i')}
     where b.product_id = any(${sql.bind([...products])}::bigint[])
       and not exists (
         select 1 from fitting f
         join batch v on v.batch_id = f.part_batch_id join product p on p.product_id = v.product_id
         where f.batch_id = i.batch_id and f.parent_item_id = i.item_id and p.gtin = ${sql.bind(gtin)} and ${sql.live('f')})`,
    sql.values,
  );
  return { products, items: without.rows.map((row) => BigInt(row.item_id)) };
}

async function productsOfItems(client: pg.ClientBase, itemIds: bigint[]): Promise<bigint[]> {
  if (itemIds.length === 0) return [];
  const { rows } = await client.query<{ product_id: bigint }>(
    'select distinct k.product_id from item_key k where k.item_id = any($1::bigint[])',
    [itemIds],
  );
  return rows.map((row) => BigInt(row.product_id));
}
