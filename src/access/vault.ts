/** The vault: personal fields are written only encrypted, under a key of their own that can be destroyed, and found by keyed hash. */
import { createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { checkKey, KEY_BYTES, NONCE_BYTES, seal, unseal } from './aead.js';
import { buyerMarks, normaliseEmail, normalisePhone, type PersonInput } from './buyer-identity.js';
import { fixedKeyRing, type KeyRing } from './key-ring.js';

/** A person's key as it is stored: wrapped by the master key of that version. */
export interface WrappedKey {
  keyId: string;
  wrappedKey: Buffer;
  masterVersion: number;
}

/** What could identify the buyer, as keyed hashes. */
export interface SealedMarks {
  /** Of the reference alone; with its seller it is a key. */
  reference: Buffer | null;
  email: Buffer | null;
  phone: Buffer | null;
  /** For each word of the name, 8 bytes of the word's hash and 8 of its first letter's. */
  name: Buffer[];
  /** The sale itself: the key where nothing else is. */
  own: Buffer;
}

export interface SealedPerson extends WrappedKey {
  fields: { field: string; ciphertext: Buffer }[];
  /** Null when the fields name nobody. */
  marks: SealedMarks | null;
  /** What the log commits to: a digest that nobody can test a guess against once the key is destroyed. */
  commitment: Buffer;
}

export interface Vault {
  /** Encrypts the personal fields of one event (`eventKey`: its UUID) under a fresh key. */
  seal(input: PersonInput): SealedPerson;
  /** The plaintext of one field; throws VaultError when it was sealed for another place or with another key. */
  open(row: { eventKey: string; field: string; ciphertext: Buffer }, key: WrappedKey): string;
  /** Keyed digest of personal fields, in hexadecimal: tells equal from changed without telling what. */
  digest(fields: Record<string, string>): string;
  /** What the log committed to for these fields under this key. */
  commitment(fields: Record<string, string>, key: WrappedKey): Buffer;
  /** Hashes that an e-mail address or a telephone number, in any spelling, is found by. */
  contactHashes(contact: { email?: string | null; phone?: string | null }): Buffer[];
  /** The key wrapped by the newest master key; null when it is already. */
  rewrap(key: WrappedKey): WrappedKey | null;
  /** Reads the master keys again. */
  reload(): void;
}

export interface VaultSecrets {
  /** Master keys of 32 bytes by version; new keys are wrapped with the highest. */
  masterKeys: ReadonlyMap<number, Buffer> | KeyRing;
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
  const ring = 'newest' in masterKeys ? masterKeys : fixedKeyRing(masterKeys);
  ring.newest();
  const keyedHash = (purpose: string, value: unknown): Buffer =>
    createHmac('sha256', hashKey)
      .update(JSON.stringify([purpose, value]))
      .digest();
  const emailHash = (email: string) => keyedHash('buyer', ['email', email]);
  const phoneHash = (phone: string) => keyedHash('buyer', ['phone', phone]);
  const wordHash = (word: string) => keyedHash('name', word).subarray(0, 8);

  function marksOf(input: PersonInput): SealedMarks | null {
    const marks = buyerMarks(input.fields);
    if (marks === null) return null;
    const { reference, email, phone, name } = marks;
    return {
      reference: reference === null ? null : keyedHash('buyer', ['reference', reference]),
      email: email === null ? null : emailHash(email),
      phone: phone === null ? null : phoneHash(phone),
      name: name.map((word) => Buffer.concat([wordHash(word), wordHash([...word][0] ?? '')])),
      own: keyedHash('buyer', ['event', input.eventKey]),
    };
  }

  function wrap(keyId: string, key: Buffer): WrappedKey {
    const newest = ring.newest();
    const nonce = randomBytes(NONCE_BYTES);
    const wrappedKey = seal({ key: newest.key, nonce, bound: keyPlace(keyId), plaintext: key });
    return { keyId, wrappedKey, masterVersion: newest.version };
  }

  function unwrap({ keyId, wrappedKey, masterVersion: version }: WrappedKey): Buffer {
    const master = ring.get(version);
    if (master === undefined)
      throw new VaultError(`key ${keyId}: wrapped by master key ${version}, which is not given`);
    const key = unseal(wrappedKey, master, keyPlace(keyId));
    if (key === null) throw new VaultError(`key ${keyId}: does not open with master key ${version}`);
    return key;
  }

  return {
    seal(input) {
      const keyId = randomUUID();
      const key = randomBytes(KEY_BYTES);
      const fields = Object.entries(input.fields).map(([field, text]) => ({
        field,
        ciphertext: seal({
          key,
          nonce: randomBytes(NONCE_BYTES),
          bound: fieldPlace(input.eventKey, field),
          plaintext: Buffer.from(text, 'utf8'),
        }),
      }));
      return {
        ...wrap(keyId, key),
        fields,
        marks: marksOf(input),
        commitment: commitmentOf(input.fields, key),
      };
    },
    open({ eventKey, field, ciphertext }, wrapped) {
      const text = unseal(ciphertext, unwrap(wrapped), fieldPlace(eventKey, field));
      if (text === null)
        throw new VaultError(`${field} of event ${eventKey}: does not open with key ${wrapped.keyId}`);
      return text.toString('utf8');
    },
    digest: (fields) => keyedHash('digest', Object.entries(fields).sort(byName)).toString('hex'),
    commitment: (fields, wrapped) => commitmentOf(fields, unwrap(wrapped)),
    contactHashes({ email, phone }) {
      const [mailbox, number] = [normaliseEmail(email ?? ''), normalisePhone(phone ?? '')];
      return [...(mailbox === '' ? [] : [emailHash(mailbox)]), ...(number === '' ? [] : [phoneHash(number)])];
    },
    rewrap: (wrapped) =>
      wrapped.masterVersion === ring.newest().version ? null : wrap(wrapped.keyId, unwrap(wrapped)),
    reload: () => ring.reload(),
  };
}

/** A key made from the person's own, for this use alone. */
function commitmentOf(fields: Record<string, string>, key: Buffer): Buffer {
  const commitKey = Buffer.from(hkdfSync('sha256', key, '', 'tracewright commitment', KEY_BYTES));
  return createHmac('sha256', commitKey)
    .update(JSON.stringify(Object.entries(fields).sort(byName)))
    .digest();
}

const keyPlace = (keyId: string): string => JSON.stringify(['person_key', keyId.toLowerCase()]);
const fieldPlace = (eventKey: string, field: string): string =>
  JSON.stringify(['person_field', 'ciphertext', eventKey.toLowerCase(), field]);
const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : a > b ? 1 : 0);
