/** A new master key while the service runs: no request fails, and the old key is worth nothing afterwards. */
import { randomBytes } from 'node:crypto';
import { type Database, failpoint } from '../database/index.js';
import { KEY_BYTES } from './aead.js';
import { fileKeyRing, readKeyFile, writeKeyFile } from './key-ring.js';
import { announceMasterKeys, withKeys } from './key-store.js';
import { createVault, type WrappedKey } from './vault.js';

const KEYS_PER_TRANSACTION = 1_000;

export interface Rotation {
  version: number;
  retired: number[];
  rewrapped: number;
}

/**
 * Adds a key to the file, retires the older ones in the keys' database, wraps every person key anew, and takes the retired
 * keys out of the file. A server that seals with a retired key is refused, reads the file again and seals once more; one that
 * meets an unknown version reads it again too. Run again after a crash, it finishes with one more version.
 */
export async function rotateMasterKey(
  database: Database,
  { file, hashKey }: { file: string; hashKey: Buffer },
  progress: (line: string) => void,
): Promise<Rotation> {
  const keys = readKeyFile(file);
  const version = Math.max(...keys.keys()) + 1;
  writeKeyFile(file, new Map([...keys, [version, randomBytes(KEY_BYTES)]]));
  failpoint('rotation.key-made');
  const ring = fileKeyRing(file);
  await announceMasterKeys(database, ring);
  progress(`master key ${version}: made; new people are written under it`);
  await withKeys(database, (client) =>
    // waits for writers that hold an older version, and none can begin after
    client.query('update master_version set retired_at = now() where version < $1 and retired_at is null', [
      version,
    ]),
  );
  failpoint('rotation.old-retired');
  const rewrapped = await rewrapAll(
    database,
    createVault({ masterKeys: ring, hashKey }).rewrap,
    version,
    progress,
  );
  failpoint('rotation.keys-wrapped');
  const retired = [...keys.keys()];
  writeKeyFile(file, new Map([[version, keyOf(ring.get(version))]]));
  progress(`master keys ${retired.join(', ')}: retired; ${rewrapped} person keys wrapped anew`);
  return { version, retired, rewrapped };
}

const keyOf = (key: Buffer | undefined): Buffer => {
  if (key === undefined) throw new Error('the new master key was not read back');
  return key;
};

async function rewrapAll(
  database: Database,
  rewrap: (key: WrappedKey) => WrappedKey | null,
  version: number,
  progress: (line: string) => void,
): Promise<number> {
  for (let total = 0; ; ) {
    const done = await withKeys(database, async (client) => {
      const { rows } = await client.query<WrappedKey>(
        `select key_id as "keyId", wrapped_key as "wrappedKey", master_version as "masterVersion"
         from person_key where master_version < $1 order by key_id limit $2 for update`,
        [version, KEYS_PER_TRANSACTION],
      );
      const anew = rows.map(rewrap).filter((key) => key !== null);
      await client.query(
        `update person_key k set master_version = w.master_version, wrapped_key = w.wrapped_key
         from unnest($1::uuid[], $2::int[], $3::bytea[]) as w(key_id, master_version, wrapped_key)
         where k.key_id = w.key_id`,
        [
          anew.map((key) => key.keyId),
          anew.map((key) => key.masterVersion),
          anew.map((key) => key.wrappedKey),
        ],
      );
      return rows.length;
    });
    if (done === 0) return total;
    total += done;
    progress(`${total} person keys wrapped anew`);
  }
}
