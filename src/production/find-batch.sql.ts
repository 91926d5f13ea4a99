/** Batches and items by what is printed on them. */
import type pg from 'pg';

/** Batches of that product and lot, one per lot source, in the order of ids. */
export async function findBatches(
  client: pg.PoolClient,
  key: { gtin: string; lot: string; source: string | null },
): Promise<bigint[]> {
  const { rows } = await client.query<{ batch_id: bigint }>(
    `select b.batch_id from batch b join product p on p.product_id = b.product_id
     left join site s on s.site_id = b.source_id
     where p.gtin = $1 and b.lot = $2 and ($3::text is null or s.gln = $3) order by b.batch_id`,
    [key.gtin, key.lot, key.source],
  );
  return rows.map((row) => row.batch_id);
}

/** Items with that serial: of the product, or of any where none is named. At most 2, to tell one from several. */
export async function findItems(
  client: pg.PoolClient,
  key: { gtin: string | null; serial: string },
): Promise<bigint[]> {
  const { rows } = await client.query<{ item_id: bigint }>(
    `select k.item_id from item_key k join product p on p.product_id = k.product_id
     where k.serial = $2 and ($1::text is null or p.gtin = $1)
       and exists (select from item i where i.item_id = k.item_id and i.voided_at is null) -- else only voided events name it
     order by k.item_id limit 2`,
    [key.gtin, key.serial],
  );
  return rows.map((row) => row.item_id);
}
