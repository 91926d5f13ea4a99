/** How long the GS1 company prefix of a key is: only a URN says it, so what URNs said is remembered and the rest is a rule. */
import { primaryOf } from './digital-link.js';

type Elements = ReadonlyMap<string, string>;

/**
 * Where no URN has told the prefix. GS1 gives out 6 to 12 digits, and which is in its own list only. Any cut reads back
 * to the same key, so a wrong guess costs nothing but the look of the URN; 7 is the commonest length in Europe.
 */
const prefixLengthAssumed = 7;

/** Digits of the key before the prefix: indicator or extension digit, or the 0 of a GRAI. */
const digitsBefore: Readonly<Record<string, number>> = { '00': 1, '01': 1, '8003': 1, '8006': 1 };

/** The length of the prefix of these elements' key, by the longest prefix that a URN has told before. */
export function companyPrefixLength(elements: Elements, told: ReadonlySet<string>): number {
  const primary = primaryOf(elements) ?? '';
  const key = elements.get(primary) ?? '';
  const start = digitsBefore[primary] ?? 0;
  for (let length = 12; length >= 6; length -= 1) {
    const prefix = key.slice(start, start + length);
    if (prefix.length === length && told.has(prefix)) return length;
  }
  return prefixLengthAssumed;
}
