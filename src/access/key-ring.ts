/** Master keys by version: given once, or read from a file that a rotation changes while the service runs. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { checkKey } from './aead.js';

export interface KeyRing {
  /** New person keys are wrapped with it. */
  newest(): { version: number; key: Buffer };
  /** The key of a version, read anew when it is not known yet; undefined: not given. */
  get(version: number): Buffer | undefined;
  /** Reads the keys again; a version once known is kept, since a row read a moment ago may still need it. */
  reload(): void;
  versions(): number[];
}

const fileForm = z.record(z.string().regex(/^[1-9]\d{0,8}$/), z.base64());

/** The keys of a file: a JSON object of version to 32 bytes in base64. Errors name the file, never a key. */
export function readKeyFile(path: string): Map<number, Buffer> {
  const parsed = fileForm.safeParse(readJson(path));
  if (!parsed.success || Object.keys(parsed.data).length === 0)
    throw new Error(`${path}: should be a JSON object such as {"1": "<32 bytes in base64>"}`);
  return new Map(
    Object.entries(parsed.data).map(([version, text]) => [
      Number(version),
      checkKey(`${path}: master key ${version}`, Buffer.from(text, 'base64')),
    ]),
  );
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'not JSON' : (error as NodeJS.ErrnoException).code;
    throw new Error(`${path}: cannot be read as master keys (${why})`);
  }
}

/** Replaces the file whole, so that a reader sees the old keys or the new and never half of them. */
export function writeKeyFile(path: string, keys: ReadonlyMap<number, Buffer>): void {
  const half = `${path}.${process.pid}`;
  const content = Object.fromEntries([...keys].map(([version, key]) => [version, key.toString('base64')]));
  // on the disk before a person key is wrapped with it: a power cut must not take what the database has kept
  writeFileSync(half, `${JSON.stringify(content)}\n`, { mode: 0o600, flush: true });
  renameSync(half, path);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function ringOf(read: () => ReadonlyMap<number, Buffer>): KeyRing {
  const known = new Map<number, Buffer>();
  let newest = 0;
  const reload = (): void => {
    const keys = read();
    for (const [version, key] of keys) known.set(version, checkKey(`master key ${version}`, key));
    newest = Math.max(0, ...keys.keys());
  };
  reload();
  return {
    newest() {
      const key = known.get(newest);
      if (key === undefined) throw new Error('vault: no master key');
      return { version: newest, key };
    },
    get(version) {
      if (!known.has(version)) reload();
      return known.get(version);
    },
    reload,
    versions: () => [...known.keys()],
  };
}

export const fixedKeyRing = (keys: ReadonlyMap<number, Buffer>): KeyRing => ringOf(() => keys);
export const fileKeyRing = (path: string): KeyRing => ringOf(() => readKeyFile(path));
