/** When a recalled item counts as remedied: one reading of the remedies on record, for every question that asks. */

/** Condition on a fitting `f`: the part, or the version installed, is itself named by the newest scope of the recall. */
const isAffectedPart = (recall: string): string => `(exists (
    select from scope_version v
    where v.recall_id = ${recall} and v.number = (select max(n.number) from scope_version n where n.recall_id = v.recall_id)
      and (exists (
        select from scope_item s where s.version_id = v.version_id and s.item_id = f.part_item_id and not s.spared)
      or exists (
        select from scope_batch m where m.version_id = v.version_id and m.batch_id = f.part_batch_id and m.whole and m.site_id = 0
          and not exists (
            select from scope_item s where s.version_id = v.version_id and s.batch_id = m.batch_id and s.item_id = f.part_item_id and s.spared))))
  or exists (
    -- a version is no member of a scope: what it is installed in is
    select from recall r cross join lateral jsonb_path_query(r.rule, '$.**.installed') as leaf (named)
    join product p on p.gtin = leaf.named ->> 'gtin'
    join batch b on b.product_id = p.product_id and b.lot = leaf.named ->> 'version'
    where r.recall_id = ${recall} and b.batch_id = f.part_batch_id
      and not exists (
        select from jsonb_path_query(r.rule, '$.**.not.**.installed') as spared (named) where spared.named = leaf.named)))`;

/** Condition on a remedy `y`: the service it names is on record, and still so. */
const serviceStands = `exists (
    select from event e where e.event_key = y.service_key and e.kind = 'SERVICED' and e.item_id = y.item_id and e.voided_at is null)`;

/** Condition on a remedy `y`: its service installed a version of some software, and the record says which. */
export const isInstallation = (service: string, item: string): string => `exists (
    select from fitting f join batch b on b.batch_id = f.part_batch_id join product p on p.product_id = b.product_id
    where f.event_key = ${service} and f.parent_item_id = ${item} and f.voided_at is null and p.kind = 'SOFTWARE' and b.lot is not null)`;

/**
 * Condition on a remedy `y` of the recall: final, and it ends the danger. An update counts by its verified installation
 * alone, an inspection when it cleared the item. What a service mended is undone where that service, or a later fitting,
 * put an affected part or version in that is still there.
 */
export const endsDanger = (recall: string): string => `(y.is_final and (
    y.kind in ('REPLACE', 'REFUND', 'DISPOSE')
    or ((y.kind = 'LABEL' or (y.kind = 'INSPECT' and y.outcome = 'CLEARED')
        or (y.kind = 'REPAIR' and (y.service_key is null or ${serviceStands}))
        or (y.kind = 'SOFTWARE_UPDATE' and ${serviceStands} and ${isInstallation('y.service_key', 'y.item_id')}))
      and not exists (
        select from fitting f
        where f.parent_item_id = y.item_id and f.voided_at is null and f.removed_at is null
          and (f.fitted_at > y.happened_at or f.event_key = y.service_key) and ${isAffectedPart(recall)}))))`;

/**
 * Condition: a remedy that ends the danger is on record. Of a serial sold twice nobody knows which unit was remedied,
 * until an inspection identified it.
 */
export const isRemedied = (recall: string, item: string): string => `(exists (
    select from remedy y where y.item_id = ${item} and y.recall_id = ${recall} and ${endsDanger(recall)})
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
