/** Cursors and opaque ids: authenticated and encrypted, so that nobody reads, forges or carries one elsewhere. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

export class CursorError extends Error {}

const replacer = (_: string, value: unknown) => (typeof value === 'bigint' ? { $bigint: value.toString() } : value);
const reviver = (_: string, value: unknown) =>
  value && typeof value === 'object' && '$bigint' in value ? BigInt(String(value.$bigint)) : value;

function sealWith(secret: Buffer, iv: Buffer, binding: string, plain: string): string {
  const cipher = createCipheriv('aes-256-gcm', secret, iv);
  cipher.setAAD(Buffer.from(binding));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function openWith(secret: Buffer, binding: string, text: string): string {
  const sealed = Buffer.from(text, 'base64url');
  if (sealed.length < 29 || sealed.toString('base64url') !== text) throw new CursorError('not of this service');
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(binding));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString();
  } catch (error) {
    throw new CursorError('of another list, filter or caller, or altered', { cause: error });
  }
}

/** A cursor over a JSON value (bigints included), bound to field, filter, order and caller by `binding`. */
export const sealCursor = (secret: Buffer, binding: string, value: unknown): string =>
  sealWith(secret, randomBytes(12), `cursor|${binding}`, JSON.stringify(value, replacer));

/** Errors: CursorError on anything but a cursor sealed with the same binding. */
export const openCursor = (secret: Buffer, binding: string, cursor: string): unknown =>
  JSON.parse(openWith(secret, `cursor|${binding}`, cursor), reviver);

/** An id that is the same for the same node: its IV follows from what it seals, so equal ids tell only equal nodes. */
export function sealNodeId(secret: Buffer, type: string, id: string): string {
  const plain = `${type}|${id}`;
  const iv = createHmac('sha256', secret).update(`node|${plain}`).digest().subarray(0, 12);
  return sealWith(secret, iv, 'node', plain);
}

export function openNodeId(secret: Buffer, nodeId: string): { type: string; id: string } {
  const plain = openWith(secret, 'node', nodeId);
  const at = plain.indexOf('|');
  return { type: plain.slice(0, at), id: plain.slice(at + 1) };
}
