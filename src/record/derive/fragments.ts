/** SQL shared by the derivations: how an event's goods and places resolve, and how derived rows are brought in line. */

/** A party's own GLN means its only described site, else the unnamed site that carries the party's GLN. */
export const place = (site: string): string => `(
  select coalesce(
    (select case when count(*) = 1 then max(described.site_id) end
     from site described join party its_party on its_party.party_id = described.party_id
     where described.party_id = named_site.party_id and not described.stub and named_site.stub and named_site.gln = its_party.gln),
    named_site.site_id)
  from site named_site where named_site.site_id = ${site})`;

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
      (select case when count(*) filter (where b.is_told) = 1 then max(b.batch_id) filter (where b.is_told)
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

/** Columns of the event that a subject carries, so that no step joins two materialised lists: 1,000 by 1,000 took 0.5 s. */
const carried = `e.event_key, e.event_id, e.kind, e.occurred_at, e.occurred_to, e.recorder_id, e.site_id, e.from_site_id, e.to_site_id,
    e.unit_id, e.target_key, e.buyer_id, e.body, e.item_id as first_item_id, e.item2_id as second_item_id`;
const carriedAgain = carried.replaceAll(
  /e\.(\w+)(?: as (\w+))?/g,
  (_, column: string, name?: string) => `l.${name ?? column}`,
);

/**
 * CTEs `dirty` (live events of $1) and `subject` (the goods each names by role, with the event's own columns). A case is
 * its content, times the number, through as many levels of packaging as there are; a serialised case stays what it is.
 * Relabelled goods are the same amount under both labels.
 */
export const dirtySubjects = (kinds: readonly string[]): string => `${dirtyEvents(kinds)},
labelled as materialized (
  select ${carried},
    w.role, w.product_id, w.lot, w.source_id, w.item_id, case when w.item_id is not null then 1 else e.quantity end as quantity
  from dirty e
  cross join lateral (values
    (1, e.product_id, e.lot, e.source_id, e.item_id),
    (2, e.product2_id, e.lot2, e.source2_id, e.item2_id),
    (3, e.product3_id, e.lot3, null::bigint, e.item3_id)) as w(role, product_id, lot, source_id, item_id)
  where w.product_id is not null
),
contained (product_id, content_id, factor, path) as (
  select k.product_id, k.contains_product_id, k.quantity::numeric, array[k.product_id, k.contains_product_id]
  from packaging k where k.product_id in (select l.product_id from labelled l where l.item_id is null)
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
unpacked as materialized (
  select ${carriedAgain},
    l.role, coalesce(c.content_id, l.product_id) as product_id, l.lot, l.source_id, l.item_id,
    -- an unknown amount stays unknown: least() alone would pass over the null
    case when l.quantity is not null then least(l.quantity * coalesce(c.factor, 1), ${AMOUNT_MAX})::bigint end as quantity
  from labelled l
  left join content c on c.product_id = l.product_id and l.item_id is null
),
subject as materialized (
  select ${carriedAgain}, l.role, l.product_id, l.lot, l.source_id, l.item_id,
    case when l.kind = 'RELABELLED' and l.role = 2 and l.item_id is null then (
           select case when bool_and(o.dimension = p.dimension) then sum(n.quantity)::bigint end
           from unpacked n join product o on o.product_id = n.product_id
           where n.event_key = l.event_key and n.role = 1)
         else l.quantity end as quantity,
    p.owner_id, p.kind as product_kind, p.dimension, p.serialised,
    ${batchOf({ product: 'l.product_id', lot: 'l.lot', source: 'l.source_id', item: 'l.item_id' })} as batch_id
  from unpacked l join product p on p.product_id = l.product_id
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
 * their columns, brought together by one sort: joins of lists whose size the planner cannot know were nested loops, and
 * an event with 10,000 legs cost 10^8 comparisons.
 */
export function reconcile(r: Reconciliation): string {
  const list = (prefix: string, columns: readonly string[]) =>
    columns.map((column) => prefix + column).join(', ');
  const text = (alias: string) => `row(${list(`${alias}.`, r.columns)})::text collate "C"`;
  const type = r.scope === 'event_key' ? 'uuid' : 'bigint';
  const ids = r.id.map((column) => `old_${column}`);
  return `with recursive ${r.ctes ? `${r.ctes},` : ''}
desired as (${r.desired}),
compared as (
  select true as is_wanted, ${text('d')} as content, ${list('d.', r.columns)}, ${ids.map((id) => `null::bigint as ${id}`).join(', ')}
  from desired d
  union all
  select false, ${text('t')}, ${list('t.', r.columns)}, ${list('t.', r.id)}
  from ${r.table} t where t.voided_at is null and t.${r.scope} = any($1::${type}[])
),
reconciled as materialized (
  select c.*, bool_or(c.is_wanted) over alike as holds, bool_or(not c.is_wanted) over alike as stands
  from compared c window alike as (partition by c.content)
),
closed as (
  update ${r.table} t set voided_at = $2
  from reconciled m
  where not m.is_wanted and not m.holds and ${r.id.map((column) => `t.${column} = m.old_${column}`).join(' and ')}
  returning ${list('t.', r.returning.split(', '))}
),
opened as (
  insert into ${r.table} (${list('', r.columns)}, recorded_at)
  select ${list('m.', r.columns)}, $2 from reconciled m where m.is_wanted and not m.stands
  returning ${r.returning}
)
select 'CLOSED' as change, closed.* from closed union all select 'OPENED', opened.* from opened`;
}
