/** Master data: parties, sites, products, packaging and design, written by natural key; what changed derives again. */
import type { PoolClient } from 'pg';
import type { CanonicalRow, CanonicalValue } from './input/index.js';
import { scaleQuantity } from './input/index.js';
import { ensureProducts, ensureSites } from './keys.js';

export interface MasterResult {
  changed: boolean;
  /** References whose events resolve otherwise now. */
  references: string[];
}

const text = (value: CanonicalValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const list = (value: CanonicalValue | undefined): string[] =>
  Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(';').filter((part) => part !== '')
      : [];
const time = (value: CanonicalValue | undefined, end: 'at' | 'to' = 'at'): string | null =>
  value && typeof value === 'object' && !Array.isArray(value) ? value[end] : text(value);

/** Writes one row. Errors: an Error naming the rule when a quantity does not fit its unit. */
export async function recordMaster(client: PoolClient, row: CanonicalRow): Promise<MasterResult> {
  const write = writers[row.kind as keyof typeof writers];
  if (!write) throw new Error(`${row.kind} is no master data`);
  return write(client, row.values);
}

type Values = CanonicalRow['values'];

async function upsert(client: PoolClient, statement: string, values: unknown[]): Promise<boolean> {
  const result = await client.query(statement, values);
  return (result.rowCount ?? 0) > 0;
}

async function productId(client: PoolClient, gtin: string | null): Promise<bigint> {
  if (gtin === null) throw new Error('a product is named by its GTIN');
  const product = (await ensureProducts(client, [gtin])).get(gtin);
  if (!product) throw new Error(`product ${gtin} was not made`);
  return product.id;
}

async function revisionId(client: PoolClient, product: bigint, code: string | null): Promise<bigint> {
  await client.query(
    "insert into design_revision (product_id, code, state) values ($1, $2, 'RELEASED') on conflict do nothing",
    [product, code],
  );
  const found = await client.query<{ revision_id: bigint }>(
    'select revision_id from design_revision where product_id = $1 and code = $2',
    [product, code],
  );
  const id = found.rows[0]?.revision_id;
  if (id === undefined) throw new Error(`design revision ${code} was not made`);
  return id;
}

async function partyOf(client: PoolClient, gln: string | null): Promise<bigint | null> {
  if (gln === null) return null;
  await client.query(
    'insert into party (gln, name, stub) select $1::text, $1::text, true on conflict do nothing',
    [gln],
  );
  const found = await client.query<{ party_id: bigint }>('select party_id from party where gln = $1', [gln]);
  return found.rows[0]?.party_id ?? null;
}

async function recordParty(client: PoolClient, v: Values): Promise<MasterResult> {
  const changed = await upsert(
    client,
    `insert into party as p (gln, name, roles, country, region, email) values ($1, $2, $3, $4, $5, $6)
     on conflict (gln) do update set name = excluded.name, roles = excluded.roles, country = excluded.country,
       region = excluded.region, email = excluded.email, stub = false, version = p.version + 1
     where (p.name, p.roles, p.country, p.region, p.email, p.stub)
       is distinct from (excluded.name, excluded.roles, excluded.country, excluded.region, excluded.email, false)
     returning party_id`,
    [text(v.gln), text(v.name), list(v.roles), text(v.country), text(v.region), text(v.email)],
  );
  // an unnamed site shows its party's place
  await client.query(
    `update site s set name = p.name, country = p.country, region = p.region from party p
     where s.party_id = p.party_id and s.gln = p.gln and s.stub and p.gln = $1`,
    [text(v.gln)],
  );
  return { changed, references: [] };
}

async function recordSite(client: PoolClient, v: Values): Promise<MasterResult> {
  const partyId = await partyOf(client, text(v.party_gln));
  const before = await client.query<{ site_id: bigint; party_id: bigint; stub: boolean }>(
    'select site_id, party_id, stub from site where gln = $1',
    [text(v.gln)],
  );
  const changed = await upsert(
    client,
    `insert into site as s (gln, party_id, name, kind, country, region) values ($1, $2, $3, $4, $5, $6)
     on conflict (gln) do update set party_id = excluded.party_id, name = excluded.name, kind = excluded.kind,
       country = excluded.country, region = excluded.region, stub = false, version = s.version + 1
     where (s.party_id, s.name, s.kind, s.country, s.region, s.stub)
       is distinct from (excluded.party_id, excluded.name, excluded.kind, excluded.country, excluded.region, false)
     returning site_id`,
    [text(v.gln), partyId, text(v.name), text(v.kind), text(v.country), text(v.region)],
  );
  const references: string[] = [];
  if (!changed) return { changed, references };
  for (const site of before.rows) references.push(`s:${site.site_id}`);
  const unnamed = await client.query<{ site_id: bigint }>(
    'select s.site_id from site s join party p on p.party_id = s.party_id where s.party_id = $1 and s.stub and s.gln = p.gln',
    [partyId],
  );
  for (const site of unnamed.rows) references.push(`s:${site.site_id}`);
  return { changed, references };
}

async function recordProduct(client: PoolClient, v: Values): Promise<MasterResult> {
  const ownerId = await partyOf(client, text(v.owner_gln));
  const unit = text(v.unit) ?? 'PCE';
  const scaled = scaleQuantity('1', unit);
  if (!scaled.ok) throw new Error(scaled.reason);
  const before = await client.query<{ product_id: bigint; unit: string; owner_id: bigint | null }>(
    'select product_id, unit, owner_id from product where gtin = $1',
    [text(v.gtin)],
  );
  const changed = await upsert(
    client,
    `insert into product as p (gtin, owner_id, name, model, kind, unit, dimension, serialised)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (gtin) do update set owner_id = excluded.owner_id, name = excluded.name, model = excluded.model,
       kind = excluded.kind, unit = excluded.unit, dimension = excluded.dimension, serialised = excluded.serialised,
       stub = false, version = p.version + 1
     where (p.owner_id, p.name, p.model, p.kind, p.unit, p.dimension, p.serialised, p.stub) is distinct from
       (excluded.owner_id, excluded.name, excluded.model, excluded.kind, excluded.unit, excluded.dimension, excluded.serialised, false)
     returning product_id`,
    [
      text(v.gtin),
      ownerId,
      text(v.name),
      text(v.model),
      text(v.kind),
      unit,
      scaled.dimension,
      v.serialised === true,
    ],
  );
  const known = before.rows[0];
  await ensureProducts(client, [text(v.gtin) ?? '']);
  if (!changed || !known) return { changed, references: [] };
  if (known.unit !== unit) await rescale(client, known.product_id, unit, known.unit);
  // "o:" is the reference of no event: it has what the owners see looked at again
  const owned = known.owner_id === ownerId ? [] : [`o:${known.product_id}`];
  return { changed, references: [`p:${known.product_id}`, ...owned] };
}

/** Quantities recorded without a unit are in the product's unit: learning it changes their measure. */
async function rescale(client: PoolClient, id: bigint, unit: string, unitBefore: string): Promise<void> {
  const now = scaleQuantity('1', unit);
  const then = scaleQuantity('1', unitBefore);
  if (!now.ok || !then.ok) return;
  await client.query(
    `update event e set quantity = (e.quantity::numeric * $2 / $3)::bigint
     from event_reference r
     where r.reference = hashtextextended('p:' || $1::text, 0) and e.event_key = r.event_key
       and e.quantity is not null and e.body ->> 'unit' is null
       and case when e.kind in ('CONSUMED', 'FITTED') then e.product2_id else e.product_id end = $1::bigint`,
    [id, now.value, then.value],
  );
}

async function recordPackaging(client: PoolClient, v: Values): Promise<MasterResult> {
  const product = await productId(client, text(v.gtin));
  const contains = await productId(client, text(v.contains_gtin));
  const scaled = scaleQuantity(text(v.quantity) ?? '', 'PCE');
  if (!scaled.ok) throw new Error(scaled.reason);
  const changed = await upsert(
    client,
    `insert into packaging as p (product_id, contains_product_id, quantity) values ($1, $2, $3)
     on conflict (product_id, contains_product_id) do update set quantity = excluded.quantity
     where p.quantity <> excluded.quantity returning product_id`,
    [product, contains, scaled.value],
  );
  if (!changed) return { changed, references: [] };
  await client.query(
    `insert into batch (product_id, lot, source_id)
     select $2, b.lot, b.source_id from batch b where b.product_id = $1 and b.lot is not null on conflict do nothing`,
    [product, contains],
  );
  return { changed, references: [`p:${product}`] };
}

async function recordRevision(client: PoolClient, v: Values): Promise<MasterResult> {
  const product = await productId(client, text(v.gtin));
  const changed = await upsert(
    client,
    `insert into design_revision as d (product_id, code, state, released_at, change_orders) values ($1, $2, $3, $4, $5)
     on conflict (product_id, code) do update set state = excluded.state, released_at = excluded.released_at,
       change_orders = excluded.change_orders, version = d.version + 1
     where (d.state, d.released_at, d.change_orders) is distinct from (excluded.state, excluded.released_at, excluded.change_orders)
     returning revision_id`,
    [product, text(v.code), text(v.state), time(v.released_at), list(v.change_orders)],
  );
  return { changed, references: [] };
}

async function recordBillOfMaterials(client: PoolClient, v: Values): Promise<MasterResult> {
  const product = await productId(client, text(v.gtin));
  const revision = await revisionId(client, product, text(v.revision));
  const components = await ensureProducts(client, [text(v.component_gtin) ?? '']);
  const component = components.get(text(v.component_gtin) ?? '');
  const scaled = scaleQuantity(text(v.quantity) ?? '', component?.unit ?? 'PCE');
  if (!scaled.ok) throw new Error(scaled.reason);
  const changed = await upsert(
    client,
    `insert into bill_of_materials_line as l (revision_id, component_id, position, quantity, critical)
     values ($1, $2, $3, $4, $5)
     on conflict (revision_id, component_id, position) do update set quantity = excluded.quantity, critical = excluded.critical
     where (l.quantity, l.critical) is distinct from (excluded.quantity, excluded.critical) returning revision_id`,
    [revision, component?.id, text(v.position) ?? '', scaled.value, v.critical === true],
  );
  return { changed, references: [] };
}

async function recordDocument(client: PoolClient, v: Values): Promise<MasterResult> {
  const changed = await upsert(
    client,
    `insert into document as d (product_id, revision, kind, uri, sha256) values ($1, $2, $3, $4, $5)
     on conflict (product_id, revision, kind, uri) do update set sha256 = excluded.sha256
     where d.sha256 is distinct from excluded.sha256 returning document_id`,
    [
      await productId(client, text(v.gtin)),
      text(v.revision) ?? '',
      text(v.kind),
      text(v.uri),
      text(v.sha256),
    ],
  );
  return { changed, references: [] };
}

async function recordCertificate(client: PoolClient, v: Values): Promise<MasterResult> {
  const changed = await upsert(
    client,
    `insert into certificate as c (product_id, revision, scheme, number, valid_from, valid_to, issuer)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (product_id, revision, scheme, number) do update
       set valid_from = excluded.valid_from, valid_to = excluded.valid_to, issuer = excluded.issuer
     where (c.valid_from, c.valid_to, c.issuer) is distinct from (excluded.valid_from, excluded.valid_to, excluded.issuer)
     returning certificate_id`,
    [
      await productId(client, text(v.gtin)),
      text(v.revision) ?? '',
      text(v.scheme),
      text(v.number),
      time(v.valid_from),
      time(v.valid_to, 'to'),
      text(v.issuer),
    ],
  );
  return { changed, references: [] };
}

async function recordEffectivity(client: PoolClient, v: Values): Promise<MasterResult> {
  const gln = text(v.site_gln) ?? '';
  const sites = await ensureSites(client, new Map([[gln, { name: gln, country: null }]]));
  const changed = await upsert(
    client,
    `insert into change_effectivity as c (change_order, product_id, site_id, line, not_before, not_after, first_serial)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (change_order, product_id, site_id, line) do update
       set not_before = excluded.not_before, not_after = excluded.not_after, first_serial = excluded.first_serial
     where (c.not_before, c.not_after, c.first_serial) is distinct from (excluded.not_before, excluded.not_after, excluded.first_serial)
     returning change_order`,
    [
      text(v.change_order),
      await productId(client, text(v.gtin)),
      sites.get(gln),
      text(v.line) ?? '',
      time(v.not_before),
      time(v.not_after, 'to'),
      text(v.first_serial),
    ],
  );
  return { changed, references: [] };
}

const writers = {
  parties: recordParty,
  sites: recordSite,
  products: recordProduct,
  packaging: recordPackaging,
  design_revisions: recordRevision,
  bill_of_materials: recordBillOfMaterials,
  documents: recordDocument,
  certificates: recordCertificate,
  change_effectivity: recordEffectivity,
};
