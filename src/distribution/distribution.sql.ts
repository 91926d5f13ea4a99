/** Logistic units and their contents. */
import type pg from 'pg';
import type { Principal } from '../access/index.js';
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

/** A unit is seen by whoever recorded an event of it, and by whoever shipped or took what was inside. */
export async function isUnitVisible(
  client: pg.PoolClient,
  principal: Principal,
  unitId: bigint,
): Promise<boolean> {
  if (principal.role === 'REGULATOR' || principal.role === 'ADMIN') return true;
  if (principal.partyId === null) return false;
  const { rows } = await client.query<{ visible: boolean }>(
    `with recursive inside (unit_id) as (
       select $1::bigint
       union
       select c.content_unit_id from inside i join containment c on c.unit_id = i.unit_id where c.content_unit_id is not null
     )
     select exists (
       select from inside i join containment c on c.unit_id = i.unit_id
       join leg l on l.batch_id = c.content_batch_id and l.item_id is not distinct from c.content_item_id
       where c.content_batch_id is not null and (l.party_id = $2 or l.owner_id = $2)
     ) or exists (
       select from inside i join containment c on c.unit_id = i.unit_id join leg l on l.item_id = c.content_item_id
       where l.party_id = $2 or l.owner_id = $2
     ) as visible`,
    [unitId, principal.partyId],
  );
  return rows[0]?.visible ?? false;
}

/** Contents of a unit, also those taken out, after one, in the order of ids. */
export async function pageContents(
  client: pg.PoolClient,
  unitId: bigint,
  after: string | null,
  limit: number,
): Promise<Containment[]> {
  const { rows } = await client.query<
    Omit<Containment, 'quantity'> & { quantity: bigint | null; unit: string | null }
  >(
    `select c.containment_id as "containmentId", c.unit_id as "unitId", c.content_unit_id as "contentUnitId",
       c.content_batch_id as "contentBatchId", c.content_item_id as "contentItemId", c.quantity, p.unit,
       c.packed_at as "packedAt", c.unpacked_at as "unpackedAt"
     from containment c
     left join batch b on b.batch_id = c.content_batch_id left join product p on p.product_id = b.product_id
     where c.unit_id = $1 and c.voided_at is null and ($2::bigint is null or c.containment_id > $2)
     order by c.containment_id limit $3`,
    [unitId, after, limit],
  );
  return rows.map(({ quantity, unit, ...row }) => ({
    ...row,
    quantity: quantity === null || unit === null ? null : bookedQuantity(quantity, unit),
  }));
}
