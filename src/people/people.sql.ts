/** Statements about one buyer: what the person bought or registered, with whom, and the encrypted fields of it. */
import type { PoolClient } from 'pg';

/** One live sale or registration of a buyer. */
export interface Dealing {
  eventKey: string;
  /** Who sold or registered. */
  partyId: bigint | null;
  ownerId: bigint | null;
  country: string | null;
  at: Date;
  productKind: string;
  isSerialised: boolean;
}

export async function readDealings(client: PoolClient, buyerId: bigint): Promise<Dealing[]> {
  const { rows } = await client.query<Dealing>(
    `select d.event_key as "eventKey", d.party_id as "partyId", d.owner_id as "ownerId", coalesce(d.country, o.country) as country,
       d.at, p.kind as "productKind", d.item_id is not null as "isSerialised"
     from (
       select s.event_key, s.party_id, s.owner_id, s.country, s.occurred_at as at, s.batch_id, s.item_id
       from sale s where s.buyer_id = $1 and s.voided_at is null
       union all
       select r.event_key, r.party_id, r.owner_id, r.country, r.registered_at, r.batch_id, r.item_id
       from registration r where r.buyer_id = $1 and r.voided_at is null
     ) d
     join batch b on b.batch_id = d.batch_id
     join product p on p.product_id = b.product_id
     left join party o on o.party_id = d.party_id
     order by d.at, d.event_key`,
    [buyerId],
  );
  return rows;
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

/** A recall of this opener that is published and no drill, and whether the buyer is certain in its newest scope. */
export async function findPublishedRecall(
  client: PoolClient,
  { number, openerId, buyerId }: { number: string; openerId: bigint; buyerId: bigint },
): Promise<{ recallId: bigint } | null> {
  const { rows } = await client.query<{ recallId: bigint }>(
    `select r.recall_id as "recallId" from recall r
     where r.number = $1 and r.opener_id = $2 and r.published_at is not null and r.kind <> 'DRILL'
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

export interface KeepingPeriod {
  law: string;
  country: string | null;
  productKind: string | null;
  isSerialised: boolean | null;
  years: number;
}

export async function readKeepingPeriods(client: PoolClient): Promise<KeepingPeriod[]> {
  const { rows } = await client.query<KeepingPeriod>(
    'select law, country, product_kind as "productKind", serialised as "isSerialised", years from keeping_period order by law',
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
