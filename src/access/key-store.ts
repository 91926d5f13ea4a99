/** Person keys, in a database of their own: whoever restores an older record finds that destroyed keys stay destroyed. */
import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { type Database, failpoint, undo } from '../database/index.js';
import type { KeyRing } from './key-ring.js';
import type { WrappedKey } from './vault.js';

/** The master key these keys were wrapped with was retired meanwhile: read the keys again and seal anew. */
export class MasterKeyRetiredError extends Error {
  override readonly name = 'MasterKeyRetiredError';
}

type Keys = Pick<Database, 'keysPool'>;

export async function withKeys<T>(database: Keys, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await database.keysPool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin; set local role tw_engine');
    const result = await work(client);
    failpoint('keys.before-commit');
    await client.query('commit');
    failpoint('keys.after-commit');
    return result;
  } catch (error) {
    broken = await undo(client, error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Stores keys, committed when this returns: before the record commits what they encrypt, never after, so that a crash leaves
 * a key without data and not data without its key. Errors: MasterKeyRetiredError, and nothing is stored.
 */
export async function putKeys(database: Keys, keys: readonly WrappedKey[]): Promise<void> {
  await withKeys(database, async (client) => {
    const stored = await client.query(
      `with current_master as (
         select m.version from master_version m where m.version = any($2::int[]) and m.retired_at is null for share
       )
       insert into person_key (key_id, master_version, wrapped_key)
       select w.key_id, w.master_version, w.wrapped_key
       from unnest($1::uuid[], $2::int[], $3::bytea[]) as w(key_id, master_version, wrapped_key)
       join current_master m on m.version = w.master_version`,
      [keys.map((key) => key.keyId), keys.map((key) => key.masterVersion), keys.map((key) => key.wrappedKey)],
    );
    if (stored.rowCount !== keys.length)
      throw new MasterKeyRetiredError(
        `master key ${[...new Set(keys.map((key) => key.masterVersion))].join(', ')}: retired or never announced`,
      );
  });
}

/** The keys among these that still exist; one that is missing was destroyed. */
export async function getKeys(database: Keys, keyIds: readonly string[]): Promise<Map<string, WrappedKey>> {
  if (keyIds.length === 0) return new Map();
  const { rows } = await withKeys(database, (client) =>
    client.query<{ key_id: string; wrapped_key: Buffer; master_version: number }>(
      'select key_id, wrapped_key, master_version from person_key where key_id = any($1::uuid[])',
      [[...new Set(keyIds)]],
    ),
  );
  return new Map(
    rows.map((row) => [
      row.key_id,
      { keyId: row.key_id, wrappedKey: row.wrapped_key, masterVersion: row.master_version },
    ]),
  );
}

/** Destroys keys: what they encrypted can be read no more. Returns how many there were. */
export async function destroyKeys(database: Keys, keyIds: readonly string[]): Promise<number> {
  const done = await withKeys(database, (client) =>
    client.query('delete from person_key where key_id = any($1::uuid[])', [[...new Set(keyIds)]]),
  );
  return done.rowCount ?? 0;
}

/** Tells one master key from another without telling the key. */
const fingerprintOf = (key: Buffer): Buffer =>
  createHmac('sha256', key).update('tracewright master key').digest();

/** Announces the ring's versions; throws when a version is known here with another key: its people could not be read. */
export async function announceMasterKeys(database: Keys, ring: KeyRing): Promise<void> {
  await withKeys(database, async (client) => {
    for (const version of ring.versions()) {
      const key = ring.get(version);
      if (key === undefined) continue;
      const fingerprint = fingerprintOf(key);
      await client.query(
        'insert into master_version (version, fingerprint) values ($1, $2) on conflict (version) do nothing',
        [version, fingerprint],
      );
      const { rows } = await client.query<{ fingerprint: Buffer }>(
        'select fingerprint from master_version where version = $1',
        [version],
      );
      if (!rows[0]?.fingerprint.equals(fingerprint))
        throw new Error(
          `master key ${version}: not the key that the stored person keys of this version were wrapped with`,
        );
    }
  });
}
