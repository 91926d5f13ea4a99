/** When a recalled item counts as remedied: one reading of the remedies on record, for every question that asks. */

/**
 * Condition: a final remedy that ends the danger is on record. An update counts with the service that installed it, an
 * inspection when it cleared the item. Of a serial sold twice nobody knows which unit was remedied, until an
 * inspection identified it.
 */
export const isRemedied = (recall: string, item: string): string => `(exists (
    select from remedy y where y.item_id = ${item} and y.recall_id = ${recall} and y.is_final and (
      y.kind in ('REPAIR', 'REPLACE', 'REFUND', 'LABEL', 'DISPOSE')
      or (y.kind = 'SOFTWARE_UPDATE' and y.service_key is not null)
      or (y.kind = 'INSPECT' and y.outcome = 'CLEARED')))
  and ((select count(*) from sale w where w.item_id = ${item} and w.voided_at is null and w.returned < w.quantity) < 2
    or exists (
      select from remedy y where y.item_id = ${item} and y.recall_id = ${recall} and y.kind = 'INSPECT' and y.outcome = 'IDENTIFIED')))`;

/** CTE `member_item` of the scope version $1: its items one by one, spared ones left out. */
export const memberItems = `member_item as materialized (
  select i.item_id, i.batch_id from scope_item i where i.version_id = $1 and not i.spared
  union
  select i.item_id, i.batch_id
  from scope_batch m join item i on i.batch_id = m.batch_id and i.voided_at is null
  where m.version_id = $1 and m.whole and m.site_id = 0 and not m.opener_only
    and not exists (select from scope_item s where s.version_id = $1 and s.item_id = i.item_id)
)`;
