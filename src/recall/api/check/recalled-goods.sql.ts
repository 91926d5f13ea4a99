/** Which recalls name goods: asked of the newest frozen scope of each recall that still holds. */
import type pg from 'pg';
import type { Certainty } from '../../scope.js';
import { recalledStates } from '../campaign/recall-states.js';
import { isRemedied } from '../remedy/remedied.sql.js';
import type { NamedGoods } from './named-goods.sql.js';

export interface RecallHit {
  recallId: bigint;
  certainty: Certainty;
  /** Only some goods of what was named are in: a lot or a serial would tell. */
  partly: boolean;
  /** Some of these have an expiry on record, which would tell too. */
  byExpiry: boolean;
  /** A final remedy is on record: it names the goods no longer. */
  remedied: boolean;
}

/** CTE `current_version`: the newest scope of every recall whose members are recalled; drills are rehearsals. */
export const currentVersion = `current_version as materialized (
  select distinct on (r.recall_id) r.recall_id, v.version_id
  from recall r join scope_version v on v.recall_id = r.recall_id
  where r.state = any($1) and r.kind <> 'DRILL'
  order by r.recall_id, v.number desc
)`;

/**
 * `siteId`: where the goods are, when that is known; null: anywhere. Of a doubled number nothing is certain: the recalls of
 * the lot printed beside it, and of its product, may mean it as well.
 */
export async function recallsNaming(
  client: pg.ClientBase,
  goods: NamedGoods,
  siteId: bigint | null,
): Promise<RecallHit[]> {
  if (goods.level === 'BATCH') return hitsOf(client, ofBatches(goods.batchIds, siteId));
  if (goods.level === 'PRODUCT') return hitsOf(client, ofProduct(goods, siteId));
  const own = await hitsOf(client, ofItem(goods, siteId));
  if (!goods.isDoubled) return own;
  const others =
    goods.printedBatchIds.length > 0
      ? await hitsOf(client, ofBatches(goods.printedBatchIds, siteId))
      : await hitsOf(client, ofProduct(goods, siteId));
  const known = new Set(own.map((hit) => hit.recallId));
  return [...own, ...others.filter((hit) => !known.has(hit.recallId))].map((hit) => ({
    ...hit,
    certainty: 'POSSIBLE',
  }));
}

async function hitsOf(client: pg.ClientBase, [text, values]: Asked): Promise<RecallHit[]> {
  const { rows } = await client.query<{
    recall_id: bigint;
    certain: boolean;
    partly: boolean;
    remedied: boolean;
    by_expiry: boolean;
  }>(text, values);
  return rows.map((row) => ({
    recallId: row.recall_id,
    certainty: row.certain ? 'CERTAIN' : 'POSSIBLE',
    partly: row.partly,
    byExpiry: row.by_expiry,
    remedied: row.remedied,
  }));
}

type Asked = [string, unknown[]];

const ofItem = ({ itemId, batchIds }: NamedGoods, siteId: bigint | null): Asked => [
  `with ${currentVersion},
   member (recall_id, certain) as (
     select c.recall_id, n.certain
     from current_version c join scope_item n on n.version_id = c.version_id and n.item_id = $2 and not n.spared
     union all
     select c.recall_id, m.certain
     from current_version c
     join scope_batch m on m.version_id = c.version_id and m.batch_id = any($3::bigint[]) and m.whole and not m.opener_only
       and (m.site_id = 0 or m.site_id = $4)
     where not exists (select from scope_item n where n.version_id = c.version_id and n.item_id = $2)
   )
   select recall_id, bool_or(certain) as certain, false as partly, false as by_expiry, ${isRemedied('recall_id', '$2')} as remedied
   from member group by recall_id order by recall_id`,
  [recalledStates, itemId, batchIds, siteId],
];

/** A lot of several sources, or of which only some items are in, is named partly. */
const ofBatches = (batchIds: readonly bigint[], siteId: bigint | null): Asked => [
  `with ${currentVersion}
   select c.recall_id, bool_and(m.batch_certain) and count(distinct m.batch_id) = $4 as certain,
     not bool_or(m.whole or m.batch_certain) or count(distinct m.batch_id) < $4 as partly, false as by_expiry, false as remedied
   from current_version c
   join scope_batch m on m.version_id = c.version_id and m.batch_id = any($2::bigint[]) and not m.opener_only
     and (m.site_id = 0 or m.site_id = $3)
   group by c.recall_id order by c.recall_id`,
  [recalledStates, batchIds, siteId, batchIds.length],
];

/**
 * At a site: only lots that are there, or could be; a lot sold without being read still stands in its book. A printed
 * expiry leaves out lots that have another one on record.
 */
const ofProduct = ({ productIds, expiresOn }: NamedGoods, siteId: bigint | null): Asked => [
  `with ${currentVersion}
   select c.recall_id, false as certain, true as partly, bool_or(b.expires_on is not null) as by_expiry, false as remedied
   from current_version c
   join scope_batch m on m.version_id = c.version_id and not m.opener_only and (m.site_id = 0 or m.site_id = $3)
   join batch b on b.batch_id = m.batch_id and b.product_id = any($2::bigint[])
   where ($4::date is null or b.expires_on is null or b.expires_on = $4)
     and ($3::bigint is null or m.site_id = $3 or exists (
       select from balance h where h.batch_id = b.batch_id and h.site_id = $3 and h.state = 'ON_HAND'
         and (h.quantity > 0 or h.unknown_amount)))
   group by c.recall_id order by c.recall_id`,
  [recalledStates, productIds, siteId, expiresOn],
];
