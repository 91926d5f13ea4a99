/** One thing in many spellings: element strings, scanner texts, compressed links, URNs, and back again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalLink,
  checkDigit,
  companyPrefixLength,
  companyPrefixOf,
  compressElements,
  fullLink,
  identifyCode,
  parseCode,
  parseUnitKey,
  readElements,
  toElementString,
  toEpcUrn,
  toScannedText,
} from '../../src/exchange/gs1/index.js';

const elementsOf = (text: string) => Object.fromEntries(readElements(text) ?? []);
const gs = String.fromCharCode(29);

describe('element strings', () => {
  it('printed: brackets in a value are no identifier', () => {
    expect(elementsOf('(01)04006381333931(10)A(7)B(21)\\(10)')).toEqual({
      '01': '04006381333931',
      '10': 'A(7)B',
      '21': '(10)',
    });
  });

  it('scanned: FNC1 as GS, as its names, as caret; symbology identifiers before it', () => {
    const item = { '10': 'L1', '01': '04006381333931', '21': 'S' };
    for (const text of [
      `]C110L1${gs}010400638133393121S`,
      `]d210L1${gs}010400638133393121S`,
      ']Q310L1<GS>010400638133393121S',
      ']e010L1{GS}010400638133393121S',
      '^10L1^010400638133393121S',
    ])
      expect(elementsOf(text)).toEqual(item);
    expect(elementsOf(']E04006381333931')).toEqual({ '01': '4006381333931' });
    expect(elementsOf(']Q1https://x.example/01/04006381333931')).toEqual({ '01': '04006381333931' });
  });

  it('without FNC1 and symbology: only when every element is right', () => {
    expect(elementsOf('010400638133393110L1')).toEqual({ '01': '04006381333931', '10': 'L1' });
    expect(readElements('010400638133393210L1')).toBeNull();
  });

  it('know all lengths: a measure, a price and a date follow each other without separator', () => {
    const text = `]C10104006381333931310300125015${'270100'}39229${''}99${gs}10L`;
    expect(elementsOf(text)).toEqual({
      '01': '04006381333931',
      '3103': '001250',
      '15': '270100',
      '3922': '999',
      '10': 'L',
    });
  });

  it('with an identifier that GS1 has not given out are none', () => {
    expect(readElements('(05)123')).toBeNull();
    expect(readElements(`]C1010400638133393105${gs}`)).toBeNull();
  });
});

describe('half a character', () => {
  it('is in no code', () => {
    for (const text of ['(01)\udc0004006381333931', 'https://id.gs1.org/01/04006381333931/10/\ud800'])
      expect(readElements(text)).toBeNull();
    expect(identifyCode('(01)04006381333931(10)\ud800').problems).toHaveLength(1);
  });

  it('and a control character are in no private key', () => {
    for (const text of ['urn:my:\udc001', 'urn:my:\u0000', 'https://a.example/\u0085'])
      expect(parseUnitKey(text).ok).toBe(false);
    expect(parseUnitKey('urn:my:é🚲')).toEqual({ ok: true, key: 'urn:my:é🚲' });
  });
});

describe('a code that says more than one thing', () => {
  it('is that of the goods, wherever their key stands: kind, key and link agree', () => {
    expect(parseCode('(00)095200000000200015(01)04006381333931(10)L1')).toMatchObject({
      code: { kind: 'batch', key: 'https://id.gs1.org/01/04006381333931/10/L1', unitKey: null },
    });
    expect(identifyCode('(00)095200000000200015(01)04006381333931(21)1').code).toMatchObject({
      kind: 'item',
      unitKey: 'https://id.gs1.org/01/04006381333931/21/1',
    });
  });

  it('of a component part has neither lot nor the serial of trade items', () => {
    expect(parseCode('(8010)04006381333931(10)A(21)7')).toMatchObject({
      code: { kind: 'product', key: 'https://id.gs1.org/8010/04006381333931', lot: null, serial: null },
    });
  });

  it('without a company prefix in front is none', () => {
    expect(parseCode('(8010)026-02-3004')).toEqual({
      ok: false,
      reason: 'CPI 026-02-3004: should start with a company prefix of 4 digits or more',
    });
  });
});

describe('compressed Digital Links', () => {
  // Published by the libraries that implement the standard; the same rows in either of them.
  it.each([
    ['AN2yxDhfaiaw', { '00': '998440410914660971' }],
    ['AQnYUc1gmiCNV4JGQhcNT6K6c', { '01': '05412345000013', '10': 'ABC123', '21': '72292641703' }],
    ['AQnYUc1gmkax7ipGrOHDPC5YNI8hMz', { '01': '05412345000013', '235': '8TFV883a904GH&3' }],
    [
      'AQnYUc1gmkIXDU-iunIm0AljfT3nvbU_j0',
      { '01': '05412345000013', '21': '72292641703', '22': 'AJY3095721P49' },
    ],
    ['JTLIetaiHYA', { '253': '3060077601309' }],
    ['JVUqG5hJ5wA', { '255': '5678409730535' }],
    ['QBl2DVoxZM2jVm3ZOWEFoxTR5HDgzZg', { '401': '0541234537290A41&GHpp33' }],
    ['QCJZyW9mC6Z4', { '402': '21173492661712079' }],
    ['JUa0T-eifdtOO9UFEmlYwv3Q', { '414': '5060917510004', '254': 'RP56J920471' }],
    ['QXSaVjC_dHBAVlCrg', { '417': '5060917510004', '7040': '5KFX' }],
    ['gAMJCAXukTMA', { '8003': '04965031954585' }],
    ['gBCVYNWjFkzaNWbdk5YQWjFHHkM2cAI0xdvpGo', { '8010': '0541234537290A41#GH33', '8011': '6639047221' }],
    ['gBe1ajAd9ATDmAGXPRfk', { '8017': '817019610850151481', '8019': '4003812' }],
  ])('%s is read', (segment, elements) => {
    expect(elementsOf(`https://id.gs1.org/${segment}`)).toEqual(elements);
    const sorted = new Map(readElements(`https://id.gs1.org/${segment}`));
    expect(elementsOf(`https://any.example/p/${compressElements(sorted)}`)).toEqual(elements);
  });

  it('may leave the key in clear', () => {
    expect(elementsOf('https://id.gs1.org/01/05412345000013/EEarwSMhC4an0V04')).toEqual({
      '01': '05412345000013',
      '10': 'ABC123',
      '21': '72292641703',
    });
  });

  it('are told from other links: one wrong check digit, and it is an address', () => {
    expect(readElements('https://id.gs1.org/AN2yxDhfaiax')).toBeNull();
    expect(readElements('https://articles.example/APPLICATIONS')).toBeNull();
    expect(readElements('https://articles.example/AQnYUc1gmh')).toBeNull();
  });
});

describe('what is wrong with a code', () => {
  it.each([
    ['04006381333932', 'GTIN 04006381333932: check digit should be 1'],
    ['(01)04006381333931(17)271301', '(17) USE BY or EXPIRY 271301: month 13 should be 01 to 12'],
    ['(01)04006381333931(17)270230', '(17) USE BY or EXPIRY 270230: day 30 should be 00 to 28'],
    ['(8003)14012345999990', 'GRAI 14012345999990: should start with 0'],
    ['(8006)040123451111180301', 'ITIP 040123451111180301: piece 03 should be at most the total 01'],
    ['https://id.gs1.org/8018/385888700111111112', 'GSRN 385888700111111112: check digit should be 1'],
    ['(8010)0614141abc', 'CPI 0614141abc: "a" is not in the GS1 character set 39'],
    ['(8013)1987654Ad4X4bL5ttr2310c22', 'GMN 1987654Ad4X4bL5ttr2310c22: check characters should be 2K'],
    ['(253)4012345000092A B', 'GDTI 4012345000092A B: a space is not in the GS1 character set 82'],
    ['(02)04006381333931', '(02) CONTENT: should stand beside (37)'],
    ['1M8GDM9AXKP042789', 'VIN 1M8GDM9AXKP042789: check digit (position 9) should be 1'],
    ['WVWZZZ1JZXO000001', 'VIN WVWZZZ1JZXO000001: O is in no VIN: letters but I, O and Q, and digits'],
  ])('%s', (text, problem) => {
    expect(identifyCode(text).problems).toContain(problem);
  });

  it('is nothing for a right one, whose other spellings are given', () => {
    expect(identifyCode('(01)04006381333931(10)L/1')).toMatchObject({
      problems: [],
      code: { kind: 'batch', gtin: '04006381333931', lot: 'L/1' },
      digitalLink: 'https://id.gs1.org/01/04006381333931/10/L%2F1',
      epcUrn: 'urn:epc:class:lgtin:4006381.033393.L%2F1',
      elementString: '(01)04006381333931(10)L/1',
    });
    expect(identifyCode('1M8GDM9AXKP042788')).toMatchObject({
      problems: [],
      vin: { manufacturer: '1M8', region: 'NORTH_AMERICA', hasCheckDigit: true, modelYear: 1989 },
    });
    // No check digit in Europe: position 9 is a letter here.
    expect(identifyCode('WVWZZZ1JZXW000001')).toMatchObject({
      problems: [],
      vin: { manufacturer: 'WVW', region: 'EUROPE', hasCheckDigit: false, modelYear: null },
    });
  });
});

describe('the company prefix', () => {
  it('is what a URN told, the longest that fits, else seven digits', () => {
    const gtin = new Map([['01', '04150567890128']]);
    expect(companyPrefixOf('urn:epc:id:sgtin:415056789012.0.987654')).toBe('415056789012');
    expect(companyPrefixLength(gtin, new Set(['415056789012', '4150567']))).toBe(12);
    expect(companyPrefixLength(gtin, new Set())).toBe(7);
    expect(companyPrefixOf('https://id.gs1.org/01/04150567890128')).toBeNull();
  });
});

const text82 = (lengthMax: number) =>
  fc.string({
    unit: fc.constantFrom(...'!"%&\'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz'),
    minLength: 1,
    maxLength: lengthMax,
  });
const digits = (length: number, lengthMax = length) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: lengthMax });
const withCheck = (payload: string) => `${payload}${checkDigit(payload)}`;
const key = (ai: string, value: fc.Arbitrary<string>) =>
  value.map((text): [string, string][] => [[ai, text]]);
const pair = (ai: string, value: fc.Arbitrary<string>, other: string, rest: fc.Arbitrary<string>) =>
  fc.tuple(value, rest).map(([text, more]): [string, string][] => [
    [ai, text],
    [other, more],
  ]);

const gtin = digits(13).map(withCheck);
const gln = digits(12).map(withCheck);
const joined = (head: fc.Arbitrary<string>, tail: fc.Arbitrary<string>) =>
  fc.tuple(head, tail).map((parts) => parts.join(''));
const component = joined(
  digits(12),
  fc.string({ unit: fc.constantFrom(...'#-/0129ABZ'), minLength: 1, maxLength: 18 }),
);
const piece = fc
  .tuple(gtin, fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }))
  .map(([trade, a, b]) => {
    const [of, total] = a < b ? [a, b] : [b, a];
    return `${trade}${String(of).padStart(2, '0')}${String(total).padStart(2, '0')}`;
  });

const everyKey = fc
  .oneof(
    key('01', gtin),
    pair('01', gtin, '21', text82(20)),
    pair('01', gtin, '10', text82(20)),
    pair('01', gtin, '235', text82(28)),
    key('00', digits(17).map(withCheck)),
    key('414', gln),
    pair('414', gln, '254', text82(20)).filter((elements) => elements[1]?.[1] !== '0'),
    key('417', gln),
    key(
      '8003',
      gln.map((value) => `0${value}`),
    ),
    key(
      '8003',
      joined(
        gln.map((value) => `0${value}`),
        text82(16),
      ),
    ),
    key('8004', joined(digits(12), text82(18))),
    key('8006', piece),
    pair('8006', piece, '21', text82(20)),
    key('8010', component),
    pair('8010', component, '8011', fc.bigInt({ min: 1n, max: 999_999_999_999n }).map(String)),
    key('253', joined(gln, text82(17))),
    key('253', gln),
    key('255', joined(gln, digits(1, 12))),
    key('401', joined(digits(12), text82(18))),
    key('402', digits(16).map(withCheck)),
    key('8017', digits(17).map(withCheck)),
    key('8018', digits(17).map(withCheck)),
  )
  .map((entries) => new Map(entries));

describe('every key in every spelling', () => {
  it('names one thing: read, printed and read again it is the same', () => {
    fc.assert(
      fc.property(everyKey, fc.integer({ min: 6, max: 12 }), (elements, prefixLength) => {
        const link = canonicalLink(elements);
        const first = parseCode(link);
        if (!first.ok) throw new Error(first.reason);
        expect(first.code.key).toBe(link);
        const urn = toEpcUrn(elements, prefixLength) ?? '';
        for (const text of [
          urn,
          fullLink(elements, 'https://shop.example/a'),
          toElementString(elements),
          `]C1${toScannedText(elements)}`,
          `https://x.example/${compressElements(elements)}`,
        ]) {
          expect(readElements(text), text).toEqual(elements);
          expect(parseCode(text), text).toEqual(first);
        }
        expect(toEpcUrn(readElements(urn) ?? new Map(), companyPrefixOf(urn)?.length ?? 0)).toBe(urn);
      }),
      { numRuns: 500 },
    );
  });

  it('with attributes beside it stays itself', () => {
    const elements = new Map([
      ['01', '04006381333931'],
      ['10', '_%*.'],
      ['17', '270100'],
      ['3103', '001250'],
    ]);
    for (const text of [fullLink(elements), toElementString(elements), `]d2${toScannedText(elements)}`])
      expect(Object.fromEntries(readElements(text) ?? [])).toEqual(Object.fromEntries(elements));
    expect(canonicalLink(elements)).toBe('https://id.gs1.org/01/04006381333931/10/_%25%2A.');
  });
});
