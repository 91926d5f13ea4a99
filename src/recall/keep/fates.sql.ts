/** What became of goods: where and when they were sold, and registered. */
import type pg from 'pg';
import { type Clocks, statement } from '../../trace/index.js';

/** A sale or a registration. */
export interface Fate {
  batchId: bigint;
  itemId: bigint | null;
  country: string | null;
  region: string | null;
  at: Date;
}

interface FateRow {
  batch_id: bigint;
  item_id: bigint | null;
  country: string | null;
  region: string | null;
  at: Date;
}

const fateOf = (row: FateRow): Fate => ({
  batchId: BigInt(row.batch_id),
  itemId: row.item_id === null ? null : BigInt(row.item_id),
  country: row.country,
  region: row.region,
  at: row.at,
});

/** Sales of the batches' goods, under their lot or serial. */
export async function loadSold(client: pg.ClientBase, batchIds: bigint[], clocks: Clocks): Promise<Fate[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<FateRow>(
    `select w.batch_id, w.item_id, w.country, w.region, w.occurred_at as at
     from unnest(${sql.bind(batchIds)}::bigint[]) as member (batch_id)
     join sale w on w.batch_id = member.batch_id
     where ${sql.live('w')} and ${sql.happened('w.occurred_at')}`,
    sql.values,
  );
  return rows.map(fateOf);
}

/** Registrations of the batches' items. */
export async function loadRegistered(
  client: pg.ClientBase,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Fate[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<FateRow>(
    `select g.batch_id, g.item_id, g.country, g.region, g.registered_at as at
     from unnest(${sql.bind(batchIds)}::bigint[]) as member (batch_id)
     join registration g on g.batch_id = member.batch_id
     where ${sql.live('g')} and ${sql.happened('g.registered_at')}`,
    sql.values,
  );
  return rows.map(fateOf);
}
