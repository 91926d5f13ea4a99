/** Lines of notices beside those of the notice before, and the custody that changed between the two. Runs as the engine. */
import type pg from 'pg';
import type { NoticeText } from '../../delivery/notice-content.js';
import type { NoticeChange } from './notice-change.types.js';

/** The notice before it: the latest earlier one to the same recipient, told for the same reason. */
const previous = `select p.notice_id, p.version_id, p.text_id, p.sent_at from notice p
  where p.recall_id = n.recall_id and p.party_id = n.party_id and p.audience = n.audience and p.notice_id < n.notice_id
  order by p.notice_id desc limit 1`;

type Row = Omit<NoticeChange, 'kind' | 'before' | 'after' | 'custodyEvent'> & {
  certainBefore: boolean | null;
  certainAfter: boolean | null;
  custodyEventId: string | null;
  isShownToParty: boolean;
};

/**
 * At most `limit` changes of each notice after the key, by batch and item; none of a first notice.
 *
 * Custody did it where the recipient had no live leg of the goods when the notice before was sent (added), or has none since
 * one was taken back (removed). A movement's event is shown to both its parties; what takes one back, to who recorded it.
 */
export async function changesOf(
  client: pg.ClientBase,
  noticeIds: readonly bigint[],
  after: readonly [string, string] | null,
  limit: number,
): Promise<NoticeChange[]> {
  const { rows } = await client.query<Row>(
    `select n.notice_id as of, n.recall_id as "recallId", n.party_id as "partyId", v.number as version, w.number as "versionBefore",
       c.batch_id as "batchId", nullif(c.item_id, 0) as "itemId", p.unit, c.before as "certainBefore", c.after as "certainAfter",
       k.event_id as "custodyEventId", coalesce(k.is_shown, false) as "isShownToParty",
       greatest(case when c.item_id = 0 then (
           select coalesce(sum(a.quantity), 0) from balance a
           where a.batch_id = c.batch_id and a.party_id = n.party_id and a.state = 'ON_HAND')
         else (select coalesce(sum(l.quantity), 0) from leg l
           where l.item_id = c.item_id and l.party_id = n.party_id and l.state = 'ON_HAND' and l.voided_at is null) end, 0)::bigint as "onHand"
     from notice n
     join scope_version v on v.version_id = n.version_id
     join lateral (${previous}) f on true
     join scope_version w on w.version_id = f.version_id
     cross join lateral (
       select coalesce(o.batch_id, t.batch_id) as batch_id, coalesce(o.item_id, t.item_id) as item_id,
         t.certain as before, o.certain as after
       from (select batch_id, item_id, certain from notice_line where notice_id = n.notice_id) o
       full join (select batch_id, item_id, certain from notice_line where notice_id = f.notice_id) t
         on t.batch_id = o.batch_id and t.item_id = o.item_id
       where t.certain is distinct from o.certain
         and ($2::bigint is null or (coalesce(o.batch_id, t.batch_id), coalesce(o.item_id, t.item_id)) > ($2, $3::bigint))
       order by 1, 2 limit $4
     ) c
     join batch b on b.batch_id = c.batch_id
     join product p on p.product_id = b.product_id
     left join lateral (
       with own_leg as (
         select l.event_key, l.recorded_at, l.voided_at, l.leg_id from leg l
         where c.item_id = 0 and l.batch_id = c.batch_id and l.party_id = n.party_id
         union all
         select l.event_key, l.recorded_at, l.voided_at, l.leg_id from leg l
         where c.item_id <> 0 and l.item_id = c.item_id and l.party_id = n.party_id
       )
       select coalesce(u.event_id, e.event_id) as event_id, u.event_key is null or u.recorder_id = n.party_id as is_shown
       from own_leg l
       join event e on e.event_key = l.event_key
       left join event u on c.after is null and u.event_key = e.voided_by
       where case
         when c.before is null then l.recorded_at > f.sent_at and l.recorded_at <= n.sent_at and l.voided_at is null
           and not exists (
             select from own_leg q where q.recorded_at <= f.sent_at and (q.voided_at is null or q.voided_at > f.sent_at))
         when c.after is null then l.voided_at > f.sent_at and l.voided_at <= n.sent_at and u.event_key is not null
           and not exists (select from own_leg q where q.recorded_at <= n.sent_at and q.voided_at is null)
         else false end
       order by l.recorded_at, l.leg_id limit 1
     ) k on true
     where n.notice_id = any($1::bigint[])
     order by n.notice_id, c.batch_id, c.item_id`,
    [noticeIds, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return rows.map(({ certainBefore, certainAfter, custodyEventId, isShownToParty, ...row }) => ({
    ...row,
    kind: certainBefore === null ? 'ADDED' : certainAfter === null ? 'REMOVED' : 'CHANGED',
    before: certaintyOf(certainBefore),
    after: certaintyOf(certainAfter),
    custodyEvent: custodyEventId === null ? null : { eventId: custodyEventId, isShownToParty },
  }));
}

const certaintyOf = (certain: boolean | null) => (certain === null ? null : certain ? 'CERTAIN' : 'POSSIBLE');

/** The words of each notice and of the one before it; without row: a first notice, or words that were not kept. */
export async function textsOf(
  client: pg.ClientBase,
  noticeIds: readonly bigint[],
): Promise<{ noticeId: bigint; before: NoticeText; now: NoticeText }[]> {
  const { rows } = await client.query<{ noticeId: bigint; before: NoticeText; now: NoticeText }>(
    `select n.notice_id as "noticeId", s.content as before, t.content as now
     from notice n
     join lateral (${previous}) f on true
     join notice_text t on t.text_id = n.text_id
     join notice_text s on s.text_id = f.text_id
     where n.notice_id = any($1::bigint[])`,
    [noticeIds],
  );
  return rows;
}
