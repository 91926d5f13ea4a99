/** Design: revisions, bills of materials, documents, certificates and the effectivity of change orders. */
import type { PoolClient } from 'pg';
import { scaleQuantity } from '../input/index.js';
import { ensureProducts, ensureSites } from '../keys.js';
import { type Upsert, upsert } from './upsert.js';
import {
  keyOf,
  keyText,
  list,
  type MasterTable,
  text,
  texts,
  time,
  type Values,
  type Written,
} from './values.js';

async function idsOf(client: PoolClient, rows: Values[], name = 'gtin'): Promise<(bigint | undefined)[]> {
  const gtins = rows.map((row) => text(row[name]) ?? '');
  const products = await ensureProducts(client, gtins);
  return gtins.map((gtin) => products.get(gtin)?.id);
}

/** Writes, and answers the keys of what changed; design derives nothing again. */
async function write(client: PoolClient, rows: Upsert): Promise<Written> {
  const keys = await upsert(client, rows);
  return { changed: new Set(keys.map((key) => keyText(...key))), references: [] };
}

const gtinOf = (id: string) => `(select gtin from product where product_id = ${id})`;

const revisions: MasterTable = {
  kind: 'design_revisions',
  keyOf: keyOf('gtin', 'code'),
  write: async (client, rows, recordedAt) =>
    write(client, {
      table: 'design_revision',
      key: [
        { name: 'product_id', type: 'bigint', values: await idsOf(client, rows) },
        { name: 'code', type: 'text', values: texts(rows, 'code') },
      ],
      columns: [
        { name: 'state', type: 'text', values: texts(rows, 'state') },
        { name: 'released_at', type: 'timestamptz', values: rows.map((row) => time(row.released_at)) },
        { name: 'change_orders', type: 'text[]', values: rows.map((row) => list(row.change_orders)) },
      ],
      past: { id: ['revision_id'], columns: ['state', 'released_at', 'change_orders'] },
      versioned: true,
      returning: `array[${gtinOf('t.product_id')}, t.code]`,
      recordedAt,
    }),
};

/** Ids of revisions by place; one that only its lines name is taken as released. */
async function ensureRevisions(
  client: PoolClient,
  productIds: (bigint | undefined)[],
  codes: (string | null)[],
  recordedAt: Date,
): Promise<bigint[]> {
  await client.query(
    `insert into design_revision (product_id, code, state, recorded_at)
     select distinct w.product_id, w.code, 'RELEASED', $3::timestamptz
     from unnest($1::bigint[], $2::text[]) as w(product_id, code)
     on conflict do nothing`,
    [productIds, codes, recordedAt],
  );
  const { rows } = await client.query<{ revision_id: bigint }>(
    `select d.revision_id from unnest($1::bigint[], $2::text[]) with ordinality as w(product_id, code, place)
     join design_revision d on d.product_id = w.product_id and d.code = w.code order by w.place`,
    [productIds, codes],
  );
  return rows.map((row) => row.revision_id);
}

const billOfMaterials: MasterTable = {
  kind: 'bill_of_materials',
  keyOf: keyOf('gtin', 'revision', 'component_gtin', 'position'),
  async write(client, rows, recordedAt) {
    const productIds = await idsOf(client, rows);
    const revisionIds = await ensureRevisions(client, productIds, texts(rows, 'revision'), recordedAt);
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
    return write(client, {
      table: 'bill_of_materials_line',
      key: [
        { name: 'revision_id', type: 'bigint', values: revisionIds },
        {
          name: 'component_id',
          type: 'bigint',
          values: rows.map((row) => components.get(text(row.component_gtin) ?? '')?.id),
        },
        { name: 'position', type: 'text', values: rows.map((row) => text(row.position) ?? '') },
      ],
      columns: [
        { name: 'quantity', type: 'bigint', values: quantities },
        { name: 'critical', type: 'boolean', values: rows.map((row) => row.critical === true) },
      ],
      past: { id: ['revision_id', 'component_id', 'position'], columns: ['quantity', 'critical'] },
      returning: `(select array[${gtinOf('d.product_id')}, d.code, ${gtinOf('t.component_id')}, t.position]
         from design_revision d where d.revision_id = t.revision_id)`,
      recordedAt,
    });
  },
};

const documents: MasterTable = {
  kind: 'documents',
  keyOf: keyOf('gtin', 'revision', 'kind', 'uri'),
  write: async (client, rows, recordedAt) =>
    write(client, {
      table: 'document',
      key: [
        { name: 'product_id', type: 'bigint', values: await idsOf(client, rows) },
        { name: 'revision', type: 'text', values: rows.map((row) => text(row.revision) ?? '') },
        { name: 'kind', type: 'text', values: texts(rows, 'kind') },
        { name: 'uri', type: 'text', values: texts(rows, 'uri') },
      ],
      columns: [{ name: 'sha256', type: 'text', values: texts(rows, 'sha256') }],
      returning: `array[${gtinOf('t.product_id')}, t.revision, t.kind, t.uri]`,
      recordedAt,
    }),
};

const certificates: MasterTable = {
  kind: 'certificates',
  keyOf: keyOf('gtin', 'revision', 'scheme', 'number'),
  write: async (client, rows, recordedAt) =>
    write(client, {
      table: 'certificate',
      key: [
        { name: 'product_id', type: 'bigint', values: await idsOf(client, rows) },
        { name: 'revision', type: 'text', values: rows.map((row) => text(row.revision) ?? '') },
        { name: 'scheme', type: 'text', values: texts(rows, 'scheme') },
        { name: 'number', type: 'text', values: texts(rows, 'number') },
      ],
      columns: [
        { name: 'valid_from', type: 'timestamptz', values: rows.map((row) => time(row.valid_from)) },
        { name: 'valid_to', type: 'timestamptz', values: rows.map((row) => time(row.valid_to, 'to')) },
        { name: 'issuer', type: 'text', values: texts(rows, 'issuer') },
      ],
      returning: `array[${gtinOf('t.product_id')}, t.revision, t.scheme, t.number]`,
      recordedAt,
    }),
};

const effectivity: MasterTable = {
  kind: 'change_effectivity',
  keyOf: keyOf('change_order', 'gtin', 'site_gln', 'line'),
  async write(client, rows, recordedAt) {
    const glns = rows.map((row) => text(row.site_gln) ?? '');
    const sites = await ensureSites(client, new Map(glns.map((gln) => [gln, { name: gln, country: null }])));
    return write(client, {
      table: 'change_effectivity',
      key: [
        { name: 'change_order', type: 'text', values: texts(rows, 'change_order') },
        { name: 'product_id', type: 'bigint', values: await idsOf(client, rows) },
        { name: 'site_id', type: 'bigint', values: glns.map((gln) => sites.get(gln)) },
        { name: 'line', type: 'text', values: rows.map((row) => text(row.line) ?? '') },
      ],
      columns: [
        { name: 'not_before', type: 'timestamptz', values: rows.map((row) => time(row.not_before)) },
        { name: 'not_after', type: 'timestamptz', values: rows.map((row) => time(row.not_after, 'to')) },
        { name: 'first_serial', type: 'text', values: texts(rows, 'first_serial') },
      ],
      past: {
        id: ['change_order', 'product_id', 'site_id', 'line'],
        columns: ['not_before', 'not_after', 'first_serial'],
      },
      returning: `array[t.change_order, ${gtinOf('t.product_id')}, (select s.gln from site s where s.site_id = t.site_id), t.line]`,
      recordedAt,
    });
  },
};

export const designTables: readonly MasterTable[] = [
  revisions,
  billOfMaterials,
  documents,
  certificates,
  effectivity,
];
