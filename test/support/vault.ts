/** A real vault with the tests' keys. */
import { createVault, type Vault } from '../../src/access/index.js';
import { testSecrets } from './secrets.js';

export const testVault = (): Vault =>
  createVault({ masterKeys: new Map([[1, testSecrets.masterKey]]), hashKey: testSecrets.hashKey });
