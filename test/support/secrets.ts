/** Secrets of the tests: fixed, so that a failing run can be repeated. */
export const testSecrets = {
  masterKey: Buffer.alloc(32, 1),
  hashKey: Buffer.alloc(32, 2),
  cursorKey: Buffer.alloc(32, 3),
  signingKey: Buffer.alloc(32, 4),
};
