/** Gives every natural key that rows name its row id, making stubs of what nobody described yet. */
import type { PoolClient } from 'pg';
import { parseGtin } from '../exchange/gs1/index.js';
import { containedLots, type Lot } from './contained-lots.js';
import { type Draft, type DraftSubject, measuredSubject } from './draft.js';
import { baseUnits, type Dimension, dimensionOf } from './input/index.js';
import { lockEverything } from './locks.js';
import { rescaleEvents } from './rescale.js';

/** What a chunk's keys became, and which references must be derived again because of it. */
export interface Keys {
  sites: Map<string, bigint>;
  products: Map<string, Product>;
  items: Map<string, bigint>;
  units: Map<string, bigint>;
  /** References whose events resolve otherwise now, e.g. a lot whose second source was learnt. */
  dirtyReferences: string[];
}

const itemUri = /^(https:\/\/id\.gs1\.org\/01\/\d{14})\/21\/(.+)$/;

/** The item that a unit's key names, when a serialised item holds others. */
function itemOfUnit(key: string): { gtin: string; serial: string } | null {
  const match = itemUri.exec(key);
  if (!match?.[1] || !match[2]) return null;
  const gtin = parseGtin(match[1]);
  return gtin.ok ? { gtin: gtin.key, serial: decodeURIComponent(match[2]) } : null;
}

/** The party and site that stand for an unknown place. */
export const UNKNOWN_PLACE = 'urn:tracewright:unknown';

export const itemKeyOf = (gtin: string, serial: string): string => `${gtin}|${serial}`;

/** Sites for GLNs: a party's own GLN stands for its unnamed site, an unknown one becomes a stub of both. */
export async function ensureSites(
  client: PoolClient,
  wanted: Map<string, { name: string; country: string | null }>,
): Promise<Map<string, bigint>> {
  const glns = [...wanted.keys()].sort();
  if (glns.length === 0) return new Map();
  const names = glns.map((gln) => wanted.get(gln)?.name ?? gln);
  const countries = glns.map((gln) => wanted.get(gln)?.country ?? null);
  const known = await client.query<{ gln: string; site_id: bigint }>(
    'select gln, site_id from site where gln = any($1::text[])',
    [glns],
  );
  const sites = new Map(known.rows.map((row) => [row.gln, row.site_id]));
  if (sites.size === glns.length) return sites;
  await client.query(
    `insert into party (gln, name, country, stub)
     select w.gln, w.name, w.country, true
     from unnest($1::text[], $2::text[], $3::text[]) as w(gln, name, country)
     where not exists (select 1 from site s where s.gln = w.gln)
     on conflict do nothing`,
    [glns, names, countries],
  );
  await client.query(
    `insert into site (gln, party_id, name, country, region, stub)
     select p.gln, p.party_id, p.name, p.country, p.region, true
     from party p where p.gln = any($1::text[])
     on conflict do nothing`,
    [glns],
  );
  const all = await client.query<{ gln: string; site_id: bigint }>(
    'select gln, site_id from site where gln = any($1::text[])',
    [glns],
  );
  return new Map(all.rows.map((row) => [row.gln, row.site_id]));
}

interface Product {
  id: bigint;
  unit: string;
  dimension: Dimension;
  stub: boolean;
}

/** Of the dimensions that events give to a product nobody described, the last named here is taken: whatever comes first. */
const dimensionsByRank: readonly Dimension[] = ['PIECES', 'LENGTH', 'VOLUME', 'MASS'];

/** Products by GTIN, stubs for the unknown ones, each with its unknown-lot batch. */
export async function ensureProducts(
  client: PoolClient,
  gtins: Iterable<string>,
  units: readonly (readonly [gtin: string, unit: string])[] = [],
): Promise<Map<string, Product>> {
  const wanted = [...new Set(gtins)].sort();
  const dimensions = dimensionsNamed(units);
  const measures = wanted.map((gtin) => dimensions.get(gtin) ?? 'PIECES');
  const known = await findProducts(client, wanted);
  if (wanted.every((gtin) => known.has(gtin))) return known;
  await client.query(
    `insert into product (gtin, name, kind, unit, dimension, stub)
     select w.gtin, w.gtin, 'COMPONENT', w.unit, w.dimension, true
     from unnest($1::text[], $2::text[], $3::text[]) as w(gtin, unit, dimension)
     where not exists (select 1 from product p where p.gtin = w.gtin)
     on conflict do nothing`,
    [wanted, measures.map((dimension) => baseUnits[dimension]), measures],
  );
  await client.query(
    `insert into batch (product_id)
     select p.product_id from product p
     where p.gtin = any($1::text[])
       and not exists (select 1 from batch b where b.product_id = p.product_id and b.lot is null)
     on conflict do nothing`,
    [wanted],
  );
  return findProducts(client, wanted);
}

/** Products that have their unknown-lot batch. */
async function findProducts(client: PoolClient, gtins: string[]): Promise<Map<string, Product>> {
  const rows = await client.query<Product & { gtin: string; product_id: bigint }>(
    `select p.gtin, p.product_id, p.unit, p.dimension, p.stub
     from product p join batch b on b.product_id = p.product_id and b.lot is null
     where p.gtin = any($1::text[])`,
    [gtins],
  );
  return new Map(rows.rows.map(({ gtin, product_id: id, ...product }) => [gtin, { ...product, id }]));
}

function dimensionsNamed(units: readonly (readonly [string, string])[]): Map<string, Dimension> {
  const named = new Map<string, Dimension>();
  for (const [gtin, unit] of units) {
    const dimension = dimensionOf(unit);
    const before = named.get(gtin) ?? 'PIECES';
    if (dimension && dimensionsByRank.indexOf(dimension) >= dimensionsByRank.indexOf(before))
      named.set(gtin, dimension);
  }
  return named;
}

/**
 * Gives stubs the dimension that these units name, and works their events' amounts out again. Nobody may be recording
 * beside it; answers the products that changed.
 */
async function measureStubs(
  client: PoolClient,
  products: Map<string, Product>,
  units: readonly (readonly [string, string])[],
): Promise<bigint[]> {
  const remeasured: Product[] = [];
  for (const [gtin, dimension] of dimensionsNamed(units)) {
    const product = products.get(gtin);
    if (!product?.stub || dimensionsByRank.indexOf(dimension) <= dimensionsByRank.indexOf(product.dimension))
      continue;
    remeasured.push(Object.assign(product, { dimension, unit: baseUnits[dimension] }));
  }
  if (remeasured.length === 0) return [];
  await lockEverything(client);
  const ids = remeasured.map((product) => product.id);
  await client.query(
    `update product p set unit = w.unit, dimension = w.dimension
     from unnest($1::bigint[], $2::text[], $3::text[]) as w(product_id, unit, dimension)
     where p.product_id = w.product_id and p.stub`,
    [ids, remeasured.map((product) => product.unit), remeasured.map((product) => product.dimension)],
  );
  await rescaleEvents(client, ids);
  return ids;
}

/**
 * Batches of the lots that name their source; which other lots need one is settled when the sources are known. The first
 * source ever named takes over the batch of unknown source: it was this source's all along. Answers the references of the
 * lots taken over: should what named the source turn out to be void, their events go to the batch of unknown source again.
 */
export async function ensureBatches(client: PoolClient, lots: readonly Lot[]): Promise<string[]> {
  const sourced = lots.filter((lot) => lot.sourceId !== null);
  if (sourced.length === 0) return [];
  const arrays = [
    sourced.map((lot) => lot.productId),
    sourced.map((lot) => lot.lot),
    sourced.map((lot) => lot.sourceId),
  ];
  const taken = await client.query<{ product_id: bigint; lot: string }>(
    `update batch b set source_id = w.source_id
     from (select product_id, lot, min(source_id) as source_id
           from unnest($1::bigint[], $2::text[], $3::bigint[]) as w(product_id, lot, source_id) group by product_id, lot) w
     where b.product_id = w.product_id and b.lot = w.lot and b.source_id is null
       and not exists (select 1 from batch o where o.product_id = w.product_id and o.lot = w.lot and o.source_id is not null)
     returning b.product_id, b.lot`,
    arrays,
  );
  await client.query(
    `insert into batch (product_id, lot, source_id)
     select distinct w.product_id, w.lot, w.source_id from unnest($1::bigint[], $2::text[], $3::bigint[]) as w(product_id, lot, source_id)
     where not exists (
       select 1 from batch b where b.product_id = w.product_id and b.lot = w.lot and b.source_id = w.source_id)
     order by 1, 2, 3
     on conflict do nothing`,
    arrays,
  );
  return taken.rows.map((row) => `l:${row.product_id}:${row.lot}`);
}

async function ensureItems(
  client: PoolClient,
  wanted: { productId: bigint; gtin: string; serial: string }[],
) {
  const unique = [...new Map(wanted.map((i) => [itemKeyOf(i.gtin, i.serial), i])).entries()].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
  if (unique.length === 0) return new Map<string, bigint>();
  const products = unique.map(([, i]) => i.productId);
  const serials = unique.map(([, i]) => i.serial);
  await client.query(
    `insert into item_key (product_id, serial)
     select w.product_id, w.serial from unnest($1::bigint[], $2::text[]) as w(product_id, serial)
     where not exists (select 1 from item_key k where k.product_id = w.product_id and k.serial = w.serial)
     on conflict do nothing`,
    [products, serials],
  );
  const rows = await client.query<{ gtin: string; serial: string; item_id: bigint }>(
    `select p.gtin, k.serial, k.item_id
     from unnest($1::bigint[], $2::text[]) as w(product_id, serial)
     join item_key k on k.product_id = w.product_id and k.serial = w.serial
     join product p on p.product_id = k.product_id`,
    [products, serials],
  );
  return new Map(rows.rows.map((row) => [itemKeyOf(row.gtin, row.serial), row.item_id]));
}

async function ensureUnits(client: PoolClient, keys: string[], items: Map<string, bigint>) {
  const wanted = [...new Set(keys)].sort();
  if (wanted.length === 0) return new Map<string, bigint>();
  const itemIds = wanted.map((key) => {
    const item = itemOfUnit(key);
    return item ? (items.get(itemKeyOf(item.gtin, item.serial)) ?? null) : null;
  });
  await client.query(
    `insert into logistic_unit (unit_key, item_id)
     select w.unit_key, w.item_id from unnest($1::text[], $2::bigint[]) as w(unit_key, item_id)
     where not exists (select 1 from logistic_unit u where u.unit_key = w.unit_key)
     on conflict do nothing`,
    [wanted, itemIds],
  );
  const rows = await client.query<{ unit_key: string; unit_id: bigint }>(
    'select unit_key, unit_id from logistic_unit where unit_key = any($1::text[])',
    [wanted],
  );
  return new Map(rows.rows.map((row) => [row.unit_key, row.unit_id]));
}

/** An item used as a container is named by its Digital Link: it is a unit and an item. */
function itemsOfUnits(drafts: Draft[]): DraftSubject[] {
  const found: DraftSubject[] = [];
  for (const key of drafts.flatMap((d) => [d.unit, d.contentUnit])) {
    const item = key === null ? null : itemOfUnit(key);
    if (item) found.push({ ...item, lot: null, source: null });
  }
  return found;
}

/** Every key of the drafts, as row ids. Runs inside the recording transaction. */
export async function ensureKeys(client: PoolClient, drafts: Draft[]): Promise<Keys> {
  const places = new Map<string, { name: string; country: string | null }>();
  places.set(UNKNOWN_PLACE, { name: 'unknown', country: null });
  for (const { consignee } of drafts)
    if (consignee && !places.has(consignee.key)) places.set(consignee.key, consignee);
  for (const draft of drafts) {
    const sources = draft.subjects.map((s) => s?.source ?? null);
    for (const gln of [draft.site, draft.from, draft.toSite, ...sources]) {
      if (gln !== null && !places.has(gln)) places.set(gln, { name: gln, country: null });
    }
  }
  const sites = await ensureSites(client, places);
  const subjects = [...drafts.flatMap((d) => d.subjects), ...itemsOfUnits(drafts)].filter((s) => s !== null);
  const units = drafts.flatMap((draft) => {
    const gtin = measuredSubject(draft)?.gtin;
    return gtin === undefined || draft.unitOfMeasure === null ? [] : [[gtin, draft.unitOfMeasure] as const];
  });
  const products = await ensureProducts(
    client,
    subjects.map((s) => s.gtin),
    units,
  );
  const remeasured = await measureStubs(client, products, units);
  const productOf = (gtin: string): bigint => {
    const product = products.get(gtin);
    if (!product) throw new Error(`product ${gtin} was not made`);
    return product.id;
  };
  const lots = subjects
    .filter((s) => s.lot !== null)
    .map((s) => ({
      productId: productOf(s.gtin),
      lot: s.lot as string,
      sourceId: s.source === null ? null : (sites.get(s.source) ?? null),
    }));
  const taken = await ensureBatches(client, [...lots, ...(await containedLots(client, lots))]);
  const dirtyReferences = [...remeasured.map((id) => `p:${id}`), ...taken];
  const items = await ensureItems(
    client,
    subjects
      .filter((s) => s.serial !== null)
      .map((s) => ({ ...s, productId: productOf(s.gtin), serial: s.serial as string })),
  );
  const unitKeys = drafts.flatMap((d) => [d.unit, d.contentUnit]).filter((key) => key !== null);
  const logisticUnits = await ensureUnits(client, unitKeys, items);
  return { sites, products, items, units: logisticUnits, dirtyReferences };
}
