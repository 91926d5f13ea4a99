/** Products and sites that a scope's rows name. */
import type pg from 'pg';
import { type Clocks, statement } from '../../trace/index.js';
import type { HolderRole, ProductKind } from './facts.js';

export interface ProductFacts {
  productId: bigint;
  gtin: string;
  kind: ProductKind;
  unit: string;
}

export async function loadProducts(
  client: pg.ClientBase,
  productIds: Iterable<bigint>,
  clocks: Clocks,
): Promise<Map<bigint, ProductFacts>> {
  const sql = statement(clocks);
  const { rows } = await client.query<{ product_id: bigint; gtin: string; kind: ProductKind; unit: string }>(
    `select p.product_id, p.gtin, p.kind, p.unit
     from unnest(${sql.bind([...new Set(productIds)])}::bigint[]) as named (product_id)
     join ${sql.master('product')} p on p.product_id = named.product_id`,
    sql.values,
  );
  return new Map(
    rows.map((row) => [
      BigInt(row.product_id),
      { productId: BigInt(row.product_id), gtin: row.gtin, kind: row.kind, unit: row.unit },
    ]),
  );
}

export interface SiteFacts {
  siteId: bigint;
  partyId: bigint;
  kind: string | null;
  country: string | null;
  region: string | null;
  partyRoles: HolderRole[];
}

export async function loadSites(
  client: pg.ClientBase,
  siteIds: Iterable<bigint>,
  clocks: Clocks,
): Promise<Map<bigint, SiteFacts>> {
  const sql = statement(clocks);
  const { rows } = await client.query<{
    site_id: bigint;
    party_id: bigint;
    kind: string | null;
    country: string | null;
    region: string | null;
    roles: HolderRole[];
  }>(
    `select s.site_id, s.party_id, s.kind, coalesce(s.country, p.country) as country, coalesce(s.region, p.region) as region, p.roles
     from unnest(${sql.bind([...new Set(siteIds)])}::bigint[]) as named (site_id)
     join ${sql.master('site')} s on s.site_id = named.site_id
     join ${sql.master('party')} p on p.party_id = s.party_id`,
    sql.values,
  );
  return new Map(
    rows.map((row) => [
      BigInt(row.site_id),
      {
        siteId: BigInt(row.site_id),
        partyId: BigInt(row.party_id),
        kind: row.kind,
        country: row.country,
        region: row.region,
        partyRoles: row.roles,
      },
    ]),
  );
}

/** What a site is in a recall: by its kind, else by its party's first role, else by whether it sold. */
export function roleOf(site: SiteFacts, sold: boolean): HolderRole {
  if (site.kind === 'STORE') return 'RETAILER';
  if (site.kind === 'WAREHOUSE') return 'DISTRIBUTOR';
  if (site.kind === 'WORKSHOP') return 'SERVICE';
  if (site.kind === 'PLANT') return site.partyRoles.includes('MANUFACTURER') ? 'MANUFACTURER' : 'SUPPLIER';
  return site.partyRoles[0] ?? (sold ? 'RETAILER' : 'DISTRIBUTOR');
}
