/** Why goods may not be sold at a site: each recall and each open hold stands for itself, and one is enough. */
import type pg from 'pg';
import { heldBatches, NOW } from '../../../trace/index.js';
import { readRecall } from '../campaign/recall.sql.js';
import { openHoldsOf } from '../hold/hold.sql.js';
import type { SellableReason } from '../stock/stock.types.js';
import type { AskedGoods } from './asked-goods.js';
import { findGoods, type NamedGoods } from './named-goods.sql.js';
import { recallsNaming } from './recalled-goods.sql.js';

export async function reasonsAt(
  client: pg.ClientBase,
  asked: AskedGoods,
  siteId: bigint,
): Promise<SellableReason[]> {
  const goods = await findGoods(client, asked);
  const reasons: SellableReason[] = [];
  const say = (
    reason: Pick<SellableReason, 'kind' | 'blocks' | 'message'> & Partial<SellableReason>,
  ): void => {
    reasons.push({ recall: null, certainty: null, ...reason });
  };
  for (const { recallId, certainty, partly, remedied } of await recallsNaming(client, goods, siteId)) {
    const recall = await readRecall(client, recallId);
    const what = remedied
      ? 'named these goods, and their remedy is on record'
      : partly
        ? 'names some goods like these'
        : certainty === 'CERTAIN'
          ? 'names these goods'
          : 'may mean these goods';
    say({
      kind: 'RECALL',
      blocks: !remedied,
      message: `recall ${recall?.number} ${what}`,
      recall,
      certainty,
    });
    if (partly)
      say({
        kind: 'READ_MORE',
        blocks: true,
        message: 'read the lot or the serial too: other goods of the product may be sold',
      });
  }
  for (const hold of await holdsOn(client, goods, siteId))
    say({ kind: 'HOLD', blocks: true, message: `on hold: ${hold}` });
  const expired = await expiredOn(client, goods);
  if (expired !== null) say({ kind: 'EXPIRED', blocks: true, message: `last day of use was ${expired}` });
  if (goods.productIds.length === 0 || !goods.isKnown)
    say({
      kind: 'NOT_ON_RECORD',
      blocks: false,
      message:
        goods.productIds.length === 0
          ? 'no product of that GTIN is on record'
          : 'its lot or serial is not on record; judged by its product',
    });
  return reasons;
}

/** Reasons of the open holds, of recalls, orders and the party itself, and of the batches' status. */
async function holdsOn(client: pg.ClientBase, goods: NamedGoods, siteId: bigint): Promise<string[]> {
  const batchIds =
    goods.level === 'PRODUCT'
      ? await batchesHere(client, goods.productIds, siteId)
      : [...goods.batchIds, ...goods.printedBatchIds];
  const placed = await openHoldsOf(client, { batchIds, itemId: goods.itemId }, siteId);
  const held = await heldBatches(client, batchIds, NOW);
  const { rows } = await client.query<{ reason: string }>(
    `select distinct on (h.batch_id) h.reason from batch_hold h
     where h.batch_id = any($1::bigint[]) and h.voided_at is null and h.status = 'BLOCKED'
     order by h.batch_id, h.occurred_at desc`,
    [[...held]],
  );
  return [...placed, ...rows].map((row) => row.reason);
}

async function batchesHere(client: pg.ClientBase, productIds: bigint[], siteId: bigint): Promise<bigint[]> {
  const { rows } = await client.query<{ batch_id: bigint }>(
    `select b.batch_id from batch b
     where b.product_id = any($1::bigint[]) and exists (
       select from balance h
       where h.batch_id = b.batch_id and h.site_id = $2 and h.state = 'ON_HAND' and (h.quantity > 0 or h.unknown_amount)
       offset 0)`,
    [productIds, siteId],
  );
  return rows.map((row) => row.batch_id);
}

async function expiredOn(client: pg.ClientBase, goods: NamedGoods): Promise<string | null> {
  if (goods.level === 'PRODUCT') return null;
  const { rows } = await client.query<{ expires_on: string | null }>(
    `select min(expires_on)::text as expires_on from batch
     where batch_id = any($1::bigint[]) and expires_on < (now() at time zone 'utc')::date`,
    [goods.batchIds],
  );
  return rows[0]?.expires_on ?? null;
}
