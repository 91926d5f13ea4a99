/** Access: principals and their sessions, the vault of personal data, cursors that cannot be forged. */
export { CursorError, openCursor, openNodeId, sealCursor, sealNodeId } from './cursor.js';
export { sessionOf, type View, viewsOf } from './sessions.js';
export { authenticate, createToken, type Principal, type PrincipalRole, principalRoles } from './tokens.js';
export { createVault, type PersonKey, type Sealed, type SealInput, type Vault } from './vault.js';
