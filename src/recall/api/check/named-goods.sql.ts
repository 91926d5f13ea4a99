/** What goods a scanned code names on record: an item, a batch of any lot source, or a product. */
import type pg from 'pg';
import type { Code } from '../../../exchange/gs1/index.js';

export interface NamedGoods {
  /** ITEM: one serial on record; BATCH: a lot; PRODUCT: nothing finer is on record. */
  level: 'ITEM' | 'BATCH' | 'PRODUCT';
  /** The product, and what a case of it contains. Empty: nothing of that name is on record. */
  productIds: bigint[];
  batchIds: bigint[];
  itemId: bigint | null;
  /** The serial, or the lot, that the code gives is on record. */
  isKnown: boolean;
}

/** Codes of anything but goods are the caller's problem. */
export async function findGoods(client: pg.ClientBase, code: Code): Promise<NamedGoods> {
  const { rows: products } = await client.query<{ product_id: bigint }>(
    `with recursive inside (product_id) as (
       select p.product_id from product p where p.gtin = $1
       union
       select c.contains_product_id from inside i join packaging c on c.product_id = i.product_id
     )
     select product_id from inside`,
    [code.gtin],
  );
  const goods: NamedGoods = {
    level: 'PRODUCT',
    productIds: products.map((row) => row.product_id),
    batchIds: [],
    itemId: null,
    isKnown: code.serial === null && code.lot === null,
  };
  if (code.serial !== null) {
    const item = await findItem(client, goods.productIds, code.serial);
    if (item !== null) return { ...goods, level: 'ITEM', isKnown: true, ...item };
  }
  if (code.lot !== null) {
    const { rows } = await client.query<{ batch_id: bigint }>(
      'select batch_id from batch where product_id = any($1::bigint[]) and lot = $2',
      [goods.productIds, code.lot],
    );
    if (rows.length > 0)
      return {
        ...goods,
        level: 'BATCH',
        batchIds: rows.map((row) => row.batch_id),
        isKnown: code.serial === null,
      };
  }
  return goods;
}

async function findItem(
  client: pg.ClientBase,
  productIds: bigint[],
  serial: string,
): Promise<{ itemId: bigint; batchIds: bigint[] } | null> {
  const { rows } = await client.query<{ item_id: bigint; batch_id: bigint | null }>(
    `select k.item_id, i.batch_id
     from item_key k left join item i on i.item_id = k.item_id and i.voided_at is null
     where k.product_id = any($1::bigint[]) and k.serial = $2`,
    [productIds, serial],
  );
  const [first] = rows;
  if (first === undefined) return null;
  return {
    itemId: first.item_id,
    batchIds: rows.flatMap((row) => (row.batch_id === null ? [] : [row.batch_id])),
  };
}
