/** Packaging: which product, and how many, a case contains. */
import type { PoolClient } from 'pg';
import { containedLots, lotsOf } from '../contained-lots.js';
import { scaleQuantity } from '../input/index.js';
import { ensureBatches, ensureProducts } from '../keys.js';
import { teachContents } from '../lot-sources.js';
import { keyOf, keyText, type MasterTable, text } from './values.js';

export const packaging: MasterTable = {
  kind: 'packaging',
  keyOf: keyOf('gtin', 'contains_gtin'),
  async write(client, rows) {
    const cases = rows.map((row) => text(row.gtin) ?? '');
    const contents = rows.map((row) => text(row.contains_gtin) ?? '');
    const products = await ensureProducts(client, [...cases, ...contents]);
    const quantities = rows.map((row) => {
      const scaled = scaleQuantity(text(row.quantity) ?? '', 'PCE');
      if (!scaled.ok) throw new Error(scaled.reason);
      return scaled.value;
    });
    const written = await client.query<{ product_id: bigint; contains_product_id: bigint }>(
      `insert into packaging as p (product_id, contains_product_id, quantity)
       select * from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as w(product_id, contains_product_id, quantity)
       on conflict (product_id, contains_product_id) do update set quantity = excluded.quantity
       where p.quantity <> excluded.quantity
       returning product_id, contains_product_id`,
      [
        cases.map((gtin) => products.get(gtin)?.id),
        contents.map((gtin) => products.get(gtin)?.id),
        quantities,
      ],
    );
    const gtinOf = new Map([...products].map(([gtin, product]) => [product.id, gtin]));
    const outer = await casesAround(
      client,
      written.rows.map((row) => row.product_id),
    );
    return {
      changed: new Set(
        written.rows.map((row) =>
          keyText(gtinOf.get(row.product_id) ?? '', gtinOf.get(row.contains_product_id) ?? ''),
        ),
      ),
      references: [...outer.map((id) => `p:${id}`), ...(await teachLots(client, outer))],
    };
  },
};

/** A case's lots are lots of its contents, by the sources that are told of them. */
async function teachLots(client: PoolClient, caseIds: bigint[]): Promise<string[]> {
  const contents = await containedLots(client, await lotsOf(client, caseIds));
  await ensureBatches(client, contents);
  return teachContents(client, contents);
}

/** These cases and every case that contains one of them: their lots mean other contents now. */
async function casesAround(client: PoolClient, productIds: bigint[]): Promise<bigint[]> {
  if (productIds.length === 0) return [];
  const found = await client.query<{ product_id: bigint }>(
    `with recursive around (product_id) as (
       select unnest($1::bigint[])
       union
       select p.product_id from around a join packaging p on p.contains_product_id = a.product_id
     )
     select product_id from around`,
    [productIds],
  );
  return found.rows.map((row) => row.product_id);
}
