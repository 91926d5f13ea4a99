/** Keeps what lineage and custody let a party see in line with them, in the transaction that changes either. */
import type { PoolClient } from 'pg';

export interface Edge {
  input_batch_id: bigint;
  output_batch_id: bigint;
}

/** Writers of lineage queue here: two steps recorded at once, one feeding the other, must see each other. */
const LINEAGE_LOCK = 7207;

/** $1 batches whose inputs changed: whose goods they were made from, directly and deeper, for them and all made of them. */
const refreshDownstream = `
with recursive reach(batch_id) as (
  select w from unnest($1::bigint[]) as w
  union
  select l.output_batch_id from reach r join lineage l on l.input_batch_id = r.batch_id and l.voided_at is null
),
reached as materialized (select r.batch_id from reach r),
-- owners of the direct inputs, and who saw an input that lies outside what is reached
seed as materialized (
  select r.batch_id, p.owner_id as viewer_id, true as is_direct
  from reached r
  join lineage l on l.output_batch_id = r.batch_id and l.voided_at is null
  join batch b on b.batch_id = l.input_batch_id
  join product p on p.product_id = b.product_id
  where p.owner_id is not null
  union
  select r.batch_id, v.viewer_id, false
  from reached r
  join lineage l on l.output_batch_id = r.batch_id and l.voided_at is null
  join visible_batch v on v.batch_id = l.input_batch_id and v.why in ('INTO', 'DOWNSTREAM')
  where not exists (select from reached x where x.batch_id = l.input_batch_id)
),
flow(batch_id, viewer_id, is_direct) as (
  select s.batch_id, s.viewer_id, s.is_direct from seed s
  union
  select l.output_batch_id, f.viewer_id, false
  from flow f join lineage l on l.input_batch_id = f.batch_id and l.voided_at is null
),
-- one row a viewer, the nearest: an owner whose goods come by two ways would else depend on which was derived first
desired as materialized (
  select f.batch_id, f.viewer_id, case when bool_or(f.is_direct) then 'INTO' else 'DOWNSTREAM' end as why
  from flow f
  join batch b on b.batch_id = f.batch_id
  join product p on p.product_id = b.product_id
  where p.owner_id is distinct from f.viewer_id
  group by f.batch_id, f.viewer_id
),
removed as (
  delete from visible_batch v using reached r
  where v.batch_id = r.batch_id and v.why in ('INTO', 'DOWNSTREAM')
    and not exists (select from desired d where (d.batch_id, d.viewer_id, d.why) = (v.batch_id, v.viewer_id, v.why))
)
insert into visible_batch (batch_id, viewer_id, why)
select d.batch_id, d.viewer_id, d.why from desired d order by 1, 2, 3
on conflict do nothing`;

/** $1 inputs of new steps, $2 their outputs: what went directly into an own batch. */
const addSupplied = `
insert into visible_batch (batch_id, viewer_id, why)
select distinct w.input_batch_id, o.owner_id, 'SUPPLIED'
from unnest($1::bigint[], $2::bigint[]) as w(input_batch_id, output_batch_id)
join batch b on b.batch_id = w.output_batch_id
join product o on o.product_id = b.product_id
join batch i on i.batch_id = w.input_batch_id
join product s on s.product_id = i.product_id
where o.owner_id is not null and s.owner_id is distinct from o.owner_id
  and exists (
    select from lineage l
    where l.input_batch_id = w.input_batch_id and l.output_batch_id = w.output_batch_id and l.voided_at is null)
order by 1, 2
on conflict do nothing`;

/** $1 batches that no longer go into something, or whose consumers changed hands. */
const removeSupplied = `
delete from visible_batch v
using (select w.batch_id from unnest($1::bigint[]) as w(batch_id)) asked
where v.batch_id = asked.batch_id and v.why = 'SUPPLIED'
  and not exists (
    select from lineage l
    join batch b on b.batch_id = l.output_batch_id
    join product o on o.product_id = b.product_id
    join batch i on i.batch_id = l.input_batch_id
    join product s on s.product_id = i.product_id
    where l.input_batch_id = v.batch_id and l.voided_at is null and o.owner_id = v.viewer_id
      and s.owner_id is distinct from o.owner_id)`;

/** $1 inputs, $2 outputs: each step's two owners see each other's product, and the makers behind the lots. */
const addNeighbours = `
with neighbour as materialized (
  select distinct ip.owner_id as input_owner_id, op.owner_id as output_owner_id, i.product_id as input_product_id,
    o.product_id as output_product_id, si.party_id as input_maker_id, so.party_id as output_maker_id
  from unnest($1::bigint[], $2::bigint[]) as w(input_batch_id, output_batch_id)
  join batch i on i.batch_id = w.input_batch_id join product ip on ip.product_id = i.product_id
  join batch o on o.batch_id = w.output_batch_id join product op on op.product_id = o.product_id
  left join site si on si.site_id = i.source_id
  left join site so on so.site_id = o.source_id
),
seen_party as (
  insert into visible_party (viewer_id, party_id)
  select distinct s.viewer_id, s.party_id from neighbour n cross join lateral (values
    (n.input_owner_id, n.output_owner_id), (n.output_owner_id, n.input_owner_id),
    (n.input_owner_id, n.output_maker_id), (n.output_owner_id, n.input_maker_id)) as s(viewer_id, party_id)
  where s.viewer_id is not null and s.party_id is not null and s.viewer_id <> s.party_id
  order by 1, 2
  on conflict do nothing
)
insert into visible_product (viewer_id, product_id)
select distinct s.viewer_id, s.product_id from neighbour n cross join lateral (values
  (n.input_owner_id, n.output_product_id), (n.output_owner_id, n.input_product_id)) as s(viewer_id, product_id)
where s.viewer_id is not null
order by 1, 2
on conflict do nothing`;

interface Steps {
  opened: Edge[];
  closed: Edge[];
}

/** Brings `visible_batch` in line after steps of lineage were opened or closed. Set-based; nothing where nothing changed. */
export async function deriveSight(client: PoolClient, steps: Steps): Promise<void> {
  if (steps.opened.length + steps.closed.length === 0) return;
  await client.query(`select pg_advisory_xact_lock(${LINEAGE_LOCK}, 0)`);
  await refreshSight(client, steps);
}

async function refreshSight(client: PoolClient, { opened, closed }: Steps): Promise<void> {
  const inputs = opened.map((edge) => edge.input_batch_id);
  const outputs = opened.map((edge) => edge.output_batch_id);
  if (closed.length > 0) await client.query(removeSupplied, [unique(closed, 'input_batch_id')]);
  if (opened.length > 0) {
    await client.query(addSupplied, [inputs, outputs]);
    await client.query(addNeighbours, [inputs, outputs]);
  }
  await client.query(refreshDownstream, [unique([...opened, ...closed], 'output_batch_id')]);
}

/** A product got another owner: every step that its batches take part in is looked at again. */
export async function deriveSightOfProducts(client: PoolClient, productIds: bigint[]): Promise<void> {
  if (productIds.length === 0) return;
  const { rows } = await client.query<Edge>(
    `select l.input_batch_id, l.output_batch_id from batch b join lineage l on l.input_batch_id = b.batch_id
     where b.product_id = any($1::bigint[]) and l.voided_at is null
     union
     select l.input_batch_id, l.output_batch_id from batch b join lineage l on l.output_batch_id = b.batch_id
     where b.product_id = any($1::bigint[]) and l.voided_at is null`,
    [productIds],
  );
  await deriveSight(client, { opened: rows, closed: rows });
}

export interface Trade {
  batch_id: bigint;
  party_id: bigint;
  owner_id: bigint | null;
  counterparty_id: bigint | null;
}

/** New custody rows show the parties beside them, the owner who holds its goods, and the holder what it holds. */
export async function deriveTrades(client: PoolClient, legs: Trade[]): Promise<void> {
  const trades = new Map(
    legs.map((leg) => [`${leg.batch_id}:${leg.party_id}:${leg.counterparty_id}:${leg.owner_id}`, leg]),
  );
  if (trades.size === 0) return;
  const rows = [...trades.values()];
  await client.query(
    `with trade as materialized (
       select distinct b.product_id, w.party_id, w.owner_id, w.counterparty_id
       from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) as w(batch_id, party_id, owner_id, counterparty_id)
       join batch b on b.batch_id = w.batch_id
     ),
     seen_party as (
       insert into visible_party (viewer_id, party_id)
       select distinct s.viewer_id, s.party_id from trade t cross join lateral (values
         (t.party_id, t.counterparty_id), (t.owner_id, t.party_id)) as s(viewer_id, party_id)
       where s.viewer_id is not null and s.party_id is not null and s.viewer_id <> s.party_id
         and not exists (select from visible_party v where (v.viewer_id, v.party_id) = (s.viewer_id, s.party_id))
       order by 1, 2
       on conflict do nothing
     )
     insert into visible_product (viewer_id, product_id)
     select distinct t.party_id, t.product_id from trade t
     where not exists (select from visible_product v where (v.viewer_id, v.product_id) = (t.party_id, t.product_id))
     order by 1, 2
     on conflict do nothing`,
    [
      rows.map((row) => row.batch_id),
      rows.map((row) => row.party_id),
      rows.map((row) => row.owner_id),
      rows.map((row) => row.counterparty_id),
    ],
  );
}

const shadowed = ['visible_batch', 'visible_party', 'visible_product'] as const;

/** Rows of `visible_batch` that differ from what all lineage gives, derived anew into tables that stand before the real ones. */
export async function countWrongSight(client: PoolClient): Promise<number> {
  for (const table of shadowed)
    await client.query(`create temporary table ${table} (like public.${table} including all) on commit drop`);
  const edges = await client.query<Edge>(
    'select distinct input_batch_id, output_batch_id from lineage where voided_at is null',
  );
  await refreshSight(client, { opened: edges.rows, closed: [] });
  const { rows } = await client.query<{ differing: bigint }>(
    `select count(*) as differing
     from (select batch_id, viewer_id, why from public.visible_batch) s
     full join (select batch_id, viewer_id, why from pg_temp.visible_batch) d using (batch_id, viewer_id, why)
     where s.* is null or d.* is null`,
  );
  for (const table of shadowed) await client.query(`drop table pg_temp.${table}`);
  return Number(rows[0]?.differing ?? 0n);
}

const unique = (edges: Edge[], end: keyof Edge): bigint[] => [...new Set(edges.map((edge) => edge[end]))];
