// Makes the demo chain's keys: GS1's prefix 952 is set aside for examples, so nothing here names a real company.

/** The GS1 check digit of a string of digits (General Specifications 7.9). */
function checkDigit(digits: string): string {
  let sum = 0;
  [...digits].reverse().forEach((digit, index) => {
    sum += Number(digit) * (index % 2 === 0 ? 3 : 1);
  });
  return String((10 - (sum % 10)) % 10);
}

function withCheckDigit(digits: string): string {
  return digits + checkDigit(digits);
}

/** A GLN (13 digits) under the example prefix. */
export function gln(number: number): string {
  return withCheckDigit(`952${String(number).padStart(9, '0')}`);
}

/** A GTIN-14 under the example prefix; `indicator` above 0 names a case of the same article. */
export function gtin(number: number, indicator = 0): string {
  return withCheckDigit(`${indicator}952${String(number).padStart(9, '0')}`);
}

/** An SSCC (18 digits) under the example prefix. */
export function sscc(number: number): string {
  return withCheckDigit(`0952${String(number).padStart(13, '0')}`);
}
