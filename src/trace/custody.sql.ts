/** The custody legs and the products of the nodes of a trace. */
import type pg from 'pg';
import { type Clocks, statement } from './clocks.js';
import type { CustodyLeg, CustodyState } from './trace.js';

interface LegRow {
  event_key: string;
  kind: string;
  batch_id: bigint;
  item_id: bigint | null;
  site_id: bigint;
  party_id: bigint;
  counterparty_id: bigint | null;
  state: CustodyState;
  quantity: bigint;
  unknown_amount: boolean;
  occurred_at: Date;
}

/** Legs of batches (all of them) and of single items, in order of time. */
export async function custodyLegs(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  itemIds: readonly bigint[],
  clocks: Clocks,
): Promise<CustodyLeg[]> {
  const sql = statement(clocks);
  const columns = `l.leg_id, l.event_key, l.kind, l.batch_id, l.item_id, l.site_id, l.party_id, l.counterparty_id, l.state, l.quantity,
    l.unknown_amount, l.occurred_at`;
  const live = `${sql.live('l')} and ${sql.happened('l.occurred_at')}`;
  const { rows } = await client.query<LegRow>(
    `select ${columns} from unnest(${sql.bind([...batchIds])}::bigint[]) as n (batch_id) join leg l on l.batch_id = n.batch_id where ${live}
     union
     select ${columns} from unnest(${sql.bind([...itemIds])}::bigint[]) as n (item_id) join leg l on l.item_id = n.item_id where ${live}
     order by occurred_at, leg_id`,
    sql.values,
  );
  return rows.map((row) => ({
    eventKey: row.event_key,
    kind: row.kind,
    batchId: BigInt(row.batch_id),
    itemId: row.item_id === null ? null : BigInt(row.item_id),
    siteId: BigInt(row.site_id),
    partyId: BigInt(row.party_id),
    counterpartyId: row.counterparty_id === null ? null : BigInt(row.counterparty_id),
    state: row.state,
    quantity: BigInt(row.quantity),
    unknownAmount: row.unknown_amount,
    occurredAt: row.occurred_at,
  }));
}

export async function productsOfNodes(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  itemIds: readonly bigint[],
  clocks: Clocks,
): Promise<{ batches: Map<bigint, bigint>; items: Map<bigint, { productId: bigint; batchId: bigint }> }> {
  const batches = await client.query<{ batch_id: bigint; product_id: bigint }>(
    'select b.batch_id, b.product_id from batch b where b.batch_id = any($1::bigint[])',
    [[...batchIds]],
  );
  const sql = statement(clocks);
  const items = await client.query<{ item_id: bigint; batch_id: bigint; product_id: bigint }>(
    `select i.item_id, i.batch_id, i.product_id from item i where i.item_id = any(${sql.bind([...itemIds])}::bigint[]) and ${sql.live('i')}`,
    sql.values,
  );
  return {
    batches: new Map(batches.rows.map((row) => [BigInt(row.batch_id), BigInt(row.product_id)])),
    items: new Map(
      items.rows.map((row) => [
        BigInt(row.item_id),
        { productId: BigInt(row.product_id), batchId: BigInt(row.batch_id) },
      ]),
    ),
  };
}
