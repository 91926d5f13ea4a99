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

/** Whose letters: an opener prints those to parties, and every sender those to its own buyers. */
export interface LettersOf {
  recallId: bigint;
  senderId: bigint | null;
  isOpener: boolean;
  limit: number;
}

/** Condition on a delivery `d` of recall $1: a letter of the sender $2, or, as $3 says, of the opener. */
const isLetterOf = `d.recall_id = $1 and d.channel = 'PRINT' and d.state = 'QUEUED' and (
  (d.notice_id is not null and $3) or exists (
    select from buyer_notice b where b.buyer_notice_id = d.buyer_notice_id and b.sender_id is not distinct from $2::bigint))`;

/** Letters that were not posted yet, the oldest first. */
export async function nextLetters(
  client: pg.ClientBase,
  { recallId, senderId, isOpener, limit }: LettersOf,
): Promise<Pick<DeliveryRow, 'deliveryId' | 'noticeId' | 'buyerNoticeId'>[]> {
  const { rows } = await client.query<Pick<DeliveryRow, 'deliveryId' | 'noticeId' | 'buyerNoticeId'>>(
    `select d.delivery_id as "deliveryId", d.notice_id as "noticeId", d.buyer_notice_id as "buyerNoticeId"
     from delivery d where ${isLetterOf} order by d.delivery_id limit $4`,
    [recallId, senderId, isOpener, limit],
  );
  return rows;
}

/** Letters of these keys are SENT; answers how many were. */
export async function settlePosted(
  client: pg.ClientBase,
  { recallId, senderId, isOpener }: Omit<LettersOf, 'limit'>,
  keys: readonly string[],
): Promise<number> {
  const { rowCount } = await client.query(
    `update delivery d set state = 'SENT', attempts = d.attempts + 1, reason = null, changed_at = now()
     where ${isLetterOf} and (
       exists (select from notice n where n.notice_id = d.notice_id and n.notice_key = any($4::uuid[]))
       or exists (select from buyer_notice b where b.buyer_notice_id = d.buyer_notice_id and b.notice_key = any($4::uuid[])))`,
    [recallId, senderId, isOpener, keys],
  );
  return rowCount ?? 0;
}

/** Who answered a notice has it, whichever way it went. */
export async function settleAnswered(client: pg.ClientBase, noticeId: bigint): Promise<void> {
  await client.query(
    "update delivery set state = 'DELIVERED', reason = null, changed_at = now() where notice_id = $1 and state <> 'DELIVERED'",
    [noticeId],
  );
}
