/** Ranges of serial numbers by their scheme: a number is compared as a number, a mask character by character, never as text. */
import type { SerialsLeaf } from './rule.js';
import { inVinRange, type VinRange, vinNumber, vinRangeOf, vinRangeSize } from './vin-range.js';

export type SerialRange =
  | { scheme: 'PREFIX'; prefix: string }
  /** One entry a place: a character, `?` for any one, `#` for any digit. */
  | { scheme: 'MASK'; prefix: string; mask: string }
  | NumericRange
  | VinRange;

interface NumericRange {
  scheme: 'NUMERIC';
  prefix: string;
  from: bigint | null;
  to: bigint | null;
  widthMin: number;
  widthMax: number;
  padded: boolean;
}

export type SerialRangeResult = { ok: true; range: SerialRange } | { ok: false; reason: string };

/** Reads a leaf, or says why it names no range. */
export function serialRangeOf(leaf: SerialsLeaf): SerialRangeResult {
  if (leaf.scheme === 'PREFIX') {
    const prefix = (leaf.pattern ?? leaf.from ?? '').replace(/\*$/, '');
    if (prefix === '') return { ok: false, reason: 'serials with scheme PREFIX: pattern is missing' };
    return { ok: true, range: { scheme: 'PREFIX', prefix } };
  }
  if (leaf.scheme === 'MASK') return maskOf(leaf);
  return leaf.scheme === 'VIN' ? vinRangeOf(leaf) : numericRangeOf(leaf);
}

function maskOf({ pattern, from, to }: SerialsLeaf): SerialRangeResult {
  if (from != null || to != null)
    return { ok: false, reason: 'serials with scheme MASK: pattern alone, no from and to' };
  if (pattern == null) return { ok: false, reason: 'serials with scheme MASK: pattern is missing' };
  const prefix = /^[^?#]*/.exec(pattern)?.[0] ?? '';
  if (prefix === pattern)
    return { ok: false, reason: `serials ${pattern}: a mask needs a place that may vary (? or #)` };
  return { ok: true, range: { scheme: 'MASK', prefix, mask: pattern } };
}

const parts = (serial: string): { prefix: string; digits: string } => {
  const digits = /[0-9]*$/.exec(serial)?.[0] ?? '';
  return { prefix: serial.slice(0, serial.length - digits.length), digits };
};

/** Both ends need the same prefix, and the same width unless neither is padded with zeros. */
function numericRangeOf(leaf: SerialsLeaf): SerialRangeResult {
  const ends = [leaf.from, leaf.to].filter((end): end is string => typeof end === 'string' && end !== '');
  if (ends.length === 0)
    return { ok: false, reason: 'serials with scheme NUMERIC: from and to are both missing' };
  const [first, last] = [parts(ends[0] as string), parts(ends.at(-1) as string)];
  for (const [index, part] of [first, last].entries()) {
    if (part.digits === '') return { ok: false, reason: `serial ${ends[index]}: ends in no number` };
  }
  const named = `serials ${ends[0]} to ${ends.at(-1)}`;
  if (first.prefix !== last.prefix) {
    const prefixes = `${first.prefix || '(none)'} and ${last.prefix || '(none)'}`;
    return { ok: false, reason: `${named}: prefixes ${prefixes} differ` };
  }
  const padded = first.digits.startsWith('0') || last.digits.startsWith('0');
  if (padded && first.digits.length !== last.digits.length) {
    const widths = `${first.digits.length} and ${last.digits.length}`;
    return { ok: false, reason: `${named}: numbers of ${widths} digits` };
  }
  const from = leaf.from ? BigInt(first.digits) : null;
  const to = leaf.to ? BigInt(last.digits) : null;
  if (from !== null && to !== null && from > to)
    return { ok: false, reason: `${named}: the first is greater than the last` };
  const open = ends.length === 1 && !padded;
  const widthMin = open && from === null ? 1 : first.digits.length;
  const widthMax = open && to === null ? 20 : last.digits.length;
  const { prefix } = first;
  return { ok: true, range: { scheme: 'NUMERIC', prefix, from, to, widthMin, widthMax, padded } };
}

/** Whether a serial lies in the range. */
export function inSerialRange(serial: string, range: SerialRange): boolean {
  if (range.scheme === 'VIN') return inVinRange(serial, range);
  if (!serial.startsWith(range.prefix)) return false;
  if (range.scheme === 'PREFIX') return true;
  if (range.scheme === 'MASK') {
    const places = [...range.mask];
    const fits = (place: string, character: string) =>
      place === '?' || (place === '#' ? /[0-9]/.test(character) : place === character);
    const given = [...serial];
    return given.length === places.length && places.every((place, at) => fits(place, given[at] ?? ''));
  }
  const digits = serial.slice(range.prefix.length);
  const { from, to, widthMin, widthMax, padded } = range;
  if (!/^[0-9]+$/.test(digits) || digits.length < widthMin || digits.length > widthMax) return false;
  if (!padded && widthMin !== widthMax && digits.length > 1 && digits.startsWith('0')) return false;
  const value = BigInt(digits);
  return (from === null || value >= from) && (to === null || value <= to);
}

/** Which number of the range a serial in it has; null where the range does not count. */
export function serialNumber(serial: string, range: SerialRange): bigint | null {
  if (range.scheme === 'VIN') return vinNumber(serial, range);
  return range.scheme === 'NUMERIC' ? BigInt(serial.slice(range.prefix.length)) : null;
}

/** The first and last number of the range; null when it is open or does not count. */
export function serialRangeEnds(range: SerialRange): { from: bigint; to: bigint } | null {
  if (range.scheme === 'VIN') return vinRangeSize(range);
  if (range.scheme !== 'NUMERIC' || range.from === null || range.to === null) return null;
  return { from: range.from, to: range.to };
}
