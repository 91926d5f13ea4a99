/** Brings what lineage lets parties see in line for batches one after the other, whatever stood before: flat in memory, unlike all at once. */
import type { PoolClient } from 'pg';
import { deriveSight, type Edge } from './derive-sight.js';

/**
 * $1 batches. Those whose rows are not what their inputs' owners, and the rows of their inputs, ask for; or that are seen by an
 * owner into whose batch they do not go. Where no batch is off by this, none is off at all.
 */
const wronglySeen = `
with asked as materialized (select w.batch_id from unnest($1::bigint[]) as w(batch_id)),
step as materialized (
  select distinct l.output_batch_id as batch_id, l.input_batch_id, o.owner_id
  from asked a
  join lineage l on l.output_batch_id = a.batch_id and l.voided_at is null
  join batch b on b.batch_id = l.output_batch_id
  join product o on o.product_id = b.product_id
),
flow as (
  select s.batch_id, p.owner_id as viewer_id, true as is_direct, s.owner_id
  from step s join batch b on b.batch_id = s.input_batch_id join product p on p.product_id = b.product_id
  where p.owner_id is not null
  union all
  select s.batch_id, v.viewer_id, false, s.owner_id
  from step s join visible_batch v on v.batch_id = s.input_batch_id and v.why in ('INTO', 'DOWNSTREAM')
),
supplied as (
  select distinct l.input_batch_id as batch_id, o.owner_id as viewer_id
  from asked a
  join batch i on i.batch_id = a.batch_id
  join product s on s.product_id = i.product_id
  join lineage l on l.input_batch_id = a.batch_id and l.voided_at is null
  join batch b on b.batch_id = l.output_batch_id
  join product o on o.product_id = b.product_id
  where o.owner_id is not null and o.owner_id is distinct from s.owner_id
),
desired as (
  select f.batch_id, f.viewer_id, case when bool_or(f.is_direct) then 'INTO' else 'DOWNSTREAM' end as why
  from flow f where f.owner_id is distinct from f.viewer_id
  group by f.batch_id, f.viewer_id
  union all
  select s.batch_id, s.viewer_id, 'SUPPLIED' from supplied s
),
standing as (
  select v.batch_id, v.viewer_id, v.why from visible_batch v join asked a on a.batch_id = v.batch_id
),
wrong as (
  (select * from desired except select * from standing) union all (select * from standing except select * from desired)
)
select w.batch_id, count(*) as differing from wrong w group by w.batch_id`;

const stepsOf = `
select distinct l.input_batch_id, l.output_batch_id
from unnest($1::bigint[]) as w(batch_id)
join lineage l on w.batch_id in (l.input_batch_id, l.output_batch_id) and l.voided_at is null`;

/** Answers how many rows were wrong. What a wrong batch shows downstream is brought in line with it. */
export async function mendSight(client: PoolClient, batchIds: bigint[]): Promise<number> {
  const { rows } = await client.query<{ batch_id: bigint; differing: bigint }>(wronglySeen, [batchIds]);
  if (rows.length === 0) return 0;
  const wrong = rows.map((row) => row.batch_id);
  const steps = await client.query<Edge>(stepsOf, [wrong]);
  // a batch without steps of its own is named as both ends of one, so that its rows are looked at
  const alone = wrong.map((id) => ({ input_batch_id: id, output_batch_id: id }));
  await deriveSight(client, { opened: steps.rows, closed: [...steps.rows, ...alone] });
  return Number(rows.reduce((sum, row) => sum + row.differing, 0n));
}
