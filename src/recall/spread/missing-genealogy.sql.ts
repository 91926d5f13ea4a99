/** Missing genealogy does not acquit: who wanted an affected component, could have had it, and has no record of its inputs. */
import type pg from 'pg';
import { type Clocks, statement } from '../../trace/index.js';
import type { Guess } from './graph.js';

/** Batches that could contain one of the given batches, though no record says so. */
export async function missingGenealogy(
  client: pg.ClientBase,
  batchIds: bigint[],
  clocks: Clocks,
): Promise<Guess[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<{ component_batch_id: bigint; batch_id: bigint }>(
    `with component_batch as (
       select b.batch_id, b.product_id
       from unnest(${sql.bind(batchIds)}::bigint[]) as reached (batch_id) join batch b on b.batch_id = reached.batch_id
       where b.lot is not null and exists (select 1 from bill_of_materials_line l where l.component_id = b.product_id)
     ),
     -- where each could be taken from, and since when; without custody on record it could be anywhere
     component_place as (
       select c.batch_id, c.product_id, g.site_id, g.since
       from component_batch c
       left join lateral (
         select l.site_id, min(l.occurred_at) as since
         from leg l where l.batch_id = c.batch_id and l.state = 'ON_HAND' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
         group by l.site_id
       ) g on true
     ),
     -- batches whose revision, as far as it is known, wants the component
     wanting_batch as (
       select distinct p.batch_id, p.product_id, r.site_id, r.produced_to, l.component_id
       from (select distinct product_id from component_batch) c
       join bill_of_materials_line l on l.component_id = c.product_id
       join design_revision d on d.revision_id = l.revision_id
       join batch p on p.product_id = d.product_id and p.lot is not null
       left join run r on r.batch_id = p.batch_id and ${sql.live('r')}
       where (r.revision is null or r.revision = d.code
         or not exists (select 1 from design_revision o where o.product_id = p.product_id and o.code = r.revision))
         and ${sql.happened('r.produced_from')}
     ),
     -- recorded inputs of the component: consumed by the batch, or built into its items one by one
     uncovered_batch as (
       select w.* from wanting_batch w
       where not exists (
         select 1 from lineage l join batch i on i.batch_id = l.input_batch_id and i.product_id = w.component_id and i.lot is not null
         where l.output_batch_id = w.batch_id and l.kind = 'MADE' and ${sql.live('l')})
       and (
         select count(distinct f.parent_item_id) from fitting f
         join batch i on i.batch_id = f.part_batch_id and i.product_id = w.component_id
         where f.batch_id = w.batch_id and (f.part_item_id is not null or i.lot is not null) and ${sql.live('f')}
       ) < greatest(
         (select count(*) from item i where i.batch_id = w.batch_id and ${sql.live('i')}),
         (select coalesce(sum(r.quantity), 0) from run r where r.batch_id = w.batch_id and ${sql.live('r')}), 1)
     )
     select distinct c.batch_id as component_batch_id, u.batch_id
     from uncovered_batch u
     join component_place c on c.product_id = u.component_id and c.batch_id <> u.batch_id
       and (c.site_id is null or u.site_id is null or c.site_id = u.site_id)
       and (c.since is null or u.produced_to is null or c.since <= u.produced_to)`,
    sql.values,
  );
  return rows.map((row) => ({
    kind: 'MISSING_GENEALOGY',
    component: BigInt(row.component_batch_id),
    toBatch: BigInt(row.batch_id),
    toItem: null,
    eventKey: null,
  }));
}
