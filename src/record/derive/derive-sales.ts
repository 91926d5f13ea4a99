/** Sales and what came back of them. */
import { eventsOf } from '../references.js';
import { allocateReturns, type ReturnedGoods, type SoldGoods } from './allocate-returns.js';
import { reconcileReturns, refreshReturned, returnedGoods, soldGoods } from './returns.sql.js';
import { addDirty, type Change, type Derivation, keysOf, reconcileRows } from './run.js';
import { reconcileSales } from './sales.sql.js';

/** Rounds in which returns that compete for the same sales are gathered; each reaches sales of one more serial or receipt. */
const ROUNDS_MAX = 100;

/** Answers the rows of sales and of returns that changed. */
export async function deriveSales(derivation: Derivation): Promise<{ sales: Change[]; returns: Change[] }> {
  const { client } = derivation;
  const sales = await reconcileRows<{ event_key: string; item_id: bigint | null; receipt: string | null }>(
    derivation,
    reconcileSales,
    keysOf(derivation, ['SOLD']),
  );
  const references = sales.flatMap((row) => [
    `e:${row.event_key}`,
    ...(row.item_id === null ? [] : [`i:${row.item_id}`]),
    ...(row.receipt === null ? [] : [`r:${row.receipt}`]),
  ]);
  addDirty(derivation, await eventsOf(client, references, ['RETURNED']));
  if (keysOf(derivation, ['RETURNED']).length === 0) return { sales, returns: [] };
  const { returned, sold } = await competing(derivation);
  const allocations = allocateReturns(returned, sold);
  const returns = await reconcileRows<{ sale_event_key: string | null }>(
    derivation,
    reconcileReturns,
    keysOf(derivation, ['RETURNED']),
    allocations.map((one) => one.returned.eventKey),
    allocations.map((one) => one.sale?.eventKey ?? null),
    allocations.map(({ returned: goods, sale }) =>
      goods.isLotKnown ? goods.batchId : (sale?.batchId ?? goods.batchId),
    ),
    allocations.map(({ returned: goods, sale }) =>
      goods.isLotKnown ? goods.itemId : (sale?.itemId ?? goods.itemId),
    ),
    allocations.map((one) => one.returned.siteId),
    allocations.map((one) => one.returned.partyId),
    allocations.map((one) => one.returned.ownerId),
    allocations.map((one) => one.quantity),
    allocations.map((one) => one.returned.at),
  );
  const touched = [...returns.map((row) => row.sale_event_key), ...sales.map((row) => row.event_key)];
  await client.query(refreshReturned, [[...new Set(touched.filter((key) => key !== null))]]);
  return { sales, returns };
}

interface Returned extends ReturnedGoods {
  siteId: bigint;
  ownerId: bigint | null;
}

/** The dirty returns with every return that could be of the same sales, made dirty too, and those sales. */
async function competing(derivation: Derivation): Promise<{ returned: Returned[]; sold: SoldGoods[] }> {
  const { client } = derivation;
  let returned: Returned[] = [];
  let sold: SoldGoods[] = [];
  for (let round = 0, known = -1; round < ROUNDS_MAX && known !== returned.length; round += 1) {
    known = returned.length;
    returned = await loadReturned(derivation);
    sold = await loadSold(derivation, returned);
    const sales = new Set(sold.map((sale) => sale.eventKey));
    const receipts = new Set(sold.map((sale) => `${sale.receipt}|${sale.partyId}`));
    const items = new Set(sold.flatMap((sale) => (sale.itemId === null ? [] : [String(sale.itemId)])));
    const rivals = await client.query<{ event_key: string; kind: string }>(
      `select distinct e.event_key, e.kind
       from unnest($1::text[]) as w(reference)
       join event_reference r on r.reference = hashtextextended(w.reference, 0)
       join event e on e.event_key = r.event_key and e.kind = 'RETURNED' and e.voided_at is null`,
      [
        [
          ...[...sales].map((key) => `e:${key}`),
          ...[...items].map((id) => `i:${id}`),
          ...sold.flatMap((sale) => (sale.receipt === null ? [] : [`r:${sale.receipt}`])),
        ],
      ],
    );
    const candidates = rivals.rows.filter((row) => !derivation.dirty.has(row.event_key));
    const loaded = await loadReturned(
      derivation,
      candidates.map((row) => row.event_key),
    );
    const related = loaded.filter(
      (goods) =>
        (goods.targetKey !== null && sales.has(goods.targetKey)) ||
        (goods.itemId !== null && items.has(String(goods.itemId))) ||
        receipts.has(`${goods.receipt}|${goods.partyId}`),
    );
    addDirty(
      derivation,
      related.map((goods) => ({ event_key: goods.eventKey, kind: 'RETURNED' })),
    );
    if (related.length === 0) break;
  }
  return { returned, sold };
}

interface ReturnedRow {
  event_key: string;
  event_id: string;
  occurred_at: Date;
  occurred_to: Date;
  target_key: string | null;
  receipt: string | null;
  site_id: bigint;
  party_id: bigint;
  product_id: bigint;
  is_lot_known: boolean;
  item_id: bigint | null;
  batch_id: bigint;
  quantity: bigint | null;
  owner_id: bigint | null;
}

async function loadReturned(
  derivation: Derivation,
  keys = keysOf(derivation, ['RETURNED']),
): Promise<Returned[]> {
  if (keys.length === 0) return [];
  const found = await derivation.client.query<ReturnedRow>(returnedGoods, [keys]);
  return found.rows.map((row) => ({
    eventKey: row.event_key,
    eventId: row.event_id,
    at: row.occurred_at,
    until: row.occurred_to,
    targetKey: row.target_key,
    receipt: row.receipt,
    siteId: row.site_id,
    partyId: row.party_id,
    productId: row.product_id,
    isLotKnown: row.is_lot_known,
    itemId: row.item_id,
    batchId: row.batch_id,
    quantity: row.quantity,
    ownerId: row.owner_id,
  }));
}

async function loadSold({ client }: Derivation, returned: readonly Returned[]): Promise<SoldGoods[]> {
  const receipts = returned.filter((goods) => goods.receipt !== null);
  const found = await client.query<Omit<ReturnedRow, 'occurred_to' | 'target_key'>>(soldGoods, [
    returned.flatMap((goods) => goods.targetKey ?? []),
    returned.flatMap((goods) => goods.itemId ?? []),
    receipts.map((goods) => goods.receipt),
    receipts.map((goods) => goods.partyId),
  ]);
  return found.rows.map((row) => ({
    eventKey: row.event_key,
    eventId: row.event_id,
    at: row.occurred_at,
    receipt: row.receipt,
    partyId: row.party_id,
    productId: row.product_id,
    isLotKnown: row.is_lot_known,
    itemId: row.item_id,
    batchId: row.batch_id,
    quantity: row.quantity,
  }));
}
