/** Events that stand where goods were made without naming the place: found again when runs change, or a place changes hands. */
import type { PoolClient } from 'pg';
import { eventsOf } from '../references.js';
import { addDirty, type Derivation, keysOf } from './run.js';

/** References of these batches' lots: events name a lot by its product, or by a case around it, whose lot is its content's. */
async function lotReferences(client: PoolClient, batchIds: readonly bigint[]): Promise<string[]> {
  const { rows } = await client.query<{ reference: string }>(
    `with recursive around (product_id, lot) as (
       select b.product_id, b.lot from batch b where b.batch_id = any($1::bigint[]) and b.lot is not null
       union
       select p.product_id, a.lot from around a join packaging p on p.contains_product_id = a.product_id
     )
     select 'l:' || a.product_id || ':' || a.lot as reference from around a`,
    [batchIds],
  );
  return rows.map((row) => row.reference);
}

/** Consumptions and items of batches whose runs say something else now, and what was built into those items or taken out. */
export async function addMadeOf(derivation: Derivation, batchIds: readonly bigint[]): Promise<void> {
  const { client } = derivation;
  addDirty(derivation, await eventsOf(client, await lotReferences(client, batchIds), ['CONSUMED', 'MADE']));
  const items = await client.query<{ item_id: bigint }>(
    'select i.item_id from item i where i.batch_id = any($1::bigint[]) and i.voided_at is null',
    [batchIds],
  );
  await addBuiltInto(
    derivation,
    items.rows.map((row) => row.item_id),
  );
}

async function addBuiltInto(derivation: Derivation, itemIds: readonly bigint[]): Promise<void> {
  const mentions = itemIds.map((id) => `i:${id}`);
  const kinds = ['MADE', 'FITTED', 'FITTING_ENDED', 'SERVICED'];
  addDirty(derivation, await eventsOf(derivation.client, mentions, kinds));
}

/**
 * A place is another party's now, and its runs, items and sales say what they said: what was used or built in where they were
 * made, and what came back of those sales, moves between other parties all the same.
 */
export async function addStandingAt(derivation: Derivation, references: readonly string[]): Promise<void> {
  const { client } = derivation;
  const sites = references.filter((name) => name.startsWith('s:')).map((name) => BigInt(name.slice(2)));
  if (sites.length === 0) return;
  const runs = await client.query<{ batch_id: bigint }>(
    'select distinct r.batch_id from run r where r.site_id = any($1::bigint[]) and r.voided_at is null',
    [sites],
  );
  await addMadeOf(
    derivation,
    runs.rows.map((row) => row.batch_id),
  );
  const items = await client.query<{ item_id: bigint }>(
    'select i.item_id from item i where i.site_id = any($1::bigint[]) and i.voided_at is null',
    [sites],
  );
  await addBuiltInto(
    derivation,
    items.rows.map((row) => row.item_id),
  );
  const returned = await client.query<{ event_key: string; kind: string }>(
    `select distinct r.event_key, 'RETURNED' as kind from sale_return r
     where r.sale_event_key = any($1::uuid[]) and r.voided_at is null`,
    [keysOf(derivation, ['SOLD'])],
  );
  addDirty(derivation, returned.rows);
}
