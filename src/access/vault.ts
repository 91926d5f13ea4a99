/**
 * The vault: personal fields, encrypted with a key per person before anything is written.
 *
 * AES-256-GCM bound to table, event and field, so that a ciphertext moved to another row does not open; the person's key
 * is wrapped by a versioned master key. Destroying the wrapped key erases the person.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomUUID } from 'node:crypto';

export interface SealInput {
  eventKey: string;
  /** The seller in whose books `buyerRef` means something. */
  sellerKey: string;
  fields: Record<string, string>;
  buyerRef?: string;
}

export interface Sealed {
  keyId: string;
  masterVersion: number;
  wrappedKey: Buffer;
  fields: { field: string; ciphertext: Buffer }[];
  /** Keyed hash that identifies the buyer; null when nothing does. */
  buyerKey: Buffer | null;
}

export interface PersonKey {
  keyId: string;
  wrappedKey: Buffer;
  masterVersion: number;
}

export interface Vault {
  seal(input: SealInput): Sealed;
  /** Errors: an Error naming event and field when the ciphertext is not this field's or the key is not this person's. */
  open(row: { eventKey: string; field: string; ciphertext: Buffer }, key: PersonKey): string;
  /** Keyed digest of personal fields: what identities and the log commit to instead of the fields. */
  digest(fields: Record<string, string>): string;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** IV, ciphertext and tag in one buffer. */
function encrypt(key: Buffer, plain: Buffer, associated: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  cipher.setAAD(Buffer.from(associated));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, associated: string): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(associated));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}

const fieldBinding = (eventKey: string, field: string) => `person_field|${eventKey}|${field}`;
const keyBinding = (keyId: string, version: number) => `person_key|${keyId}|${version}`;

const normalEmail = (text: string) => text.normalize('NFKC').trim().toLowerCase();
const normalPhone = (text: string) => {
  const digits = text.replace(/[^\d+]/g, '');
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
};

/** A vault over master keys by version; the highest version wraps new keys. */
export function createVault(secrets: { masterKeys: Map<number, Buffer>; hashKey: Buffer }): Vault {
  const version = Math.max(...secrets.masterKeys.keys());
  const masterKey = (wanted: number): Buffer => {
    const key = secrets.masterKeys.get(wanted);
    if (!key) throw new Error(`master key version ${wanted} is not configured`);
    return key;
  };
  const hash = (kind: string, ...parts: string[]) =>
    createHmac('sha256', secrets.hashKey).update(JSON.stringify([kind, ...parts])).digest();

  /** Who is one buyer: the seller's reference, else the e-mail, else the phone, else the sale itself. */
  const buyerKeyOf = ({ eventKey, sellerKey, fields, buyerRef }: SealInput): Buffer | null => {
    if (buyerRef) return hash('reference', sellerKey, buyerRef);
    const email = normalEmail(fields.buyer_email ?? '');
    if (email !== '') return hash('email', email);
    const phone = normalPhone(fields.buyer_phone ?? '');
    if (phone !== '') return hash('phone', phone);
    return fields.buyer_name || fields.buyer_address ? hash('sale', eventKey) : null;
  };

  return {
    seal(input) {
      const keyId = randomUUID();
      const key = randomBytes(32);
      return {
        keyId,
        masterVersion: version,
        wrappedKey: encrypt(masterKey(version), key, keyBinding(keyId, version)),
        fields: Object.entries(input.fields).map(([field, text]) => ({
          field,
          ciphertext: encrypt(key, Buffer.from(text), fieldBinding(input.eventKey, field)),
        })),
        buyerKey: buyerKeyOf(input),
      };
    },
    open(row, person) {
      try {
        const key = decrypt(masterKey(person.masterVersion), person.wrappedKey, keyBinding(person.keyId, person.masterVersion));
        return decrypt(key, row.ciphertext, fieldBinding(row.eventKey, row.field)).toString();
      } catch (error) {
        throw new Error(`${row.field} of event ${row.eventKey} does not open with this key`, { cause: error });
      }
    },
    digest: (fields) => hash('digest', ...Object.entries(fields).sort().flat()).toString('hex'),
  };
}
