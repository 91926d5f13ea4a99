/** Batches and items, and what belongs to them: read for all rows of a level in one statement each. */
import type pg from 'pg';
import { bookedQuantity } from '../graphql/index.js';
import type { Batch, BatchHold, Fitting, Inspection, Item, Run } from './production.types.js';

type Of<T> = T & { of: bigint };

export async function readBatches(client: pg.PoolClient, ids: bigint[]): Promise<Batch[]> {
  const { rows } = await client.query<Batch>(
    `select batch_id as "batchId", product_id as "productId", lot, source_id as "sourceId", expires_on::text as "expiresOn"
     from batch where batch_id = any($1::bigint[])`,
    [ids],
  );
  return rows;
}

export async function readItems(client: pg.PoolClient, ids: bigint[]): Promise<Item[]> {
  const { rows } = await client.query<Item>(
    `select distinct on (k.item_id) k.item_id as "itemId", k.product_id as "productId", k.serial, i.batch_id as "batchId",
       i.produced_at as "producedAt", i.revision, coalesce(i.known, false) as known
     from item_key k
     left join item i on i.item_id = k.item_id and i.voided_at is null
     where k.item_id = any($1::bigint[]) order by k.item_id, i.known desc nulls last, i.batch_id`,
    [ids],
  );
  return rows;
}

export async function readRuns(client: pg.PoolClient, batchIds: bigint[]): Promise<Run[]> {
  const { rows } = await client.query<Omit<Run, 'quantity'> & { quantity: bigint | null; unit: string }>(
    `select r.batch_id as of, r.site_id as "siteId", r.line, r.revision, r.produced_from as "producedFrom",
       r.produced_to as "producedTo", r.quantity, p.unit
     from run r join batch b on b.batch_id = r.batch_id join product p on p.product_id = b.product_id
     where r.batch_id = any($1::bigint[]) and r.voided_at is null order by r.batch_id, r.produced_from, r.run_id`,
    [batchIds],
  );
  return rows.map(({ quantity, unit, ...run }) => ({
    ...run,
    quantity: quantity === null ? null : bookedQuantity(quantity, unit),
  }));
}

export async function readHolds(client: pg.PoolClient, batchIds: bigint[]): Promise<Of<BatchHold>[]> {
  const { rows } = await client.query<Of<BatchHold>>(
    `select batch_id as of, status, reason, occurred_at as at from batch_hold
     where batch_id = any($1::bigint[]) and voided_at is null order by occurred_at, hold_id`,
    [batchIds],
  );
  return rows;
}

export async function readInspections(
  client: pg.PoolClient,
  of: { batchIds: bigint[] } | { itemIds: bigint[] },
): Promise<Of<Inspection>[]> {
  const [column, ids] = 'batchIds' in of ? ['batch_id', of.batchIds] : ['item_id', of.itemIds];
  const { rows } = await client.query<Of<Inspection>>(
    `select ${column} as of, characteristic, value::text, lower_limit::text as lower, upper_limit::text as upper, verdict,
       occurred_at as "inspectedAt"
     from inspection where ${column} = any($1::bigint[]) and voided_at is null order by occurred_at, inspection_id`,
    [ids],
  );
  return rows;
}

export async function readFittings(client: pg.PoolClient, itemIds: bigint[]): Promise<Fitting[]> {
  const { rows } = await client.query<Fitting>(
    `select parent_item_id as of, part_batch_id as "partBatchId", part_item_id as "partItemId", position,
       fitted_at as "fittedAt", removed_at as "removedAt"
     from fitting where parent_item_id = any($1::bigint[]) and voided_at is null
     order by position nulls first, fitted_at, fitting_id`,
    [itemIds],
  );
  return rows;
}

/** At most `limit` items of each batch, after one, in the order of ids. */
export async function pageItems(
  client: pg.PoolClient,
  batchIds: bigint[],
  after: string | null,
  limit: number,
): Promise<Of<Item>[]> {
  const { rows } = await client.query<Of<Item>>(
    `select n.batch_id as of, x.*
     from unnest($1::bigint[]) as n (batch_id)
     cross join lateral (
       select i.item_id as "itemId", i.product_id as "productId", i.serial, i.batch_id as "batchId",
         i.produced_at as "producedAt", i.revision, i.known
       from item i where i.batch_id = n.batch_id and i.voided_at is null and ($2::bigint is null or i.item_id > $2)
       order by i.item_id limit $3
     ) x`,
    [batchIds, after, limit],
  );
  return rows;
}

/** At most `limit` batches of each product, after one, in the order of ids; the unknown-lot batch among them. */
export async function pageBatches(
  client: pg.PoolClient,
  productIds: bigint[],
  after: string | null,
  limit: number,
): Promise<Of<Batch>[]> {
  const { rows } = await client.query<Of<Batch>>(
    `select n.product_id as of, x.*
     from unnest($1::bigint[]) as n (product_id)
     cross join lateral (
       select b.batch_id as "batchId", b.product_id as "productId", b.lot, b.source_id as "sourceId", b.expires_on::text as "expiresOn"
       from batch b where b.product_id = n.product_id and ($2::bigint is null or b.batch_id > $2)
       order by b.batch_id limit $3
     ) x`,
    [productIds, after, limit],
  );
  return rows;
}
