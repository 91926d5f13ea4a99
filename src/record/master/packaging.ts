/** Packaging: which product, and how many, a case contains. */
import type { PoolClient } from 'pg';
import { containedLots, lotsOf } from '../contained-lots.js';
import { scaleQuantity } from '../input/index.js';
import { ensureBatches, ensureProducts } from '../keys.js';
import { teachContents } from '../lot-sources.js';
import { upsert } from './upsert.js';
import { keyOf, keyText, type MasterTable, text } from './values.js';

export const packaging: MasterTable = {
  kind: 'packaging',
  keyOf: keyOf('gtin', 'contains_gtin'),
  async write(client, rows, recordedAt) {
    const cases = rows.map((row) => text(row.gtin) ?? '');
    const contents = rows.map((row) => text(row.contains_gtin) ?? '');
    const products = await ensureProducts(client, [...cases, ...contents]);
    const quantities = rows.map((row) => {
      const scaled = scaleQuantity(text(row.quantity) ?? '', 'PCE');
      if (!scaled.ok) throw new Error(scaled.reason);
      return scaled.value;
    });
    const written = await upsert(client, {
      table: 'packaging',
      key: [
        { name: 'product_id', type: 'bigint', values: cases.map((gtin) => products.get(gtin)?.id) },
        {
          name: 'contains_product_id',
          type: 'bigint',
          values: contents.map((gtin) => products.get(gtin)?.id),
        },
      ],
      columns: [{ name: 'quantity', type: 'bigint', values: quantities }],
      past: { id: ['product_id', 'contains_product_id'], columns: ['quantity'] },
      returning: `array[(select gtin from product where product_id = t.product_id),
        (select gtin from product where product_id = t.contains_product_id)]`,
      recordedAt,
    });
    const outer = await casesAround(
      client,
      written.flatMap(([gtin]) => products.get(gtin ?? '')?.id ?? []),
    );
    return {
      changed: new Set(written.map((key) => keyText(...key))),
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
