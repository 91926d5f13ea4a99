/** Statements about one buyer: what the person bought or registered, with whom, and the encrypted fields of it. */
import type { PoolClient } from 'pg';
import type { KeepingPeriod } from './keeping-period.js';

/** One sale or registration of a buyer. */
export interface Dealing {
  eventKey: string;
  /** It stands: neither undone nor replaced. */
  isLive: boolean;
  /** Who sold or registered. */
  partyId: bigint | null;
  ownerId: bigint | null;
  country: string | null;
  at: Date;
  productKind: string;
  isSerialised: boolean;
}

/** Those that stand, with `undone` also those that were voided or corrected while they were this buyer's. */
export async function readDealings(
  client: PoolClient,
  buyerId: bigint,
  { undone = false }: { undone?: boolean } = {},
): Promise<Dealing[]> {
  const { rows } = await client.query<Dealing>(
    `select distinct on (d.at, d.event_key) d.event_key as "eventKey", d.voided_at is null as "isLive", d.party_id as "partyId", d.owner_id as "ownerId", coalesce(d.country, o.country) as country,
       d.at, p.kind as "productKind", d.item_id is not null as "isSerialised"
     from (
       select s.event_key, s.voided_at, s.party_id, s.owner_id, s.country, s.occurred_at as at, s.batch_id, s.item_id
       from sale s where s.buyer_id = $1
       union all
       select r.event_key, r.voided_at, r.party_id, r.owner_id, r.country, r.registered_at, r.batch_id, r.item_id
       from registration r where r.buyer_id = $1
     ) d
     -- a row may also be closed because it was derived anew, perhaps for another buyer
     join event e on e.event_key = d.event_key
       and (d.voided_at is null or $2 and e.voided_at is not null and e.buyer_id = $1)
     join batch b on b.batch_id = d.batch_id
     join product p on p.product_id = b.product_id
     left join party o on o.party_id = d.party_id
     order by d.at, d.event_key, d.voided_at is null desc`,
    [buyerId, undone],
  );
  return rows;
}

/**
 * Events with personal fields of a buyer: its sales and registrations, undone and corrected ones too; returns of these; what
 * was told under the seller's own reference; and what was told of an item while it was theirs. $1 buyer, $2 its dealings, $3
 * the seller that they are narrowed to, or null.
 */
const personalEvents = `
with marked as materialized (
  select m.event_key, m.reference, coalesce(s.party_id, e.recorder_id) as seller_id
  from buyer_mark m
  join event e on e.event_key = m.event_key
  left join site s on s.site_id = m.seller_site_id
  where m.buyer_id = $1 and ($3::bigint is null or coalesce(s.party_id, e.recorder_id) = $3)
),
returned as (
  select r.event_key from sale_return r where r.sale_event_key = any($2::uuid[])
),
under_reference as (
  select e.event_key
  from marked k
  join buyer_mark m on m.reference = k.reference and m.seller_site_id is null
  join event e on e.event_key = m.event_key and e.kind = 'COMPLAINED' and e.recorder_id = k.seller_id
),
-- an item is theirs from a dealing until another buyer's
had as materialized (
  select d.item_id, d.occurred_at as since, (
      select min(n.occurred_at) from event_reference r join event n on n.event_key = r.event_key
      where r.reference = hashtextextended('i:' || d.item_id, 0) and n.item_id = d.item_id and n.kind in ('SOLD', 'REGISTERED')
        and n.voided_at is null and n.buyer_id is distinct from $1 and n.occurred_at > d.occurred_at) as until
  from event d where d.event_key = any($2::uuid[]) and d.item_id is not null
),
of_item as (
  select e.event_key
  from had h
  join event_reference r on r.reference = hashtextextended('i:' || h.item_id, 0)
  join event e on e.event_key = r.event_key and e.item_id = h.item_id and e.kind in ('COMPLAINED', 'RETURNED', 'SERVICED')
  where e.occurred_to >= h.since and (h.until is null or e.occurred_at < h.until)
    and ($3::bigint is null or e.recorder_id = $3)
    -- told by another, under a reference of their own
    and not exists (
      select from buyer_mark m where m.event_key = e.event_key and m.reference is not null
        and m.reference not in (select k.reference from marked k where k.reference is not null))
)
select event_key as "eventKey" from marked union select event_key from returned
union select event_key from under_reference union select event_key from of_item`;

export async function personalEventsOf(
  client: PoolClient,
  { buyerId, dealings, sellerId }: { buyerId: bigint; dealings: readonly Dealing[]; sellerId: bigint | null },
): Promise<string[]> {
  const { rows } = await client.query<{ eventKey: string }>(personalEvents, [
    buyerId,
    dealings.map(({ eventKey }) => eventKey),
    sellerId,
  ]);
  return rows.map(({ eventKey }) => eventKey);
}

export interface PersonField {
  eventKey: string;
  field: string;
  keyId: string;
  ciphertext: Buffer;
}

export async function readFields(client: PoolClient, eventKeys: readonly string[]): Promise<PersonField[]> {
  const { rows } = await client.query<PersonField>(
    `select event_key as "eventKey", field, key_id as "keyId", ciphertext
     from person_field where event_key = any($1::uuid[]) order by event_key, field`,
    [eventKeys],
  );
  return rows;
}

/** A recall of this opener that is published, not withdrawn, and no drill, and whether the buyer is certain in its newest scope. */
export async function findPublishedRecall(
  client: PoolClient,
  { number, openerId, buyerId }: { number: string; openerId: bigint; buyerId: bigint },
): Promise<{ recallId: bigint } | null> {
  const { rows } = await client.query<{ recallId: bigint }>(
    `select r.recall_id as "recallId" from recall r
     where r.number = $1 and r.opener_id = $2 and r.published_at is not null and r.state <> 'WITHDRAWN' and r.kind <> 'DRILL'
       and exists (
         select from scope_version v join scope_buyer n on n.version_id = v.version_id
         where v.recall_id = r.recall_id and n.buyer_id = $3 and n.certain
           and v.number = (select max(l.number) from scope_version l where l.recall_id = r.recall_id))`,
    [number, openerId, buyerId],
  );
  return rows[0] ?? null;
}

/** Numbers of open recalls whose newest scope has the buyer as one who may still hold the goods. */
export async function openRecallsOf(client: PoolClient, buyerId: bigint): Promise<string[]> {
  const { rows } = await client.query<{ number: string }>(
    `select distinct r.number from scope_buyer n join scope_version v on v.version_id = n.version_id
     join recall r on r.recall_id = v.recall_id
     where n.buyer_id = $1 and n.still_holds <> 'NO' and r.kind <> 'DRILL' and r.state in ('PUBLISHED', 'IN_PROGRESS', 'COMPLETED')
       and v.number = (select max(l.number) from scope_version l where l.recall_id = r.recall_id)
     order by r.number`,
    [buyerId],
  );
  return rows.map((row) => row.number);
}

/** When the last published recall whose newest scope has the buyer last moved; null: in none. */
export async function lastRecalled(client: PoolClient, buyerId: bigint): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>(
    `select max(t.happened_at) as at
     from scope_buyer n join scope_version v on v.version_id = n.version_id
     join recall r on r.recall_id = v.recall_id
     join recall_transition t on t.recall_id = r.recall_id
     where n.buyer_id = $1 and r.kind <> 'DRILL' and r.published_at is not null
       and v.number = (select max(l.number) from scope_version l where l.recall_id = r.recall_id)`,
    [buyerId],
  );
  return rows[0]?.at ?? null;
}

export async function readKeepingPeriods(client: PoolClient): Promise<KeepingPeriod[]> {
  const { rows } = await client.query<KeepingPeriod>(
    'select law, country, product_kind as "productKind", serialised as "isSerialised", years, since from keeping_period order by law',
  );
  return rows;
}

/** Buyers with a live sale or registration of these contacts; `partyId` narrows them to those of one seller. */
export async function findByContact(
  client: PoolClient,
  contacts: readonly Buffer[],
  partyId: bigint | null,
): Promise<bigint[]> {
  const { rows } = await client.query<{ buyer_id: bigint }>(
    `select distinct m.buyer_id
     from buyer_mark m
     join event e on e.event_key = m.event_key and e.voided_at is null
     where (m.email = any($1::bytea[]) or m.phone = any($1::bytea[])) and m.buyer_id is not null
       and ($2::bigint is null
         or exists (select from sale s where s.event_key = m.event_key and s.party_id = $2 and s.voided_at is null)
         or exists (select from registration r where r.event_key = m.event_key and r.party_id = $2 and r.voided_at is null))
     order by m.buyer_id`,
    [contacts, partyId],
  );
  return rows.map((row) => row.buyer_id);
}
