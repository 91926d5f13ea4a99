/** Every kind of row: what is accepted, what is refused first, and in which words. */
import { describe, expect, test } from 'vitest';
import {
  type CanonicalRow,
  type FileKind,
  fileSpecs,
  formatProblem,
  type InputRow,
  validateRow,
} from '../../../src/record/input/index.js';
import { gtin, now, samples } from './sample-rows.js';

const problemsOf = (kind: FileKind, values: InputRow['values']) => {
  const checked = validateRow({ kind, values }, 4, now);
  return checked.ok ? [] : checked.problems;
};
const canonical = (kind: FileKind, values: InputRow['values']): CanonicalRow => {
  const checked = validateRow({ kind, values }, 0, now);
  if (!checked.ok) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return checked.row;
};
const messageOf = (kind: FileKind, change: InputRow['values']) =>
  problemsOf(kind, { ...samples[kind].good, ...change })[0]?.message;

describe.each(fileSpecs)('$file', ({ kind, columns }) => {
  const { good, bad, code, column } = samples[kind];

  test('a good row is accepted with every column of its kind', () => {
    const row = canonical(kind, good);
    const expected = columns.filter((c) => c.type !== 'personal' && c.name !== 'event_id').map((c) => c.name);
    expect(Object.keys(row.values)).toEqual(expected);
  });

  test('a bad row is refused by its column', () => {
    expect(problemsOf(kind, bad)[0]).toMatchObject({ index: 4, code, column });
  });

  test('every column and value is described', () => {
    for (const { description } of columns) expect(description).toMatch(/^[A-Z].*\.$/);
    expect(columns.map((c) => c.name)).toEqual(expect.arrayContaining(['event_id', 'reference', 'note']));
  });
});

test('keys, decimals, times and lists become canonical', () => {
  const { values } = canonical('products', samples.products.good);
  expect(values).toMatchObject({ gtin: '04006381333931', serialised: false, unit: 'PCE', model: null });
  expect(canonical('parties', samples.parties.good).values.roles).toEqual(['MANUFACTURER', 'RETAILER']);
  const batch = canonical('batches', { ...samples.batches.good, quantity: '002.50', unit: 'kgm' });
  expect(batch.values).toMatchObject({
    quantity: '2.5',
    unit: 'KGM',
    produced_from: { at: '2026-05-01T08:00:00.000Z', to: '2026-05-01T08:00:00.000Z', offsetMinutes: 120 },
  });
});

test('personal fields are apart from the values and never shown in a problem', () => {
  const row = canonical('sales', { ...samples.sales.good, note: 'gift' });
  expect(row.personal).toEqual({
    buyer_ref: '=7',
    buyer_name: 'Ann "A", Lee\nII',
    buyer_email: 'a@b.example',
    note: 'gift',
  });
  const [problem] = problemsOf('sales', { ...samples.sales.good, buyer_phone: '5'.repeat(101) });
  expect(problem).toMatchObject({ code: 'MALFORMED', column: 'buyer_phone', value: null });
  expect(JSON.stringify(problem)).not.toContain('555');
});

test('problems come by precedence: unknown column, missing, malformed, then contradictions', () => {
  const values = { gtin: '1', serial: 'S1', quantity: '2', colour: 'red', site_gln: '9520001000010' };
  expect(problemsOf('sales', values).map((p) => p.code)).toEqual(['UNKNOWN_COLUMN', 'MISSING', 'MALFORMED']);
});

test('a message names the thing, the value and the rule', () => {
  expect(messageOf('products', { gtin: '04006381333932' })).toBe(
    'GTIN 04006381333932: check digit should be 1',
  );
  expect(messageOf('sales', { quantity: '1,5' })).toContain('quantity 1,5: should be a decimal number');
  expect(messageOf('sales', { quantity: '2' })).toBe('quantity 2: serial S1 is one item, so 1 or absent');
  expect(messageOf('sales', { sold_at: '2026-06-01T12:05:01Z' })).toContain('lies in the future');
  expect(messageOf('voids', { shoe: '1' })).toContain(
    'shoe is no column of voids.csv, which has voided_event_id, voided_at, reason',
  );
  const [problem] = problemsOf('sales', samples.sales.bad);
  if (!problem) throw new Error('accepted');
  expect(formatProblem({ ...problem, file: 'sales.csv', line: 7 })).toBe(
    'sales.csv:7: sold_at: 2026-05-01T10:00:00: the offset is missing, such as Z or +01:00',
  );
});

test('packing takes one content; unpacking may name none', () => {
  const unit = { sscc: '095200000000200015', packed_at: '2026-05-01' };
  expect(problemsOf('packings', { ...unit, content_gtin: gtin })).toEqual([]);
  expect(
    problemsOf('packings', { ...unit, content_gtin: gtin, content_sscc: '095200000000200022' })[0]?.column,
  ).toBe('content_gtin');
  expect(problemsOf('packings', { sscc: unit.sscc })[0]?.message).toContain(
    'packed_at is required unless unpacked_at is given',
  );
  expect(problemsOf('packings', { ...unit, content_sscc: unit.sscc })[0]?.message).toContain(
    'does not contain itself',
  );
});

test('text that PostgreSQL cannot store is refused', () => {
  expect(messageOf('voids', { reason: 'a\u0000b' })).toBe('reason has a NUL character');
  expect(messageOf('voids', { reason: 'a\ud800b' })).toBe('reason has half of a surrogate pair');
});

test('an end on the very day of the start is no contradiction', () => {
  expect(problemsOf('fittings', { ...samples.fittings.good, removed_at: '2026-05-01' })).toEqual([]);
});
