/** Ranges of serial numbers: a prefix and a number, compared as a number, never as text. */
import type { SerialsLeaf } from './rule.js';

export interface SerialRange {
  prefix: string;
  /** Null: every serial with the prefix. */
  number: {
    from: bigint | null;
    to: bigint | null;
    widthMin: number;
    widthMax: number;
    padded: boolean;
  } | null;
}

export type SerialRangeResult = { ok: true; range: SerialRange } | { ok: false; reason: string };

const parts = (serial: string): { prefix: string; digits: string } => {
  const digits = /[0-9]*$/.exec(serial)?.[0] ?? '';
  return { prefix: serial.slice(0, serial.length - digits.length), digits };
};

/** Reads a leaf; both ends need the same prefix, and the same width unless neither is padded with zeros. */
export function serialRangeOf(leaf: SerialsLeaf): SerialRangeResult {
  if (leaf.scheme === 'PREFIX') {
    const prefix = (leaf.pattern ?? leaf.from ?? '').replace(/\*$/, '');
    if (prefix === '') return { ok: false, reason: 'serials with scheme PREFIX: pattern is missing' };
    return { ok: true, range: { prefix, number: null } };
  }
  const ends = [leaf.from, leaf.to].filter((end): end is string => typeof end === 'string' && end !== '');
  if (ends.length === 0)
    return { ok: false, reason: 'serials with scheme NUMERIC: from and to are both missing' };
  const [first, last] = [parts(ends[0] as string), parts(ends.at(-1) as string)];
  for (const [index, part] of [first, last].entries()) {
    if (part.digits === '') return { ok: false, reason: `serial ${ends[index]}: ends in no number` };
  }
  if (first.prefix !== last.prefix) {
    return {
      ok: false,
      reason: `serials ${ends[0]} to ${ends[1]}: prefixes ${first.prefix || '(none)'} and ${last.prefix || '(none)'} differ`,
    };
  }
  const padded = first.digits.startsWith('0') || last.digits.startsWith('0');
  if (padded && first.digits.length !== last.digits.length) {
    return {
      ok: false,
      reason: `serials ${ends[0]} to ${ends[1]}: numbers of ${first.digits.length} and ${last.digits.length} digits`,
    };
  }
  const from = leaf.from ? BigInt(first.digits) : null;
  const to = leaf.to ? BigInt(last.digits) : null;
  if (from !== null && to !== null && from > to) {
    return { ok: false, reason: `serials ${leaf.from} to ${leaf.to}: the first is greater than the last` };
  }
  const open = ends.length === 1 && !padded;
  const widthMin = open && from === null ? 1 : first.digits.length;
  const widthMax = open && to === null ? 20 : last.digits.length;
  return { ok: true, range: { prefix: first.prefix, number: { from, to, widthMin, widthMax, padded } } };
}

/** Whether a serial lies in the range. */
export function inSerialRange(serial: string, range: SerialRange): boolean {
  if (!serial.startsWith(range.prefix)) return false;
  if (range.number === null) return true;
  const digits = serial.slice(range.prefix.length);
  const { from, to, widthMin, widthMax, padded } = range.number;
  if (!/^[0-9]+$/.test(digits) || digits.length < widthMin || digits.length > widthMax) return false;
  if (!padded && widthMin !== widthMax && digits.length > 1 && digits.startsWith('0')) return false;
  const value = BigInt(digits);
  return (from === null || value >= from) && (to === null || value <= to);
}

/** How many serials the range has; null when it is open. */
export function serialRangeSize(range: SerialRange): bigint | null {
  const number = range.number;
  if (number === null || number.from === null || number.to === null) return null;
  return number.to - number.from + 1n;
}
