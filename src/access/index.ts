/** Who may see what: principals and their tokens, database sessions, the vault, sealed cursors. */

export { CursorError, openCursor, openNodeId, sealCursor, sealNodeId } from './cursor.js';
export {
  countWrongSight,
  deriveSight,
  deriveSightOfProducts,
  deriveTrades,
  type Edge,
} from './derive-sight.js';
export { type Principal, type PrincipalRole, principalRoles } from './principal.js';
export { opaqueToken } from './redaction.js';
export { type RuleNames, refusedName } from './rule-names.js';
export {
  custodyView,
  type Sight,
  seenBatches,
  seenItems,
  seenParties,
  seenProducts,
  seenUnits,
} from './seen.sql.js';
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
