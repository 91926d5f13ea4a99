/** Events and lots read back from their rows, in the form in which recording has them at hand. */
import type { PoolClient } from 'pg';
import type { Lot } from '../contained-lots.js';
import type { EventKind } from '../event-kinds.js';
import type { EventIds } from '../event-rows.js';
import type { Referring } from '../references.js';

type Row = Record<
  | 'site_id'
  | 'from_site_id'
  | 'to_site_id'
  | 'unit_id'
  | 'unit2_id'
  | 'product_id'
  | 'source_id'
  | 'item_id'
  | 'product2_id'
  | 'source2_id'
  | 'item2_id'
  | 'product3_id'
  | 'item3_id',
  bigint | null
> &
  Record<'lot' | 'lot2' | 'lot3' | 'target_key', string | null> & {
    event_key: string;
    kind: EventKind;
    body: EventIds['body'];
  };

const text = `
select e.event_key, e.kind, e.site_id, e.from_site_id, e.to_site_id, e.unit_id, e.unit2_id, e.target_key, e.body,
  e.product_id, e.lot, e.source_id, e.item_id, e.product2_id, e.lot2, e.source2_id, e.item2_id, e.product3_id, e.lot3, e.item3_id
from event e where e.event_key = any($1::uuid[])`;

/** $1 batch ids. */
const lots = `
select b.product_id as "productId", b.lot, b.source_id as "sourceId" from batch b where b.batch_id = any($1::bigint[]) and b.lot is not null`;

export async function referringEvents(client: PoolClient, keys: string[]): Promise<Referring[]> {
  const { rows } = await client.query<Row>(text, [keys]);
  const subject = (
    productId: bigint | null,
    lot: string | null,
    sourceId: bigint | null,
    itemId: bigint | null,
  ) => (productId === null ? null : { productId, lot, sourceId, itemId });
  return rows.map((row) => ({
    draft: { kind: row.kind },
    eventKey: row.event_key,
    siteId: row.site_id,
    fromSiteId: row.from_site_id,
    toSiteId: row.to_site_id,
    unitId: row.unit_id,
    contentUnitId: row.unit2_id,
    targetKey: row.target_key,
    body: row.body,
    subjects: [
      subject(row.product_id, row.lot, row.source_id, row.item_id),
      subject(row.product2_id, row.lot2, row.source2_id, row.item2_id),
      subject(row.product3_id, row.lot3, null, row.item3_id),
    ],
  }));
}

/** The lots that these batches are of, with their sources. */
export const lotsOfBatches = async (client: PoolClient, batchIds: bigint[]): Promise<Lot[]> =>
  (await client.query<Lot>(lots, [batchIds])).rows;
