/** The pair of check characters that a Global Model Number ends in (GS1 General Specifications 7.9.5). */

/** Set 82 in the order of its check values, the set of the pair by value, and a prime weight for each place from the right. */
const set82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const set32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const weights = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];

/** The two characters that belong after `payload` (set 82, at most 23 characters). */
export function checkCharacters(payload: string): string {
  let sum = 0;
  for (let index = 0; index < payload.length; index += 1) {
    const weight = weights[payload.length - 1 - index] ?? 0;
    sum += weight * set82.indexOf(payload.charAt(index));
  }
  const value = sum % 1021;
  return `${set32.charAt(value >> 5)}${set32.charAt(value & 31)}`;
}
