/** Who a row is and whether it says the same: its event id and the digest of its content, both from one canonical text. */
import { createHash } from 'node:crypto';
import { endColumns } from './file-kinds.js';
import { Fingerprints } from './fingerprints.js';
import type { CanonicalRow, CanonicalValue } from './row.js';

/** `endEventId` is the id of the event at the end of the interval, where the row gives both of its ends. */
export type IdentifiedRow = CanonicalRow & { eventId: string; endEventId: string | null };

/**
 * A digest of personal fields under a secret key. Ids are shown and exported, so a plain hash of an e-mail address in
 * them could be guessed back. The key must stay the same, or the rows of a file get other ids when it is read again.
 */
export type PersonalDigest = (fields: Record<string, string>) => string;

/** Filled at the end only: then the row is the end event itself, and the end is part of what it says. */
function isOnlyEnd(row: CanonicalRow): boolean {
  const interval = endColumns[row.kind];
  return interval !== undefined && !row.values[interval.start] && Boolean(row.values[interval.end]);
}

/** An instant is the same in any offset, so only the moments count. */
function canonicalValue(value: CanonicalValue): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return value.at === value.to ? value.at : [value.at, value.to];
}

/**
 * The row as JSON with sorted keys, without absent columns (a column added later changes no id), without the event id
 * and without the end of an interval that the row opens. Throws when the row has personal fields and no digest.
 */
export function canonicalJson(row: CanonicalRow, personalDigest?: PersonalDigest): string {
  const skipped = isOnlyEnd(row) ? undefined : endColumns[row.kind]?.end;
  const entries: [string, unknown][] = [];
  for (const name of Object.keys(row.values).sort()) {
    const value = row.values[name];
    if (value === null || value === undefined || name === skipped) continue;
    entries.push([name, canonicalValue(value)]);
  }
  const personal = Object.keys(row.personal).sort();
  const digest: [string, string][] = [];
  if (personal.length > 0) {
    if (!personalDigest)
      throw new Error('rows with personal fields need a personalDigest, or their ids would leak them');
    digest.push([
      'personal',
      personalDigest(Object.fromEntries(personal.map((name) => [name, row.personal[name] ?? '']))),
    ]);
  }
  return JSON.stringify([row.kind, Object.fromEntries(entries), Object.fromEntries(digest)]);
}

/** SHA-256 of what a row says: equal for the same event again, whatever the spelling of its keys, numbers and times. */
export function contentHash(row: CanonicalRow, personalDigest?: PersonalDigest): Buffer {
  return createHash('sha256').update(canonicalJson(row, personalDigest)).digest();
}

/** How many rows of a digest were met. */
export interface Ordinals {
  get(digest: Uint8Array): number | undefined;
  set(digest: Uint8Array, count: number): void;
}

/**
 * Gives each row its event id: the one it has, else `row:` and the SHA-256 of its canonical text and its ordinal among
 * the equal rows of its file that have none. Rows of a file come in one call, or in several with the same `ordinals`.
 */
export function identifyRows(
  rows: readonly CanonicalRow[],
  personalDigest?: PersonalDigest,
  ordinals: Ordinals = new Fingerprints(),
): IdentifiedRow[] {
  return rows.map((row) => {
    const eventId = row.eventId ?? nextId(row, ordinals, personalDigest);
    const interval = endColumns[row.kind];
    const bothEnds =
      interval !== undefined && Boolean(row.values[interval.start]) && Boolean(row.values[interval.end]);
    return { ...row, eventId, endEventId: bothEnds ? `${eventId}#end` : null };
  });
}

function nextId(row: CanonicalRow, ordinals: Ordinals, personalDigest?: PersonalDigest): string {
  const hash = contentHash(row, personalDigest);
  const inFile = createHash('sha256')
    .update(`${row.file ?? ''}\n`)
    .update(hash)
    .digest();
  const ordinal = ordinals.get(inFile) ?? 0;
  ordinals.set(inFile, ordinal + 1);
  return `row:${createHash('sha256').update(hash).update(`\n${ordinal}`).digest('hex')}`;
}
