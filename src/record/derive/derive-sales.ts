/** Sales and what came back of them. */
import { eventsOf } from '../references.js';
import { addDirty, type Derivation, keysOf, reconcileRows } from './run.js';
import { reconcileReturns, reconcileSales, refreshReturned } from './sales.sql.js';

export async function deriveSales(derivation: Derivation): Promise<void> {
  const { client } = derivation;
  const sales = await reconcileRows<{ event_key: string; item_id: bigint | null; receipt: string | null }>(
    derivation,
    reconcileSales,
    keysOf(derivation, ['SOLD']),
  );
  const returned = await client.query<{ receipt: string }>(
    `select distinct e.body ->> 'receipt' as receipt from event e
     where e.event_key = any($1::uuid[]) and e.body ->> 'receipt' is not null`,
    [keysOf(derivation, ['RETURNED'])],
  );
  // returns of one receipt share its lines, so they are derived together
  const references = [
    ...sales.map((row) => `e:${row.event_key}`),
    ...sales.flatMap((row) => (row.item_id === null ? [] : [`i:${row.item_id}`])),
    ...[...sales, ...returned.rows].flatMap((row) => (row.receipt === null ? [] : [`r:${row.receipt}`])),
  ];
  addDirty(derivation, await eventsOf(client, references, ['RETURNED']));
  const returns = await reconcileRows<{ sale_event_key: string | null }>(
    derivation,
    reconcileReturns,
    keysOf(derivation, ['RETURNED']),
  );
  const touched = [...returns.map((row) => row.sale_event_key), ...sales.map((row) => row.event_key)];
  await client.query(refreshReturned, [[...new Set(touched.filter((key) => key !== null))]]);
}
