/** Personal fields of new events: encrypted before they are written, and the buyer they identify. */
import type { PoolClient } from 'pg';
import type { Vault } from '../access/index.js';
import type { EventIds } from './event-rows.js';

/** The seller in whose books a buyer reference means something. */
const sellerOf = (event: EventIds): string => event.draft.toSite ?? event.draft.site ?? '';

/** Encrypts the personal fields of these events and sets each event's buyer. */
export async function sealPeople(client: PoolClient, vault: Vault, events: EventIds[]): Promise<void> {
  const sealed = events
    .filter((event) => Object.keys(event.draft.personal).length > 0)
    .map((event) => {
      const { buyer_ref: buyerRef, ...fields } = event.draft.personal;
      const all = buyerRef === undefined ? fields : { ...fields, buyer_ref: buyerRef };
      const input = { eventKey: event.eventKey, sellerKey: sellerOf(event), fields: all };
      return { event, ...vault.seal(buyerRef === undefined ? input : { ...input, buyerRef }) };
    });
  if (sealed.length === 0) return;
  const buyerKeys = sealed.map((s) => s.buyerKey).filter((key) => key !== null);
  const unique = [...new Map(buyerKeys.map((key) => [key.toString('hex'), key])).entries()].sort();
  await client.query(
    'insert into buyer (buyer_key) select w from unnest($1::bytea[]) as w on conflict (buyer_key) do nothing',
    [unique.map(([, key]) => key)],
  );
  const rows = await client.query<{ buyer_id: bigint; buyer_key: Buffer }>(
    'select buyer_id, buyer_key from buyer where buyer_key = any($1::bytea[])',
    [unique.map(([, key]) => key)],
  );
  const buyers = new Map(rows.rows.map((row) => [row.buyer_key.toString('hex'), row.buyer_id]));
  for (const { event, buyerKey } of sealed) {
    event.buyerId = buyerKey === null ? null : (buyers.get(buyerKey.toString('hex')) ?? null);
  }
  await client.query(
    `insert into person_key (key_id, master_version, wrapped_key)
     select * from unnest($1::uuid[], $2::int[], $3::bytea[])`,
    [sealed.map((s) => s.keyId), sealed.map((s) => s.masterVersion), sealed.map((s) => s.wrappedKey)],
  );
  const fields = sealed.flatMap((s) =>
    s.fields.map((f) => ({ key: s.event.eventKey, buyer: s.event.buyerId, keyId: s.keyId, ...f })),
  );
  await client.query(
    `insert into person_field (event_key, field, buyer_id, key_id, ciphertext)
     select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::bytea[])`,
    [
      fields.map((f) => f.key),
      fields.map((f) => f.field),
      fields.map((f) => f.buyer),
      fields.map((f) => f.keyId),
      fields.map((f) => f.ciphertext),
    ],
  );
}
