/** Who may see what: principals and their tokens, database sessions, the vault, sealed cursors. */
export { CursorError, openCursor, openNodeId, sealCursor, sealNodeId } from './cursor.js';
export { type Principal, type PrincipalRole, principalRoles } from './principal.js';
export { sessionsFor, type View, ViewError } from './session.js';
export { authenticate, createToken, revokeToken, TokenError, type TokenInput } from './tokens.js';
export {
  createVault,
  type SealedPerson,
  type Vault,
  VaultError,
  type VaultSecrets,
  type WrappedKey,
} from './vault.js';
