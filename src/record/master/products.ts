/** Products: what they are, whose they are, and in what they are measured. */
import type { PoolClient } from 'pg';
import { scaleQuantity } from '../input/index.js';
import { ensureProducts } from '../keys.js';
import { rescaleBills, rescaleEvents } from '../rescale.js';
import { ensureParties } from './parties.js';
import { upsert } from './upsert.js';
import { keyOf, keyText, type MasterTable, text, texts, type Values } from './values.js';

interface ProductRow {
  gtin: string;
  product_id: bigint;
  owner_id: bigint | null;
  unit: string;
  dimension: string;
  kind: string;
  serialised: boolean;
}

const asked = `select gtin, product_id, owner_id, unit, dimension, kind, serialised from product where gtin = any($1::text[])`;

export const products: MasterTable = {
  kind: 'products',
  keyOf: keyOf('gtin'),
  async write(client, rows, recordedAt) {
    const gtins = rows.map((row) => text(row.gtin) ?? '');
    const before = (await client.query<ProductRow>(asked, [gtins])).rows;
    const changed = await writeProducts(client, rows, recordedAt);
    await ensureProducts(client, gtins);
    const after = new Map(
      (await client.query<ProductRow>(asked, [gtins])).rows.map((row) => [row.gtin, row]),
    );
    const remeasured = before.filter((known) => after.get(known.gtin)?.unit !== known.unit);
    await rescaleEvents(
      client,
      remeasured.map((product) => product.product_id),
    );
    await rescaleBills(
      client,
      remeasured.map(({ gtin, product_id: productId, unit: unitBefore }) => ({
        productId,
        unitBefore,
        unit: after.get(gtin)?.unit ?? unitBefore,
      })),
    );
    const references: string[] = [];
    for (const known of before) {
      const now = after.get(known.gtin);
      if (!now) continue;
      // "o:" is the reference of no event: it has what the owners see looked at again
      if (now.owner_id !== known.owner_id) references.push(`o:${known.product_id}`);
      if (derivedFrom(now) !== derivedFrom(known)) references.push(`p:${known.product_id}`);
    }
    return { changed, references };
  },
};

/** What derived rows take from a product; a new name derives nothing again. */
const derivedFrom = ({ owner_id, unit, dimension, kind, serialised }: ProductRow): string =>
  JSON.stringify([String(owner_id), unit, dimension, kind, serialised]);

async function writeProducts(client: PoolClient, rows: Values[], recordedAt: Date): Promise<Set<string>> {
  const owners = await ensureParties(client, texts(rows, 'owner_gln'));
  const units = rows.map((row) => text(row.unit) ?? 'PCE');
  const dimensions = units.map((unit) => {
    const scaled = scaleQuantity('1', unit);
    if (!scaled.ok) throw new Error(scaled.reason);
    return scaled.dimension;
  });
  const written = await upsert(client, {
    table: 'product',
    key: [{ name: 'gtin', type: 'text', values: texts(rows, 'gtin') }],
    columns: [
      {
        name: 'owner_id',
        type: 'bigint',
        values: rows.map((row) => owners.get(text(row.owner_gln) ?? '') ?? null),
      },
      { name: 'name', type: 'text', values: texts(rows, 'name') },
      { name: 'model', type: 'text', values: texts(rows, 'model') },
      { name: 'kind', type: 'text', values: texts(rows, 'kind') },
      { name: 'unit', type: 'text', values: units },
      { name: 'dimension', type: 'text', values: dimensions },
      { name: 'serialised', type: 'boolean', values: rows.map((row) => row.serialised === true) },
      { name: 'stub', type: 'boolean', values: rows.map(() => false) },
    ],
    past: { id: ['product_id'], columns: ['owner_id', 'kind', 'serialised', 'stub'], namedByEvents: true },
    versioned: true,
    returning: 'array[t.gtin]',
    recordedAt,
  });
  return new Set(written.map((key) => keyText(...key)));
}
