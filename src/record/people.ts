/** Personal fields of new events: encrypted before they are written, with the marks that could identify a buyer. */
import type { PoolClient } from 'pg';
import { type PersonServices, type SealedMarks, sealFields } from '../access/index.js';
import type { EventIds } from './event-rows.js';

/** Encrypts the personal fields of these events; sets what the log commits to and stores what could identify the buyer. */
export async function sealPeople(
  client: PoolClient,
  services: PersonServices,
  events: EventIds[],
): Promise<void> {
  const personal = events.filter((event) => Object.keys(event.draft.personal).length > 0);
  const sealed = await sealFields(
    client,
    services,
    personal.map((event) => ({ eventKey: event.eventKey, fields: event.draft.personal })),
  );
  const marked: { event: EventIds; marks: SealedMarks }[] = [];
  personal.forEach((event, i) => {
    const person = sealed[i];
    if (!person) return;
    event.commitment = person.commitment;
    if (person.marks) marked.push({ event, marks: person.marks });
  });
  if (marked.length === 0) return;
  await client.query(
    `insert into buyer_mark (event_key, seller_site_id, reference, email, phone, name, own)
     select w.event_key, w.seller_site_id, w.reference, w.email, w.phone,
       coalesce((select array_agg(decode(substr(w.name, 1 + 32 * n, 32), 'hex') order by n)
                 from generate_series(0, length(w.name) / 32 - 1) n), '{}'),
       w.own
     from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[], $7::bytea[])
       as w(event_key, seller_site_id, reference, email, phone, name, own)
     on conflict (event_key) do nothing`,
    [
      marked.map(({ event }) => event.eventKey),
      marked.map(({ event }) => event.toSiteId ?? event.siteId),
      marked.map(({ marks }) => marks.reference),
      marked.map(({ marks }) => marks.email),
      marked.map(({ marks }) => marks.phone),
      marked.map(({ marks }) => Buffer.concat(marks.name).toString('hex')),
      marked.map(({ marks }) => marks.own),
    ],
  );
}
