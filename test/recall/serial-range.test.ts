// Ranges of serials: by their scheme, never as text; the real ranges of vehicle recalls parse or are refused with the reason.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { SerialsLeaf } from '../../src/recall/rule.js';
import { inSerialRange, serialRangeEnds, serialRangeOf } from '../../src/recall/serial-range.js';

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
