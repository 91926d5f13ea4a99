/** Where every unit of a batch went: made = consumed + fitted + on hand + in transit + sold + scrapped + unaccounted. */
import type pg from 'pg';
import { type Clocks, NOW, statement } from './clocks.js';
import { heldBatches } from './holds.sql.js';
import type { BatchBalance, CustodyState } from './trace.js';

interface AccountRow {
  batch_id: bigint;
  product_id: bigint;
  state: CustodyState | null;
  quantity: bigint | null;
  unknown_amount: boolean | null;
}

/** One row per batch, in the order of batch ids. Goods of unknown place count as in transit. */
export async function massBalance(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  clocks: Clocks = NOW,
): Promise<BatchBalance[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<AccountRow>(
    `select b.batch_id, b.product_id, g.state, g.quantity, g.unknown_amount
     from unnest(${sql.bind([...new Set(batchIds)])}::bigint[]) as named (batch_id)
     join batch b on b.batch_id = named.batch_id
     left join lateral (
       select l.state, l.site_id, sum(l.quantity)::bigint as quantity, bool_or(l.unknown_amount) as unknown_amount
       from leg l where l.batch_id = b.batch_id and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       group by l.site_id, l.state
     ) g on true
     order by b.batch_id`,
    sql.values,
  );
  const returned = await returnsOf(client, batchIds, clocks);
  const held = await heldBatches(client, batchIds, clocks);
  const balances = new Map<bigint, BatchBalance>();
  for (const row of rows) {
    const batchId = BigInt(row.batch_id);
    const balance =
      balances.get(batchId) ?? emptyBalance(batchId, BigInt(row.product_id), returned.get(batchId) ?? 0n);
    balances.set(batchId, balance);
    if (row.state !== null) addAccount(balance, row.state, BigInt(row.quantity ?? 0n), held.has(batchId));
    balance.unknownAmount ||= row.unknown_amount ?? false;
  }
  return [...balances.values()];
}

const emptyBalance = (batchId: bigint, productId: bigint, returned: bigint): BatchBalance => ({
  batchId,
  productId,
  made: 0n,
  consumed: 0n,
  fitted: 0n,
  onHand: 0n,
  onHold: 0n,
  inTransit: 0n,
  sold: 0n,
  returned,
  scrapped: 0n,
  unaccounted: 0n,
  unknownAmount: false,
});

const columnOf = {
  ON_HAND: 'onHand',
  IN_TRANSIT: 'inTransit',
  RETURNED_TO_MAKER: 'inTransit',
  UNKNOWN: 'inTransit',
  SOLD: 'sold',
  CONSUMED: 'consumed',
  FITTED: 'fitted',
  SCRAPPED: 'scrapped',
} as const;

function addAccount(balance: BatchBalance, state: CustodyState, quantity: bigint, onHold: boolean): void {
  if (state === 'SOURCE') {
    balance.made -= quantity;
    return;
  }
  if (quantity < 0n) {
    balance.unaccounted += quantity;
    return;
  }
  balance[columnOf[state]] += quantity;
  if (state === 'ON_HAND' && onHold) balance.onHold += quantity;
}

async function returnsOf(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  clocks: Clocks,
): Promise<Map<bigint, bigint>> {
  const sql = statement(clocks);
  const { rows } = await client.query<{ batch_id: bigint; quantity: bigint }>(
    `select r.batch_id, sum(r.quantity)::bigint as quantity
     from unnest(${sql.bind([...new Set(batchIds)])}::bigint[]) as named (batch_id)
     join sale_return r on r.batch_id = named.batch_id
     where ${sql.live('r')} and ${sql.happened('r.occurred_at')}
     group by r.batch_id`,
    sql.values,
  );
  return new Map(rows.map((row) => [BigInt(row.batch_id), BigInt(row.quantity)]));
}
