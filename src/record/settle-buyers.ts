/**
 * Decides who is one buyer. Key: the seller and its reference, else the e-mail, else the phone, else the sale itself. A
 * contact found with more than five references or with unlike names is no key. A function of the live events alone, so
 * when a contact turns out to be shared, the sales that it had brought together are told apart again.
 */
import type { PoolClient } from 'pg';
import { isShared } from '../access/index.js';
import type { FoundEvent } from './references.js';

interface FoundMark {
  contact: Buffer;
  reference: string | null;
  name: Buffer[];
}

/** Brings the buyers of these events, and of all that share a contact with them, in line. Returns the events that changed. */
export async function settleBuyers(
  client: PoolClient,
  { eventKeys, siteIds, voided }: { eventKeys: string[]; siteIds: bigint[]; voided: boolean },
): Promise<FoundEvent[]> {
  const touched = await client.query<{ event_key: string; email: Buffer | null; phone: Buffer | null }>(
    `select m.event_key, m.email, m.phone from buyer_mark m
     where m.event_key = any($1::uuid[]) or m.reference is not null and m.seller_site_id = any($2::bigint[])`,
    [eventKeys, siteIds],
  );
  if (touched.rows.length === 0) return [];
  const contacts = touched.rows.flatMap(({ email, phone }) => [email, phone]).filter((one) => one !== null);
  const turned = await turnContacts(client, contacts, voided || siteIds.length > 0);
  return assign(
    client,
    touched.rows.map((row) => row.event_key),
    turned,
  );
}

/** Locks the contacts, so that two writers of one contact see each other; returns those that became shared or ceased to be. */
async function turnContacts(client: PoolClient, contacts: Buffer[], mayCease: boolean): Promise<Buffer[]> {
  if (contacts.length === 0) return [];
  await client.query(
    `insert into contact (contact) select distinct w from unnest($1::bytea[]) as w order by w on conflict do nothing`,
    [contacts],
  );
  const locked = await client.query<{ contact: Buffer; is_shared: boolean }>(
    'select contact, is_shared from contact where contact = any($1::bytea[]) order by contact for update',
    [contacts],
  );
  // more events never make a shared contact a key again, and a shop's own address may stand in every one of its sales
  const open = locked.rows.filter((row) => mayCease || !row.is_shared);
  if (open.length === 0) return [];
  const found = await client.query<FoundMark>(
    `select distinct w.contact, s.party_id || ':' || encode(m.reference, 'hex') as reference, m.name
     from unnest($1::bytea[]) as w(contact)
     join buyer_mark m on m.email = w.contact or m.phone = w.contact
     join event e on e.event_key = m.event_key and e.voided_at is null
     left join site s on s.site_id = m.seller_site_id`,
    [open.map((row) => row.contact)],
  );
  const marksOf = Map.groupBy(found.rows, (row) => row.contact.toString('hex'));
  const turned = open.filter((row) => {
    const marks = (marksOf.get(row.contact.toString('hex')) ?? []).map(({ reference, name }) => ({
      reference,
      name: name.map((word) => ({ word: word.toString('hex', 0, 8), initial: word.toString('hex', 8) })),
    }));
    return isShared(marks) !== row.is_shared;
  });
  await client.query('update contact set is_shared = not is_shared where contact = any($1::bytea[])', [
    turned.map((row) => row.contact),
  ]);
  return turned.map((row) => row.contact);
}

const decided = `
with mark as materialized (
  select m.event_key, m.buyer_id, coalesce(
    case when m.reference is not null then sha256(convert_to(o.gln, 'UTF8') || m.reference) end,
    case when m.email is not null then case when e.is_shared then m.own else m.email end end,
    case when m.phone is not null then case when p.is_shared then m.own else m.phone end end,
    m.own) as buyer_key
  from buyer_mark m
  left join site s on s.site_id = m.seller_site_id
  left join party o on o.party_id = s.party_id
  left join contact e on e.contact = m.email
  left join contact p on p.contact = m.phone
  where m.event_key = any($1::uuid[]) or m.email = any($2::bytea[]) or m.phone = any($2::bytea[])
)`;

async function assign(client: PoolClient, eventKeys: string[], turned: Buffer[]): Promise<FoundEvent[]> {
  await client.query(
    `${decided}
     insert into buyer (buyer_key) select distinct k.buyer_key from mark k order by 1 on conflict (buyer_key) do nothing`,
    [eventKeys, turned],
  );
  const changed = await client.query<FoundEvent>(
    `${decided},
     changed as (
       update buyer_mark m set buyer_id = b.buyer_id
       from mark k join buyer b on b.buyer_key = k.buyer_key
       where m.event_key = k.event_key and m.buyer_id is distinct from b.buyer_id
       returning m.event_key, m.buyer_id
     )
     update event e set buyer_id = c.buyer_id from changed c where e.event_key = c.event_key
     returning e.event_key, e.kind`,
    [eventKeys, turned],
  );
  return changed.rows;
}
