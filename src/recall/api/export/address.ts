/** The address an export is fetched at: it names the export and an hour, and its seal cannot be made without our key. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const seal = (secret: Buffer, exportId: string, expires: string): Buffer =>
  createHmac('sha256', Buffer.from(hkdfSync('sha256', secret, '', 'tracewright export address', 32)))
    .update(`${exportId}\n${expires}`)
    .digest();

/** A path with its seal, good until `expiresAt`. */
export function exportAddress(secret: Buffer, exportId: string, expiresAt: Date): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  return `/exports/${exportId}?expires=${expires}&seal=${seal(secret, exportId, expires).toString('base64url')}`;
}

/** Until when an address is good; null for one that is none of ours. */
export function readAddress(
  secret: Buffer,
  { exportId, expires, given }: { exportId: string; expires: string; given: string },
): Date | null {
  if (!/^\d{1,12}$/.test(expires)) return null;
  const [expected, bytes] = [seal(secret, exportId, expires), Buffer.from(given, 'base64url')];
  const isOurs = bytes.length === expected.length && timingSafeEqual(bytes, expected);
  return isOurs ? new Date(Number(expires) * 1000) : null;
}
