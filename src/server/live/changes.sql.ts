/** What of watched recalls and parties changed: one statement each for all who watch. Runs as the engine. */
import type { PoolClient } from 'pg';

/** Tables whose rows make up a recall, each with its own index on the recall. */
const ofRecall = [
  'recall_transition',
  'recall_authority',
  'scope_version',
  'notice',
  'buyer_notice',
  'delivery',
  'hold',
  'remedy',
  'filing',
  'cause_reply',
  'defect_alert',
  'effectiveness_sample',
];

/**
 * A mark for each recall that differs once a row of it was added, changed or taken away: rows and the sum of the transactions
 * that wrote them. A sum, since of two transactions the one that began first may end last.
 */
export async function recallMarks(
  client: PoolClient,
  recallIds: readonly bigint[],
): Promise<Map<bigint, string>> {
  const mark = "count(*) || ':' || coalesce(sum(x.xmin::text::bigint), 0)";
  const parts = ofRecall.map(
    (table) => `(select ${mark} from ${table} x where x.recall_id = asked.recall_id)`,
  );
  const { rows } = await client.query<{ recall_id: bigint; mark: string }>(
    `select asked.recall_id, concat_ws(',', ${parts.join(', ')},
       (select ${mark} from recall x where x.recall_id = asked.recall_id),
       (select ${mark} from hold h join hold_goods x on x.hold_id = h.hold_id where h.recall_id = asked.recall_id)) as mark
     from unnest($1::bigint[]) as asked (recall_id)`,
    [recallIds],
  );
  return new Map(rows.map((row) => [BigInt(row.recall_id), row.mark]));
}

/** A transaction that sends notices ends long before this: what is older was seen, or never came. */
const RECENT = '1 hour';

/** Notices of these parties that were sent lately, whatever the order in which their transactions ended. */
export async function recentNotices(
  client: PoolClient,
  partyIds: readonly bigint[],
): Promise<{ noticeId: bigint; partyId: bigint }[]> {
  const { rows } = await client.query<{ notice_id: bigint; party_id: bigint }>(
    `select n.notice_id, n.party_id from notice n
     where n.party_id = any($1::bigint[]) and n.sent_at > now() - interval '${RECENT}' order by n.notice_id`,
    [partyIds],
  );
  return rows.map((row) => ({ noticeId: BigInt(row.notice_id), partyId: BigInt(row.party_id) }));
}
