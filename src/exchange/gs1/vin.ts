/** Vehicle identification numbers (ISO 3779, ISO 3780): length, alphabet, region, and the check digit where law asks for it. */

export type VinRegion = 'AFRICA' | 'ASIA' | 'EUROPE' | 'NORTH_AMERICA' | 'OCEANIA' | 'SOUTH_AMERICA';

export interface Vin {
  vin: string;
  /** World manufacturer identifier: three characters, six (with positions 12 to 14) of a maker of few vehicles. */
  manufacturer: string;
  /** Positions 4 to 9. */
  descriptor: string;
  /** Positions 10 to 17. */
  indicator: string;
  region: VinRegion;
  /** Whether position 9 is a check digit by law: North America (49 CFR 565) and China (GB 16735). */
  hasCheckDigit: boolean;
  /** The model year that position 10 stands for in North America, within the thirty years to `now`; null elsewhere. */
  modelYear: number | null;
}

export type VinResult = { ok: true; vin: Vin } | { ok: false; reason: string };

/** ISO 3780 gives the first character out by region; I, O and Q are in no VIN. */
const regions: readonly { first: RegExp; region: VinRegion }[] = [
  { first: /[A-H]/, region: 'AFRICA' },
  { first: /[J-R]/, region: 'ASIA' },
  { first: /[S-Z]/, region: 'EUROPE' },
  { first: /[1-5]/, region: 'NORTH_AMERICA' },
  { first: /[67]/, region: 'OCEANIA' },
  { first: /[089]/, region: 'SOUTH_AMERICA' },
];

/** Values of letters for the check digit: digits stand for themselves. */
const values: Readonly<Record<string, number>> = {
  ...{ A: 1, B: 2, C: 3, D: 4, E: 5, F: 6, G: 7, H: 8 },
  ...{ J: 1, K: 2, L: 3, M: 4, N: 5, P: 7, R: 9 },
  ...{ S: 2, T: 3, U: 4, V: 5, W: 6, X: 7, Y: 8, Z: 9 },
};
const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** The check digit, 0 to 9 or X, that belongs at position 9. */
export function vinCheckDigit(vin: string): string {
  const sum = [...vin].reduce((total, character, index) => {
    return total + (values[character] ?? Number(character)) * (weights[index] ?? 0);
  }, 0);
  return sum % 11 === 10 ? 'X' : String(sum % 11);
}

const yearLetters = 'ABCDEFGHJKLMNPRSTVWXY123456789';

/** The code repeats every thirty years; a letter at position 7 tells the cycle from 2010 on. */
function modelYearOf(vin: string): number | null {
  const offset = yearLetters.indexOf(vin.charAt(9));
  if (offset < 0) return null;
  return /[A-Z]/.test(vin.charAt(6)) ? 2010 + offset : 1980 + offset;
}

/** Whether `text` has the look of a VIN: seventeen capital letters and digits. */
export const looksLikeVin = (text: string): boolean => /^[0-9A-Z]{17}$/.test(text) && /[A-Z]/.test(text);

/** Reads a VIN or says what is wrong with it. */
export function parseVin(text: string): VinResult {
  const vin = text.trim().toUpperCase();
  const refuse = (reason: string): VinResult => ({ ok: false, reason: `VIN ${vin}: ${reason}` });
  if (vin.length !== 17) return refuse(`${vin.length} characters, should be 17`);
  const foreign = /[^0-9A-HJ-NPR-Z]/.exec(vin);
  if (foreign) return refuse(`${foreign[0]} is in no VIN: letters but I, O and Q, and digits`);
  const region = regions.find(({ first }) => first.test(vin.charAt(0)))?.region ?? 'SOUTH_AMERICA';
  const hasCheckDigit = region === 'NORTH_AMERICA' || vin.startsWith('L');
  if (hasCheckDigit) {
    const expected = vinCheckDigit(vin);
    if (vin.charAt(8) !== expected) return refuse(`check digit (position 9) should be ${expected}`);
    if (!/\d{4}$/.test(vin)) return refuse('the last four characters should be digits');
  }
  const few = vin.charAt(2) === '9';
  return {
    ok: true,
    vin: {
      vin,
      manufacturer: few ? `${vin.slice(0, 3)}${vin.slice(11, 14)}` : vin.slice(0, 3),
      descriptor: vin.slice(3, 9),
      indicator: vin.slice(9),
      region,
      hasCheckDigit,
      modelYear: region === 'NORTH_AMERICA' ? modelYearOf(vin) : null,
    },
  };
}
