/** Design: revisions, bills of materials, documents, certificates and the effectivity of change orders. */
import type { PoolClient } from 'pg';
import { scaleQuantity } from '../input/index.js';
import { ensureProducts, ensureSites } from '../keys.js';
import { keyOf, keyText, list, type MasterTable, text, time, type Values, type Written } from './values.js';

const column = (rows: Values[], name: string): (string | null)[] => rows.map((row) => text(row[name]));

async function idsOf(client: PoolClient, rows: Values[], name = 'gtin'): Promise<(bigint | undefined)[]> {
  const gtins = rows.map((row) => text(row[name]) ?? '');
  const products = await ensureProducts(client, gtins);
  return gtins.map((gtin) => products.get(gtin)?.id);
}

/** Writes, and answers the keys of what changed; design derives nothing again. */
async function write(client: PoolClient, statement: string, values: unknown[]): Promise<Written> {
  const written = await client.query<{ key: (string | null)[] }>(statement, values);
  return { changed: new Set(written.rows.map((row) => keyText(...row.key))), references: [] };
}

const gtinOf = (id: string) => `(select gtin from product where product_id = ${id})`;

const revisions: MasterTable = {
  kind: 'design_revisions',
  keyOf: keyOf('gtin', 'code'),
  write: async (client, rows) =>
    write(
      client,
      `insert into design_revision as d (product_id, code, state, released_at, change_orders)
       select w.product_id, w.code, w.state, w.released_at, w.change_orders::text[]
       from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
         as w(product_id, code, state, released_at, change_orders)
       order by w.product_id, w.code
       on conflict (product_id, code) do update set state = excluded.state, released_at = excluded.released_at,
         change_orders = excluded.change_orders, version = d.version + 1
       where (d.state, d.released_at, d.change_orders) is distinct from (excluded.state, excluded.released_at, excluded.change_orders)
       returning array[${gtinOf('d.product_id')}, d.code] as key`,
      [
        await idsOf(client, rows),
        column(rows, 'code'),
        column(rows, 'state'),
        rows.map((row) => time(row.released_at)),
        rows.map((row) => list(row.change_orders)),
      ],
    ),
};

/** Ids of revisions; one that only its lines name is taken as released. */
async function ensureRevisions(
  client: PoolClient,
  productIds: (bigint | undefined)[],
  codes: (string | null)[],
) {
  await client.query(
    `insert into design_revision (product_id, code, state)
     select distinct w.product_id, w.code, 'RELEASED' from unnest($1::bigint[], $2::text[]) as w(product_id, code)
     on conflict do nothing`,
    [productIds, codes],
  );
}

const billOfMaterials: MasterTable = {
  kind: 'bill_of_materials',
  keyOf: keyOf('gtin', 'revision', 'component_gtin', 'position'),
  async write(client, rows) {
    const productIds = await idsOf(client, rows);
    const codes = column(rows, 'revision');
    await ensureRevisions(client, productIds, codes);
    const components = await ensureProducts(
      client,
      rows.map((row) => text(row.component_gtin) ?? ''),
    );
    const quantities = rows.map((row) => {
      const component = components.get(text(row.component_gtin) ?? '');
      const scaled = scaleQuantity(text(row.quantity) ?? '', component?.unit ?? 'PCE');
      if (!scaled.ok) throw new Error(scaled.reason);
      return scaled.value;
    });
    return write(
      client,
      `insert into bill_of_materials_line as l (revision_id, component_id, position, quantity, critical)
       select d.revision_id, w.component_id, w.position, w.quantity, w.critical
       from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::boolean[])
         as w(product_id, code, component_id, position, quantity, critical)
       join design_revision d on d.product_id = w.product_id and d.code = w.code
       on conflict (revision_id, component_id, position) do update set quantity = excluded.quantity, critical = excluded.critical
       where (l.quantity, l.critical) is distinct from (excluded.quantity, excluded.critical)
       returning (select array[${gtinOf('d.product_id')}, d.code, ${gtinOf('l.component_id')}, l.position]
         from design_revision d where d.revision_id = l.revision_id) as key`,
      [
        productIds,
        codes,
        rows.map((row) => components.get(text(row.component_gtin) ?? '')?.id),
        rows.map((row) => text(row.position) ?? ''),
        quantities,
        rows.map((row) => row.critical === true),
      ],
    );
  },
};

const documents: MasterTable = {
  kind: 'documents',
  keyOf: keyOf('gtin', 'revision', 'kind', 'uri'),
  write: async (client, rows) =>
    write(
      client,
      `insert into document as d (product_id, revision, kind, uri, sha256)
       select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) as w(product_id, revision, kind, uri, sha256)
       on conflict (product_id, revision, kind, uri) do update set sha256 = excluded.sha256
       where d.sha256 is distinct from excluded.sha256
       returning array[${gtinOf('d.product_id')}, d.revision, d.kind, d.uri] as key`,
      [
        await idsOf(client, rows),
        rows.map((row) => text(row.revision) ?? ''),
        column(rows, 'kind'),
        column(rows, 'uri'),
        column(rows, 'sha256'),
      ],
    ),
};

const certificates: MasterTable = {
  kind: 'certificates',
  keyOf: keyOf('gtin', 'revision', 'scheme', 'number'),
  write: async (client, rows) =>
    write(
      client,
      `insert into certificate as c (product_id, revision, scheme, number, valid_from, valid_to, issuer)
       select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[])
         as w(product_id, revision, scheme, number, valid_from, valid_to, issuer)
       on conflict (product_id, revision, scheme, number) do update
         set valid_from = excluded.valid_from, valid_to = excluded.valid_to, issuer = excluded.issuer
       where (c.valid_from, c.valid_to, c.issuer) is distinct from (excluded.valid_from, excluded.valid_to, excluded.issuer)
       returning array[${gtinOf('c.product_id')}, c.revision, c.scheme, c.number] as key`,
      [
        await idsOf(client, rows),
        rows.map((row) => text(row.revision) ?? ''),
        column(rows, 'scheme'),
        column(rows, 'number'),
        rows.map((row) => time(row.valid_from)),
        rows.map((row) => time(row.valid_to, 'to')),
        column(rows, 'issuer'),
      ],
    ),
};

const effectivity: MasterTable = {
  kind: 'change_effectivity',
  keyOf: keyOf('change_order', 'gtin', 'site_gln', 'line'),
  async write(client, rows) {
    const glns = rows.map((row) => text(row.site_gln) ?? '');
    const sites = await ensureSites(client, new Map(glns.map((gln) => [gln, { name: gln, country: null }])));
    return write(
      client,
      `insert into change_effectivity as c (change_order, product_id, site_id, line, not_before, not_after, first_serial)
       select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[])
         as w(change_order, product_id, site_id, line, not_before, not_after, first_serial)
       on conflict (change_order, product_id, site_id, line) do update
         set not_before = excluded.not_before, not_after = excluded.not_after, first_serial = excluded.first_serial
       where (c.not_before, c.not_after, c.first_serial) is distinct from (excluded.not_before, excluded.not_after, excluded.first_serial)
       returning array[c.change_order, ${gtinOf('c.product_id')}, (select s.gln from site s where s.site_id = c.site_id), c.line] as key`,
      [
        column(rows, 'change_order'),
        await idsOf(client, rows),
        glns.map((gln) => sites.get(gln)),
        rows.map((row) => text(row.line) ?? ''),
        rows.map((row) => time(row.not_before)),
        rows.map((row) => time(row.not_after, 'to')),
        column(rows, 'first_serial'),
      ],
    );
  },
};

export const designTables: readonly MasterTable[] = [
  revisions,
  billOfMaterials,
  documents,
  certificates,
  effectivity,
];
