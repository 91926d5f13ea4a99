/** AES-256-GCM in the one layout used everywhere here: nonce, tag, ciphertext. */
import { createCipheriv, createDecipheriv } from 'node:crypto';

export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Seal {
  key: Buffer;
  /** 12 bytes, never used twice with one key for different plaintexts. */
  nonce: Buffer;
  /** What the ciphertext belongs to: it opens nowhere else. */
  bound: string;
  plaintext: Buffer;
}

export function seal({ key, nonce, bound, plaintext }: Seal): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(bound, 'utf8'));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** The plaintext, or null for anything not sealed with this key for this place. */
export function unseal(sealed: Buffer, key: Buffer, bound: string): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(bound, 'utf8'));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** Refuses a key of another length by name, so that a wrong setting shows at start and not at the first buyer. */
export function checkKey(name: string, key: Buffer): Buffer {
  if (key.length !== KEY_BYTES) throw new Error(`${name}: ${key.length} bytes, should be ${KEY_BYTES}`);
  return key;
}
