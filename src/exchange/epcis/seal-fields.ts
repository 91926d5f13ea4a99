/** Personal fields of captured events into the vault, under the event's key and their JSON pointers. */
import type { PoolClient } from 'pg';
import type { Vault } from '../../access/index.js';

interface Personal {
  eventKey: string;
  /** JSON pointer to JSON text. */
  fields: Record<string, string>;
}

/** Seals the fields of each event under a key of its own; they are found again as `epcis:` and the pointer. */
export async function sealFields(client: PoolClient, vault: Vault, events: Personal[]): Promise<void> {
  const sealed = events
    .filter(({ fields }) => Object.keys(fields).length > 0)
    .map(({ eventKey, fields }) => {
      const named = Object.fromEntries(
        Object.entries(fields).map(([pointer, text]) => [`epcis:${pointer}`, text]),
      );
      return { eventKey, ...vault.seal({ eventKey, sellerKey: '', fields: named }) };
    });
  if (sealed.length === 0) return;
  await client.query(
    `insert into person_key (key_id, master_version, wrapped_key)
     select * from unnest($1::uuid[], $2::int[], $3::bytea[])`,
    [sealed.map((s) => s.keyId), sealed.map((s) => s.masterVersion), sealed.map((s) => s.wrappedKey)],
  );
  const fields = sealed.flatMap((s) =>
    s.fields.map((field) => ({ eventKey: s.eventKey, keyId: s.keyId, ...field })),
  );
  await client.query(
    `insert into person_field (event_key, field, key_id, ciphertext)
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[])`,
    [
      fields.map((f) => f.eventKey),
      fields.map((f) => f.field),
      fields.map((f) => f.keyId),
      fields.map((f) => f.ciphertext),
    ],
  );
}
