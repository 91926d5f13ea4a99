/** Cursors and node ids that only we can make and read, so that paging tells no row id and no count. */
import { createHmac, hkdfSync } from 'node:crypto';
import { KEY_BYTES, NONCE_BYTES, seal, unseal } from './aead.js';

/** The text is no cursor or id of ours, or one of another field, filter, order or caller. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

type Purpose = 'cursor' | 'node id';
interface Keys {
  key: Buffer;
  nonceKey: Buffer;
}

const derived = new WeakMap<Buffer, Map<Purpose, Keys>>();

/** Keys of one purpose, made once a secret: a page of a hundred rows needs some hundreds of them. */
function keysOf(secret: Buffer, purpose: Purpose): Keys {
  const known = derived.get(secret) ?? new Map<Purpose, Keys>();
  derived.set(secret, known);
  const derive = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `tracewright ${use}`, KEY_BYTES));
  const keys = known.get(purpose) ?? { key: derive(purpose), nonceKey: derive(`${purpose} nonce`) };
  known.set(purpose, keys);
  return keys;
}

/**
 * The nonce comes from the content: the same row has the same cursor, and neither counter nor chance is needed, since
 * one nonce twice means one plaintext twice.
 */
function sealText(secret: Buffer, purpose: Purpose, bound: string, text: string): string {
  const { key, nonceKey } = keysOf(secret, purpose);
  const nonce = createHmac('sha256', nonceKey)
    .update(JSON.stringify([bound, text]))
    .digest()
    .subarray(0, NONCE_BYTES);
  return seal({ key, nonce, bound, plaintext: Buffer.from(text, 'utf8') }).toString('base64url');
}

function openText(secret: Buffer, purpose: Purpose, bound: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  // base64url decodes leniently; only the one spelling we made is taken
  const text =
    bytes.toString('base64url') === sealed ? unseal(bytes, keysOf(secret, purpose).key, bound) : null;
  if (text === null) throw new CursorError(`not a ${purpose} made for this place`);
  return text.toString('utf8');
}

/** Encrypts a JSON value as a cursor that opens only under the same binding (field, filter, order, caller). */
export function sealCursor(secret: Buffer, binding: string, value: unknown): string {
  return sealText(secret, 'cursor', binding, JSON.stringify(value));
}

/** The value of a cursor; throws CursorError for anything that `sealCursor` did not make under this binding. */
export function openCursor(secret: Buffer, binding: string, cursor: string): unknown {
  return JSON.parse(openText(secret, 'cursor', binding, cursor));
}

/** The opaque id of a row: the same for the same row. A type has no space in it. */
export function sealNodeId(secret: Buffer, type: string, id: string): string {
  return sealText(secret, 'node id', '', `${type} ${id}`);
}

/** The row an id names; throws CursorError for one we did not make. */
export function openNodeId(secret: Buffer, nodeId: string): { type: string; id: string } {
  const text = openText(secret, 'node id', '', nodeId);
  const space = text.indexOf(' ');
  return { type: text.slice(0, space), id: text.slice(space + 1) };
}
