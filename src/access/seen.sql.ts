/**
 * What a caller sees, asked for sets of ids, as the engine: the one place that turns a principal into visibility. Asked of no
 * ids too, so that what is on record nowhere costs the statements that another's costs, and no clock tells them apart.
 */
import type { PoolClient } from 'pg';
import { type Principal, seesChain } from './principal.js';

/**
 * Why a batch is seen. ALL: the caller sees the chain as a whole; OWN: of an own product; SUPPLIED: it went directly into an
 * own batch; INTO: an own batch went directly into it; HELD: held, sent, received, sold or worked on; GRANTED: its brand
 * owner lets the caller see it; DOWNSTREAM: an own batch is in it, deeper.
 */
export type Sight = 'ALL' | 'OWN' | 'SUPPLIED' | 'INTO' | 'HELD' | 'GRANTED' | 'DOWNSTREAM';
const bySight: readonly Sight[] = ['OWN', 'SUPPLIED', 'INTO', 'HELD', 'GRANTED', 'DOWNSTREAM'];

/** A maker sees what is its own; others only what they hold or held. */
const makes = ({ role }: Principal): boolean => role === 'MANUFACTURER' || role === 'SUPPLIER';

/** $1 batch ids, $2 the viewer, $3 is a maker, $4 sees what lies deeper. */
const batchSight = `
select w.batch_id, 'OWN' as sight
from unnest($1::bigint[]) as w(batch_id) join batch b on b.batch_id = w.batch_id join product p on p.product_id = b.product_id
where p.owner_id = $2 and $3
union all
select w.batch_id, v.why
from unnest($1::bigint[]) as w(batch_id) join visible_batch v on v.batch_id = w.batch_id and v.viewer_id = $2
where $3 and (v.is_direct or $4)
union all
select w.batch_id, 'GRANTED'
from unnest($1::bigint[]) as w(batch_id) join batch b on b.batch_id = w.batch_id
join access_grant g on g.product_id = b.product_id and g.viewer_id = $2 and g.revoked_at is null
union all
select w.batch_id, 'HELD'
from unnest($1::bigint[]) as w(batch_id)
where exists (select from leg l where l.party_id = $2 and l.batch_id = w.batch_id and l.voided_at is null)
  or exists (select from service v where v.party_id = $2 and v.batch_id = w.batch_id and v.voided_at is null)`;

/** The batches among these that the caller sees, each with the strongest reason. */
export async function seenBatches(
  client: PoolClient,
  principal: Principal,
  batchIds: readonly bigint[],
): Promise<Map<bigint, Sight>> {
  if (seesChain(principal)) return new Map(batchIds.map((id) => [id, 'ALL']));
  const seen = new Map<bigint, Sight>();
  if (principal.partyId === null) return seen;
  const { rows } = await client.query<{ batch_id: bigint; sight: Sight }>(batchSight, [
    batchIds,
    principal.partyId,
    makes(principal),
    principal.role === 'MANUFACTURER',
  ]);
  for (const { batch_id: id, sight } of rows) {
    const before = seen.get(id);
    if (before === undefined || bySight.indexOf(sight) < bySight.indexOf(before)) seen.set(id, sight);
  }
  return seen;
}

async function seenIds(
  client: PoolClient,
  principal: Principal,
  ids: readonly bigint[],
  statement: string,
  more: unknown[] = [],
): Promise<Set<bigint>> {
  if (seesChain(principal)) return new Set(ids);
  if (principal.partyId === null) return new Set();
  const { rows } = await client.query<{ id: bigint }>(statement, [ids, principal.partyId, ...more]);
  return new Set(rows.map((row) => row.id));
}

/** $1 item ids, $2 the viewer, $3 is a maker, $4 sees what lies deeper. */
const itemSight = `
select w.item_id as id from unnest($1::bigint[]) as w(item_id)
where exists (select from leg l where l.item_id = w.item_id and l.party_id = $2 and l.voided_at is null)
  -- serviced, registered or complained of there, without a movement
  or exists (
    select from event_reference r join event e on e.event_key = r.event_key left join site s on s.site_id = e.site_id
    where r.reference = hashtextextended('i:' || w.item_id, 0) and e.voided_at is null and e.item_id = w.item_id
      and $2 in (e.recorder_id, s.party_id))
  or $3 and exists (
    select from item_key k join product p on p.product_id = k.product_id where k.item_id = w.item_id and p.owner_id = $2)
  or exists (
    select from item_key k join access_grant g on g.product_id = k.product_id
    where k.item_id = w.item_id and g.viewer_id = $2 and g.revoked_at is null)
  -- a part of an own item, and an item that an own part is in
  or $3 and exists (
    select from fitting f join batch b on b.batch_id = f.batch_id join product p on p.product_id = b.product_id
    where f.part_item_id = w.item_id and f.voided_at is null and p.owner_id = $2)
  or $3 and exists (
    select from fitting f join batch b on b.batch_id = f.part_batch_id join product p on p.product_id = b.product_id
    where f.parent_item_id = w.item_id and f.voided_at is null and p.owner_id = $2)
  or $4 and exists (
    select from fitting f join visible_batch v on v.batch_id = f.part_batch_id and v.viewer_id = $2 and v.why in ('INTO', 'DOWNSTREAM')
    where f.parent_item_id = w.item_id and f.voided_at is null)`;

/** The items among these that the caller sees. */
export const seenItems = (client: PoolClient, principal: Principal, itemIds: readonly bigint[]) =>
  seenIds(client, principal, itemIds, itemSight, [makes(principal), principal.role === 'MANUFACTURER']);

const partySight = `
select w.party_id as id from unnest($1::bigint[]) as w(party_id)
where w.party_id = $2 or exists (select from visible_party v where v.viewer_id = $2 and v.party_id = w.party_id)`;

/** The parties among these that the caller knows: itself, whom it traded with, whose goods went into its own, who holds its own. */
export const seenParties = (client: PoolClient, principal: Principal, partyIds: readonly bigint[]) =>
  seenIds(client, principal, partyIds, partySight);

const productSight = `
select w.product_id as id from unnest($1::bigint[]) as w(product_id) join product p on p.product_id = w.product_id
where p.owner_id = $2 and $3
  or exists (select from visible_product v where v.viewer_id = $2 and v.product_id = w.product_id)
  or exists (select from access_grant g where g.viewer_id = $2 and g.product_id = w.product_id and g.revoked_at is null)
  or exists (
    select from service v join batch b on b.batch_id = v.batch_id
    where v.party_id = $2 and v.voided_at is null and b.product_id = w.product_id)
  -- named in the bill of materials of an own product
  or $3 and exists (
    select from bill_of_materials_line m join design_revision r on r.revision_id = m.revision_id
    join product o on o.product_id = r.product_id
    where m.component_id = w.product_id and o.owner_id = $2)`;

/** The products among these that the caller sees. */
export const seenProducts = (client: PoolClient, principal: Principal, productIds: readonly bigint[]) =>
  seenIds(client, principal, productIds, productSight, [makes(principal)]);

/** $1 unit ids, $2 the viewer, $3 is a maker. Seen by who handled the unit or one it was in, and by whose goods are in it. */
const unitSight = `
with recursive around(unit_id, holder_id, since, until) as (
  select w.unit_id, w.unit_id, '-infinity'::timestamptz, 'infinity'::timestamptz from unnest($1::bigint[]) as w(unit_id)
  union
  select a.unit_id, c.unit_id, greatest(a.since, c.packed_at)::timestamptz, least(a.until, coalesce(c.unpacked_at, 'infinity'))::timestamptz
  from around a join containment c on c.content_unit_id = a.holder_id and c.voided_at is null
    and c.packed_at < a.until and coalesce(c.unpacked_at, 'infinity') > a.since
),
inside(unit_id, content_id) as (
  select w.unit_id, w.unit_id from unnest($1::bigint[]) as w(unit_id)
  union
  select n.unit_id, c.content_unit_id
  from inside n join containment c on c.unit_id = n.content_id and c.content_unit_id is not null and c.voided_at is null
)
select w.unit_id as id from unnest($1::bigint[]) as w(unit_id)
where exists (
    select from around a join event_reference r on r.reference = hashtextextended('u:' || a.holder_id, 0)
    join event e on e.event_key = r.event_key and a.holder_id in (e.unit_id, e.unit2_id) and e.voided_at is null
    left join site s on s.site_id in (e.site_id, e.from_site_id, e.to_site_id)
    where a.unit_id = w.unit_id and e.occurred_at between a.since and a.until and $2 in (e.recorder_id, s.party_id))
  or $3 and exists (
    select from inside n join containment c on c.unit_id = n.content_id and c.voided_at is null
    join batch b on b.batch_id = c.content_batch_id join product p on p.product_id = b.product_id
    where n.unit_id = w.unit_id and p.owner_id = $2)
  or $3 and exists (
    select from inside n join containment c on c.unit_id = n.content_id and c.voided_at is null
    join item i on i.item_id = c.content_item_id and i.voided_at is null
    where n.unit_id = w.unit_id and i.owner_id = $2)`;

/** The logistic units among these that the caller packed, moved or received, or that hold goods of its own products. */
export const seenUnits = (client: PoolClient, principal: Principal, unitIds: readonly bigint[]) =>
  seenIds(client, principal, unitIds, unitSight, [makes(principal)]);

/** Which custody rows a caller is shown: all, those of goods under its brand and its own, or only its own. */
export function custodyView(principal: Principal): 'ALL' | 'OWNER' | 'HOLDER' {
  if (seesChain(principal)) return 'ALL';
  return principal.role === 'MANUFACTURER' ? 'OWNER' : 'HOLDER';
}
