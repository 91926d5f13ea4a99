/** A real vault with the tests' keys. Whom it seals is looked for in the logs when the run ends. */
import { createVault, type Vault } from '../../src/access/index.js';
import { notePeople } from './run-folder.js';
import { testSecrets } from './secrets.js';

export function testVault(): Vault {
  const vault = createVault({
    masterKeys: new Map([[1, testSecrets.masterKey]]),
    hashKey: testSecrets.hashKey,
  });
  return {
    ...vault,
    seal(input) {
      notePeople(Object.values(input.fields));
      return vault.seal(input);
    },
  };
}
