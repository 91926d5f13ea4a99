/** Where goods of batches are on hold: by their status, by a recall, by order, by who has them. */
import type pg from 'pg';
import { type Clocks, heldBatches, statement } from '../../trace/index.js';

export interface HeldGoods {
  /** Whether a batch is held as a whole at a site; a hold on single items of it is not told here. */
  isHeld(batchId: bigint, siteId: bigint): boolean;
}

export async function loadHolds(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  clocks: Clocks,
): Promise<HeldGoods> {
  const byStatus = await heldBatches(client, batchIds, clocks);
  const sql = statement(clocks);
  const at = sql.bind(clocks.asOf ?? clocks.knownAt);
  const { rows } = await client.query<{ batch_id: bigint; site_id: bigint | null }>(
    `select distinct g.batch_id, coalesce(h.site_id, s.site_id) as site_id
     from unnest(${sql.bind([...batchIds])}::bigint[]) as named (batch_id)
     join hold_goods g on g.batch_id = named.batch_id and g.item_id = 0
     join hold h on h.hold_id = g.hold_id
     left join site s on s.party_id = h.party_id and h.site_id is null
     where (${at}::timestamptz is null and h.released_at is null)
       or (h.placed_at <= ${at} and coalesce(h.released_at, 'infinity') > ${at})`,
    sql.values,
  );
  const held = new Set(rows.map((row) => `${row.batch_id}:${row.site_id ?? ''}`));
  return {
    isHeld: (batchId, siteId) =>
      byStatus.has(batchId) || held.has(`${batchId}:`) || held.has(`${batchId}:${siteId}`),
  };
}
