/** Logistic units and their contents. */
import type pg from 'pg';
import { bookedQuantity } from '../graphql/index.js';
import type { Containment, LogisticUnit } from './distribution.types.js';

export async function readUnits(client: pg.PoolClient, ids: bigint[]): Promise<LogisticUnit[]> {
  const { rows } = await client.query<LogisticUnit>(
    'select unit_id as "unitId", unit_key as key from logistic_unit where unit_id = any($1::bigint[])',
    [ids],
  );
  return rows;
}

export async function findUnit(client: pg.PoolClient, key: string): Promise<bigint | null> {
  const { rows } = await client.query<{ unit_id: bigint }>(
    'select unit_id from logistic_unit where unit_key = $1',
    [key],
  );
  return rows[0]?.unit_id ?? null;
}

/** At most `limit` contents of each unit, also those taken out, after one, in the order of ids. */
export async function pageContents(
  client: pg.PoolClient,
  unitIds: bigint[],
  after: string | null,
  limit: number,
): Promise<Containment[]> {
  const { rows } = await client.query<
    Omit<Containment, 'quantity'> & { quantity: bigint | null; unit: string | null }
  >(
    `select n.unit_id as of, c.*, p.unit
     from unnest($1::bigint[]) as n (unit_id)
     cross join lateral (
       select c.containment_id as "containmentId", c.content_unit_id as "contentUnitId", c.content_batch_id as "contentBatchId",
         c.content_item_id as "contentItemId", c.quantity, c.packed_at as "packedAt", c.unpacked_at as "unpackedAt"
       from containment c
       where c.unit_id = n.unit_id and c.voided_at is null and ($2::bigint is null or c.containment_id > $2)
       order by c.containment_id limit $3
     ) c
     left join batch b on b.batch_id = c."contentBatchId" left join product p on p.product_id = b.product_id
     order by n.unit_id, c."containmentId"`,
    [unitIds, after, limit],
  );
  return rows.map(({ quantity, unit, ...row }) => ({
    ...row,
    quantity: quantity === null || unit === null ? null : bookedQuantity(quantity, unit),
  }));
}
