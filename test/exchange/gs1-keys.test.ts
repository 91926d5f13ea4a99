/** The keys: every spelling to one canonical form, wrong ones refused with the reason. */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalLink,
  itemUri,
  parseCode,
  parseGln,
  parseGtin,
  parseLot,
  parseSerial,
  parseUnitKey,
  readElements,
} from '../../src/exchange/gs1/index.js';

const key = (value: string) => ({ ok: true, key: value });
const refused = (reason: string) => ({ ok: false, reason });

describe('GTIN', () => {
  it('is kept as 14 digits, whatever length and spelling it came in', () => {
    expect(parseGtin('4006381333931')).toEqual(key('04006381333931'));
    expect(parseGtin(' 04006381333931 ')).toEqual(key('04006381333931'));
    expect(parseGtin('96385074')).toEqual(key('00000096385074'));
    expect(parseGtin('036000291452')).toEqual(key('00036000291452'));
    expect(parseGtin('https://shop.example/a/01/4006381333931/10/L1')).toEqual(key('04006381333931'));
    expect(parseGtin('urn:epc:id:sgtin:4012345.012345.X')).toEqual(key('04012345123456'));
    expect(parseGtin('(01)04006381333931')).toEqual(key('04006381333931'));
  });

  it('is refused with the thing, the value and the rule', () => {
    expect(parseGtin('04006381333932')).toEqual(refused('GTIN 04006381333932: check digit should be 1'));
    const shape = 'should be 8, 12, 13 or 14 digits, or an absolute URI';
    expect(parseGtin('123')).toEqual(refused(`GTIN 123: ${shape}`));
    expect(parseGtin('bicycle')).toEqual(refused(`GTIN bicycle: ${shape}`));
    expect(parseGtin('https://shop.example/01/04006381333932')).toEqual(
      refused('GTIN 04006381333932: check digit should be 1'),
    );
    expect(parseGtin('https://id.gs1.org/414/9521234000044')).toEqual(
      refused(`GTIN https://id.gs1.org/414/9521234000044: names a site, ${shape}`),
    );
  });

  it('may be a private URI', () => {
    expect(parseGtin('urn:uuid:580d3adf-1981-44a0-a214-13d6ceed9379')).toEqual(
      key('urn:uuid:580d3adf-1981-44a0-a214-13d6ceed9379'),
    );
    expect(parseGtin('https://articles.example/4711')).toEqual(key('https://articles.example/4711'));
  });
});

describe('GLN and logistic unit', () => {
  it('a GLN comes bare, as link or as URN', () => {
    expect(parseGln('9521234000044')).toEqual(key('9521234000044'));
    expect(parseGln('https://id.gs1.org/414/9521234000044')).toEqual(key('9521234000044'));
    expect(parseGln('urn:epc:id:sgln:4012345.00005.122')).toEqual(key('4012345000054'));
    expect(parseGln('urn:epc:id:pgln:4000001.00000')).toEqual(key('4000001000005'));
    expect(parseGln('9521234000045')).toEqual(refused('GLN 9521234000045: check digit should be 4'));
    expect(parseGln('BPNL00000003AYRE')).toEqual(
      refused('GLN BPNL00000003AYRE: should be 13 digits or an absolute URI'),
    );
  });

  it('a logistic unit is an SSCC, or the canonical URI of an asset or item', () => {
    expect(parseUnitKey('340123451111111111')).toEqual(key('340123451111111111'));
    expect(parseUnitKey('urn:epc:id:sscc:4012345.3111111111')).toEqual(key('340123451111111111'));
    expect(parseUnitKey('https://example.org/8003/03870585000552987')).toEqual(
      key('https://id.gs1.org/8003/03870585000552987'),
    );
    expect(parseUnitKey('http://example.org/gtin/4012345123456/ser/A%2FB')).toEqual(
      key('https://id.gs1.org/01/04012345123456/21/A%2FB'),
    );
    expect(parseUnitKey('340123451111111112')).toEqual(
      refused('SSCC 340123451111111112: check digit should be 1'),
    );
    expect(parseUnitKey('https://id.gs1.org/00/340123451111111112')).toEqual(
      key('https://id.gs1.org/00/340123451111111112'),
    );
  });
});

describe('lot and serial', () => {
  it('hold 1 to 20 characters of GS1 set 82', () => {
    expect(parseLot('YARN-RPET/2025.088')).toEqual(key('YARN-RPET/2025.088'));
    expect(parseSerial('WVWZZZ1JZXW000001')).toEqual(key('WVWZZZ1JZXW000001'));
    expect(parseSerial('51qIgY)<&Jp3*j7SDB-345678901')).toEqual(key('51qIgY)<&Jp3*j7SDB-345678901'));
    expect(parseLot('')).toEqual(refused('lot is empty: it should have 1 to 20 characters'));
    expect(parseLot('A B')).toEqual(refused('lot A B: a space is not in the GS1 character set 82'));
    expect(parseSerial('Ä1')).toEqual(refused('serial Ä1: "Ä" is not in the GS1 character set 82'));
    expect(parseLot('123456789012345678901')).toEqual(
      refused('lot 123456789012345678901: 21 characters, at most 20 are allowed'),
    );
  });
});

describe('a private key', () => {
  it('may stand for a lot or a serial where it is longer than GS1 allows', () => {
    const uuid = 'urn:uuid:580d3adf-1981-44a0-a214-13d6ceed9379';
    expect(parseLot(uuid)).toEqual(key(uuid));
    expect(parseSerial(uuid)).toEqual(key(uuid));
    expect(parseSerial('NO-313869652971440618042264 x')).toEqual(
      refused('serial NO-313869652971440618042264 x: 29 characters, at most 20 are allowed'),
    );
  });

  it('of a piece or a component part is its canonical URI', () => {
    expect(parseGtin('urn:epc:id:cpi:0614141.5PQ7%2FZ43.12345')).toEqual(
      key('https://id.gs1.org/8010/06141415PQ7%2FZ43'),
    );
    expect(parseGtin('https://x.example/itip/123456789101110190')).toEqual(
      refused('ITIP 123456789101110190: check digit should be 0'),
    );
    expect(itemUri('https://id.gs1.org/8010/0628165987', '9876')).toBe(
      'https://id.gs1.org/8010/0628165987/8011/9876',
    );
    expect(itemUri('04012345123456', '_%*.')).toBe('https://id.gs1.org/01/04012345123456/21/_%25%2A.');
  });
});

describe('a code', () => {
  it('tells what it names from an element string, printed or scanned', () => {
    const item = { kind: 'item', gtin: '04006381333931', lot: 'L1', serial: 'S(1)' };
    expect(parseCode('(01)04006381333931(17)270101(10)L1(21)S(1)')).toMatchObject({ ok: true, code: item });
    expect(parseCode(']C1010400638133393117270101' + '10L1\u001d21S(1)')).toMatchObject({
      ok: true,
      code: item,
    });
    expect(parseCode('(00)340123451111111111')).toMatchObject({
      code: { kind: 'unit', unitKey: '340123451111111111' },
    });
    expect(parseCode('4006381333931')).toMatchObject({ code: { kind: 'product', gtin: '04006381333931' } });
  });

  it('tells a party from a site', () => {
    expect(parseCode('https://id.gs1.org/417/4000001000005')).toMatchObject({ code: { kind: 'party' } });
    expect(parseCode('https://id.gs1.org/414/4000001000005')).toMatchObject({ code: { kind: 'site' } });
  });

  it('that is none is refused, never thrown', () => {
    expect(parseCode('Hello World!')).toEqual(
      refused(
        'code Hello World!: neither a GS1 Digital Link, an EPC URN, an element string nor a GTIN or SSCC',
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => typeof parseCode(text).ok === 'boolean'));
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        (text) => typeof parseCode(text).ok === 'boolean',
      ),
    );
  });
});

const published = new URL(
  '../../../shared/data/epcis/identifiers/urn-and-dl-to-canonical-dl.json',
  import.meta.url,
);

describe.skipIf(!existsSync(published))('published pairs of identifiers', () => {
  interface Pair {
    in: string;
    canonical: string | null;
  }
  const pairs = existsSync(published)
    ? (JSON.parse(readFileSync(published, 'utf8')) as { pairs: Pair[] }).pairs
    : [];

  it.each(pairs)('$in is $canonical', (pair) => {
    const elements = readElements(pair.in);
    expect(elements ? canonicalLink(elements) : null).toBe(pair.canonical);
    const result = parseCode(pair.in);
    // One of the published pairs has a wrong check digit: canonical, but refused as a key.
    if (result.ok) expect(result.code.key).toBe(pair.canonical);
    else if (pair.canonical) expect(result.reason).toBe('GTIN 040123451234: check digit should be 5');
  });
});
