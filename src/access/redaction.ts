/** What stands in an answer for what the caller may not see by name. */
import { createHmac } from 'node:crypto';
import type { Principal } from './principal.js';

type OpaqueType = 'Party' | 'Site' | 'Product' | 'Batch' | 'Item' | 'LogisticUnit' | 'Event';

/**
 * A token for one thing and one viewer: the same each time, so that two rows of it can be told to be one, and unlike what
 * any other viewer is given, so that two viewers cannot compare what they were not shown.
 */
export function opaqueToken(secret: Buffer, principal: Principal, type: OpaqueType, id: bigint): string {
  const viewer = principal.partyId ?? principal.role;
  const digest = createHmac('sha256', secret)
    .update(JSON.stringify(['opaque', String(viewer), type, String(id)]))
    .digest('base64url');
  return `urn:tracewright:opaque:${type.toLowerCase()}:${digest.slice(0, 22)}`;
}
