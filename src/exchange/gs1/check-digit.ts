/** The check digit that every numeric GS1 key ends in (GS1 General Specifications 7.9.1). */

/** The digit that belongs after `payload` (digits only). */
export function checkDigit(payload: string): number {
  let sum = 0;
  for (let index = 0; index < payload.length; index += 1) {
    const weight = (payload.length - index) % 2 === 1 ? 3 : 1;
    sum += weight * (payload.charCodeAt(index) - 48);
  }
  return (10 - (sum % 10)) % 10;
}

/** Why the last digit of `digits` is wrong, or null when it is right. */
export function checkDigitProblem(name: string, digits: string): string | null {
  const expected = checkDigit(digits.slice(0, -1));
  return Number(digits.at(-1)) === expected ? null : `${name} ${digits}: check digit should be ${expected}`;
}
