/** What must hold of the record as it stands, each a select of `subject` for what breaks it. */

export interface Finding {
  name: string;
  /** What is counted, in the plural. */
  what: string;
  statement: string;
  /** Whether deriving the record again mends it. */
  isDerived?: true;
}

/** References that an event's own columns ask for; written a second time, in SQL, so that a wrong one shows. */
const expectedReferences = `
  select e.event_key, hashtextextended(w.reference, 0) as reference
  from event e
  cross join lateral (
    select 'p:' || p from unnest(array[e.product_id, e.product2_id, e.product3_id]) as p where p is not null
    union select 'l:' || l.product_id || ':' || l.lot from (values (e.product_id, e.lot), (e.product2_id, e.lot2), (e.product3_id, e.lot3))
      as l(product_id, lot) where l.lot is not null
    union select 'i:' || i from unnest(array[e.item_id, e.item2_id, e.item3_id]) as i where i is not null
    union select 'u:' || u from unnest(array[e.unit_id, e.unit2_id]) as u where u is not null
    union select 's:' || s from unnest(array[e.site_id, e.from_site_id, e.to_site_id]) as s where s is not null
    union select 'e:' || e.target_key where e.target_key is not null
    union select 'r:' || (e.body ->> 'receipt') where e.body ->> 'receipt' is not null
    union select case when e.unit_id is not null then 'j:u' || e.unit_id else 'j:i' || e.item_id end
      where e.kind in ('SHIPPED', 'RECEIVED') and (e.unit_id is not null or e.item_id is not null)
    union select case when e.unit2_id is not null then 'v:' || e.unit2_id
                      when e.product_id is null then 'x:' || e.unit_id
                      else 'c:' || e.unit_id || ':' || e.product_id end
      where e.kind in ('PACKED', 'UNPACKED') and e.item_id is null and (e.unit2_id is not null or e.product_id is not null or e.kind = 'UNPACKED')
  ) w(reference)`;

export const findings: readonly Finding[] = [
  {
    name: 'legs sum to zero for every batch',
    what: 'batches',
    statement: `select l.batch_id::text as subject from leg l where l.voided_at is null group by l.batch_id having sum(l.quantity) <> 0`,
  },
  {
    name: 'legs sum to zero for every event and batch',
    what: 'events',
    statement: `select e.event_id as subject from leg l join event e on e.event_key = l.event_key
      where l.voided_at is null group by e.event_id, l.batch_id having sum(l.quantity) <> 0`,
  },
  {
    name: 'every batch balances: made is what was consumed, fitted, held, sent, sold, scrapped or is unaccounted for',
    what: 'batches',
    statement: `select b.batch_id::text as subject from balance b group by b.batch_id
      having -sum(b.quantity) filter (where b.state = 'SOURCE') is distinct from sum(b.quantity) filter (where b.state <> 'SOURCE')
        and coalesce(sum(b.quantity), 0) <> 0`,
  },
  {
    name: 'balances fold the legs',
    isDerived: true,
    what: 'accounts',
    statement: `select coalesce(f.batch_id, b.batch_id) || ' ' || coalesce(f.state, b.state) || ' at site ' || coalesce(f.site_id, b.site_id) as subject
      from (select l.batch_id, l.site_id, l.state, sum(l.quantity) as quantity, count(*) filter (where l.unknown_amount) as unknown_legs
            from leg l where l.voided_at is null group by l.batch_id, l.site_id, l.state) f
      full join balance b on b.batch_id = f.batch_id and b.site_id = f.site_id and b.state = f.state
      where coalesce(f.quantity, 0) <> coalesce(b.quantity, 0) or coalesce(f.unknown_legs, 0) <> coalesce(b.unknown_legs, 0)`,
  },
  {
    name: 'what came back of each sale folds its returns',
    isDerived: true,
    what: 'sales',
    statement: `select e.event_id as subject from sale s join event e on e.event_key = s.event_key
      where s.voided_at is null and s.returned <> coalesce((
        select sum(r.quantity) from sale_return r where r.sale_event_key = s.event_key and r.voided_at is null), 0)`,
  },
  {
    name: 'the last day of use of each batch folds its runs',
    isDerived: true,
    what: 'batches',
    statement: `select b.batch_id::text as subject from batch b where b.expires_on is distinct from (
      select min(r.expires_on) from run r where r.batch_id = b.batch_id and r.voided_at is null)`,
  },
  {
    name: 'references lead back to every event',
    isDerived: true,
    what: 'references',
    statement: `select e.event_id as subject from (
        (${expectedReferences} except select r.event_key, r.reference from event_reference r)
        union all
        (select r.event_key, r.reference from event_reference r except ${expectedReferences})) d
      left join event e on e.event_key = d.event_key`,
  },
  {
    name: 'no row was known after it was closed',
    what: 'rows',
    statement: ['leg', 'sale', 'lineage', 'fitting', 'item']
      .map(
        (table) =>
          `select '${table} ' || t.recorded_at as subject from ${table} t where t.voided_at < t.recorded_at`,
      )
      .join(' union all '),
  },
];
