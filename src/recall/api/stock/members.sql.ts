/** Members of the newest frozen scope of recalls, joined to goods: what one party holds, or one code names. */
import type pg from 'pg';
import { isRemedied } from '../remedy/remedied.sql.js';

/** A batch of the scope that the party has an account of; site 0: wherever it is. */
export interface MemberBatch {
  batchId: bigint;
  siteId: bigint;
  whole: boolean;
  certain: boolean;
}
export interface MemberItem {
  itemId: bigint;
  batchId: bigint;
  certain: boolean;
  spared: boolean;
}
export interface Members {
  batches: MemberBatch[];
  items: MemberItem[];
}

/** Null: the recall has no frozen scope yet. */
export async function membersHeld(
  client: pg.ClientBase,
  recallId: bigint,
  partyId: bigint,
): Promise<Members | null> {
  const { rows: versions } = await client.query<{ version_id: bigint; opener_id: bigint | null }>(
    `select v.version_id, r.opener_id from scope_version v join recall r on r.recall_id = v.recall_id
     where v.recall_id = $1 order by v.number desc limit 1`,
    [recallId],
  );
  const [version] = versions;
  if (version === undefined) return null;
  const { rows: batches } = await client.query<MemberBatch>(
    `select m.batch_id as "batchId", m.site_id as "siteId", m.whole, m.certain
     from scope_batch m
     where m.version_id = $1 and (not m.opener_only or $3)
       and exists (select from balance h where h.party_id = $2 and h.batch_id = m.batch_id)`,
    [version.version_id, partyId, version.opener_id === partyId],
  );
  const { rows: items } = await client.query<MemberItem>(
    `select i.item_id as "itemId", i.batch_id as "batchId", i.certain, i.spared or ${isRemedied('$3::bigint', 'i.item_id')} as spared
     from unnest($2::bigint[]) as held (batch_id)
     join scope_item i on i.batch_id = held.batch_id and i.version_id = $1
     union all
     -- of a whole batch: what was remedied is affected no longer
     select y.item_id, y.batch_id, false, true
     from unnest($2::bigint[]) as held (batch_id)
     join remedy y on y.batch_id = held.batch_id and y.recall_id = $3 and y.item_id is not null
     where ${isRemedied('$3::bigint', 'y.item_id')}
       and not exists (select from scope_item i where i.batch_id = y.batch_id and i.version_id = $1 and i.item_id = y.item_id)
     group by y.item_id, y.batch_id`,
    [version.version_id, [...new Set(batches.map((batch) => batch.batchId))], recallId],
  );
  return { batches, items };
}
