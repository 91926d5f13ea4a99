/** Who may see what: principals and their tokens, database sessions, the vault, sealed cursors. */

export { isShared, type PersonInput } from './buyer-identity.js';
export { CursorError, openCursor, openNodeId, sealCursor, sealNodeId } from './cursor.js';
export {
  countWrongSight,
  deriveSight,
  deriveSightOfProducts,
  deriveTrades,
  type Edge,
  type Trade,
} from './derive-sight.js';
export { createJwtReader, type JwtReader, KeySetError, looksLikeJwt } from './jwt.js';
export { fixedKeyRing } from './key-ring.js';
export {
  announceMasterKeys,
  destroyKeys,
  getKeys,
} from './key-store.js';
export { openNote, printPublicKey, readPublicKey, type Signer, signerOf } from './log/checkpoint.js';
export { checkEvidence, type Evidence, evidenceLines } from './log/evidence-file.js';
export { leafHash } from './log/leaf.js';
export { latestCheckpoint, type StoredCheckpoint } from './log/log.sql.js';
export {
  type ConsistencyProof,
  type InclusionProof,
  proveConsistency,
  proveInclusion,
} from './log/proofs.js';
export { sealLog, startSealer } from './log/seal-log.js';
export { type Finding, verifyLog } from './log/verify-log.js';
export { mendSight } from './mend-sight.js';
export { openVault } from './open-vault.js';
export { type Principal, type PrincipalRole, principalRoles } from './principal.js';
export { opaqueToken } from './redaction.js';
export { type Rotation, rotateMasterKey } from './rotate-master-key.js';
export { type RuleNames, refusedName } from './rule-names.js';
export { type PersonServices, sealFields, sealPersons } from './seal-fields.js';
export {
  custodyView,
  type Sight,
  seenBatches,
  seenItems,
  seenParties,
  seenProducts,
  seenUnits,
} from './seen.sql.js';
export { sessionsFor, type View } from './session.js';
export { sweepKeys } from './sweep-keys.js';
export {
  authenticate,
  createToken,
  isTokenUsable,
  listTokens,
  revokeToken,
  type TokenInput,
} from './tokens.js';
export {
  createVault,
  type SealedMarks,
  type SealedPerson,
  type Vault,
  VaultError,
  type VaultSecrets,
  type WrappedKey,
} from './vault.js';
