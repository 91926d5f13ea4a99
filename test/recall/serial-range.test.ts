// Ranges of serials: by their scheme, never as text; the real ranges of vehicle recalls parse or are refused with the reason.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { SerialsLeaf } from '../../src/recall/rule.js';
import {
  inSerialRange,
  serialNumber,
  serialRangeEnds,
  serialRangeOf,
} from '../../src/recall/serial-range.js';

const gtin = '09520000010010';
const leaf = (scheme: SerialsLeaf['scheme'], from?: string, to?: string, pattern?: string): SerialsLeaf => ({
  gtin,
  scheme,
  from,
  to,
  pattern,
});
const range = (...given: Parameters<typeof leaf>) => {
  const result = serialRangeOf(leaf(...given));
  if (!result.ok) throw new Error(result.reason);
  return result.range;
};
const reason = (...given: Parameters<typeof leaf>): string => {
  const result = serialRangeOf(leaf(...given));
  return result.ok ? 'parsed' : result.reason;
};

describe('a range of serials', () => {
  test('numbers count as numbers: 9 lies before 10', () => {
    const found = range('NUMERIC', 'K-9', 'K-10');
    expect(
      ['K-8', 'K-9', 'K-10', 'K-11', 'K-95', 'L-9'].filter((serial) => inSerialRange(serial, found)),
    ).toEqual(['K-9', 'K-10']);
    expect(serialRangeEnds(found)).toEqual({ from: 9n, to: 10n });
  });

  test('numbers padded with zeros keep their width', () => {
    const found = range('NUMERIC', '0098', '0102');
    expect(
      ['98', '0098', '0100', '100', '0102', '00100'].filter((serial) => inSerialRange(serial, found)),
    ).toEqual(['0098', '0100', '0102']);
  });

  test.each([
    ['NUMERIC', 'A-1', 'B-9', 'serials A-1 to B-9: prefixes A- and B- differ'],
    ['NUMERIC', 'K9', 'K1', 'serials K9 to K1: the first is greater than the last'],
    ['NUMERIC', 'K009', 'K10', 'serials K009 to K10: numbers of 3 and 2 digits'],
    ['NUMERIC', 'KA', 'KB', 'serial KA: ends in no number'],
    [
      'VIN',
      'VF3******GT174225',
      'VF3******GS210463',
      'VINs VF3******GT174225 to VF3******GS210463: plants T and S differ; give a range for each',
    ],
    [
      'VIN',
      'WDB9573822V232704',
      'WDB9576822V233078',
      'VINs WDB9573822V232704 to WDB9576822V233078: model descriptions 95738 and 95768 differ; give a range for each',
    ],
    ['VIN', 'VWA***F24*100008', 'VWA***F24*100059', 'VIN VWA***F24*100008: 16 characters, not 17'],
    [
      'VIN',
      'JTDKB2OU##7000003',
      'JTDKB2OU##7000009',
      'VIN JTDKB2OU##7000003: O at place 7 is no character of a VIN',
    ],
    [
      'VIN',
      'KMHTC61DLCU077598',
      'KMHTC61DLCU040488',
      'VINs KMHTC61DLCU077598 to KMHTC61DLCU040488: the first is greater than the last',
    ],
  ] as const)('%s %s to %s is refused with the reason', (scheme, from, to, said) => {
    expect(reason(scheme, from, to)).toBe(said);
  });

  test('of a VIN the check digit is free, year and sequence count, the rest must be alike', () => {
    // model years B (2011) and C (2012)
    const found = range('VIN', 'JMAXJGA6WBZ400101', 'JMAXJGA6WCZ000869');
    const vins = {
      JMAXJGA6WBZ400100: false,
      JMAXJGA6WBZ400101: true,
      jmaxjga6wbz400102: true,
      JMAXJGA6WBZ999999: true,
      JMAXJGA6WCZ000869: true,
      JMAXJGA6WCZ000870: false,
      // as text it would lie between, but its plant is another
      JMAXJGA6WBY500000: false,
      JMAXJGA6WAZ500000: false,
    };
    expect(Object.keys(vins).filter((vin) => inSerialRange(vin, found))).toEqual(
      Object.entries(vins).flatMap(([vin, inside]) => (inside ? [vin] : [])),
    );
    const checked = range('VIN', '1HFSC47A72A101111', '1HFSC47A12A101170');
    expect(inSerialRange('1HFSC47AX2A101150', checked)).toBe(true);
    expect(serialRangeEnds(checked)).toEqual({ from: 101111n, to: 101170n });
  });

  test('a mask fits character by character', () => {
    const found = range('MASK', undefined, undefined, 'K?-##');
    expect(
      ['KA-01', 'KB-99', 'KB-9A', 'KAB-01', 'K-01', 'LA-01'].filter((s) => inSerialRange(s, found)),
    ).toEqual(['KA-01', 'KB-99']);
    expect(reason('MASK', undefined, undefined, 'K-01')).toBe(
      'serials K-01: a mask needs a place that may vary (? or #)',
    );
  });
});

const inside = (found: ReturnType<typeof range>, serials: string[]) =>
  serials.filter((serial) => inSerialRange(serial, found));

describe('a range with one end, or none', () => {
  test('open upwards counts on into longer numbers, open downwards from one digit, neither with zeros in front', () => {
    const up = range('NUMERIC', 'K8', '');
    expect(inside(up, ['K7', 'K8', 'K9', 'K10', 'K010', 'K', 'K8A', 'AK9', 'K8 '])).toEqual([
      'K8',
      'K9',
      'K10',
    ]);
    const down = range('NUMERIC', undefined, 'K12');
    expect(inside(down, ['K0', 'K9', 'K12', 'K13', 'K09', 'K012'])).toEqual(['K0', 'K9', 'K12']);
    expect([serialRangeEnds(up), serialRangeEnds(down)]).toEqual([null, null]);
  });

  test('of padded numbers keeps their width', () => {
    const up = range('NUMERIC', 'K08', '');
    expect(inside(up, ['K07', 'K08', 'K10', 'K99', 'K8', 'K100', 'K010'])).toEqual(['K08', 'K10', 'K99']);
    expect(inside(range('NUMERIC', '', 'K08'), ['K07', 'K08', 'K09', 'K7'])).toEqual(['K07', 'K08']);
  });

  test('of one number is that number, and its place in the range is the number itself', () => {
    const one = range('NUMERIC', 'K5', 'K5');
    expect(inside(one, ['K4', 'K5', 'K6'])).toEqual(['K5']);
    expect(serialRangeEnds(one)).toEqual({ from: 5n, to: 5n });
    expect(serialNumber('K5', one)).toBe(5n);
    expect(serialNumber('K5X', range('PREFIX', undefined, undefined, 'K5*'))).toBe(null);
  });

  test('that spans widths takes no zeros in front', () => {
    expect(inside(range('NUMERIC', '8', '12'), ['8', '08', '9', '09', '10', '012'])).toEqual([
      '8',
      '9',
      '10',
    ]);
  });

  test('by prefix, with or without a star at its end', () => {
    for (const found of [range('PREFIX', undefined, undefined, 'K-*'), range('PREFIX', 'K-')])
      expect(inside(found, ['K-', 'K-1', 'K1', 'AK-1', 'k-1'])).toEqual(['K-', 'K-1']);
    expect(inside(range('PREFIX', undefined, undefined, 'K*-*'), ['K*-1', 'K1-1'])).toEqual(['K*-1']);
    expect(serialRangeEnds(range('PREFIX', 'K-'))).toBe(null);
  });

  test.each([
    ['PREFIX', undefined, undefined, '', 'serials with scheme PREFIX: pattern is missing'],
    ['PREFIX', undefined, undefined, '*', 'serials with scheme PREFIX: pattern is missing'],
    ['MASK', 'K1', undefined, 'K#', 'serials with scheme MASK: pattern alone, no from and to'],
    ['MASK', undefined, 'K1', 'K#', 'serials with scheme MASK: pattern alone, no from and to'],
    ['MASK', undefined, undefined, undefined, 'serials with scheme MASK: pattern is missing'],
    ['NUMERIC', '', undefined, undefined, 'serials with scheme NUMERIC: from and to are both missing'],
    ['VIN', '', undefined, undefined, 'serials with scheme VIN: from and to are both missing'],
  ] as const)('%s %s to %s by %s names none', (scheme, from, to, pattern, said) => {
    expect(reason(scheme, from, to, pattern)).toBe(said);
  });
});

describe('a range of VINs', () => {
  const first = 'JMAXJGA6WBZ400101';
  const at = (index: number, character: string, vin = first) =>
    `${vin.slice(0, index)}${character}${vin.slice(index + 1)}`;

  test('with one end is open at the other, within its model year', () => {
    const up = range('VIN', first);
    expect(inside(up, ['JMAXJGA6WBZ400100', first, 'JMAXJGA6WBZ999999', 'JMAXJGA6WCZ400101'])).toEqual([
      first,
      'JMAXJGA6WBZ999999',
    ]);
    const down = range('VIN', undefined, first);
    expect(inside(down, ['JMAXJGA6WBZ000001', first, 'JMAXJGA6WBZ400102'])).toEqual([
      'JMAXJGA6WBZ000001',
      first,
    ]);
    expect([serialRangeEnds(up), serialRangeEnds(down)]).toEqual([null, null]);
  });

  test('over years takes the whole of the years between, and each end of its own year', () => {
    const found = range('VIN', 'JMAXJGA6WBZ400101', 'JMAXJGA6WDZ000869');
    const vins = ['WBZ400100', 'WBZ400101', 'WCZ000001', 'WCZ999999', 'WDZ000869', 'WDZ000870', 'WEZ000001'];
    expect(
      inside(
        found,
        vins.map((end) => `JMAXJGA6${end}`),
      ),
    ).toEqual(['WBZ400101', 'WCZ000001', 'WCZ999999', 'WDZ000869'].map((end) => `JMAXJGA6${end}`));
    expect(inSerialRange('JMAXJGA6W0Z500000', found)).toBe(false);
    expect([serialRangeEnds(found), serialNumber(first, found)]).toEqual([null, null]);
    // 1980 and 2010 bear one letter: the cycle closes, 9 is followed by A
    const over = range('VIN', at(9, '9'), at(9, 'B'));
    expect([at(9, 'A'), at(9, '8'), at(9, 'C')].map((vin) => inSerialRange(vin, over))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each<[string, string, string]>([
    [
      'makers',
      at(0, 'K'),
      'VINs JMAXJGA6WBZ400101 to KMAXJGA6WBZ400101: makers JMA and KMA differ; give a range for each',
    ],
    [
      'places 9 of which one is no check digit',
      at(8, 'Y'),
      'VINs JMAXJGA6WBZ400101 to JMAXJGA6YBZ400101: places 9 W and Y differ; give a range for each',
    ],
    [
      'places 10 of which one is no year',
      at(9, '0'),
      'VINs JMAXJGA6WBZ400101 to JMAXJGA6W0Z400101: places 10 B and 0 differ; give a range for each',
    ],
    [
      'numbers of other widths',
      at(11, 'A'),
      'VINs JMAXJGA6WBZ400101 to JMAXJGA6WBZA00101: plants Z and ZA differ; give a range for each',
    ],
    [
      'a year before the first',
      at(9, 'A'),
      'VINs JMAXJGA6WBZ400101 to JMAXJGA6WAZ400101: the first is greater than the last',
    ],
    ['a last that ends in no number', at(16, 'K'), 'VIN JMAXJGA6WBZ40010K: ends in no number'],
  ])('%s are refused', (_, last, said) => {
    expect(reason('VIN', first, last)).toBe(said);
  });

  test('both check digits count as free only where both are check digits', () => {
    expect(
      inside(range('VIN', at(8, '4'), at(8, 'X')), [at(8, '7'), at(8, 'Q'), at(7, '7', at(8, '7'))]),
    ).toEqual([at(8, '7')]);
    expect(inside(range('VIN', first, first), [first, at(8, '7')])).toEqual([first]);
  });

  test('a masked place takes any character, a VIN with one is itself no serial', () => {
    const found = range('VIN', 'JMAXJGA**BZ400101', 'JMAXJGA**BZ400105');
    expect(
      inside(found, ['JMAXJGAA1BZ400103', 'JMAXJGA99BZ400103', 'JMAXJGA?9BZ400103', 'JMBXJGA99BZ400103']),
    ).toEqual(['JMAXJGAA1BZ400103', 'JMAXJGA99BZ400103']);
    expect(found).toMatchObject({ prefix: 'JMAXJGA' });
    // with a place masked the numbers are of several sequences, none of which has a size
    expect(serialRangeEnds(found)).toBe(null);
    const years = range('VIN', at(9, '?'), at(9, '?'));
    expect(inSerialRange(at(9, 'K'), years)).toBe(true);
    expect(serialRangeEnds(years)).toBe(null);
  });

  test('the number of a VIN is its sequence, also behind the letters of a small maker', () => {
    expect(serialNumber(` ${first} `, range('VIN', first))).toBe(400101n);
    const small = range('VIN', 'JMAXJGA6WBZAB0101', 'JMAXJGA6WBZAB0109');
    expect(serialNumber('JMAXJGA6WBZAB0105', small)).toBe(105n);
    expect(
      inside(small, ['JMAXJGA6WBZAB0105', 'JMAXJGA6WBZAC0105', 'JMAXJGA6WBZABK105', 'JMAXJGA6WBZ450105']),
    ).toEqual(['JMAXJGA6WBZAB0105']);
    expect(serialRangeEnds(small)).toEqual({ from: 101n, to: 109n });
  });
});

describe('the ranges of real vehicle recalls', () => {
  const file = join(import.meta.dirname, '../../../shared/data/recalls/uk_dvsa_vehicle_recalls.csv');
  const absent = !existsSync(file);
  if (absent) console.warn(`skipped: ${file} is not here`);

  /** As a recall manager would enter them: 17 places are a VIN, "A to B" in one cell is two ends. */
  function asEntered(start: string, end: string): SerialsLeaf {
    const both = end === '' ? /^(\S+) to (\S+)/.exec(start.trim()) : null;
    const [from, to] = [both?.[1] ?? start.trim(), both?.[2] ?? end.trim()];
    return leaf(from.length === 17 && to.length === 17 ? 'VIN' : 'NUMERIC', from, to === '' ? undefined : to);
  }

  test.skipIf(absent)('each parses, and then holds its own ends, or is refused with the reason', () => {
    const rows: Record<string, string>[] = parse(readFileSync(file, 'latin1'), { columns: true });
    const given = rows
      .map((row) => [row['VIN Start'] ?? '', row['VIN End'] ?? ''] as const)
      .filter(([start, end]) => start !== '' || end !== '');
    const reasons = new Map<string, number>();
    let parsed = 0;
    for (const [start, end] of given) {
      const entered = asEntered(start, end);
      const result = serialRangeOf(entered);
      if (result.ok) {
        parsed += 1;
        const ends = [entered.from, entered.to]
          .filter((at) => at != null)
          .map((at) => (entered.scheme === 'VIN' ? at.replace(/[*#?.]/g, '1') : at));
        expect(ends.every((at) => inSerialRange(at, result.range))).toBe(true);
        continue;
      }
      expect([entered.from, entered.to].some((at) => at != null && result.reason.includes(at))).toBe(true);
      const kind =
        /differ|greater|characters|no number|digits|no character/.exec(result.reason)?.[0] ?? result.reason;
      reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
    }
    expect({ given: given.length, parsed, refused: Object.fromEntries(reasons) }).toEqual({
      given: 292,
      parsed: 170,
      refused: { differ: 99, digits: 1, greater: 1, 'no character': 2, 'no number': 19 },
    });
  });
});
