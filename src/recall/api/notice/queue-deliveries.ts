/** Which ways a notice goes: to a party by its webhook and by e-mail, where it has them; else it is printed. */
import type pg from 'pg';
import { type NewDelivery, queueDeliveries } from '../../delivery/delivery.sql.js';

/** Queued in the transaction that made the notices. */
export async function queuePartyDeliveries(
  client: pg.ClientBase,
  recallId: bigint,
  noticeIds: readonly bigint[],
  webhooks: ReadonlySet<string>,
): Promise<void> {
  const { rows } = await client.query<{ notice_id: bigint; gln: string; mailed: boolean }>(
    `select n.notice_id, p.gln, coalesce(p.email, '') <> '' as mailed
     from notice n join party p on p.party_id = n.party_id
     where n.notice_id = any($1::bigint[]) order by n.notice_id`,
    [noticeIds],
  );
  const deliveries = rows.flatMap(({ notice_id: noticeId, gln, mailed }) => {
    const ways: NewDelivery['channel'][] = [];
    if (webhooks.has(gln)) ways.push('WEBHOOK');
    if (mailed) ways.push('EMAIL');
    return (ways.length === 0 ? (['PRINT'] as const) : ways).map((channel) => ({
      noticeId,
      buyerNoticeId: null,
      channel,
    }));
  });
  await queueDeliveries(client, recallId, deliveries);
}
