/** Any text as a code: read without a fault, and what is read, printed and read again stays the same thing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalUri,
  identifyCode,
  parseCode,
  parseGln,
  parseGtin,
  parseLot,
  parseSerial,
  parseUnitKey,
  readElements,
  toScannedText,
} from '../../src/exchange/gs1/index.js';
import { effort, measured, seed } from '../support/effort.js';
import { mutatedText, oddTexts } from './mutate.js';
import { timed } from './no-hang.js';

const gs = String.fromCharCode(29);
const codes = [
  '04006381333931',
  '4006381333931',
  '96385074',
  '095200000000200015',
  '(01)04006381333931(10)A(7)B(21)\\(10)',
  '(01)04006381333931(17)271301(3103)001250(10)L/1',
  `]C110L1${gs}010400638133393121S`,
  ']d201040063813339313103001250152701003922999^10L',
  '010400638133393110L1',
  '(00)095200000000200015',
  '(414)9521234000044(254)A1',
  '(8003)04012345999990X1(8004)4012345AB',
  '(8006)040123451111180103(21)1',
  '(8010)0614141ABC#1(8011)12',
  '(253)4012345000092AB(401)4012345X',
  'https://id.gs1.org/01/04006381333931/10/L%2F1?17=270100&3103=001250',
  'https://shop.example/a/b/gtin/4006381333931/lot/A/ser/1',
  'https://id.gs1.org/AQnYUc1gmkIXDU-iunIm0AljfT3nvbU_j0',
  'https://id.gs1.org/01/05412345000013/EEarwSMhC4an0V04',
  'https://id.gs1.org/gAMJCAXukTMA',
  'https://id.example/truck/7',
  'urn:uuid:9f3cfd46-f0fb-4eb5-b3ee-5c1e59a7a7b2',
  'urn:epc:id:sgtin:4006381.033393.A%2F1',
  'urn:epc:class:lgtin:4006381.033393.L%2F1',
  'urn:epc:idpat:sgtin:4006381.033393.*',
  'urn:epc:id:sscc:0614141.1234567890',
  'urn:epc:id:sgln:0614141.12345.400',
  'urn:epc:id:grai:0614141.12345.400',
  'urn:epc:id:giai:0614141.12345400',
  'urn:epc:id:cpi:0614141.123ABC.123456789',
  'urn:epc:id:itip:4012345.012345.01.02.987',
  '1M8GDM9AXKP042788',
  'WVWZZZ1JZXW000001',
];
const text = fc.oneof(
  { arbitrary: mutatedText(codes), weight: 8 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 1 },
  { arbitrary: fc.constantFrom(...oddTexts), weight: 1 },
);

const asked = async (suite: string, numRuns: number, property: (text: string) => void) =>
  measured(suite, () => {
    fc.assert(
      fc.property(text, (given) => timed(() => property(given))),
      { numRuns, seed },
    );
    return { cases: numRuns };
  });

describe('any text as a code', () => {
  it('is identified, and its other spellings name the same thing', () =>
    asked('codes', effort(4_000, 500_000), (given) => {
      const found = identifyCode(given);
      canonicalUri(given);
      if (found.code === null) {
        expect(parseCode(given).ok).toBe(false);
        return;
      }
      const { key } = found.code;
      expect(parseCode(key)).toMatchObject({ ok: true, code: { key } });
      for (const spelling of [found.digitalLink, found.epcUrn, found.elementString]) {
        if (spelling !== null)
          expect(parseCode(spelling), spelling).toMatchObject({ ok: true, code: { key } });
      }
      if (found.elementString !== null && found.problems.length === 0) {
        const elements = readElements(found.elementString) ?? new Map();
        const scanned = readElements(`]C1${toScannedText(elements)}`) ?? new Map();
        expect(Object.fromEntries(scanned)).toEqual(Object.fromEntries(elements));
      }
    }));

  it('as a key of the record is refused with a reason, or canonical once and for all', () =>
    asked('keys', effort(4_000, 500_000), (given) => {
      for (const parse of [parseGtin, parseGln, parseUnitKey, parseLot, parseSerial]) {
        const result = parse(given);
        if (result.ok) expect([parse.name, parse(result.key)]).toEqual([parse.name, result]);
        else expect(result.reason).not.toBe('');
      }
    }));
});
