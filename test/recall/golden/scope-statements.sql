-- batch-facts.sql.ts loadBatches: 1 rows; containment by containment_content_batch, event by event_pkey, event_reference by event_reference_pkey, fitting by fitting_part_batch, fitting by fitting_pkey, item by item_pkey, leg by leg_pkey
select b.batch_id, b.product_id, b.lot, b.source_id, b.expires_on::text as expires_on,
       (select count(*) from item i where i.batch_id = b.batch_id and i.voided_at is null and true) as items,
       b.lot is not null or exists (
         select 1 from batch o where o.product_id = b.product_id and o.lot is not null and ((select x.batch_id from run x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.run_id limit 1) is not null or (select x.batch_id from item x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.item_id limit 1) is not null or (select x.batch_id from leg x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.leg_id limit 1) is not null or (select x.input_batch_id from lineage x where x.input_batch_id = o.batch_id and x.voided_at is null and true
      order by x.output_batch_id limit 1) is not null or (select x.output_batch_id from lineage x where x.output_batch_id = o.batch_id and x.voided_at is null and true
      order by x.input_batch_id limit 1) is not null or (select x.part_batch_id from fitting x where x.part_batch_id = o.batch_id and x.voided_at is null and true
      order by x.fitting_id limit 1) is not null or (select x.batch_id from fitting x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.fitting_id limit 1) is not null or (select x.content_batch_id from containment x where x.content_batch_id = o.batch_id and x.voided_at is null and true
      order by x.containment_id limit 1) is not null or (o.lot is not null and not exists (
        select 1 from batch y where y.product_id = o.product_id and y.lot = o.lot and y.batch_id <> o.batch_id
          and (o.source_id is not null or (select z.batch_id from run z where z.batch_id = y.batch_id and z.voided_at is null order by z.run_id limit 1) is not null or (select z.batch_id from item z where z.batch_id = y.batch_id and z.voided_at is null order by z.item_id limit 1) is not null or (select z.input_batch_id from lineage z where z.input_batch_id = y.batch_id and z.voided_at is null order by z.output_batch_id limit 1) is not null or (select z.output_batch_id from lineage z where z.output_batch_id = y.batch_id and z.voided_at is null order by z.input_batch_id limit 1) is not null))
      and exists (
        select 1 from event_reference r join event x on x.event_key = r.event_key
        where r.reference = hashtextextended('l:' || o.product_id || ':' || o.lot, 0) and x.voided_at is null and true)))) as product_has_lots,
       r.added
     from unnest($1::bigint[]) as named (batch_id) join batch b on b.batch_id = named.batch_id
     cross join lateral (
       select case when count(*) = count(l.quantity) then coalesce(sum(l.quantity), 0)::bigint end as added
       from lineage l join event e on e.event_key = l.event_key and e.kind = 'RELABELLED'
       where l.output_batch_id = b.batch_id and l.kind = 'MADE' and l.voided_at is null and true
     ) r
     where ((select x.batch_id from run x where x.batch_id = b.batch_id and x.voided_at is null and true
      order by x.run_id limit 1) is not null or (select x.batch_id from item x where x.batch_id = b.batch_id and x.voided_at is null and true
      order by x.item_id limit 1) is not null or (select x.batch_id from leg x where x.batch_id = b.batch_id and x.voided_at is null and true
      order by x.leg_id limit 1) is not null or (select x.input_batch_id from lineage x where x.input_batch_id = b.batch_id and x.voided_at is null and true
      order by x.output_batch_id limit 1) is not null or (select x.output_batch_id from lineage x where x.output_batch_id = b.batch_id and x.voided_at is null and true
      order by x.input_batch_id limit 1) is not null or (select x.part_batch_id from fitting x where x.part_batch_id = b.batch_id and x.voided_at is null and true
      order by x.fitting_id limit 1) is not null or (select x.batch_id from fitting x where x.batch_id = b.batch_id and x.voided_at is null and true
      order by x.fitting_id limit 1) is not null or (select x.content_batch_id from containment x where x.content_batch_id = b.batch_id and x.voided_at is null and true
      order by x.containment_id limit 1) is not null or (b.lot is not null and not exists (
        select 1 from batch y where y.product_id = b.product_id and y.lot = b.lot and y.batch_id <> b.batch_id
          and (b.source_id is not null or (select z.batch_id from run z where z.batch_id = y.batch_id and z.voided_at is null order by z.run_id limit 1) is not null or (select z.batch_id from item z where z.batch_id = y.batch_id and z.voided_at is null order by z.item_id limit 1) is not null or (select z.input_batch_id from lineage z where z.input_batch_id = y.batch_id and z.voided_at is null order by z.output_batch_id limit 1) is not null or (select z.output_batch_id from lineage z where z.output_batch_id = y.batch_id and z.voided_at is null order by z.input_batch_id limit 1) is not null))
      and exists (
        select 1 from event_reference r join event x on x.event_key = r.event_key
        where r.reference = hashtextextended('l:' || b.product_id || ':' || b.lot, 0) and x.voided_at is null and true)));

-- batch-facts.sql.ts loadRuns: 1 rows; no large table
select r.batch_id, r.site_id, r.line, r.revision, r.produced_from, r.produced_to, r.quantity
     from run r where r.batch_id = any($1::bigint[]) and r.voided_at is null
       and true
     order by r.batch_id, r.run_id;

-- closure.ts closureOf: 2 rows; no large table
with recursive reached (batch_id) as (
       select unnest($1::bigint[])
       union
       select next.batch_id
       from reached r
       join lineage l on l.input_batch_id = r.batch_id and l.voided_at is null and true
       cross join lateral (
         select l.output_batch_id as batch_id
         union all
         -- rows of one pool join all inputs to all outputs
         select p.output_batch_id from lineage p where l.pool is not null and p.pool = l.pool and p.voided_at is null and true
       ) next
     )
     select batch_id from reached;

-- count-buyers.ts countSettled: 1 rows; leg by leg_item_ended, registration by registration_item, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     ),
     -- what a batch tells of its sales: read once a batch, not once a sale
     sold_batch as materialized (
       select b.batch_id, b.product_id, p.unit, exists (
         select from batch o join sale_return r on r.batch_id = o.batch_id
         where o.product_id = b.product_id and r.sale_event_key is null and r.item_id is null and r.voided_at is null and true) as may_be_back
       from (select a.batch_id from affected_batch a union select u.batch_id from unlotted_sale u) named
       join batch b on b.batch_id = named.batch_id
       join product p on p.product_id = b.product_id
     ),
     told_sale as materialized (
       select w.sale_id, w.event_key, w.item_id, w.buyer_id, w.certain, b.unit,
         w.quantity, w.whole or w.item_id is not null as booked,
         w.unknown_amount or (w.without_lot and w.buyer_id is null) or (w.item_id is null and b.may_be_back) as is_open
       from affected_sale w
       join sold_batch b on b.batch_id = w.batch_id
       where true
     ),
     open_sale as materialized (
       select t.sale_id from told_sale t where t.is_open
       union all
       select t.sale_id from told_sale t join sale_return r on r.sale_event_key = t.event_key and r.voided_at is null and true
       union all
       select t.sale_id from told_sale t
       join (select o.item_id from told_sale o where o.item_id is not null group by o.item_id having count(*) > 1) again
         on again.item_id = t.item_id
       union all
       select t.sale_id from told_sale t join registration g on g.item_id = t.item_id and g.voided_at is null
       union all
       select t.sale_id from told_sale t join leg l on l.item_id = t.item_id and ((l.state = 'SCRAPPED' and l.quantity > 0) or (l.kind = 'RETURNED' and l.state <> 'SOLD')) and l.voided_at is null and true
     ),
     settled_sale as not materialized (
       select t.* from told_sale t where not exists (select from open_sale o where o.sale_id = t.sale_id)
     ),
     -- each buyer once, by hash: counting distinct ones sorts
     settled_buyer as (
       select t.buyer_id, bool_or(t.certain) as certain from settled_sale t where t.buyer_id is not null group by t.buyer_id
     )
     select null as unit, count(*) as one, count(*) filter (where b.certain) as other,
       (select array_agg(distinct o.sale_id) from open_sale o) as open
     from settled_buyer b
     union all
     select t.unit, coalesce(sum(t.quantity) filter (where t.booked), 0)::bigint,
       coalesce(sum(t.quantity) filter (where not t.booked), 0)::bigint, null
     from settled_sale t where t.buyer_id is null
     group by t.unit;

-- count-buyers.ts countSettled: 1 rows; leg by leg_item_ended, registration by registration_item, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       union all
       select w.*, a.certain, a.whole, false
       from affected_batch a join sale w on w.batch_id = a.batch_id
       where w.voided_at is null and true and not a.whole and w.item_id is null
         and exists (select 1 from batch b where b.batch_id = a.batch_id and b.lot is not null)
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     ),
     -- what a batch tells of its sales: read once a batch, not once a sale
     sold_batch as materialized (
       select b.batch_id, b.product_id, p.unit, exists (
         select from batch o join sale_return r on r.batch_id = o.batch_id
         where o.product_id = b.product_id and r.sale_event_key is null and r.item_id is null and r.voided_at is null and true) as may_be_back
       from (select a.batch_id from affected_batch a union select u.batch_id from unlotted_sale u) named
       join batch b on b.batch_id = named.batch_id
       join product p on p.product_id = b.product_id
     ),
     told_sale as materialized (
       select w.sale_id, w.event_key, w.item_id, w.buyer_id, w.certain, b.unit,
         w.quantity, w.whole or w.item_id is not null as booked,
         w.unknown_amount or (w.without_lot and w.buyer_id is null) or (w.item_id is null and b.may_be_back) as is_open
       from affected_sale w
       join sold_batch b on b.batch_id = w.batch_id
       where true
     ),
     open_sale as materialized (
       select t.sale_id from told_sale t where t.is_open
       union all
       select t.sale_id from told_sale t join sale_return r on r.sale_event_key = t.event_key and r.voided_at is null and true
       union all
       select t.sale_id from told_sale t
       join (select o.item_id from told_sale o where o.item_id is not null group by o.item_id having count(*) > 1) again
         on again.item_id = t.item_id
       union all
       select t.sale_id from told_sale t join registration g on g.item_id = t.item_id and g.voided_at is null
       union all
       select t.sale_id from told_sale t join leg l on l.item_id = t.item_id and ((l.state = 'SCRAPPED' and l.quantity > 0) or (l.kind = 'RETURNED' and l.state <> 'SOLD')) and l.voided_at is null and true
     ),
     settled_sale as not materialized (
       select t.* from told_sale t where not exists (select from open_sale o where o.sale_id = t.sale_id)
     ),
     -- each buyer once, by hash: counting distinct ones sorts
     settled_buyer as (
       select t.buyer_id, bool_or(t.certain) as certain from settled_sale t where t.buyer_id is not null group by t.buyer_id
     )
     select null as unit, count(*) as one, count(*) filter (where b.certain) as other,
       (select array_agg(distinct o.sale_id) from open_sale o) as open
     from settled_buyer b
     union all
     select t.unit, coalesce(sum(t.quantity) filter (where t.booked), 0)::bigint,
       coalesce(sum(t.quantity) filter (where not t.booked), 0)::bigint, null
     from settled_sale t where t.buyer_id is null
     group by t.unit;

-- count-buyers.ts countTogether: 1 rows; leg by leg_item_ended, registration by registration_item, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     ),
     -- what a batch tells of its sales: read once a batch, not once a sale
     sold_batch as materialized (
       select b.batch_id, b.product_id, p.unit, exists (
         select from batch o join sale_return r on r.batch_id = o.batch_id
         where o.product_id = b.product_id and r.sale_event_key is null and r.item_id is null and r.voided_at is null and true) as may_be_back
       from (select a.batch_id from affected_batch a union select u.batch_id from unlotted_sale u) named
       join batch b on b.batch_id = named.batch_id
       join product p on p.product_id = b.product_id
     ),
     told_sale as materialized (
       select w.sale_id, w.event_key, w.item_id, w.buyer_id, w.certain, b.unit,
         w.quantity, w.whole or w.item_id is not null as booked,
         w.unknown_amount or (w.without_lot and w.buyer_id is null) or (w.item_id is null and b.may_be_back) as is_open
       from affected_sale w
       join sold_batch b on b.batch_id = w.batch_id
       where true
     ),
     open_sale as materialized (
       select t.sale_id from told_sale t where t.is_open
       union all
       select t.sale_id from told_sale t join sale_return r on r.sale_event_key = t.event_key and r.voided_at is null and true
       union all
       select t.sale_id from told_sale t
       join (select o.item_id from told_sale o where o.item_id is not null group by o.item_id having count(*) > 1) again
         on again.item_id = t.item_id
       union all
       select t.sale_id from told_sale t join registration g on g.item_id = t.item_id and g.voided_at is null
       union all
       select t.sale_id from told_sale t join leg l on l.item_id = t.item_id and ((l.state = 'SCRAPPED' and l.quantity > 0) or (l.kind = 'RETURNED' and l.state <> 'SOLD')) and l.voided_at is null and true
     ),
     settled_sale as not materialized (
       select t.* from told_sale t where not exists (select from open_sale o where o.sale_id = t.sale_id)
     ),
     reached_buyer as (
       select o.buyer_id, bool_or(o.certain) as certain
       from (
         select t.buyer_id, t.certain, true as holds from settled_sale t where t.buyer_id is not null
         union all
         select * from unnest(
           $11::bigint[],
           $12::boolean[],
           $13::boolean[])
       ) o
       group by o.buyer_id having bool_or(o.holds)
     )
     select count(*) as buyers, count(*) filter (where certain) as certain_buyers from reached_buyer;

-- count-buyers.ts countTogether: 1 rows; leg by leg_item_ended, registration by registration_item, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       union all
       select w.*, a.certain, a.whole, false
       from affected_batch a join sale w on w.batch_id = a.batch_id
       where w.voided_at is null and true and not a.whole and w.item_id is null
         and exists (select 1 from batch b where b.batch_id = a.batch_id and b.lot is not null)
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     ),
     -- what a batch tells of its sales: read once a batch, not once a sale
     sold_batch as materialized (
       select b.batch_id, b.product_id, p.unit, exists (
         select from batch o join sale_return r on r.batch_id = o.batch_id
         where o.product_id = b.product_id and r.sale_event_key is null and r.item_id is null and r.voided_at is null and true) as may_be_back
       from (select a.batch_id from affected_batch a union select u.batch_id from unlotted_sale u) named
       join batch b on b.batch_id = named.batch_id
       join product p on p.product_id = b.product_id
     ),
     told_sale as materialized (
       select w.sale_id, w.event_key, w.item_id, w.buyer_id, w.certain, b.unit,
         w.quantity, w.whole or w.item_id is not null as booked,
         w.unknown_amount or (w.without_lot and w.buyer_id is null) or (w.item_id is null and b.may_be_back) as is_open
       from affected_sale w
       join sold_batch b on b.batch_id = w.batch_id
       where true
     ),
     open_sale as materialized (
       select t.sale_id from told_sale t where t.is_open
       union all
       select t.sale_id from told_sale t join sale_return r on r.sale_event_key = t.event_key and r.voided_at is null and true
       union all
       select t.sale_id from told_sale t
       join (select o.item_id from told_sale o where o.item_id is not null group by o.item_id having count(*) > 1) again
         on again.item_id = t.item_id
       union all
       select t.sale_id from told_sale t join registration g on g.item_id = t.item_id and g.voided_at is null
       union all
       select t.sale_id from told_sale t join leg l on l.item_id = t.item_id and ((l.state = 'SCRAPPED' and l.quantity > 0) or (l.kind = 'RETURNED' and l.state <> 'SOLD')) and l.voided_at is null and true
     ),
     settled_sale as not materialized (
       select t.* from told_sale t where not exists (select from open_sale o where o.sale_id = t.sale_id)
     ),
     reached_buyer as (
       select o.buyer_id, bool_or(o.certain) as certain
       from (
         select t.buyer_id, t.certain, true as holds from settled_sale t where t.buyer_id is not null
         union all
         select * from unnest(
           $11::bigint[],
           $12::boolean[],
           $13::boolean[])
       ) o
       group by o.buyer_id having bool_or(o.holds)
     )
     select count(*) as buyers, count(*) filter (where certain) as certain_buyers from reached_buyer;

-- custody-gaps.ts silentSites: 4 rows; event by event_pkey, event_reference by event_reference_pkey
select s.site_id
     from unnest($1::bigint[]) as s (site_id)
     where not exists (
       select 1 from event_reference r join event e on e.event_key = r.event_key
       where r.reference = hashtextextended('s:' || s.site_id, 0)
         and (e.site_id = s.site_id or e.from_site_id = s.site_id or (e.to_site_id = s.site_id and e.kind = 'RECEIVED'))
         and e.voided_at is null and true);

-- custody-gaps.ts unopenedUnits: 0 rows; containment by containment_content_batch, containment by containment_content_item, event by event_pkey, event_reference by event_reference_pkey, item by item_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     packed_good as (
       select c.unit_id, i.product_id, c.quantity
       
  from affected_batch a
  join item i on i.batch_id = a.batch_id
  left join named_item n on n.item_id = i.item_id
  left join spared_item s on s.item_id = i.item_id
       join containment c on c.content_item_id = i.item_id
       where s.item_id is null and (a.whole or n.item_id is not null) and i.voided_at is null and c.voided_at is null and true
         and not (c.unpacked_at is not null and true)
       union all
       select c.unit_id, b.product_id, c.quantity
       from affected_batch a join batch b on b.batch_id = a.batch_id
       join containment c on c.content_batch_id = a.batch_id
       where a.whole and c.voided_at is null and true
         and not (c.unpacked_at is not null and true)
     ),
     unopened_unit as (
       select p.unit_id, p.product_id,
         case when bool_and(p.quantity is not null) then sum(p.quantity)::bigint end as quantity
       from packed_good p group by p.unit_id, p.product_id
     )
     select u.unit_id, u.product_id, t.to_site_id as site_id, w.party_id, u.quantity
     from unopened_unit u
     cross join lateral (
       select e.to_site_id
       from event_reference r join event e on e.event_key = r.event_key
       where r.reference = hashtextextended('u:' || u.unit_id, 0) and e.kind = 'RECEIVED' and e.unit_id = u.unit_id
         and e.voided_at is null and true
       order by e.occurred_at desc, e.event_key limit 1
     ) t
     join site w on w.site_id = t.to_site_id
     order by u.unit_id, u.product_id;

-- derivation.sql.ts readState: 1 rows; no large table
select max(d.version) filter (where d.finished_at is not null) as version, coalesce(bool_or(d.finished_at is null), false) as is_running,
  coalesce(bool_or(d.finished_at is null and d.changes > 0), false) as is_mixed,
  coalesce(bool_or(d.changes > 0 and $1::timestamptz(3) < d.finished_at), false) as is_changed_since
from derivation d;

-- evaluate-scope.ts loadEventIds: 0 rows; event by event_pkey
select e.event_key, e.event_id
     from unnest($1::uuid[]) as named_event (event_key) join event e on e.event_key = named_event.event_key;

-- fates.sql.ts loadRegistered: 4 rows; registration by registration_pkey
select g.batch_id, g.item_id, g.country, g.region, g.registered_at as at
     from unnest($1::bigint[]) as member (batch_id)
     join registration g on g.batch_id = member.batch_id
     where g.voided_at is null and true;

-- fates.sql.ts loadSold: 4 rows; sale by sale_pkey
select w.batch_id, w.item_id, w.country, w.region, w.occurred_at as at
     from unnest($1::bigint[]) as member (batch_id)
     join sale w on w.batch_id = member.batch_id
     where w.voided_at is null and true;

-- held-legs.sql.ts loadUnplaced: 0 rows; item by item_pkey, leg by leg_item, leg by leg_pkey
with reached as (
       select b.batch_id, b.lot from unnest($1::bigint[]) as r (batch_id) join batch b on b.batch_id = r.batch_id
     )
     select r.batch_id, null::bigint as units, null::timestamptz as until
     from reached r
     where r.lot is not null and not exists (select 
    from leg l join site s on s.site_id = l.site_id
    where l.batch_id = r.batch_id and l.voided_at is null and true
      and s.gln <> 'urn:tracewright:unknown' and not (l.kind = 'SHIPPED' and l.state = 'IN_TRANSIT')
      -- what was out of its unit when that went on
      and (l.quantity <> 0 or l.unknown_amount or l.kind = 'SERVICED'))
     union all
     select i.batch_id, count(*), f.occurred_at
     from reached r
     join item i on i.batch_id = r.batch_id and i.voided_at is null and not false
     left join lateral (
       select l.kind, l.occurred_at 
    from leg l join site s on s.site_id = l.site_id
    where l.batch_id = i.batch_id and l.item_id = i.item_id and l.voided_at is null and true
      and s.gln <> 'urn:tracewright:unknown' and not (l.kind = 'SHIPPED' and l.state = 'IN_TRANSIT')
      -- what was out of its unit when that went on
      and (l.quantity <> 0 or l.unknown_amount or l.kind = 'SERVICED')
       order by l.occurred_at limit 1) f on true
     where r.lot is null and (f.kind is null or f.kind = 'RETURNED')
     group by i.batch_id, f.occurred_at;

-- holds.sql.ts heldBatches: 0 rows; no large table
select h.batch_id, h.status
     from unnest($1::bigint[]) as named (batch_id)
     join batch_hold h on h.batch_id = named.batch_id
     where h.voided_at is null and true
     order by h.occurred_at, h.hold_id;

-- holds.sql.ts loadHolds: 0 rows; no large table
select distinct g.batch_id, coalesce(h.site_id, s.site_id) as site_id
     from unnest($2::bigint[]) as named (batch_id)
     join hold_goods g on g.batch_id = named.batch_id and g.item_id = 0
     join hold h on h.hold_id = g.hold_id
     left join site s on s.party_id = h.party_id and h.site_id is null
     where ($1::timestamptz is null and h.released_at is null)
       or (h.placed_at <= $1 and coalesce(h.released_at, 'infinity') > $1);

-- installed.ts loadInstallations: 0 rows; event by event_pkey, fitting by fitting_part_batch
select f.parent_item_id as item_id, b.lot as version,
       coalesce(f.removed_at is not null and true, false) as removed,
       coalesce(e.kind = 'SERVICED', false) as by_service
     from product p
     join batch b on b.product_id = p.product_id
     join fitting f on f.part_batch_id = b.batch_id
     left join event e on e.event_key = f.event_key
     where p.gtin = $1 and f.voided_at is null and true;

-- installed.ts loadWanting: 1 rows; no large table
select distinct r.product_id
     from product p
     join bill_of_materials_line l on l.component_id = p.product_id
     join design_revision r on r.revision_id = l.revision_id
     where p.gtin = $1;

-- installed.ts loadWanting: 40 rows; fitting by fitting_part_batch, item by item_pkey
select i.item_id
     from batch b join item i on i.batch_id = b.batch_id and i.voided_at is null
     where b.product_id = any($1::bigint[])
       and not exists (
         select 1 from fitting f
         join batch v on v.batch_id = f.part_batch_id join product p on p.product_id = v.product_id
         where f.batch_id = i.batch_id and f.parent_item_id = i.item_id and p.gtin = $2 and f.voided_at is null);

-- ledger.sql.ts loadImpliedLegs: 0 rows; event by event_pkey, fitting by fitting_part_item, item by item_live, item by item_pkey, leg by leg_item
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     single_item as (
       select a.batch_id, case when s.item_id is not null then 'SPARED' when a.whole then 'SURER' else 'ALONE' end as stands,
         case when s.item_id is null then coalesce(n.certain, a.certain) else a.any_certain end as certain, i.item_id,
         coalesce(i.site_id, (
  select its_run.site_id from run its_run join event its_event on its_event.event_key = its_run.event_key
  where its_run.batch_id = i.batch_id and its_run.site_id is not null and its_run.voided_at is null and true
  order by coalesce(its_run.produced_from <= i.produced_at and coalesce(its_run.produced_to, its_run.produced_from) >= i.produced_at, false) desc,
    coalesce(its_run.produced_from <= i.produced_at, false) desc,
    case when its_run.produced_from <= i.produced_at then its_run.produced_from end desc nulls last,
    its_run.produced_from, its_event.event_id collate "C"
  limit 1)) as made_site_id,
         coalesce(r.quantity_known, false) and not exists (
           select 1 from leg l where l.batch_id = i.batch_id and l.item_id = i.item_id and l.state = 'SOURCE' and l.voided_at is null) as made_by_lot,
         u.site_id as used_site_id,
         u.site_id is not null and not exists (
           select 1 from leg l where l.batch_id = i.batch_id and l.item_id = i.item_id and l.state in ('CONSUMED', 'FITTED')
             and l.quantity > 0 and l.voided_at is null) as used_by_lot
       
  from affected_batch a
  join item i on i.batch_id = a.batch_id
  left join named_item n on n.item_id = i.item_id
  left join spared_item s on s.item_id = i.item_id
       left join lateral (
         select bool_or(r.quantity is not null) as quantity_known
         from run r where r.batch_id = i.batch_id and r.voided_at is null and true
       ) r on true
       left join lateral (
         select m.site_id
         from fitting f
         join item o on o.batch_id = f.batch_id and o.item_id = f.parent_item_id and o.voided_at is null
         cross join lateral (select coalesce(o.site_id, (
  select its_run.site_id from run its_run join event its_event on its_event.event_key = its_run.event_key
  where its_run.batch_id = o.batch_id and its_run.site_id is not null and its_run.voided_at is null and true
  order by coalesce(its_run.produced_from <= o.produced_at and coalesce(its_run.produced_to, its_run.produced_from) >= o.produced_at, false) desc,
    coalesce(its_run.produced_from <= o.produced_at, false) desc,
    case when its_run.produced_from <= o.produced_at then its_run.produced_from end desc nulls last,
    its_run.produced_from, its_event.event_id collate "C"
  limit 1)) as site_id) m
         where f.part_item_id = i.item_id and m.site_id is not null and f.voided_at is null and true
         order by f.fitted_at, f.fitting_id
         limit 1
       ) u on true
       where i.voided_at is null and ((not a.whole and n.item_id is not null) or (a.whole and (s.item_id is not null or (coalesce(n.certain, a.certain) and not a.any_certain))))
     )
     select g.batch_id, g.stands, g.certain, g.made_site_id, m.party_id as made_party_id, g.made_by_lot,
       g.used_site_id, w.party_id as used_party_id, g.used_by_lot, count(*) as quantity,
       sum(hashint8(g.item_id))::bigint as trail
     from single_item g
     left join site m on m.site_id = g.made_site_id
     left join site w on w.site_id = g.used_site_id
     group by g.batch_id, g.stands, g.certain, g.made_site_id, m.party_id, g.made_by_lot, g.used_site_id, w.party_id, g.used_by_lot;

-- ledger.sql.ts loadLedger: 8 rows; leg by leg_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  )
     select l.batch_id, l.site_id, l.party_id, l.state, l.kind, (l.quantity > 0 or (l.quantity = 0 and l.kind = 'SERVICED' and not l.unknown_amount)) as inward, coalesce(n.certain, case when l.item_id is null then a.any_certain else a.certain end) as certain,
       sum(l.quantity)::bigint as quantity, bool_or(l.unknown_amount) as unknown_amount,
       coalesce(sum(l.quantity * hashint8(l.item_id)), 0)::bigint as trail
     
  from affected_batch a
  join leg l on l.batch_id = a.batch_id
  left join named_item n on n.item_id = l.item_id
  left join spared_item s on s.item_id = l.item_id
     where s.item_id is null and (a.whole or n.item_id is not null) and l.voided_at is null and true
     group by l.batch_id, l.site_id, l.party_id, l.state, l.kind, (l.quantity > 0 or (l.quantity = 0 and l.kind = 'SERVICED' and not l.unknown_amount)), coalesce(n.certain, case when l.item_id is null then a.any_certain else a.certain end);

-- ledger.sql.ts loadLotLegs: 0 rows; leg by leg_event, leg by leg_pkey
select l.batch_id, l.site_id, l.party_id, l.state, l.kind, (l.quantity > 0 or (l.quantity = 0 and l.kind = 'SERVICED' and not l.unknown_amount)) as inward, false as certain,
       sum(l.quantity)::bigint as quantity, bool_or(l.unknown_amount) as unknown_amount
     from unnest($1::bigint[]) as partly_affected (batch_id)
     join leg l on l.batch_id = partly_affected.batch_id and l.item_id is null
     -- all but their making, which moves none of its items
     where (l.kind in ('SHIPPED', 'RECEIVED', 'SOLD', 'RETURNED', 'DISPOSED', 'CONSUMED', 'FITTED', 'FITTING_ENDED', 'SERVICED')
         or (l.kind = 'RELABELLED' and not exists (
           select from leg o where o.batch_id = l.batch_id and o.event_key = l.event_key and o.item_id is null
             and o.state = 'SOURCE' and o.voided_at is null)))
       and l.voided_at is null and true
     group by l.batch_id, l.site_id, l.party_id, l.state, l.kind, (l.quantity > 0 or (l.quantity = 0 and l.kind = 'SERVICED' and not l.unknown_amount));

-- ledger.sql.ts loadReturns: 0 rows; no large table
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  )
     select w.batch_id, w.site_id, w.party_id, sum(w.quantity)::bigint as quantity, bool_or(w.unknown_amount) as unknown_amount
     
  from affected_batch a
  join sale_return w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
     where s.item_id is null and (a.whole or n.item_id is not null) and w.voided_at is null and true
     group by w.batch_id, w.site_id, w.party_id;

-- load-graph.ts loadBills: 2 rows; no large table
select r.product_id, r.code, l.component_id, l.position, l.quantity
     from design_revision r
     left join bill_of_materials_line l on l.revision_id = r.revision_id
     where r.product_id = any($1::bigint[]);

-- load-graph.ts loadDoubledParts: 0 rows; fitting by fitting_part_item
select distinct a.part_item_id as item_id
     from unnest($1::bigint[]) as part (item_id)
     join fitting a on a.part_item_id = part.item_id and a.voided_at is null
     join fitting b on b.part_item_id = a.part_item_id and b.parent_item_id > a.parent_item_id and b.voided_at is null
     where coalesce(a.fitted_at, '-infinity') < coalesce(b.removed_at, 'infinity')
       and coalesce(b.fitted_at, '-infinity') < coalesce(a.removed_at, 'infinity')
       and true and true;

-- load-graph.ts loadFittings: 2 rows; event by event_pkey, fitting by fitting_pkey
select f.fitting_id, f.parent_item_id, f.batch_id, f.part_batch_id, p.product_id, p.lot is null as without_lot, f.part_item_id,
       f.position, f.quantity, f.fitted_at, case when e.occurred_at = f.fitted_at then e.occurred_to else f.fitted_at end as fitted_to,
       case when true then f.removed_at end as removed_at,
       case when f.quantity is null and f.part_item_id is null and f.removed_event_key <> f.event_key
         then exists (select from event x where x.event_key = f.removed_event_key and x.kind = 'SERVICED') else false end as took_one,
       coalesce(e.kind = 'SERVICED', false) as by_service, coalesce(e.kind = 'RELABELLED', false) as relabelled,
       coalesce((e.body ->> 'alternative')::boolean, false) as alternative, f.event_key, e.event_id
     from unnest($1::bigint[]) as reached (batch_id)
     join fitting f on f.batch_id = reached.batch_id
     join batch p on p.batch_id = f.part_batch_id and p.product_id = any($2::bigint[])
     left join event e on e.event_key = f.event_key
     where f.voided_at is null and true
     order by f.fitting_id;

-- load-graph.ts loadMade: 1 rows; event by event_pkey
select l.input_batch_id, l.output_batch_id, b.product_id, b.lot is null as without_lot,
       case e.kind when 'CONSUMED' then e.item2_id when 'RELABELLED' then e.item_id end as input_item_id,
       coalesce(e.kind = 'RELABELLED', false) as relabelled,
       -- goods that got another name did not mix by that, whatever they are
       case when e.kind = 'RELABELLED' and p.dimension in ('PIECES', 'LENGTH') then 'DISCRETE' else l.mixing end as mixing,
       l.pool, l.quantity,
       l.occurred_at, case when e.occurred_at = l.occurred_at then e.occurred_to else l.occurred_at end as occurred_to, l.event_key, e.event_id
     from lineage l
     join batch b on b.batch_id = l.input_batch_id
     join product p on p.product_id = b.product_id
     left join event e on e.event_key = l.event_key
     where l.output_batch_id = any($1::bigint[]) and l.kind = 'MADE'
       and l.voided_at is null and true
     order by l.lineage_id;

-- load-graph.ts otherSources: 0 rows; no large table
select b.batch_id as component_batch_id, o.batch_id
     from unnest($1::bigint[]) as reached (batch_id)
     join batch b on b.batch_id = reached.batch_id
     join batch o on o.product_id = b.product_id and o.lot = b.lot and (o.source_id is null) <> (b.source_id is null);

-- load-graph.ts undescribed: 0 rows; no large table
select p.product_id from product p where p.product_id = any($1::bigint[]) and p.stub;

-- master.sql.ts loadProducts: 2 rows; no large table
select p.product_id, p.gtin, p.kind, p.unit
     from unnest($1::bigint[]) as named (product_id)
     join product p on p.product_id = named.product_id;

-- master.sql.ts loadSites: 4 rows; no large table
select s.site_id, s.party_id, s.kind, coalesce(s.country, p.country) as country, coalesce(s.region, p.region) as region, p.roles
     from unnest($1::bigint[]) as named (site_id)
     join site s on s.site_id = named.site_id
     join party p on p.party_id = s.party_id;

-- members.ts pageOfItems: 4 rows; item by item_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  )
     select distinct on (i.item_id) i.item_id, i.batch_id, i.product_id, p.kind, i.serial
     
  from affected_batch a
  join item i on i.batch_id = a.batch_id
  left join named_item n on n.item_id = i.item_id
  left join spared_item s on s.item_id = i.item_id
     join product p on p.product_id = i.product_id
     where s.item_id is null and (a.whole or n.item_id is not null) and i.voided_at is null and true and true
     order by i.item_id, coalesce(n.certain, a.certain) desc, i.batch_id
     limit all;

-- membership.ts loadSubject: 1 rows; item by item_live
select i.batch_id from item i where i.item_id = $1 and i.voided_at is null;

-- missing-genealogy.sql.ts loadStockLevels: 4 rows; event by event_pkey, leg by leg_event, leg by leg_pkey
with moved as (
       select l.batch_id, l.site_id, l.state, l.quantity, l.unknown_amount, w.outward,
         case when w.outward then t.occurred_to else l.occurred_at end as occurred_at
       from unnest($1::bigint[]) as component (batch_id)
       join leg l on l.batch_id = component.batch_id and l.state in ('ON_HAND', 'IN_TRANSIT')
       join event e on e.event_key = l.event_key
       cross join lateral (select l.occurred_at, e.occurred_at = 'epoch' as undated,
         case when e.occurred_at = 'epoch' then timestamptz '9999-12-31'
           when l.kind = 'PRODUCED' then coalesce((e.body -> 'produced_to' ->> 'to')::timestamptz, timestamptz '9999-12-31')
           when e.occurred_at = l.occurred_at then e.occurred_to else l.occurred_at end as occurred_to) t
       cross join lateral (select (l.quantity < 0 or (l.quantity = 0 and case
    when l.state = 'IN_TRANSIT' then l.kind = 'RECEIVED'
    when l.kind = 'RELABELLED' then not exists (
      select from leg x where x.batch_id = l.batch_id and x.event_key = l.event_key and x.state = 'SOURCE')
    else l.kind in ('SHIPPED', 'SOLD', 'DISPOSED', 'CONSUMED', 'FITTED', 'SERVICED') end)) as outward) w
       where l.voided_at is null and true and not false
     ),
     change as (
       select m.batch_id, m.site_id, m.occurred_at,
         coalesce(sum(m.quantity) filter (where m.state = 'ON_HAND'), 0) as on_hand,
         coalesce(sum(m.quantity) filter (where m.state = 'IN_TRANSIT'), 0) as in_transit,
         coalesce(sum(m.quantity) filter (where m.state = 'ON_HAND' and m.outward), 0) as left_hand,
         coalesce(sum(m.quantity) filter (where m.state = 'IN_TRANSIT' and m.outward), 0) as left_transit,
         -- of an unknown amount at least one went out, and no bound came in
         count(*) filter (where m.state = 'ON_HAND' and m.unknown_amount and m.outward) as out_unknown,
         bool_or(m.unknown_amount and not m.outward) as unbounded,
         bool_or(m.unknown_amount and not m.outward and m.state = 'ON_HAND') as unbounded_hand
       from moved m
       group by m.batch_id, m.site_id, m.occurred_at
     )
     select c.batch_id, c.site_id, c.occurred_at,
       sum(c.on_hand) over earlier > 0 or sum(c.in_transit) over earlier > 0 or bool_or(c.unbounded) over earlier as present,
       -- at equal times what comes is there before what goes
       sum(c.on_hand) over earlier - c.left_hand > 0 or sum(c.in_transit) over earlier - c.left_transit > 0 as passing,
       sum(c.on_hand - c.out_unknown) over earlier < 0 and not bool_or(c.unbounded_hand) over earlier as short
     from change c
     window earlier as (partition by c.batch_id, c.site_id order by c.occurred_at)
     order by c.batch_id, c.site_id, c.occurred_at;

-- missing-genealogy.sql.ts loadUncoveredItems: 0 rows; containment by containment_content_batch, event by event_pkey, event_reference by event_reference_pkey, fitting by fitting_parent, fitting by fitting_part_batch, fitting by fitting_pkey, item by item_pkey, leg by leg_pkey
with need as (
       select d.product_id, d.code, l.component_id, sum(l.quantity) as quantity
       from (select distinct c.product_id from unnest($1::bigint[]) as c (product_id)) component
       join bill_of_materials_line l on l.component_id = component.product_id
       join design_revision d on d.revision_id = l.revision_id
       group by d.product_id, d.code, l.component_id
     ),
     wanting_item as (
       select i.item_id, i.batch_id, i.site_id, i.produced_at, i.produced_to, n.component_id, max(n.quantity) as quantity
       from need n
       join batch u on u.product_id = n.product_id and u.lot is null
       join item i on i.batch_id = u.batch_id and i.voided_at is null and true
       where (i.known or not exists (
           select 1 from batch o where o.product_id = u.product_id and o.lot is not null and ((select x.batch_id from run x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.run_id limit 1) is not null or (select x.batch_id from item x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.item_id limit 1) is not null or (select x.batch_id from leg x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.leg_id limit 1) is not null or (select x.input_batch_id from lineage x where x.input_batch_id = o.batch_id and x.voided_at is null and true
      order by x.output_batch_id limit 1) is not null or (select x.output_batch_id from lineage x where x.output_batch_id = o.batch_id and x.voided_at is null and true
      order by x.input_batch_id limit 1) is not null or (select x.part_batch_id from fitting x where x.part_batch_id = o.batch_id and x.voided_at is null and true
      order by x.fitting_id limit 1) is not null or (select x.batch_id from fitting x where x.batch_id = o.batch_id and x.voided_at is null and true
      order by x.fitting_id limit 1) is not null or (select x.content_batch_id from containment x where x.content_batch_id = o.batch_id and x.voided_at is null and true
      order by x.containment_id limit 1) is not null or (o.lot is not null and not exists (
        select 1 from batch y where y.product_id = o.product_id and y.lot = o.lot and y.batch_id <> o.batch_id
          and (o.source_id is not null or (select z.batch_id from run z where z.batch_id = y.batch_id and z.voided_at is null order by z.run_id limit 1) is not null or (select z.batch_id from item z where z.batch_id = y.batch_id and z.voided_at is null order by z.item_id limit 1) is not null or (select z.input_batch_id from lineage z where z.input_batch_id = y.batch_id and z.voided_at is null order by z.output_batch_id limit 1) is not null or (select z.output_batch_id from lineage z where z.output_batch_id = y.batch_id and z.voided_at is null order by z.input_batch_id limit 1) is not null))
      and exists (
        select 1 from event_reference r join event x on x.event_key = r.event_key
        where r.reference = hashtextextended('l:' || o.product_id || ':' || o.lot, 0) and x.voided_at is null and true)))))
         -- what only got another serial was made of what it was made of before
         and (i.produced_at is not null or i.site_id is not null or not exists (
           select 1 from fitting g join event x on x.event_key = g.event_key and x.kind = 'RELABELLED'
           where g.batch_id = i.batch_id and g.parent_item_id = i.item_id and g.voided_at is null and true
           offset 0))
         and (i.revision is null or i.revision = n.code
           or not exists (select 1 from design_revision o where o.product_id = u.product_id and o.code = i.revision))
       group by i.item_id, i.batch_id, i.site_id, i.produced_at, i.produced_to, n.component_id
     )
     select w.item_id, w.batch_id, w.component_id, w.site_id, w.produced_at as produced_from, w.produced_to
     from wanting_item w
     where coalesce((
       select sum(coalesce(f.quantity, case when f.part_item_id is not null then 1 else 0 end))
       from fitting f
       join batch p on p.batch_id = f.part_batch_id and p.product_id = w.component_id
       join event e on e.event_key = f.event_key and e.kind <> 'SERVICED'
       where f.batch_id = w.batch_id and f.parent_item_id = w.item_id and (f.part_item_id is not null or p.lot is not null)
         and f.voided_at is null and true), 0) < w.quantity;

-- missing-genealogy.sql.ts loadUncoveredRuns: 40 rows; event by event_pkey, fitting by fitting_pkey, item by item_pkey
with component as (
       select distinct c.product_id from unnest($1::bigint[]) as c (product_id)
     ),
     -- what a unit needs by each revision
     need as (
       select d.product_id, d.code, l.component_id, sum(l.quantity) as quantity
       from component c
       join bill_of_materials_line l on l.component_id = c.product_id
       join design_revision d on d.revision_id = l.revision_id
       group by d.product_id, d.code, l.component_id
     ),
     -- batches whose revision, as far as it is known, wants the component
     wanting_batch as (
       select p.batch_id, n.component_id, max(n.quantity) as quantity
       from need n
       join batch p on p.product_id = n.product_id and p.lot is not null
       left join run r on r.batch_id = p.batch_id and r.voided_at is null and true
       where (r.revision is null or r.revision = n.code
           or not exists (select 1 from design_revision o where o.product_id = p.product_id and o.code = r.revision))
         -- what only got another name was made of what it was made of before
         and (r.batch_id is not null or not exists (
           select 1 from lineage g join event x on x.event_key = g.event_key and x.kind = 'RELABELLED'
           where g.output_batch_id = p.batch_id and g.kind = 'MADE' and g.voided_at is null and true
           offset 0)) -- by the index of each batch, not all events hashed
       group by p.batch_id, n.component_id
     ),
     made as (
       select w.batch_id, w.component_id, w.quantity as unit_quantity,
         (select case when bool_and(r.quantity is not null) then sum(r.quantity) end
          from run r where r.batch_id = w.batch_id and r.voided_at is null and true) as units,
         (select count(*) from item i where i.batch_id = w.batch_id and i.voided_at is null and true) as items
       from wanting_batch w
     ),
     uncovered_batch as (
       select m.batch_id, m.component_id from made m
       where m.units is null or (
         coalesce((
           select sum(l.quantity) from lineage l
           join batch i on i.batch_id = l.input_batch_id and i.product_id = m.component_id and i.lot is not null
           where l.output_batch_id = m.batch_id and l.kind = 'MADE' and l.voided_at is null and true), 0)
           < m.unit_quantity * m.units
         and (
           -- units with parts enough from the beginning: what a workshop put in tells nothing of that
           select count(*) from (
             select f.parent_item_id
             from fitting f
             join batch i on i.batch_id = f.part_batch_id and i.product_id = m.component_id
             join event e on e.event_key = f.event_key and e.kind <> 'SERVICED'
             where f.batch_id = m.batch_id and (f.part_item_id is not null or i.lot is not null)
               and f.voided_at is null and true
             group by f.parent_item_id
             having sum(coalesce(f.quantity, case when f.part_item_id is not null then 1 else 0 end)) >= m.unit_quantity
           ) as built_unit) < greatest(m.items, m.units, 1))
     )
     select u.component_id, u.batch_id, r.site_id, r.produced_from, r.produced_to
     from uncovered_batch u
     left join run r on r.batch_id = u.batch_id and r.voided_at is null and true;

-- other-inputs.sql.ts otherInputs: 0 rows; event by event_pkey
with step as (
       select * from unnest($1::bigint[], $2::bigint[]) as s (input_batch_id, output_batch_id)
     ),
     pool as (
       select distinct s.input_batch_id, s.output_batch_id, l.pool
       from step s join lineage l on l.output_batch_id = s.output_batch_id and l.pool is not null and l.voided_at is null
     ),
     input as (
       select s.input_batch_id as beside, s.output_batch_id, l.input_batch_id, l.occurred_at, l.event_key
       from step s join lineage l on l.output_batch_id = s.output_batch_id and l.kind = 'MADE' and l.voided_at is null and true
       union
       -- rows of one pool join all inputs to all outputs
       select p.input_batch_id, p.output_batch_id, l.input_batch_id, l.occurred_at, l.event_key
       from pool p join lineage l on l.pool = p.pool and l.kind = 'MADE' and l.voided_at is null and true
     )
     select i.input_batch_id, i.output_batch_id, i.occurred_at, i.event_key, e.event_id
     from input i
     join batch b on b.batch_id = i.input_batch_id
     join batch o on o.batch_id = i.beside and o.product_id = b.product_id
     join event e on e.event_key = i.event_key
     where i.input_batch_id not in (i.beside, i.output_batch_id)
     order by i.occurred_at, e.event_id limit $3;

-- resolve-leaf.ts addInspections: 0 rows; no large table
select i.batch_id, i.item_id, b.product_id, i.characteristic, i.value::text, i.lower_limit::text, i.upper_limit::text, i.verdict
     from inspection i join batch b on b.batch_id = i.batch_id
     where i.voided_at is null and true and i.characteristic = $1 and b.product_id = any($2::bigint[]);

-- resolve-leaf.ts namedItems: 1 rows; item_key by item_key_serial
select k.item_id
     from unnest($1::text[], $2::text[]) as named_item (gtin, serial)
     join item_key k on k.serial = named_item.serial
     join product p on p.product_id = k.product_id and (named_item.gtin is null or p.gtin = named_item.gtin);

-- resolve-leaf.ts productsOf: 1 rows; no large table
select coalesce(c.contains_product_id, p.product_id) as product_id
     from product p left join packaging c on c.product_id = p.product_id where p.gtin = $1;

-- resolve-leaf.ts sitesOf: 1 rows; no large table
select s.site_id from site s where s.gln = $1
     union select s.site_id from party p join site s on s.party_id = p.party_id where p.gln = $1;

-- rule-candidates.sql.ts candidateBatches: 1 rows; no large table
select b.batch_id from batch b where not exists (select 1 from packaging k where k.product_id = b.product_id) and b.product_id = any($1::bigint[]) and (b.lot = $2 or b.lot is null);

-- rule-candidates.sql.ts candidateBatches: 20 rows; no large table
select b.batch_id from batch b where not exists (select 1 from packaging k where k.product_id = b.product_id) and b.product_id = any($1::bigint[]) and (not exists (select 1 from run r where r.batch_id = b.batch_id and r.voided_at is null)
      or exists (select 1 from run r where r.batch_id = b.batch_id and r.voided_at is null and (r.revision is null or r.revision = $2)));

-- rule-candidates.sql.ts candidateBatches: 20 rows; no large table
select b.batch_id from batch b where not exists (select 1 from packaging k where k.product_id = b.product_id) and b.product_id = any($1::bigint[]);

-- rule-candidates.sql.ts candidateBatches: 200 rows; no large table
select b.batch_id from batch b where not exists (select 1 from packaging k where k.product_id = b.product_id) and (not exists (select 1 from run r where r.batch_id = b.batch_id and r.voided_at is null)
      or exists (select 1 from run r where r.batch_id = b.batch_id and r.voided_at is null and (r.site_id is null or r.site_id = any($1::bigint[])) and (r.produced_to is null or r.produced_to >= $2::timestamptz)));

-- rule-candidates.sql.ts candidateBatches: 200 rows; no large table
select b.batch_id from batch b where not exists (select 1 from packaging k where k.product_id = b.product_id) and (not exists (select 1 from run r where r.batch_id = b.batch_id and r.voided_at is null)
      or exists (select 1 from run r where r.batch_id = b.batch_id and r.voided_at is null and (r.site_id is null or r.site_id = any($1::bigint[]))));

-- rule-candidates.sql.ts candidateItems: 0 rows; item by item_pkey
select i.item_id from batch b join item i on i.batch_id = b.batch_id where i.voided_at is null and b.product_id = any($2::bigint[]) and ((i.revision = $1) or ((i.site_id is not null or i.line is not null or i.revision is not null) and exists (
      select from run r where r.batch_id = i.batch_id and r.voided_at is null
        and (r.site_id <> i.site_id or r.line <> i.line or r.revision <> i.revision))));

-- rule-candidates.sql.ts candidateItems: 0 rows; item by item_pkey, item by item_site
select i.item_id from item i where i.voided_at is null and (i.site_id = any($1::bigint[]) and (i.produced_at is null or i.produced_to >= $2::timestamptz)) union
     select i.item_id from run r join item i on i.batch_id = r.batch_id
     where r.site_id = any($3::bigint[]) and r.voided_at is null and i.voided_at is null
       and i.site_id is null and ((i.produced_to >= $2::timestamptz and (i.site_id is null or i.site_id = any($1::bigint[]))) or ((i.site_id is not null or i.line is not null or i.revision is not null) and exists (
      select from run r where r.batch_id = i.batch_id and r.voided_at is null
        and (r.site_id <> i.site_id or r.line <> i.line or r.revision <> i.revision))));

-- rule-candidates.sql.ts candidateItems: 0 rows; item by item_site
select i.item_id from item i where i.voided_at is null and (i.site_id = any($1::bigint[]));

-- rule-candidates.sql.ts itemsInRange: 40 rows; item_key by item_key_pkey
select k.item_id, k.serial from item_key k where k.product_id = any($1::bigint[]) and starts_with(k.serial, $2);

-- rule-candidates.sql.ts loadItems: 0 rows; item by item_closed, item by item_pkey
with without_lot as (
       select distinct u.batch_id from batch b
       join batch u on u.product_id = b.product_id and u.lot is null
       where b.batch_id = any($2::bigint[])
     )
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i where i.item_id = any($1::bigint[]) and i.voided_at is null and true
     union
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from without_lot w join item i on i.batch_id = w.batch_id and i.voided_at is null and true
     union
       select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i
       where i.batch_id = any($2::bigint[]) and i.voided_at is null and true and (i.revision is not null or ((i.site_id is not null or i.line is not null or i.revision is not null) and exists (
      select from run r where r.batch_id = i.batch_id and r.voided_at is null
        and (r.site_id <> i.site_id or r.line <> i.line or r.revision <> i.revision))));

-- rule-candidates.sql.ts loadItems: 0 rows; item by item_closed, item by item_pkey
with without_lot as (
       select distinct u.batch_id from batch b
       join batch u on u.product_id = b.product_id and u.lot is null
       where b.batch_id = any($2::bigint[])
     )
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i where i.item_id = any($1::bigint[]) and i.voided_at is null and true
     union
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from without_lot w join item i on i.batch_id = w.batch_id and i.voided_at is null and true
     union
       select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i
       where i.batch_id = any($2::bigint[]) and i.voided_at is null and true and (i.site_id is not null or ((i.site_id is not null or i.line is not null or i.revision is not null) and exists (
      select from run r where r.batch_id = i.batch_id and r.voided_at is null
        and (r.site_id <> i.site_id or r.line <> i.line or r.revision <> i.revision))));

-- rule-candidates.sql.ts loadItems: 0 rows; item by item_closed, item by item_pkey
with without_lot as (
       select distinct u.batch_id from batch b
       join batch u on u.product_id = b.product_id and u.lot is null
       where b.batch_id = any($2::bigint[])
     )
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i where i.item_id = any($1::bigint[]) and i.voided_at is null and true
     union
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from without_lot w join item i on i.batch_id = w.batch_id and i.voided_at is null and true;

-- rule-candidates.sql.ts loadItems: 4 rows; item by item_live, item by item_pkey
with without_lot as (
       select distinct u.batch_id from batch b
       join batch u on u.product_id = b.product_id and u.lot is null
       where b.batch_id = any($2::bigint[])
     )
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i where i.item_id = any($1::bigint[]) and i.voided_at is null and true
     union
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from without_lot w join item i on i.batch_id = w.batch_id and i.voided_at is null and true
     union
       select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i
       where i.batch_id = any($2::bigint[]) and i.voided_at is null and true and (true);

-- rule-candidates.sql.ts loadItems: 400 rows; item by item_closed, item by item_pkey
with without_lot as (
       select distinct u.batch_id from batch b
       join batch u on u.product_id = b.product_id and u.lot is null
       where b.batch_id = any($2::bigint[])
     )
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i where i.item_id = any($1::bigint[]) and i.voided_at is null and true
     union
     select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from without_lot w join item i on i.batch_id = w.batch_id and i.voided_at is null and true
     union
       select i.item_id, i.batch_id, i.product_id, i.serial, i.site_id, i.line, i.revision, i.produced_at, i.produced_to from item i
       where i.batch_id = any($2::bigint[]) and i.voided_at is null and true and (i.site_id is not null or i.produced_at is not null or ((i.site_id is not null or i.line is not null or i.revision is not null) and exists (
      select from run r where r.batch_id = i.batch_id and r.voided_at is null
        and (r.site_id <> i.site_id or r.line <> i.line or r.revision <> i.revision))));

-- sales.sql.ts loadItemEnds: 0 rows; leg by leg_item_ended
select l.item_id, l.state = 'SCRAPPED' as scrapped, l.occurred_at
     from unnest($1::bigint[]) as named (item_id)
     join leg l on l.item_id = named.item_id
     where ((l.state = 'SCRAPPED' and l.quantity > 0) or (l.kind = 'RETURNED' and l.state <> 'SOLD')) and l.voided_at is null and true;

-- sales.sql.ts loadKeepers: 4 rows; registration by registration_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  )
     select g.item_id, g.batch_id, g.buyer_id, g.kind, coalesce(n.certain, a.certain) as certain, g.registered_at,
       case when true then g.ended_at end as ended_at, g.country, g.region
     
  from affected_batch a
  join registration g on g.batch_id = a.batch_id
  left join named_item n on n.item_id = g.item_id
  left join spared_item s on s.item_id = g.item_id
     where s.item_id is null and (a.whole or n.item_id is not null) and g.buyer_id is not null and g.voided_at is null and true
     order by g.registered_at, g.registration_id;

-- sales.sql.ts loadLooseReturns: 0 rows; no large table
select b.product_id, b.batch_id, b.lot, r.occurred_at
     from batch b join sale_return r on r.batch_id = b.batch_id
     where b.product_id = any($1::bigint[]) and r.sale_event_key is null and r.item_id is null
       and r.voided_at is null and true;

-- sales.sql.ts loadSales: 3 rows; item_key by item_key_pkey, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       union all
       select w.*, a.certain, a.whole, false
       from affected_batch a join sale w on w.batch_id = a.batch_id
       where w.voided_at is null and true and not a.whole and w.item_id is null
         and exists (select 1 from batch b where b.batch_id = a.batch_id and b.lot is not null)
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     )
     select w.sale_id, w.event_key, w.batch_id, w.item_id, b.product_id, p.gtin, b.lot, k.serial, p.unit, w.quantity, w.unknown_amount,
       w.buyer_id, w.occurred_at, w.site_id, w.party_id, w.receipt, w.country, w.region,
       w.certain,
       coalesce(r.quantity, 0)::bigint as returned, r.at as returned_at, coalesce(r.unknown_amount, false) as return_unknown
     from affected_sale w
     join batch b on b.batch_id = w.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = w.item_id
     left join lateral (
       select sum(t.quantity)::bigint as quantity, max(t.occurred_at) as at, bool_or(t.unknown_amount) as unknown_amount
       from sale_return t where t.sale_event_key = w.event_key and t.voided_at is null and true
     ) r on true
     
     order by w.occurred_at, w.sale_id;

-- sales.sql.ts loadSales: 3 rows; item_key by item_key_pkey, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       union all
       select w.*, a.certain, a.whole, false
       from affected_batch a join sale w on w.batch_id = a.batch_id
       where w.voided_at is null and true and not a.whole and w.item_id is null
         and exists (select 1 from batch b where b.batch_id = a.batch_id and b.lot is not null)
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     )
     select w.sale_id, w.event_key, w.batch_id, w.item_id, b.product_id, p.gtin, b.lot, k.serial, p.unit, w.quantity, w.unknown_amount,
       w.buyer_id, w.occurred_at, w.site_id, w.party_id, w.receipt, w.country, w.region,
       w.certain,
       coalesce(r.quantity, 0)::bigint as returned, r.at as returned_at, coalesce(r.unknown_amount, false) as return_unknown
     from affected_sale w
     join batch b on b.batch_id = w.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = w.item_id
     left join lateral (
       select sum(t.quantity)::bigint as quantity, max(t.occurred_at) as at, bool_or(t.unknown_amount) as unknown_amount
       from sale_return t where t.sale_event_key = w.event_key and t.voided_at is null and true
     ) r on true
     where w.sale_id = any($11::bigint[])
     order by w.occurred_at, w.sale_id;

-- sales.sql.ts loadSales: 4 rows; item_key by item_key_pkey, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     )
     select w.sale_id, w.event_key, w.batch_id, w.item_id, b.product_id, p.gtin, b.lot, k.serial, p.unit, w.quantity, w.unknown_amount,
       w.buyer_id, w.occurred_at, w.site_id, w.party_id, w.receipt, w.country, w.region,
       w.certain,
       coalesce(r.quantity, 0)::bigint as returned, r.at as returned_at, coalesce(r.unknown_amount, false) as return_unknown
     from affected_sale w
     join batch b on b.batch_id = w.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = w.item_id
     left join lateral (
       select sum(t.quantity)::bigint as quantity, max(t.occurred_at) as at, bool_or(t.unknown_amount) as unknown_amount
       from sale_return t where t.sale_event_key = w.event_key and t.voided_at is null and true
     ) r on true
     
     order by w.occurred_at, w.sale_id;

-- sales.sql.ts loadSales: 4 rows; item_key by item_key_pkey, sale by sale_event, sale by sale_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  ),
     unlotted_sale as (
       select * from unnest($9::bigint[], $10::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, coalesce(n.certain, case when w.item_id is null then a.any_certain else a.certain end) as certain, a.whole, false as without_lot
       
  from affected_batch a
  join sale w on w.batch_id = a.batch_id
  left join named_item n on n.item_id = w.item_id
  left join spared_item s on s.item_id = w.item_id
       where w.voided_at is null and true and s.item_id is null and (a.whole or n.item_id is not null)
       
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and w.voided_at is null
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     )
     select w.sale_id, w.event_key, w.batch_id, w.item_id, b.product_id, p.gtin, b.lot, k.serial, p.unit, w.quantity, w.unknown_amount,
       w.buyer_id, w.occurred_at, w.site_id, w.party_id, w.receipt, w.country, w.region,
       w.certain,
       coalesce(r.quantity, 0)::bigint as returned, r.at as returned_at, coalesce(r.unknown_amount, false) as return_unknown
     from affected_sale w
     join batch b on b.batch_id = w.batch_id
     join product p on p.product_id = b.product_id
     left join item_key k on k.product_id = b.product_id and k.item_id = w.item_id
     left join lateral (
       select sum(t.quantity)::bigint as quantity, max(t.occurred_at) as at, bool_or(t.unknown_amount) as unknown_amount
       from sale_return t where t.sale_event_key = w.event_key and t.voided_at is null and true
     ) r on true
     where w.sale_id = any($11::bigint[])
     order by w.occurred_at, w.sale_id;

-- subject-events.sql.ts itemAndParents: 0 rows; fitting by fitting_part_item
select distinct f.parent_item_id as item_id from fitting f
       where f.part_item_id = any($1::bigint[]) and f.voided_at is null and true;

-- subject-events.sql.ts subjectEvents: 0 rows; event by event_pkey, item by item_live
select e.event_key as "eventKey", e.event_id as "eventId", e.kind, nullif(e.occurred_at, 'epoch') as "occurredAt"
     from (select r.event_key from run r where r.batch_id = $1::bigint and r.voided_at is null and true
 union select i.event_key from item i where i.batch_id = $1::bigint and i.item_id = $2::bigint and i.voided_at is null
 union select l.event_key from lineage l join event e on e.event_key = l.event_key and e.kind = 'RELABELLED'
     where l.output_batch_id = $1::bigint and l.voided_at is null and true) as told join event e on e.event_key = told.event_key
     order by e.occurred_at, e.event_id limit $3;

-- subject-events.sql.ts subjectEvents: 1 rows; event by event_pkey, fitting by fitting_part_item, item by item_live, registration by registration_item, sale by sale_item
select e.event_key as "eventKey", e.event_id as "eventId", e.kind, nullif(e.occurred_at, 'epoch') as "occurredAt"
     from (select r.event_key from run r where r.batch_id = $1::bigint and r.voided_at is null and true
 union select i.event_key from item i where i.batch_id = $1::bigint and i.item_id = $2::bigint and i.voided_at is null
 union select l.event_key from lineage l join event e on e.event_key = l.event_key and e.kind = 'RELABELLED'
     where l.output_batch_id = $1::bigint and l.voided_at is null and true
 union select f.event_key from fitting f where f.part_item_id = any($3::bigint[]) and f.voided_at is null and true
 union select w.event_key from sale w where w.item_id = any($4::bigint[]) and w.voided_at is null and true
 union select g.event_key from registration g where g.item_id = any($5::bigint[]) and g.voided_at is null and true) as told join event e on e.event_key = told.event_key
     order by e.occurred_at, e.event_id limit $6;

-- subject-events.sql.ts subjectEvents: 2 rows; event by event_pkey, registration by registration_pkey, sale by sale_pkey
select e.event_key as "eventKey", e.event_id as "eventId", e.kind, nullif(e.occurred_at, 'epoch') as "occurredAt"
     from (select r.event_key from run r where r.batch_id = $1::bigint and r.voided_at is null and true
 union select i.event_key from item i where i.batch_id = $1::bigint and i.item_id = $2::bigint and i.voided_at is null
 union select l.event_key from lineage l join event e on e.event_key = l.event_key and e.kind = 'RELABELLED'
     where l.output_batch_id = $1::bigint and l.voided_at is null and true
 union select w.event_key from sale w where w.batch_id = $1::bigint and w.voided_at is null and true
 union select g.event_key from registration g where g.batch_id = $1::bigint and g.voided_at is null and true) as told join event e on e.event_key = told.event_key
     order by e.occurred_at, e.event_id limit $3;

-- summary.ts: 1 rows; item by item_pkey
with affected_batch as materialized (
    select * from unnest(
      $1::bigint[],
      $2::boolean[],
      $3::boolean[],
      $4::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest($5::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      $6::bigint[],
      $7::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest($8::bigint[]) as s (item_id)
  )
     -- each item once, by hash, where counting distinct ones would sort
     select t.finished, t.certain, count(*) as items
     from (
       select p.kind = 'FINISHED' as finished, coalesce(n.certain, a.certain) as certain, i.item_id
       
  from affected_batch a
  join item i on i.batch_id = a.batch_id
  left join named_item n on n.item_id = i.item_id
  left join spared_item s on s.item_id = i.item_id
       join product p on p.product_id = i.product_id
       where s.item_id is null and (a.whole or n.item_id is not null) and i.voided_at is null and true and true
       group by p.kind = 'FINISHED', coalesce(n.certain, a.certain), i.item_id
     ) t
     group by t.finished, t.certain;

-- unaccounted.ts unaccountedOf: 4 rows; leg by leg_event, leg by leg_pkey
with account as (
       select l.batch_id, l.site_id, l.state, sum(l.quantity)::bigint as quantity, bool_or(l.unknown_amount) as unknown_amount
       from unnest($1::bigint[]) as named (batch_id)
       join leg l on l.batch_id = named.batch_id and l.state <> 'SOURCE'
       where l.voided_at is null and true
       group by l.batch_id, l.site_id, l.state
     )
     select a.batch_id, a.site_id, a.state, a.quantity, a.unknown_amount,
       exists (
         select 1 from leg v where v.batch_id = a.batch_id and v.site_id = a.site_id and v.quantity > 0
           and (v.state = a.state or (v.state = 'IN_TRANSIT' and a.state = 'ON_HAND'))
           and v.voided_at is not null
           and not exists (select 1 from leg w where w.batch_id = v.batch_id and w.event_key = v.event_key and w.voided_at is null)) as voided,
       a.state = 'ON_HAND' and exists (
         select 1 from batch u join leg c on c.batch_id = u.batch_id and c.site_id = a.site_id and c.state = 'ON_HAND' and c.quantity > 0
         where u.product_id = b.product_id and u.lot is null and c.voided_at is null and true) as without_lot,
       a.state = 'ON_HAND' and exists (
         select 1 from batch o join leg c on c.batch_id = o.batch_id and c.site_id = a.site_id and c.state = 'ON_HAND'
         where o.product_id = b.product_id and o.lot is not null and o.batch_id <> a.batch_id
           and c.voided_at is null and true
         group by o.batch_id having sum(c.quantity) >= -a.quantity) as other_lot
     from account a join batch b on b.batch_id = a.batch_id
     where a.quantity < 0
     order by a.batch_id, a.site_id, a.state collate "C";

-- unaffected-inputs.sql.ts inputsOf: 1 rows; event by event_pkey, fitting by fitting_parent, item by item_live
with input as (
       select 'MADE' as kind, l.event_key, l.occurred_at, l.input_batch_id as from_batch, null::bigint as from_item,
         l.output_batch_id as to_batch, null::bigint as to_item
       from lineage l join batch b on b.batch_id = l.input_batch_id and b.product_id = any($1::bigint[])
       where l.output_batch_id = any($2::bigint[]) and l.kind = 'MADE' and l.voided_at is null and true
       union all
       select 'FITTED', f.event_key, f.fitted_at, f.part_batch_id, f.part_item_id, f.batch_id, f.parent_item_id
       from fitting f join batch b on b.batch_id = f.part_batch_id and b.product_id = any($1::bigint[])
       where f.parent_item_id = any($3::bigint[]) and f.voided_at is null and true
       union all
       select 'MEMBER', i.event_key, i.produced_at, i.batch_id, null, i.batch_id, i.item_id
       from item i join batch b on b.batch_id = i.batch_id and b.lot is not null
       where i.item_id = any($4::bigint[]) and i.voided_at is null
     )
     select i.kind, i.event_key, e.event_id, i.occurred_at, i.from_batch, i.from_item, i.to_batch, i.to_item
     from input i left join event e on e.event_key = i.event_key
     order by i.kind <> 'FITTED', i.occurred_at, e.event_id limit $5;

-- unlotted.sql.ts loadZeroCounts: 0 rows; event by event_pkey
select c.site_id, b.product_id, b.lot, c.occurred_at, e.occurred_to
     from batch b join stock_count c on c.batch_id = b.batch_id join event e on e.event_key = c.event_key
     where b.product_id = any($2::bigint[])
       and ($1::bigint[] is null or c.site_id = any($1::bigint[]))
       and c.quantity = 0 and c.item_id is null and c.voided_at is null and true
     order by c.occurred_at;

-- unlotted.sql.ts moveWithoutLot: 0 rows; leg by leg_pkey
select 1
     from batch b
     cross join lateral (
       -- the first of each by the key: a plain join read the whole ledger to find none
       select l.leg_id from leg l
       where l.batch_id = b.batch_id and l.item_id is null and l.voided_at is null and true
       order by l.leg_id limit 1
     ) moved
     where b.product_id = any($1::bigint[]) and b.lot is null
     limit 1;

-- uses-stated.sql.ts loadUseStatements: 0 rows; event by event_uses_stated
select b.batch_id, e.site_id, e.event_key, e.occurred_at, e.body ->> 'used_in' as used_in
     from unnest($1::bigint[]) as component (batch_id)
     join batch b on b.batch_id = component.batch_id
     join event e on e.kind = 'USES_STATED' and e.product_id = b.product_id and e.lot = b.lot
       and (e.source_id = b.source_id or (e.source_id is null and not exists (
         select from batch o where o.product_id = b.product_id and o.lot = b.lot and o.batch_id <> b.batch_id)))
     where e.voided_at is null and true
     order by e.occurred_at, e.event_key;
