/** What belongs to products: read for all products of a level in one statement each. */
import type pg from 'pg';
import { formatQuantity } from '../record/input/index.js';
import type {
  BillOfMaterialsLine,
  Certificate,
  ChangeEffectivity,
  DesignRevision,
  Packaging,
  Product,
  ProductDocument,
} from './design.types.js';

export async function readProducts(client: pg.PoolClient, ids: bigint[]): Promise<Product[]> {
  const { rows } = await client.query<Product>(
    `select product_id as "productId", owner_id as "ownerId", gtin, name, model, kind, unit, serialised, stub
     from product where product_id = any($1::bigint[])`,
    [ids],
  );
  return rows;
}

export async function readRevisions(client: pg.PoolClient, productIds: bigint[]): Promise<DesignRevision[]> {
  const { rows } = await client.query<DesignRevision>(
    `select revision_id as "revisionId", product_id as "productId", code, state, released_at as "releasedAt",
       change_orders as "changeOrders"
     from design_revision where product_id = any($1::bigint[]) order by released_at nulls last, code`,
    [productIds],
  );
  return rows;
}

export async function readBillOfMaterials(
  client: pg.PoolClient,
  revisionIds: bigint[],
): Promise<(BillOfMaterialsLine & { of: bigint })[]> {
  const { rows } = await client.query<{
    of: bigint;
    componentId: bigint;
    position: string | null;
    quantity: bigint;
    unit: string;
    critical: boolean;
  }>(
    `select l.revision_id as of, l.component_id as "componentId", nullif(l.position, '') as position, l.quantity, c.unit, l.critical
     from bill_of_materials_line l join product c on c.product_id = l.component_id
     where l.revision_id = any($1::bigint[]) order by c.gtin, l.position`,
    [revisionIds],
  );
  return rows.map(({ unit, quantity, ...row }) => ({
    ...row,
    quantity: formatQuantity(quantity, unit),
  }));
}

export async function readDocuments(
  client: pg.PoolClient,
  productIds: bigint[],
): Promise<(ProductDocument & { of: bigint })[]> {
  const { rows } = await client.query<ProductDocument & { of: bigint }>(
    `select product_id as of, nullif(revision, '') as revision, kind, uri, sha256
     from document where product_id = any($1::bigint[]) order by revision, kind, uri`,
    [productIds],
  );
  return rows;
}

export async function readCertificates(
  client: pg.PoolClient,
  productIds: bigint[],
): Promise<(Certificate & { of: bigint })[]> {
  const { rows } = await client.query<Certificate & { of: bigint }>(
    `select product_id as of, nullif(revision, '') as revision, scheme, number, valid_from as "validFrom",
       valid_to as "validTo", issuer
     from certificate where product_id = any($1::bigint[]) order by scheme, number`,
    [productIds],
  );
  return rows;
}

export async function readPackaging(
  client: pg.PoolClient,
  productIds: bigint[],
): Promise<(Packaging & { of: bigint })[]> {
  const { rows } = await client.query<Packaging & { of: bigint }>(
    `select product_id as of, contains_product_id as "containsId", quantity::text
     from packaging where product_id = any($1::bigint[]) order by contains_product_id`,
    [productIds],
  );
  return rows;
}

export async function readChangeEffectivity(
  client: pg.PoolClient,
  productIds: bigint[],
): Promise<(ChangeEffectivity & { of: bigint })[]> {
  const { rows } = await client.query<ChangeEffectivity & { of: bigint }>(
    `select product_id as of, site_id as "siteId", change_order as "changeOrder", nullif(line, '') as line,
       not_before as "notBefore", not_after as "notAfter", first_serial as "firstSerial"
     from change_effectivity where product_id = any($1::bigint[]) order by change_order, site_id, line`,
    [productIds],
  );
  return rows;
}
