/** Lineage: batch made from batch, and the fittings summed up by batch so that one closure walks both. */
import { dirtySubjects, reconcile } from './fragments.js';

const columns = [
  'input_batch_id',
  'output_batch_id',
  'kind',
  'mixing',
  'pool',
  'quantity',
  'occurred_at',
  'event_key',
];

/**
 * $1 event keys, $2 recorded_at. What mixes by nature (mass, volume) is blended unless the event says otherwise.
 * Each relabelled unit was one of the old label. Relabelling to a serial is no lineage of the lot but a fitting of that item.
 */
export const reconcileLineage = reconcile({
  table: 'lineage',
  id: ['lineage_id'],
  scope: 'event_key',
  columns,
  returning: 'input_batch_id, output_batch_id',
  ctes: `${dirtySubjects(['CONSUMED', 'RELABELLED'])},
input as (
  select s.*, array_agg(s.batch_id) filter (where s.role = case s.kind when 'CONSUMED' then 1 else 2 end)
    over (partition by s.event_key) as output_batch_ids
  from subject s
)`,
  desired: `
  select i.batch_id as input_batch_id, o.batch_id as output_batch_id, 'MADE' as kind,
    case when i.kind = 'RELABELLED' then 'DISCRETE'
         else coalesce(i.body ->> 'mixing', case when i.dimension in ('MASS', 'VOLUME') then 'BLENDED' else 'DISCRETE' end) end as mixing,
    i.body ->> 'pool' as pool, i.quantity, nullif(i.occurred_at, 'epoch') as occurred_at, i.event_key
  from input i
  cross join lateral (select distinct w as batch_id from unnest(i.output_batch_ids) as w) o
  where i.role = case i.kind when 'CONSUMED' then 2 else 1 end
    and i.batch_id <> o.batch_id and (i.kind = 'CONSUMED' or i.second_item_id is null)`,
});

/** The event key of a pair's summed fittings: derived from the pair, since no single event tells it. */
export const pairKey = (part: string, parent: string) =>
  `md5('fitted:' || ${part} || ':' || ${parent})::uuid`;

/** $1 part batch ids, $2 recorded_at, $3 parent batch ids (pairs by position). Returns the steps that changed. */
export const reconcileFittedLineage = `
with pair as materialized (
  select distinct w.part_batch_id, w.parent_batch_id, ${pairKey('w.part_batch_id', 'w.parent_batch_id')} as event_key
  from unnest($1::bigint[], $3::bigint[]) as w(part_batch_id, parent_batch_id)
  where w.part_batch_id <> w.parent_batch_id
),
fitted as materialized (
  select p.* from pair p
  where exists (
    select 1 from fitting f
    where f.batch_id = p.parent_batch_id and f.part_batch_id = p.part_batch_id and f.voided_at is null)
),
closed as (
  update lineage l set voided_at = $2
  from pair p
  where l.event_key = p.event_key and l.voided_at is null
    and not exists (select 1 from fitted f where f.event_key = p.event_key)
  returning l.input_batch_id, l.output_batch_id
),
opened as (
  insert into lineage (input_batch_id, output_batch_id, kind, event_key, recorded_at)
  select f.part_batch_id, f.parent_batch_id, 'FITTED', f.event_key, $2
  from fitted f
  where not exists (select 1 from lineage l where l.event_key = f.event_key and l.voided_at is null)
  returning input_batch_id, output_batch_id
)
select 'CLOSED' as change, c.* from closed c union all select 'OPENED', o.* from opened o`;

/**
 * $1 input and $2 output batches, pairs by position, with $3 how many more live rows each has than before: the pairs that
 * have a consumption now and had none, or the other way round.
 */
export const consumptionTurned = `
select w.input_batch_id, w.output_batch_id
from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as w(input_batch_id, output_batch_id, more)
cross join lateral (
  select count(*) as live from lineage l
  where l.input_batch_id = w.input_batch_id and l.output_batch_id = w.output_batch_id and l.kind = 'MADE' and l.voided_at is null) n
where (n.live > 0) <> (n.live - w.more > 0)`;
