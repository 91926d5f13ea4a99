/** Products: what they are, whose they are, and in what they are measured. */
import type { PoolClient } from 'pg';
import { scaleQuantity } from '../input/index.js';
import { ensureProducts } from '../keys.js';
import { rescaleBills, rescaleEvents } from '../rescale.js';
import { ensureParties } from './parties.js';
import { keyOf, keyText, type MasterTable, text, type Values } from './values.js';

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
  async write(client, rows) {
    const gtins = rows.map((row) => text(row.gtin) ?? '');
    const before = (await client.query<ProductRow>(asked, [gtins])).rows;
    const changed = await upsert(client, gtins, rows);
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

async function upsert(client: PoolClient, gtins: string[], rows: Values[]): Promise<Set<string>> {
  const owners = await ensureParties(
    client,
    rows.map((row) => text(row.owner_gln)),
  );
  const units = rows.map((row) => text(row.unit) ?? 'PCE');
  const dimensions = units.map((unit) => {
    const scaled = scaleQuantity('1', unit);
    if (!scaled.ok) throw new Error(scaled.reason);
    return scaled.dimension;
  });
  const written = await client.query<{ gtin: string }>(
    `insert into product as p (gtin, owner_id, name, model, kind, unit, dimension, serialised)
     select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[])
       as w(gtin, owner_id, name, model, kind, unit, dimension, serialised)
     order by w.gtin
     on conflict (gtin) do update set owner_id = excluded.owner_id, name = excluded.name, model = excluded.model,
       kind = excluded.kind, unit = excluded.unit, dimension = excluded.dimension, serialised = excluded.serialised,
       stub = false, version = p.version + 1
     where (p.owner_id, p.name, p.model, p.kind, p.unit, p.dimension, p.serialised, p.stub) is distinct from
       (excluded.owner_id, excluded.name, excluded.model, excluded.kind, excluded.unit, excluded.dimension, excluded.serialised, false)
     returning gtin`,
    [
      gtins,
      rows.map((row) => owners.get(text(row.owner_gln) ?? '') ?? null),
      rows.map((row) => text(row.name)),
      rows.map((row) => text(row.model)),
      rows.map((row) => text(row.kind)),
      units,
      dimensions,
      rows.map((row) => row.serialised === true),
    ],
  );
  return new Set(written.rows.map((row) => keyText(row.gtin)));
}
