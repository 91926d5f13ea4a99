/** Writes personal fields encrypted: their keys first, committed in the keys' own database, then the ciphertexts. */
import type { PoolClient } from 'pg';
import type { Database } from '../database/index.js';
import type { PersonInput } from './buyer-identity.js';
import { MasterKeyRetiredError, putKeys } from './key-store.js';
import type { SealedPerson, Vault } from './vault.js';

const ATTEMPTS_MAX = 3;

/** Where people are written: the record's connections with those of the keys, and the vault. */
export interface PersonServices {
  database: Database;
  vault: Vault;
}

/** Encrypts and stores the keys alone; a master key retired meanwhile is replaced by the one that took its place. */
export async function sealPersons(
  { database, vault }: PersonServices,
  inputs: PersonInput[],
): Promise<SealedPerson[]> {
  for (let attempt = 1; ; attempt += 1) {
    const sealed = inputs.map((input) => vault.seal(input));
    try {
      await putKeys(database, sealed);
      return sealed;
    } catch (error) {
      if (!(error instanceof MasterKeyRetiredError) || attempt >= ATTEMPTS_MAX) throw error;
      vault.reload();
    }
  }
}

/**
 * Encrypts the personal fields of events, one key an event, and writes them in the caller's transaction. When that is undone
 * the keys are left alone in their database, of no use, until they are swept. Returns what was sealed, in order.
 */
export async function sealFields(
  client: PoolClient,
  services: PersonServices,
  inputs: PersonInput[],
): Promise<SealedPerson[]> {
  if (inputs.length === 0) return [];
  const sealed = await sealPersons(services, inputs);
  const fields = sealed.flatMap(({ keyId, fields: own }, i) =>
    own.map((field) => ({ ...field, keyId, eventKey: inputs[i]?.eventKey })),
  );
  await client.query(
    `insert into person_field (event_key, field, key_id, ciphertext)
     select w.event_key, w.field, w.key_id, w.ciphertext
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[]) as w(event_key, field, key_id, ciphertext)
     on conflict (event_key, field) do nothing`,
    [
      fields.map((field) => field.eventKey),
      fields.map((field) => field.field),
      fields.map((field) => field.keyId),
      fields.map((field) => field.ciphertext),
    ],
  );
  return sealed;
}
