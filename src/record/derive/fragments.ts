/** SQL shared by the derivations: how an event's goods and places resolve, and how derived rows are brought in line. */

/** A party's own GLN means its only described site, else the unnamed site that carries the party's GLN. */
export const place = (site: string): string => `(
  select coalesce(
    (select case when count(*) = 1 then max(d.site_id) end
     from site d join party o on o.party_id = d.party_id
     where d.party_id = s.party_id and not d.stub and s.stub and s.gln = o.gln),
    s.site_id)
  from site s where s.site_id = ${site})`;

/** The batch that (product, lot, source, item) means: the item's own, the lot's, or the product's unknown-lot batch. */
export const batchOf = (w: {
  product: string;
  lot: string;
  source: string;
  item: string;
}): string => `coalesce(
  (select i.batch_id from item i where i.item_id = ${w.item} and i.voided_at is null limit 1),
  case
    when ${w.lot} is null then
      (select b.batch_id from batch b where b.product_id = ${w.product} and b.lot is null)
    when ${w.source} is not null then
      (select b.batch_id from batch b
       where b.product_id = ${w.product} and b.lot = ${w.lot} and b.source_id = ${w.source})
    else
      (select case when count(b.source_id) = 1 then max(b.batch_id) filter (where b.source_id is not null)
                   else max(b.batch_id) filter (where b.source_id is null) end
       from batch b where b.product_id = ${w.product} and b.lot = ${w.lot})
  end)`;

/** CTEs `dirty` (live events of $1) and `subject` (the goods each names; a case is its content, times the number). */
export const dirtySubjects = (kinds: readonly string[]): string => `
dirty as materialized (
  select e.* from event e
  where e.event_key = any($1::uuid[]) and e.voided_at is null
    and e.kind in (${kinds.map((kind) => `'${kind}'`).join(', ')})
),
named_goods as (
  select e.event_key, w.role, coalesce(c.contains_product_id, w.product_id) as product_id, w.lot, w.source_id, w.item_id,
    case when w.item_id is not null then 1 else e.quantity * coalesce(c.quantity, 1) end as quantity
  from dirty e
  cross join lateral (values
    (1, e.product_id, e.lot, e.source_id, e.item_id),
    (2, e.product2_id, e.lot2, e.source2_id, e.item2_id),
    (3, e.product3_id, e.lot3, null::bigint, e.item3_id)) as w(role, product_id, lot, source_id, item_id)
  left join packaging c on c.product_id = w.product_id and w.item_id is null
  where w.product_id is not null
),
subject as materialized (
  select g.*, ${batchOf({ product: 'g.product_id', lot: 'g.lot', source: 'g.source_id', item: 'g.item_id' })} as batch_id
  from named_goods g
)`;

export interface Reconciliation {
  table: string;
  /** Column that both sides share and that is indexed: the comparison joins on it. */
  key: string;
  /** Live rows with this column in $1 are those that the desired rows replace. */
  scope: string;
  columns: readonly string[];
  /** CTEs and a final `desired` CTE's select, over $1 (scope keys). */
  ctes: string;
  desired: string;
  returning: string;
}

/**
 * Brings the live rows of a table in line with what the events say: rows that no longer hold are closed, never
 * deleted; rows that hold are left alone; new ones are opened at $2 (recorded_at).
 */
export function reconcile(r: Reconciliation): string {
  const row = (alias: string) => `(${r.columns.map((column) => `${alias}.${column}`).join(', ')})`;
  const type = r.scope === 'event_key' ? 'uuid' : 'bigint';
  return `with recursive ${r.ctes ? `${r.ctes},` : ''}
desired as materialized (${r.desired}),
closed as (
  update ${r.table} t set voided_at = $2
  where t.voided_at is null and t.${r.scope} = any($1::${type}[])
    and not exists (select 1 from desired d where d.${r.key} = t.${r.key} and ${row('d')} is not distinct from ${row('t')})
  returning ${r.returning}
),
opened as (
  insert into ${r.table} (${r.columns.join(', ')}, recorded_at)
  select ${r.columns.map((column) => `d.${column}`).join(', ')}, $2 from desired d
  where not exists (
    select 1 from ${r.table} t
    where t.voided_at is null and t.${r.key} = d.${r.key} and ${row('t')} is not distinct from ${row('d')})
  returning ${r.returning}
)
select 'CLOSED' as change, closed.* from closed union all select 'OPENED', opened.* from opened`;
}
