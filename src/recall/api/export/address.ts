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

/** Whether an address is one of ours and its time is not over. */
export function isGoodAddress(
  secret: Buffer,
  { exportId, expires, given, now }: { exportId: string; expires: string; given: string; now: Date },
): boolean {
  if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1000 <= now.getTime()) return false;
  const [expected, bytes] = [seal(secret, exportId, expires), Buffer.from(given, 'base64url')];
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
