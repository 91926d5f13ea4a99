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

/** Most of one event's goods in the smallest unit, packaging multiplied out: sums of thousands still fit a bigint. */
const AMOUNT_MAX = '1000000000000000';

/** CTE `dirty`: the live events of $1 of these kinds. */
const dirtyEvents = (kinds: readonly string[]): string => `
dirty as materialized (
  select e.* from event e
  where e.event_key = any($1::uuid[]) and e.voided_at is null
    and e.kind in (${kinds.map((kind) => `'${kind}'`).join(', ')})
)`;

/**
 * CTEs `dirty` (live events of $1) and `subject` (the goods each names by role). A case is its content, times the number,
 * through as many levels of packaging as there are; a serialised case stays what it is. Relabelled goods are the same
 * amount under both labels.
 */
export const dirtySubjects = (kinds: readonly string[]): string => `${dirtyEvents(kinds)},
labelled as materialized (
  select e.event_key, e.kind, w.role, w.product_id, w.lot, w.source_id, w.item_id,
    case when w.item_id is not null then 1 else e.quantity end as quantity
  from dirty e
  cross join lateral (values
    (1, e.product_id, e.lot, e.source_id, e.item_id),
    (2, e.product2_id, e.lot2, e.source2_id, e.item2_id),
    (3, e.product3_id, e.lot3, null::bigint, e.item3_id)) as w(role, product_id, lot, source_id, item_id)
  where w.product_id is not null
),
contained (product_id, content_id, factor, path) as (
  select l.product_id, l.product_id, 1::numeric, array[l.product_id]
  from (select distinct product_id from labelled where item_id is null) l
  union all
  select c.product_id, k.contains_product_id, c.factor * k.quantity, c.path || k.contains_product_id
  from contained c join packaging k on k.product_id = c.content_id
  where not k.contains_product_id = any(c.path)
),
content as materialized (
  select c.product_id, c.content_id, sum(c.factor) as factor
  from contained c
  where not exists (
    select 1 from packaging k where k.product_id = c.content_id and not k.contains_product_id = any(c.path))
  group by c.product_id, c.content_id
),
named_goods as materialized (
  select l.event_key, l.kind, l.role, coalesce(c.content_id, l.product_id) as product_id, l.lot, l.source_id, l.item_id,
    least(l.quantity * coalesce(c.factor, 1), ${AMOUNT_MAX})::bigint as quantity
  from labelled l
  left join content c on c.product_id = l.product_id and l.item_id is null
),
subject as materialized (
  select g.event_key, g.role, g.product_id, g.lot, g.source_id, g.item_id,
    case when g.kind = 'RELABELLED' and g.role = 2 and g.item_id is null then (
           select case when bool_and(o.dimension = p.dimension) then sum(n.quantity)::bigint end
           from named_goods n join product o on o.product_id = n.product_id
           where n.event_key = g.event_key and n.role = 1)
         else g.quantity end as quantity,
    ${batchOf({ product: 'g.product_id', lot: 'g.lot', source: 'g.source_id', item: 'g.item_id' })} as batch_id
  from named_goods g join product p on p.product_id = g.product_id
)`;

export interface Reconciliation {
  table: string;
  /** Columns of the primary key. */
  id: readonly string[];
  /** Live rows with this column in $1 are those that the desired rows replace. */
  scope: 'event_key' | 'item_id' | 'parent_item_id';
  columns: readonly string[];
  /** CTEs over $1 (scope keys) that `desired` reads. */
  ctes: string;
  /** A select of `columns`: the rows that the events ask for. */
  desired: string;
  returning: string;
}

/**
 * Brings the live rows of a table in line with what the events say: rows that no longer hold are closed, never
 * deleted; rows that hold are left alone; new ones are opened at $2 (recorded_at). Rows are compared as the text of all
 * their columns, which joins by hash: compared column by column, an event with 10,000 legs cost 10^8 comparisons.
 */
export function reconcile(r: Reconciliation): string {
  const text = (alias: string) => `row(${r.columns.map((column) => `${alias}.${column}`).join(', ')})::text`;
  const type = r.scope === 'event_key' ? 'uuid' : 'bigint';
  return `with recursive ${r.ctes ? `${r.ctes},` : ''}
desired as (${r.desired}),
wanted as materialized (select d.*, ${text('d')} as content from desired d),
live as materialized (
  select ${r.id.map((column) => `t.${column}`).join(', ')}, ${text('t')} as content
  from ${r.table} t where t.voided_at is null and t.${r.scope} = any($1::${type}[])
),
closed as (
  update ${r.table} t set voided_at = $2
  from live l
  where ${r.id.map((column) => `t.${column} = l.${column}`).join(' and ')}
    and not exists (select 1 from wanted w where w.content = l.content)
  returning ${r.returning
    .split(', ')
    .map((column) => `t.${column}`)
    .join(', ')}
),
opened as (
  insert into ${r.table} (${r.columns.join(', ')}, recorded_at)
  select ${r.columns.map((column) => `w.${column}`).join(', ')}, $2 from wanted w
  where not exists (select 1 from live l where l.content = w.content)
  returning ${r.returning}
)
select 'CLOSED' as change, closed.* from closed union all select 'OPENED', opened.* from opened`;
}
