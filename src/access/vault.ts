/** The vault: personal fields are written only encrypted, under a key of their own that can be destroyed, and found by keyed hash. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { checkKey, KEY_BYTES, NONCE_BYTES, seal, unseal } from './aead.js';
import { identifyBuyer, type PersonInput } from './buyer-identity.js';

/** A person's key as it is stored: wrapped by the master key of that version. */
export interface WrappedKey {
  keyId: string;
  wrappedKey: Buffer;
  masterVersion: number;
}

export interface SealedPerson extends WrappedKey {
  fields: { field: string; ciphertext: Buffer }[];
  /** Keyed hash that identifies the buyer; null when the fields name nobody. */
  buyerKey: Buffer | null;
}

export interface Vault {
  /** Encrypts the personal fields of one event (`eventKey`: its UUID) under a fresh key. */
  seal(input: PersonInput): SealedPerson;
  /** The plaintext of one field; throws VaultError when it was sealed for another place or with another key. */
  open(row: { eventKey: string; field: string; ciphertext: Buffer }, key: WrappedKey): string;
  /** Keyed digest of personal fields, in hexadecimal: tells equal from changed without telling what. */
  digest(fields: Record<string, string>): string;
}

export interface VaultSecrets {
  /** Master keys of 32 bytes by version; new keys are wrapped with the highest. */
  masterKeys: ReadonlyMap<number, Buffer>;
  /** 32 bytes; must stay the same, or a buyer is found no more. */
  hashKey: Buffer;
}

/** What could not be opened, by name; never holds a key or a plaintext. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** Makes a vault of these secrets; throws when one has the wrong length. */
export function createVault({ masterKeys, hashKey }: VaultSecrets): Vault {
  checkKey('hash key', hashKey);
  for (const [version, key] of masterKeys) checkKey(`master key ${version}`, key);
  const masterVersion = Math.max(...masterKeys.keys());
  const newest = masterKeys.get(masterVersion);
  if (newest === undefined) throw new Error('vault: no master key');
  const keyedHash = (purpose: string, value: unknown): Buffer =>
    createHmac('sha256', hashKey)
      .update(JSON.stringify([purpose, value]))
      .digest();

  return {
    seal(input) {
      const keyId = randomUUID();
      const key = randomBytes(KEY_BYTES);
      const wrappedKey = seal({
        key: newest,
        nonce: randomBytes(NONCE_BYTES),
        bound: keyPlace(keyId),
        plaintext: key,
      });
      const fields = Object.entries(input.fields).map(([field, text]) => ({
        field,
        ciphertext: seal({
          key,
          nonce: randomBytes(NONCE_BYTES),
          bound: fieldPlace(input.eventKey, field),
          plaintext: Buffer.from(text, 'utf8'),
        }),
      }));
      const buyer = identifyBuyer(input);
      const buyerKey = buyer && keyedHash('buyer', Object.values(buyer));
      return { keyId, wrappedKey, masterVersion, fields, buyerKey };
    },
    open({ eventKey, field, ciphertext }, { keyId, wrappedKey, masterVersion: version }) {
      const master = masterKeys.get(version);
      if (master === undefined)
        throw new VaultError(`key ${keyId}: wrapped by master key ${version}, which is not given`);
      const key = unseal(wrappedKey, master, keyPlace(keyId));
      if (key === null) throw new VaultError(`key ${keyId}: does not open with master key ${version}`);
      const text = unseal(ciphertext, key, fieldPlace(eventKey, field));
      if (text === null)
        throw new VaultError(`${field} of event ${eventKey}: does not open with key ${keyId}`);
      return text.toString('utf8');
    },
    digest: (fields) => keyedHash('digest', Object.entries(fields).sort(byName)).toString('hex'),
  };
}

const keyPlace = (keyId: string): string => JSON.stringify(['person_key', keyId.toLowerCase()]);
const fieldPlace = (eventKey: string, field: string): string =>
  JSON.stringify(['person_field', eventKey.toLowerCase(), field]);
const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : a > b ? 1 : 0);
