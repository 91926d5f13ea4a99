/** Rules of one's own for business steps and dispositions, from a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cbvMapping, readEpcis, readMapping } from '../../src/exchange/index.js';

const folder = mkdtempSync(join(tmpdir(), 'tracewright-mapping-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (content: unknown): string => {
  const path = join(folder, 'mapping.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const handedOver = {
  '@context': [
    'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    { my: 'https://steps.example/' },
  ],
  type: 'ObjectEvent',
  eventTime: '2026-03-01T10:00:00Z',
  eventTimeZoneOffset: '+00:00',
  action: 'OBSERVE',
  bizStep: 'my:handing_over',
  epcList: ['https://id.gs1.org/01/09521234000013/21/A'],
  readPoint: { id: 'https://id.gs1.org/414/9521234000044' },
};
const kinds = (rules: Parameters<typeof readEpcis>[2]) =>
  readEpcis(JSON.stringify(handedOver), 'x', rules).events.flatMap(({ rows }) =>
    rows.map(({ kind }) => kind),
  );

describe('a mapping file', () => {
  it("stands before the table: a step of one's own becomes a sale", () => {
    const rules = readMapping(file([{ bizStep: ['https://steps.example/handing_over'], records: 'SOLD' }]));
    expect(kinds(cbvMapping)).toEqual([]);
    expect(kinds(rules)).toEqual(['sales']);
    expect(rules.slice(1)).toEqual(cbvMapping);
  });

  it('absent leaves the table', () => {
    expect(readMapping(undefined)).toBe(cbvMapping);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /^TRACEWRIGHT_EPCIS_MAPPING: .*mapping\.json: .*JSON/],
    ['no list', { bizStep: ['x'] }, /mapping\.json: .*expected array/],
    [
      'an outcome that is none',
      [{ records: 'SOLD' }, { records: 'GIVEN' }],
      /mapping\.json: rule 2: records: /,
    ],
    ['a condition that is none', [{ step: ['x'], records: 'SOLD' }], /mapping\.json: rule 1: .*step/],
  ])('with %s is refused with the file, the rule and the field', (_, content, message) => {
    expect(() => readMapping(file(content))).toThrow(message);
  });
});

describe('the table', () => {
  it('ends in a rule that fits everything', () => {
    expect(cbvMapping.at(-1)).toEqual({ records: 'KEPT' });
  });
});
