/** Opens the vault of a configuration: its keys are checked against what is stored before the first person is read. */
import type { Database } from '../database/index.js';
import { fileKeyRing, fixedKeyRing, type KeyRing } from './key-ring.js';
import { announceMasterKeys } from './key-store.js';
import { createVault, type Vault } from './vault.js';

export interface VaultConfig {
  masterKeysFile?: string | null;
  secrets: { masterKey: Buffer | null; hashKey: Buffer };
}

export function ringOf({ masterKeysFile, secrets }: VaultConfig): KeyRing {
  if (masterKeysFile) return fileKeyRing(masterKeysFile);
  if (secrets.masterKey === null) throw new Error('vault: no master key');
  return fixedKeyRing(new Map([[1, secrets.masterKey]]));
}

export async function openVault(database: Database, config: VaultConfig): Promise<Vault> {
  const ring = ringOf(config);
  await announceMasterKeys(database, ring);
  return createVault({ masterKeys: ring, hashKey: config.secrets.hashKey });
}
