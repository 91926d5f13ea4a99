/** Quantities, exact: a decimal and a unit of measure to a whole number of the dimension's smallest unit, and back. */

export type Dimension = 'PIECES' | 'MASS' | 'VOLUME' | 'LENGTH';
export type ScaleResult = { ok: true; value: bigint; dimension: Dimension } | { ok: false; reason: string };
export type DecimalResult = { ok: true; decimal: string } | { ok: false; reason: string };

interface Measure {
  dimension: Dimension;
  /** Smallest units in one, as numerator over denominator. */
  numerator: bigint;
  denominator: bigint;
  /** Decimals a quantity may have. */
  decimals: number;
}

const whole = (dimension: Dimension, smallestUnits: bigint, decimals: number): Measure => ({
  dimension,
  numerator: smallestUnits,
  denominator: 1n,
  decimals,
});

/**
 * UN/ECE Recommendation 20 codes. Smallest units: a piece; a milligram, microlitre, micrometre (10^-6 of kg, l, m).
 * The pound is the one unit that is no whole number of them (453592.37 mg): its quantities round to the nearest milligram.
 */
const measures: Readonly<Record<string, Measure>> = {
  PCE: whole('PIECES', 1n, 0),
  C62: whole('PIECES', 1n, 0),
  EA: whole('PIECES', 1n, 0),
  H87: whole('PIECES', 1n, 0),
  KGM: whole('MASS', 1_000_000n, 6),
  GRM: whole('MASS', 1_000n, 3),
  MGM: whole('MASS', 1n, 0),
  TNE: whole('MASS', 1_000_000_000n, 9),
  LBR: { dimension: 'MASS', numerator: 45_359_237n, denominator: 100n, decimals: 6 },
  LTR: whole('VOLUME', 1_000_000n, 6),
  MLT: whole('VOLUME', 1_000n, 3),
  MTQ: whole('VOLUME', 1_000_000_000n, 9),
  MTR: whole('LENGTH', 1_000_000n, 6),
  CMT: whole('LENGTH', 10_000n, 4),
  MMT: whole('LENGTH', 1_000n, 3),
  KMT: whole('LENGTH', 1_000_000_000n, 9),
};

/** Codes of the units of measure that are known. */
export const unitsOfMeasure: readonly string[] = Object.keys(measures);

/** Most smallest units one quantity may have: a million tonnes, 10^15 pieces; sums of thousands of such still fit a bigint. */
export const QUANTITY_MAX = 1_000_000_000_000_000n;

/** Most digits of any decimal. */
const DIGITS_MAX = 38;

const measureOf = (unit: string): Measure | undefined =>
  Object.hasOwn(measures, unit) ? measures[unit] : undefined;

/** The dimension a unit measures, or null for an unknown unit. */
export const dimensionOf = (unit: string): Dimension | null => measureOf(unit)?.dimension ?? null;

/** What a product is measured in whose events name units but that nobody described. */
export const baseUnits: Readonly<Record<Dimension, string>> = {
  PIECES: 'PCE',
  LENGTH: 'MTR',
  VOLUME: 'LTR',
  MASS: 'KGM',
};

/** Every unit of measure with its size in smallest units, for statements that scale by themselves. */
export const measureTable = (): {
  unit: string;
  dimension: Dimension;
  numerator: bigint;
  denominator: bigint;
}[] =>
  Object.entries(measures).map(([unit, { dimension, numerator, denominator }]) => ({
    unit,
    dimension,
    numerator,
    denominator,
  }));

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);

/** One spelling per number: no leading or trailing zeros, no minus zero; at most 38 digits, decimal point, no exponent. */
export function parseDecimal(text: string): DecimalResult {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) {
    const hint = /^-?\d+,\d+$/.test(text) ? ' (the decimal mark is a point)' : '';
    return { ok: false, reason: `${short(text)}: should be a decimal number such as 12 or 0.5${hint}` };
  }
  const integer = (match[2] ?? '').replace(/^0+(?=\d)/, '');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (integer.length + fraction.length > DIGITS_MAX) {
    return { ok: false, reason: `${short(text)}: has more than ${DIGITS_MAX} digits` };
  }
  const digits = fraction === '' ? integer : `${integer}.${fraction}`;
  return { ok: true, decimal: match[1] === '-' && digits !== '0' ? `-${digits}` : digits };
}

/** `numerator / denominator`, both positive, to the nearest whole number; halves go up. */
const divideRound = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator) / (2n * denominator);

const toSmallest = (digits: bigint, decimals: number, measure: Measure): bigint =>
  divideRound(digits * measure.numerator, 10n ** BigInt(decimals) * measure.denominator);

/** A quantity in smallest units; the reason of a refusal names quantity, unit and rule. */
export function scaleQuantity(decimal: string, unit: string): ScaleResult {
  const refuse = (rule: string): ScaleResult => ({
    ok: false,
    reason: `quantity ${short(decimal)} ${short(unit)}: ${rule}`,
  });
  const measure = measureOf(unit);
  if (!measure) return refuse(`unit should be one of ${unitsOfMeasure.join(', ')}`);
  const parsed = parseDecimal(decimal);
  if (!parsed.ok) return { ok: false, reason: `quantity ${parsed.reason}` };
  if (parsed.decimal.startsWith('-')) return refuse('should not be negative');
  const [integer = '', fraction = ''] = parsed.decimal.split('.');
  if (fraction.length > measure.decimals) {
    return refuse(
      measure.decimals === 0
        ? 'should be a whole number'
        : `should have at most ${measure.decimals} decimals`,
    );
  }
  const value = toSmallest(BigInt(integer + fraction), fraction.length, measure);
  if (value > QUANTITY_MAX) return refuse(`should be at most ${formatQuantity(QUANTITY_MAX, unit)}`);
  return { ok: true, value, dimension: measure.dimension };
}

/**
 * The shortest decimal of `value` smallest units in `unit` that reads back to the same value; also of negative values.
 * Throws on an unknown unit: only units that were accepted are stored.
 */
export function formatQuantity(value: bigint, unit: string): string {
  const measure = measureOf(unit);
  if (!measure) throw new Error(`no unit of measure ${unit}`);
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? '-' : '';
  for (let decimals = 0; ; decimals += 1) {
    const digits = divideRound(size * measure.denominator * 10n ** BigInt(decimals), measure.numerator);
    if (toSmallest(digits, decimals, measure) !== size && decimals < measure.decimals) continue;
    if (decimals === 0) return `${sign}${digits}`;
    const text = digits.toString().padStart(decimals + 1, '0');
    return `${sign}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  }
}
