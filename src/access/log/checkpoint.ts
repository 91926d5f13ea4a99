/** Checkpoints: the size and root of the log as a signed note (C2SP tlog-checkpoint and signed-note, Ed25519). */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';

export const ORIGIN = 'tracewright/log';
const ED25519 = 1;

export interface Checkpoint {
  treeSize: bigint;
  rootHash: Buffer;
  signedAt: Date;
}

export interface Signer {
  sign(checkpoint: Checkpoint): string;
  publicKey: KeyObject;
}

// RFC 8410: what stands before the 32 bytes of a seed or of a public key
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const rawPublicKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-32);

/** A public key from PEM or from its 32 bytes in base64; throws where it is neither. */
export function readPublicKey(text: string): KeyObject {
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN')) {
    const key = createPublicKey(trimmed);
    if (key.asymmetricKeyType !== 'ed25519')
      throw new Error(`public key: ${key.asymmetricKeyType}, should be Ed25519`);
    return key;
  }
  const bytes = Buffer.from(trimmed, 'base64');
  if (bytes.length !== 32) throw new Error('public key: should be PEM, or 32 bytes in base64');
  return createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' });
}

export const printPublicKey = (key: KeyObject): string => rawPublicKey(key).toString('base64');

/** First four bytes of SHA-256 over name, newline, algorithm and key: tells a note which key signed it. */
const keyHash = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(`${ORIGIN}\n`)
    .update(Buffer.of(ED25519))
    .update(rawPublicKey(key))
    .digest()
    .subarray(0, 4);

const textOf = ({ treeSize, rootHash, signedAt }: Checkpoint): string =>
  `${ORIGIN}\n${treeSize}\n${rootHash.toString('base64')}\ntime ${signedAt.toISOString()}\n`;

/** Signs with the Ed25519 key of a 32-byte seed. */
export function signerOf(seed: Buffer): Signer {
  const key = createPrivateKey({ key: Buffer.concat([seedPrefix, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key);
  return {
    publicKey,
    sign(checkpoint) {
      const text = textOf(checkpoint);
      const signature = Buffer.concat([keyHash(publicKey), signBytes(null, Buffer.from(text, 'utf8'), key)]);
      return `${text}\n— ${ORIGIN} ${signature.toString('base64')}\n`;
    },
  };
}

const noteForm =
  /^tracewright\/log\n(0|[1-9]\d{0,18})\n([A-Za-z0-9+/]{43}=)\ntime (\S+)\n\n— tracewright\/log ([A-Za-z0-9+/=]+)\n$/;

/** What a note says when this key signed it; else why it does not count. */
export function openNote(
  note: string,
  key: KeyObject,
): { ok: true; checkpoint: Checkpoint } | { ok: false; reason: string } {
  const match = noteForm.exec(note);
  if (!match) return { ok: false, reason: 'not a checkpoint of this log' };
  const [, size = '', root = '', time = '', signature = ''] = match;
  const bytes = Buffer.from(signature, 'base64');
  if (!bytes.subarray(0, 4).equals(keyHash(key))) return { ok: false, reason: 'signed with another key' };
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  if (!verifyBytes(null, Buffer.from(text, 'utf8'), key, bytes.subarray(4)))
    return { ok: false, reason: 'the signature does not fit what it says' };
  return {
    ok: true,
    checkpoint: { treeSize: BigInt(size), rootHash: Buffer.from(root, 'base64'), signedAt: new Date(time) },
  };
}
