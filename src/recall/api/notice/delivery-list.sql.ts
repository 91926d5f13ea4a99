/** Deliveries as they are shown: of each notice, and counted for a recall. Runs as the engine. */
import type pg from 'pg';
import { channels } from '../../delivery/delivery.sql.js';
import type { Delivery, DeliveryCounts } from './delivery.types.js';

export async function readDeliveries(
  client: pg.ClientBase,
  noticeIds: readonly bigint[],
): Promise<Delivery[]> {
  const { rows } = await client.query<Delivery>(
    `select notice_id as "noticeId", channel, state, attempts, reason, changed_at as "changedAt"
     from delivery where notice_id = any($1::bigint[]) order by delivery_id`,
    [noticeIds],
  );
  return rows;
}

/** Of notices to parties and to buyers; a row a way, also of a way nothing goes. */
export async function countDeliveries(
  client: pg.ClientBase,
  recallId: bigint,
): Promise<Omit<DeliveryCounts, 'canSend'>[]> {
  const { rows } = await client.query<Omit<DeliveryCounts, 'canSend'>>(
    `select w.channel, count(d.delivery_id) filter (where d.state = 'QUEUED') as queued,
       count(d.delivery_id) filter (where d.state = 'SENT') as sent,
       count(d.delivery_id) filter (where d.state = 'DELIVERED') as delivered,
       count(d.delivery_id) filter (where d.state = 'FAILED') as failed
     from unnest($2::text[]) with ordinality as w (channel, place)
     left join delivery d on d.recall_id = $1 and d.channel = w.channel
     group by w.channel, w.place order by w.place`,
    [recallId, channels],
  );
  return rows;
}
