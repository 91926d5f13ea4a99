/** Pure: which notice, if any, each recipient is to get: what it was told compared with what is so now. */
import { createHash } from 'node:crypto';
import type { NoticeKind } from '../../delivery/notice-content.js';

/** A kind the sender names; null: what changed says. */
export type AskedKind = 'INTERIM' | 'FINAL' | 'REMINDER' | 'CLOSING' | null;

export interface ToldLine {
  batchId: bigint | null;
  itemId: bigint | null;
  certain: boolean;
}

/** The latest notice to a recipient. */
export interface Told {
  linesDigest: Buffer;
  lines: readonly ToldLine[];
  /** Null: from before texts were kept. */
  textId: bigint | null;
  answered: boolean;
}

export interface Now {
  lines: readonly ToldLine[];
  linesDigest: Buffer;
  textId: bigint;
}

const goodsOf = (line: ToldLine): string => `${line.batchId ?? ''}:${line.itemId ?? 0n}`;

export const digestOfLines = (lines: readonly ToldLine[]): Buffer =>
  createHash('sha256')
    .update(
      lines
        .map((line) => `${goodsOf(line)}:${line.certain}`)
        .sort()
        .join('\n'),
    )
    .digest();

/** Null: the recipient need not be told. */
export function kindFor(asked: AskedKind, now: Now, told: Told | undefined): NoticeKind | null {
  if (asked === 'REMINDER') return told !== undefined && !told.answered ? 'REMINDER' : null;
  if (asked !== null) return now.lines.length > 0 ? asked : null;
  if (told === undefined) return 'INITIAL';
  const isTextNew = told.textId !== null && told.textId !== now.textId;
  // who has nothing left was told so, and other words concern it no more
  if (told.linesDigest.equals(now.linesDigest)) return isTextNew && now.lines.length > 0 ? 'CHANGED' : null;
  const [goods, before] = [new Set(now.lines.map(goodsOf)), new Set(told.lines.map(goodsOf))];
  const more = [...goods].some((one) => !before.has(one));
  const less = [...before].some((one) => !goods.has(one));
  if (isTextNew) return less && !more ? 'REMOVED' : 'CHANGED';
  return more && !less ? 'ADDED' : less && !more ? 'REMOVED' : 'CHANGED';
}
