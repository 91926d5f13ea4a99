/**
 * Ranges of vehicle identification numbers (ISO 3779): maker (places 1-3), description (4-8), check digit (9, free),
 * model year (10), plant (11), sequence (12-17). Only year and sequence count; the rest must be alike.
 */
import type { SerialsLeaf } from './rule.js';

export interface VinRange {
  scheme: 'VIN';
  /** Known characters at the start, to find candidates by. */
  prefix: string;
  /** Places 1-9, `?` where any character may stand. */
  description: string;
  /** Places 11 up to the sequence: plant, and what a small maker puts before its numbers. */
  plant: string;
  /** Indexes in the cycle of thirty year codes; null: place 10 is the same in both ends and no year counts. */
  years: { from: number; to: number } | null;
  place10: string;
  from: bigint | null;
  to: bigint | null;
}

export type VinRangeResult = { ok: true; range: VinRange } | { ok: false; reason: string };

/** SAE J853: letters without I, O, Q, U, Z, then 1 to 9; A is 1980, 2010, 2040. */
const YEARS = 'ABCDEFGHJKLMNPRSTVWXY123456789';
/** A range over more years than this is two ends put the wrong way round. */
const YEARS_MAX = 15;
const WILD = /[*#?.]/g;

interface Vin {
  text: string;
  plant: string;
  digits: string;
}

function vinOf(given: string): Vin | string {
  const text = given.trim().toUpperCase().replace(WILD, '?');
  if (text.length !== 17) return `VIN ${given}: ${text.length} characters, not 17`;
  const bad = /[^A-HJ-NPR-Z0-9?]/.exec(text);
  if (bad) return `VIN ${given}: ${bad[0]} at place ${bad.index + 1} is no character of a VIN`;
  const digits = /[0-9]*$/.exec(text.slice(11))?.[0] ?? '';
  if (digits === '') return `VIN ${given}: ends in no number`;
  return { text, plant: text.slice(10, 17 - digits.length), digits };
}

/** Both ends, or one of them; masked places (`*`, `#`, `?`, `.`) must be masked in both. */
export function vinRangeOf(leaf: SerialsLeaf): VinRangeResult {
  const ends = [leaf.from, leaf.to].filter((end): end is string => typeof end === 'string' && end !== '');
  if (ends.length === 0)
    return { ok: false, reason: 'serials with scheme VIN: from and to are both missing' };
  const [first, last] = [vinOf(ends[0] as string), vinOf(ends.at(-1) as string)];
  if (typeof first === 'string') return { ok: false, reason: first };
  if (typeof last === 'string') return { ok: false, reason: last };
  const differ = (what: string, a: string, b: string): VinRangeResult => ({
    ok: false,
    reason: `VINs ${ends[0]} to ${ends.at(-1)}: ${what} ${a} and ${b} differ; give a range for each`,
  });
  const [maker, otherMaker] = [first.text.slice(0, 3), last.text.slice(0, 3)];
  if (maker !== otherMaker) return differ('makers', maker, otherMaker);
  const [model, otherModel] = [first.text.slice(3, 8), last.text.slice(3, 8)];
  if (model !== otherModel) return differ('model descriptions', model, otherModel);
  const [check, otherCheck] = [first.text.charAt(8), last.text.charAt(8)];
  const isCheckDigit = /[0-9X?]/.test(check) && /[0-9X?]/.test(otherCheck);
  if (check !== otherCheck && !isCheckDigit) return differ('places 9', check, otherCheck);
  if (first.plant !== last.plant || first.digits.length !== last.digits.length)
    return differ('plants', first.plant, last.plant);
  const [year, otherYear] = [first.text.charAt(9), last.text.charAt(9)];
  const years = { from: YEARS.indexOf(year), to: YEARS.indexOf(otherYear) };
  if (year !== otherYear && (years.from < 0 || years.to < 0)) return differ('places 10', year, otherYear);
  const [from, to] = [leaf.from ? BigInt(first.digits) : null, leaf.to ? BigInt(last.digits) : null];
  const reversed =
    year === otherYear
      ? from !== null && to !== null && from > to
      : (years.to - years.from + YEARS.length) % YEARS.length > YEARS_MAX;
  if (reversed)
    return { ok: false, reason: `VINs ${ends[0]} to ${ends[1]}: the first is greater than the last` };
  const description = `${maker}${model}${isCheckDigit ? '?' : check}`;
  const prefix = /^[^?]*/.exec(description)?.[0] ?? '';
  return {
    ok: true,
    range: {
      scheme: 'VIN',
      prefix,
      description,
      plant: first.plant,
      years: year === otherYear ? null : years,
      place10: year,
      from,
      to,
    },
  };
}

const fits = (mask: string, text: string): boolean =>
  mask.length === text.length && [...mask].every((place, at) => place === '?' || place === text.charAt(at));

/** Whether a serial is a VIN in the range; letters in either case. */
export function inVinRange(serial: string, range: VinRange): boolean {
  const vin = vinOf(serial);
  if (typeof vin === 'string' || vin.text.includes('?')) return false;
  const end = 11 + range.plant.length - 1;
  if (!fits(range.description, vin.text.slice(0, 9)) || !fits(range.plant, vin.text.slice(10, end)))
    return false;
  const digits = vin.text.slice(end);
  if (!/^[0-9]+$/.test(digits)) return false;
  const value = BigInt(digits);
  const [after, before] = [
    range.from === null || value >= range.from,
    range.to === null || value <= range.to,
  ];
  const place = vin.text.charAt(9);
  if (range.years === null) return (range.place10 === '?' || place === range.place10) && after && before;
  const year = YEARS.indexOf(place);
  if (year < 0) return false;
  const since = (code: number) => (code - (range.years?.from ?? 0) + YEARS.length) % YEARS.length;
  if (since(year) > since(range.years.to)) return false;
  return (year !== range.years.from || after) && (year !== range.years.to || before);
}

export const vinNumber = (serial: string, range: VinRange): bigint | null =>
  range.years !== null ? null : BigInt(serial.trim().slice(11 + range.plant.length - 1));

/** First and last sequence number, where the range is one sequence. */
export function vinRangeSize(range: VinRange): { from: bigint; to: bigint } | null {
  const oneSequence = range.years === null && !/[?]/.test(`${range.description.slice(0, 8)}${range.place10}`);
  return oneSequence && range.from !== null && range.to !== null ? { from: range.from, to: range.to } : null;
}
