/** Deliveries as they are stored, queued and settled. Every statement runs as the engine, in the caller's transaction. */
import type pg from 'pg';

export const channels = ['EMAIL', 'WEBHOOK', 'PRINT'] as const;
export type Channel = (typeof channels)[number];
export type DeliveryState = 'QUEUED' | 'SENT' | 'DELIVERED' | 'FAILED';

export const tasks = { EMAIL: 'deliver-email', WEBHOOK: 'deliver-webhook' } as const;

/** One way a notice of a party goes, or one of a buyer. */
export interface NewDelivery {
  noticeId: bigint | null;
  buyerNoticeId: bigint | null;
  channel: Channel;
  /** Why it cannot go at all. */
  failure?: string;
}

/** Stores deliveries and puts those that a machine makes into the queue: both or neither. */
export async function queueDeliveries(
  client: pg.ClientBase,
  recallId: bigint,
  deliveries: readonly NewDelivery[],
): Promise<void> {
  const { rows } = await client.query<{ delivery_id: bigint; channel: Channel }>(
    `insert into delivery (recall_id, notice_id, buyer_notice_id, channel, state, reason)
     select $1, w.notice_id, w.buyer_notice_id, w.channel, case when w.failure is null then 'QUEUED' else 'FAILED' end, w.failure
     from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) as w (notice_id, buyer_notice_id, channel, failure)
     returning delivery_id, channel`,
    [
      recallId,
      deliveries.map((delivery) => delivery.noticeId),
      deliveries.map((delivery) => delivery.buyerNoticeId),
      deliveries.map((delivery) => delivery.channel),
      deliveries.map((delivery) => delivery.failure ?? null),
    ],
  );
  for (const channel of ['EMAIL', 'WEBHOOK'] as const) {
    const ids = rows.filter((row) => row.channel === channel).map((row) => row.delivery_id);
    if (ids.length > 0)
      await client.query('select queue_deliveries($1::bigint[], $2)', [ids, tasks[channel]]);
  }
}

export interface DeliveryRow {
  deliveryId: bigint;
  recallId: bigint;
  noticeId: bigint | null;
  buyerNoticeId: bigint | null;
  channel: Channel;
  state: DeliveryState;
}

export async function readDelivery(client: pg.ClientBase, deliveryId: bigint): Promise<DeliveryRow | null> {
  const { rows } = await client.query<DeliveryRow>(
    `select delivery_id as "deliveryId", recall_id as "recallId", notice_id as "noticeId", buyer_notice_id as "buyerNoticeId",
       channel, state
     from delivery where delivery_id = $1`,
    [deliveryId],
  );
  return rows[0] ?? null;
}

/** After an attempt: what became of it. One that was settled before stays as it is. */
export async function settleDelivery(
  client: pg.ClientBase,
  deliveryId: bigint,
  { state, reason }: { state: DeliveryState; reason: string | null },
): Promise<void> {
  await client.query(
    `update delivery set state = $2, reason = $3, attempts = attempts + 1, changed_at = now()
     where delivery_id = $1 and state = 'QUEUED'`,
    [deliveryId, state, reason],
  );
}
