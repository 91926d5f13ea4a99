/** Quantities are exact: what is read is written back, and what cannot be exact is refused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatQuantity,
  QUANTITY_MAX,
  scaleQuantity,
  unitsOfMeasure,
} from '../../../src/record/input/index.js';

const unit = fc.constantFrom(...unitsOfMeasure);
const amount = fc.bigInt(0n, QUANTITY_MAX);

test('every amount in every unit is written so that it reads back to itself', () => {
  fc.assert(
    fc.property(amount, unit, (value, code) => {
      expect(scaleQuantity(formatQuantity(value, code), code)).toMatchObject({ ok: true, value });
    }),
    { numRuns: 2000 },
  );
});

test('a decimal is written back as it was, without idle zeros', () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999 }), fc.nat({ max: 999_999 }), (integer, fraction) => {
      const text = `${integer}.${String(fraction).padStart(6, '0')}`;
      const scaled = scaleQuantity(text, 'KGM');
      if (!scaled.ok) throw new Error(scaled.reason);
      expect(scaled.value).toBe(BigInt(integer) * 1_000_000n + BigInt(fraction));
      expect(formatQuantity(scaled.value, 'KGM')).toBe(text.replace(/\.?0+$/, ''));
    }),
  );
});

test.each([
  ['1', 'PCE', 1n, 'PIECES'],
  ['12.0', 'EA', 12n, 'PIECES'],
  ['0.000001', 'KGM', 1n, 'MASS'],
  ['1.5', 'GRM', 1_500n, 'MASS'],
  ['7', 'MGM', 7n, 'MASS'],
  ['0.000000001', 'TNE', 1n, 'MASS'],
  ['1', 'LBR', 453_592n, 'MASS'],
  ['100', 'LBR', 45_359_237n, 'MASS'],
  ['0.25', 'LTR', 250_000n, 'VOLUME'],
  ['1', 'MTQ', 1_000_000_000n, 'VOLUME'],
  ['1', 'CMT', 10_000n, 'LENGTH'],
  ['1', 'KMT', 1_000_000_000n, 'LENGTH'],
])('%s %s is %s of its smallest unit', (decimal, code, value, dimension) => {
  expect(scaleQuantity(decimal, code)).toEqual({ ok: true, value, dimension });
});

test('a pound is written back as a pound', () => {
  expect(formatQuantity(453_592n, 'LBR')).toBe('1');
});

test.each([
  ['1.5', 'PCE', 'quantity 1.5 PCE: should be a whole number'],
  ['0.0001', 'GRM', 'quantity 0.0001 GRM: should have at most 3 decimals'],
  ['-1', 'KGM', 'quantity -1 KGM: should not be negative'],
  ['1000000000000001', 'PCE', 'quantity 1000000000000001 PCE: should be at most 1000000000000000'],
  ['1000000000.1', 'KGM', 'quantity 1000000000.1 KGM: should be at most 1000000000'],
  ['1', 'BOX', 'quantity 1 BOX: unit should be one of PCE, C62'],
  ['1e3', 'PCE', 'quantity 1e3: should be a decimal number'],
  ['', 'PCE', 'quantity : should be a decimal number'],
])('%s %s is refused by quantity, unit and rule', (decimal, code, reason) => {
  const scaled = scaleQuantity(decimal, code);
  expect(scaled.ok ? '' : scaled.reason).toContain(reason);
});

test('amounts below zero are written with their sign', () => {
  expect(formatQuantity(-1_500_000n, 'KGM')).toBe('-1.5');
});
