/** Finds in the record what the leaves of a rule name: products, sites, items, inspections, bills of materials. */
import type pg from 'pg';
import { type Clocks, statement } from '../trace/index.js';
import { changeOrderFacts } from './change-order.js';
import { installationFacts } from './installed.js';
import { type Leaf, leavesOf, type Rule } from './rule.js';
import type { InspectionFacts, ResolvedLeaf } from './rule-facts.js';
import type { Exposure } from './scope.js';
import { serialRangeOf } from './serial-range.js';

export async function resolveLeaves(
  client: pg.ClientBase,
  rule: Rule,
  clocks: Clocks,
  exposure: Exposure,
): Promise<Map<Leaf, ResolvedLeaf>> {
  const resolved = new Map<Leaf, ResolvedLeaf>();
  for (const { leaf, positive } of leavesOf(rule)) {
    resolved.set(leaf, await resolveLeaf(client, leaf, positive, { clocks, exposure }));
  }
  return resolved;
}

async function resolveLeaf(
  client: pg.ClientBase,
  leaf: Leaf,
  positive: boolean,
  { clocks, exposure }: { clocks: Clocks; exposure: Exposure },
): Promise<ResolvedLeaf> {
  const gtin = gtinOf(leaf);
  const gln =
    'supplier' in leaf
      ? leaf.supplier.gln
      : 'produced' in leaf
        ? leaf.produced.site
        : 'batch' in leaf
          ? leaf.batch.source
          : null;
  const resolved: ResolvedLeaf = {
    leaf,
    label: labelOf(leaf),
    positive,
    productIds: gtin === null ? new Set() : await productsOf(client, gtin, clocks),
    namesProduct: gtin !== null,
    siteIds: gln == null ? new Set() : await sitesOf(client, gln, clocks),
    namesSite: gln != null,
    from: 'produced' in leaf && leaf.produced.from ? new Date(leaf.produced.from) : null,
    to: 'produced' in leaf && leaf.produced.to ? new Date(leaf.produced.to) : null,
    range: null,
    isFull: false,
    itemIds: new Set(),
    containing: new Map(),
    revisions: new Map(),
    inspections: new Map(),
    decidedItems: new Set(),
    decide: null,
  };
  if ('serials' in leaf) {
    const range = serialRangeOf(leaf.serials);
    resolved.range = range.ok ? range.range : null;
  }
  if ('items' in leaf) resolved.itemIds = await namedItems(client, leaf.items);
  if ('component' in leaf) await addBillsOfMaterials(client, resolved, clocks);
  if ('inspection' in leaf) await addInspections(client, resolved, clocks);
  if ('changeOrder' in leaf)
    Object.assign(resolved, await changeOrderFacts(client, leaf.changeOrder, clocks));
  if ('installed' in leaf)
    Object.assign(resolved, await installationFacts(client, leaf.installed, clocks, exposure));
  return resolved;
}

function gtinOf(leaf: Leaf): string | null {
  if ('batch' in leaf) return leaf.batch.gtin;
  if ('product' in leaf) return leaf.product.gtin;
  if ('designRevision' in leaf) return leaf.designRevision.gtin;
  if ('produced' in leaf) return leaf.produced.gtin ?? null;
  if ('serials' in leaf) return leaf.serials.gtin;
  if ('inspection' in leaf) return leaf.inspection.gtin ?? null;
  if ('component' in leaf) return leaf.component.gtin;
  return null;
}

/** A condition in a line, for gaps and memberships. */
export function labelOf(leaf: Leaf): string {
  const [kind, fields] = Object.entries(leaf)[0] ?? ['', {}];
  if (Array.isArray(fields))
    return `items ${fields
      .map((item) => item.serial)
      .slice(0, 5)
      .join(', ')}${fields.length > 5 ? ', ...' : ''}`;
  const shown = Object.entries(fields as Record<string, unknown>).filter(([, value]) => value != null);
  return `${kind} ${shown.map(([name, value]) => `${name} ${String(value)}`).join(', ')}`;
}

/** The product of a GTIN; a case stands for what it contains. */
async function productsOf(client: pg.ClientBase, gtin: string, clocks: Clocks): Promise<Set<bigint>> {
  const sql = statement(clocks);
  const { rows } = await client.query<{ product_id: bigint }>(
    `select coalesce(c.contains_product_id, p.product_id) as product_id
     from product p left join ${sql.master('packaging')} c on c.product_id = p.product_id where p.gtin = ${sql.bind(gtin)}`,
    sql.values,
  );
  return new Set(rows.map((row) => BigInt(row.product_id)));
}

/** The site of a GLN, or all sites of the party it names. */
async function sitesOf(client: pg.ClientBase, gln: string, clocks: Clocks): Promise<Set<bigint>> {
  const sql = statement(clocks);
  const named = sql.bind(gln);
  const { rows } = await client.query<{ site_id: bigint }>(
    `select s.site_id from site s where s.gln = ${named}
     union select s.site_id from party p join ${sql.master('site')} s on s.party_id = p.party_id where p.gln = ${named}`,
    sql.values,
  );
  return new Set(rows.map((row) => BigInt(row.site_id)));
}

async function namedItems(
  client: pg.ClientBase,
  items: readonly { gtin?: string | null; serial: string }[],
): Promise<Set<bigint>> {
  const { rows } = await client.query<{ item_id: bigint }>(
    `select k.item_id
     from unnest($1::text[], $2::text[]) as named_item (gtin, serial)
     join item_key k on k.serial = named_item.serial
     join product p on p.product_id = k.product_id and (named_item.gtin is null or p.gtin = named_item.gtin)`,
    [items.map((item) => item.gtin ?? null), items.map((item) => item.serial)],
  );
  return new Set(rows.map((row) => BigInt(row.item_id)));
}

interface BillRow {
  product_id: bigint;
  code: string;
  component_id: bigint;
}

/** Which revisions contain the component at any level: TRUE when surely, UNKNOWN when only some versions of a part do. */
async function addBillsOfMaterials(
  client: pg.ClientBase,
  resolved: ResolvedLeaf,
  clocks: Clocks,
): Promise<void> {
  const sql = statement(clocks);
  const line = sql.master('bill_of_materials_line');
  const { rows } = await client.query<BillRow>(
    `with recursive containing_product (product_id) as (
       select unnest(${sql.bind([...resolved.productIds])}::bigint[])
       union
       select r.product_id from containing_product c
       join ${line} l on l.component_id = c.product_id
       join design_revision r on r.revision_id = l.revision_id
     )
     select r.product_id, r.code, l.component_id
     from containing_product c
     join ${line} l on l.component_id = c.product_id
     join design_revision r on r.revision_id = l.revision_id`,
    sql.values,
  );
  const products = [...new Set(rows.map((row) => BigInt(row.product_id)))];
  const known = statement(clocks);
  const all = await client.query<{ product_id: bigint; code: string }>(
    `select r.product_id, r.code from ${known.master('design_revision')} r
     where r.product_id = any(${known.bind(products)}::bigint[])`,
    known.values,
  );
  for (const row of all.rows) {
    const id = BigInt(row.product_id);
    resolved.revisions.set(id, (resolved.revisions.get(id) ?? new Set()).add(row.code));
  }
  const surely = (id: bigint): boolean =>
    resolved.productIds.has(id) ||
    [...(resolved.revisions.get(id) ?? ['?'])].every(
      (code) => resolved.containing.get(id)?.get(code) === 'TRUE',
    );
  for (let changed = true; changed; ) {
    changed = false;
    for (const row of rows) {
      const id = BigInt(row.product_id);
      const revisions = resolved.containing.get(id) ?? new Map<string, 'TRUE' | 'UNKNOWN'>();
      const truth = surely(BigInt(row.component_id)) ? 'TRUE' : 'UNKNOWN';
      if (revisions.get(row.code) === 'TRUE' || revisions.get(row.code) === truth) continue;
      resolved.containing.set(id, revisions.set(row.code, truth));
      changed = true;
    }
  }
}

interface InspectionRow {
  batch_id: bigint;
  item_id: bigint | null;
  product_id: bigint;
  characteristic: string;
  value: string | null;
  lower_limit: string | null;
  upper_limit: string | null;
  verdict: 'PASS' | 'FAIL';
}

/** Inspections of the characteristic; a leaf without a product is asked of the products ever inspected for it. */
async function addInspections(client: pg.ClientBase, resolved: ResolvedLeaf, clocks: Clocks): Promise<void> {
  if (!('inspection' in resolved.leaf)) return;
  const { characteristic } = resolved.leaf.inspection;
  const sql = statement(clocks);
  const where = [sql.live('i'), sql.happened('i.occurred_at')];
  if (characteristic != null) where.push(`i.characteristic = ${sql.bind(characteristic)}`);
  if (resolved.namesProduct)
    where.push(`b.product_id = any(${sql.bind([...resolved.productIds])}::bigint[])`);
  const { rows } = await client.query<InspectionRow>(
    `select i.batch_id, i.item_id, b.product_id, i.characteristic, i.value::text, i.lower_limit::text, i.upper_limit::text, i.verdict
     from inspection i join batch b on b.batch_id = i.batch_id
     where ${where.join(' and ')}`,
    sql.values,
  );
  const number = (text: string | null) => (text === null ? null : Number(text));
  for (const row of rows) {
    const facts: InspectionFacts = {
      batchId: BigInt(row.batch_id),
      itemId: row.item_id === null ? null : BigInt(row.item_id),
      characteristic: row.characteristic,
      value: number(row.value),
      lower: number(row.lower_limit),
      upper: number(row.upper_limit),
      verdict: row.verdict,
    };
    const key = facts.itemId === null ? `batch:${facts.batchId}` : `item:${facts.itemId}`;
    const others = resolved.inspections.get(key);
    if (others) others.push(facts);
    else resolved.inspections.set(key, [facts]);
    resolved.productIds.add(BigInt(row.product_id));
  }
  resolved.namesProduct = true;
}
