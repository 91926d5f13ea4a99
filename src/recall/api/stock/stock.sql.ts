/** Pages of one party's stock, read as that party: the wall shows it no row of another. */
import type pg from 'pg';
import { statement } from '../../../trace/index.js';
import type { Certainty } from '../../scope.js';
import type { Members } from './members.sql.js';
import type { Stock, StockState } from './stock.types.js';

export interface StockPage {
  state: StockState;
  /** Null: every batch. */
  members: Members | null;
  siteIds: bigint[] | null;
  batchIds: bigint[] | null;
  /** Batch, site and item (0: goods without a serial) of the row before. */
  after: [bigint, bigint, bigint] | null;
  limit: number;
}

type StockRow = Omit<Stock, 'certainty'> & { certain: boolean | null };

/** Rows of `scope_batch` and `scope_item` that the caller's goods are joined to; an empty CTE when no recall is named. */
function memberTables(bind: (value: unknown) => string, members: Members | null): string {
  const { batches, items } = members ?? { batches: [], items: [] };
  return `member_batch as materialized (
    select * from unnest(
      ${bind(batches.map((batch) => batch.batchId))}::bigint[], ${bind(batches.map((batch) => batch.siteId))}::bigint[],
      ${bind(batches.map((batch) => batch.whole))}::boolean[], ${bind(batches.map((batch) => batch.certain))}::boolean[])
      as m (batch_id, site_id, whole, certain)
  ),
  member_item as materialized (
    select * from unnest(
      ${bind(items.map((item) => item.itemId))}::bigint[], ${bind(items.map((item) => item.batchId))}::bigint[],
      ${bind(items.map((item) => item.certain))}::boolean[], ${bind(items.map((item) => item.spared))}::boolean[])
      as i (item_id, batch_id, certain, spared)
  )`;
}

/**
 * An account's items one by one, and what is left of its balance as goods without a serial. Of a batch that is affected
 * only by some items, what is left is possible while one of them has not been seen there by its serial.
 */
export async function pageOfStock(client: pg.ClientBase, page: StockPage): Promise<Stock[]> {
  const sql = statement({ asOf: null, knownAt: null });
  const tables = memberTables(sql.bind, page.members);
  const state = sql.bind(page.state);
  const where = [`h.state = ${state}`];
  if (page.siteIds !== null) where.push(`h.site_id = any(${sql.bind(page.siteIds)}::bigint[])`);
  if (page.batchIds !== null) where.push(`h.batch_id = any(${sql.bind(page.batchIds)}::bigint[])`);
  if (page.after !== null) {
    const [batchId, siteId, itemId] = page.after.map((key) => `${sql.bind(key)}::bigint`);
    where.push(`(h.batch_id, h.site_id) >= (${batchId}, ${siteId})`);
    where.push(`(h.batch_id, h.site_id, g.item_id) > (${batchId}, ${siteId}, ${itemId})`);
  }
  const joined =
    page.members === null
      ? ''
      : `cross join lateral (
           select bool_or(m.whole) as whole, bool_or(m.whole and m.certain) as certain
           from member_batch m where m.batch_id = h.batch_id and m.site_id in (0, h.site_id) having count(*) > 0
         ) a
         left join member_item n on n.batch_id = h.batch_id and n.item_id = g.item_id`;
  if (page.members !== null) {
    where.push(`not coalesce(n.spared, false) and (a.whole or n.item_id is not null or (g.item_id = 0 and exists (
      select from member_item i where i.batch_id = h.batch_id and not i.spared
        and not exists (select from leg l where l.batch_id = h.batch_id and l.item_id = i.item_id and l.site_id = h.site_id))))`);
  }
  const { rows } = await client.query<StockRow>(
    `with ${tables}
     select h.batch_id as "batchId", h.site_id as "siteId", nullif(g.item_id, 0) as "itemId", greatest(g.quantity, 0) as amount,
       g.unknown_amount as "unknownAmount", h.state, ${page.members === null ? 'null::boolean' : 'coalesce(n.certain, a.certain, false)'} as certain
     from balance h
     cross join lateral (
       with single_item as (
         select l.item_id, sum(l.quantity)::bigint as quantity
         from leg l
         where l.batch_id = h.batch_id and l.site_id = h.site_id and l.state = h.state and l.item_id is not null and l.voided_at is null
         group by l.item_id having sum(l.quantity) > 0
       )
       select s.item_id, s.quantity, false as unknown_amount from single_item s
       union all
       select 0, h.quantity - coalesce((select sum(s.quantity) from single_item s), 0)::bigint, h.unknown_amount
     ) g
     ${joined}
     where (g.quantity > 0 or (g.item_id = 0 and g.unknown_amount)) and ${where.join(' and ')}
     order by h.batch_id, h.site_id, g.item_id
     limit ${sql.bind(page.limit)}`,
    sql.values,
  );
  return rows.map(({ certain, ...row }) => ({ ...row, certainty: certaintyOf(certain) }));
}

const certaintyOf = (certain: boolean | null): Certainty | null =>
  certain === null ? null : certain ? 'CERTAIN' : 'POSSIBLE';
