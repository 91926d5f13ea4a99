/** What goods a scanned code names on record: an item, a batch of any lot source, or a product. */
import type pg from 'pg';
import type { AskedGoods } from './asked-goods.js';

export interface NamedGoods {
  /** ITEM: one serial on record; BATCH: a lot; PRODUCT: nothing finer is on record. */
  level: 'ITEM' | 'BATCH' | 'PRODUCT';
  /** The product, and what a case of it contains. Empty: nothing of that name is on record. */
  productIds: bigint[];
  /** Of an item: those it is recorded in; of a lot: one for each source. */
  batchIds: bigint[];
  itemId: bigint | null;
  /** The serial, or the lot, that the code gives is on record. */
  isKnown: boolean;
  /**
   * More than one unit may bear the number: it was made, sold or built in twice, stands in two lots, or in another lot than
   * the one printed beside it. What is on record of it may be another unit than the one in the hand.
   */
  isDoubled: boolean;
  /** Batches of the lot printed beside a doubled number. */
  printedBatchIds: bigint[];
  /** Its units bear serials. */
  isSerialised: boolean;
  expiresOn: string | null;
}

export async function findGoods(client: pg.ClientBase, asked: AskedGoods): Promise<NamedGoods> {
  const products = await productsOf(client, asked.gtin);
  const goods: NamedGoods = {
    level: 'PRODUCT',
    productIds: products.map((row) => row.productId),
    batchIds: [],
    itemId: null,
    isKnown: asked.serial === null && asked.lot === null,
    isDoubled: false,
    printedBatchIds: [],
    isSerialised: products.some((row) => row.serialised),
    expiresOn: asked.expiresOn,
  };
  // an absolute URI that is no product's key may be an item's
  const isAlone = asked.gtin === null || (products.length === 0 && asked.lot === null);
  const serial = asked.serial ?? (isAlone ? asked.gtin : null);
  const printed = asked.lot === null ? [] : await batchesOf(client, goods.productIds, asked.lot);
  const item = serial === null ? null : await findItem(client, isAlone ? null : goods.productIds, serial);
  if (item !== null) {
    const isElsewhere = asked.lot !== null && item.lots.some((lot) => lot !== null && lot !== asked.lot);
    const isDoubled = item.isDoubled || isElsewhere;
    return {
      ...goods,
      level: 'ITEM',
      isKnown: true,
      productIds: isAlone ? item.productIds : goods.productIds,
      itemId: item.itemId,
      batchIds: item.batchIds,
      isDoubled,
      printedBatchIds: isDoubled ? printed : [],
    };
  }
  if (printed.length > 0)
    return { ...goods, level: 'BATCH', batchIds: printed, isKnown: asked.serial === null };
  return goods;
}

interface ProductRow {
  productId: bigint;
  serialised: boolean;
}

/** The product of that key, and what a case of it contains. */
async function productsOf(client: pg.ClientBase, gtin: string | null): Promise<ProductRow[]> {
  const { rows } = await client.query<ProductRow>(
    `with recursive inside (product_id) as (
       select p.product_id from product p where p.gtin = $1
       union
       select c.contains_product_id from inside i join packaging c on c.product_id = i.product_id
     )
     select p.product_id as "productId", p.serialised from inside i join product p on p.product_id = i.product_id`,
    [gtin],
  );
  return rows;
}

async function batchesOf(
  client: pg.ClientBase,
  productIds: readonly bigint[],
  lot: string,
): Promise<bigint[]> {
  const { rows } = await client.query<{ batch_id: bigint }>(
    'select batch_id from batch where product_id = any($1::bigint[]) and lot = $2 order by batch_id',
    [productIds, lot],
  );
  return rows.map((row) => row.batch_id);
}

interface FoundItem {
  itemId: bigint;
  productIds: bigint[];
  batchIds: bigint[];
  lots: (string | null)[];
  isDoubled: boolean;
}

/** Condition: an item was sold, or built in, twice and neither taken back nor out. */
export const isUsedTwice = (item: string): string => `(
  (select count(*) from sale s where s.item_id = ${item} and s.voided_at is null and s.returned < s.quantity) > 1
  or (select count(distinct f.parent_item_id) from fitting f
      where f.part_item_id = ${item} and f.removed_at is null and f.voided_at is null) > 1)`;

/** `productIds` null: of any product. */
async function findItem(
  client: pg.ClientBase,
  productIds: readonly bigint[] | null,
  serial: string,
): Promise<FoundItem | null> {
  const { rows } = await client.query<{
    item_id: bigint;
    product_id: bigint;
    batch_id: bigint | null;
    lot: string | null;
    doubled: boolean;
  }>(
    `select k.item_id, k.product_id, i.batch_id, b.lot,
       ${isUsedTwice('k.item_id')} as doubled
     from item_key k left join item i on i.item_id = k.item_id and i.voided_at is null
     left join batch b on b.batch_id = i.batch_id
     where k.serial = $2 and ($1::bigint[] is null or k.product_id = any($1::bigint[]))
     order by k.item_id, i.batch_id`,
    [productIds, serial],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const batchIds = new Set(rows.flatMap((row) => (row.batch_id === null ? [] : [row.batch_id])));
  return {
    itemId: first.item_id,
    productIds: [...new Set(rows.map((row) => row.product_id))],
    batchIds: [...batchIds],
    lots: rows.map((row) => row.lot),
    isDoubled: rows.length > 1 || first.doubled,
  };
}
