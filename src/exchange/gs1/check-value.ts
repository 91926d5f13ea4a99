/** Judges the value of one application identifier by its line in the table: the first rule it breaks, in words. */
import { type ApplicationIdentifier, lengthMaxOf, type ValuePart } from './application-identifier.js';
import { checkCharacters } from './check-characters.js';
import { checkDigit } from './check-digit.js';

const foreign: Readonly<Record<ValuePart['characters'], { pattern: RegExp; set: string }>> = {
  N: { pattern: /[^0-9]/u, set: 'no digit' },
  X: { pattern: /[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]/u, set: 'not in the GS1 character set 82' },
  Y: { pattern: /[^#\-/0-9A-Z]/u, set: 'not in the GS1 character set 39' },
  Z: { pattern: /[^\-0-9A-Z_a-z]/u, set: 'not in the alphabet of base64url' },
};

const shown = (character: string) => (character === ' ' ? 'a space' : JSON.stringify(character));

/** Day 00 stands for the end of the month where `zeroDay` allows it. */
function dateProblem(value: string, zeroDay: boolean): string | null {
  const month = Number(value.slice(-4, -2));
  const day = Number(value.slice(-2));
  if (month < 1 || month > 12) return `month ${value.slice(-4, -2)} should be 01 to 12`;
  // 2000 is a leap year: a two-digit year may be one in some century only when it is divisible by 4
  const days = new Date(Date.UTC(2000 + Number(value.slice(-6, -4)), month, 0)).getUTCDate();
  const lowest = zeroDay ? 0 : 1;
  return day < lowest || day > days ? `day ${value.slice(-2)} should be 0${lowest} to ${days}` : null;
}

function timeProblem(value: string): string | null {
  if (Number(value.slice(0, 2)) > 23) return `hour ${value.slice(0, 2)} should be 00 to 23`;
  return Number(value.slice(2, 4)) > 59 ? `minute ${value.slice(2, 4)} should be 00 to 59` : null;
}

const expectDigit = (value: string): string | null => {
  const expected = checkDigit(value.slice(0, -1));
  return Number(value.at(-1)) === expected ? null : `check digit should be ${expected}`;
};

function pieceProblem(value: string): string | null {
  const [piece, total] = [value.slice(0, 2), value.slice(2)];
  if (piece === '00' || total === '00') return 'piece and total should be 01 or more';
  return piece > total ? `piece ${piece} should be at most the total ${total}` : null;
}

/** The checks of the table that say more than set and length; lists of other standards are not repeated here. */
const checks: Readonly<Record<string, (value: string) => string | null>> = {
  csum: expectDigit,
  // the shortest company prefix has four digits; without it no Digital Link could be told to hold the key
  key: (value) => (/^\d{4}/.test(value) ? null : 'should start with a company prefix of 4 digits or more'),
  csumalpha: (value) => {
    const expected = checkCharacters(value.slice(0, -2));
    return expected === value.slice(-2) ? null : `check characters should be ${expected}`;
  },
  yymmdd: (value) => dateProblem(value, false),
  yymmd0: (value) => dateProblem(value, true),
  yymmddhh: (value) => dateProblem(value.slice(0, 6), false) ?? timeProblem(`${value.slice(6)}00`),
  hhmm: timeProblem,
  pieceoftotal: pieceProblem,
  yesno: (value) => (/^[01]$/.test(value) ? null : 'should be 0 or 1'),
  zero: (value) => (/^0+$/.test(value) ? null : 'should start with 0'),
  nonzero: (value) => (/^0+$/.test(value) ? 'should not be zero' : null),
  nozeroprefix: (value) => (/^0./.test(value) ? 'should not start with 0' : null),
};

function partProblem(part: ValuePart, value: string): string | null {
  const { pattern, set } = foreign[part.characters];
  const found = pattern.exec(value);
  if (found) return `${shown(found[0])} is ${set}`;
  for (const name of part.checks) {
    const problem = checks[name]?.(value);
    if (problem) return problem;
  }
  return null;
}

function lengthProblem(entry: ApplicationIdentifier, value: string): string | null {
  const lengthMax = lengthMaxOf(entry);
  const lengthMin = entry.parts.reduce((sum, part) => sum + (part.optional ? 0 : part.lengthMin), 0);
  if (value.length >= lengthMin && value.length <= lengthMax) return null;
  const allowed = lengthMin === lengthMax ? `${lengthMin}` : `${lengthMin} to ${lengthMax}`;
  const digits = entry.parts.every((part) => part.characters === 'N');
  return `${value.length} characters, should be ${allowed}${digits ? ' digits' : ''}`;
}

/** Why `value` is none for that application identifier, or null when it is one; without name and value in front. */
export function valueProblem(entry: ApplicationIdentifier, value: string): string | null {
  const wrongLength = lengthProblem(entry, value);
  if (wrongLength) return wrongLength;
  let rest = value;
  for (const part of entry.parts) {
    if (rest === '' && part.optional) break;
    const problem = partProblem(part, rest.slice(0, part.lengthMax));
    if (problem) return problem;
    rest = rest.slice(part.lengthMax);
  }
  return null;
}
