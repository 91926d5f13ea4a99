/** The leaf of an event in the tamper-evident log (RFC 6962, 2.1: SHA-256 of 0x00 and the entry), stored when it is recorded. */
import { createHash } from 'node:crypto';

/** All that an event says. Its personal fields are in it through a digest under a key that goes when the person is erased. */
export interface LogEntry {
  eventId: string;
  kind: string;
  occurredAt: Date;
  occurredTo: Date;
  offsetMinutes: number;
  recorderId: bigint | null;
  recordedAt: Date;
  targetKey: string | null;
  /** JSON: its canonical row without personal fields. */
  body: unknown;
  /** JSON: the text of columns as received, where it is not the canonical one. */
  received: unknown;
  commitment: Buffer | null;
}

/** JSON with the members of every object sorted, so that one value has one text whatever store it went through. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

export function leafHash(entry: LogEntry): Buffer {
  const text = canonicalJson([
    entry.eventId,
    entry.kind,
    entry.occurredAt.toISOString(),
    entry.occurredTo.toISOString(),
    entry.offsetMinutes,
    entry.recorderId === null ? null : String(entry.recorderId),
    entry.recordedAt.toISOString(),
    entry.targetKey,
    entry.body,
    entry.received,
    entry.commitment === null ? null : entry.commitment.toString('hex'),
  ]);
  return createHash('sha256').update(Buffer.of(0)).update(text, 'utf8').digest();
}
