/** The same row is the same event, equal rows are as many events as there are, and nobody's data shows in an id. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type CanonicalRow,
  contentHash,
  type FileKind,
  type InputRow,
  identifyRows,
  validateRow,
} from '../../../src/record/input/index.js';
import { now, samples } from './sample-rows.js';

const digest = (fields: Record<string, string>) =>
  createHmac('sha256', 'key').update(JSON.stringify(fields)).digest('hex');

function row(kind: FileKind, change: InputRow['values'] = {}, file = `${kind}.csv`): CanonicalRow {
  const checked = validateRow({ kind, values: { ...samples[kind].good, ...change }, file }, 0, now);
  if (!checked.ok) throw new Error(checked.problems[0]?.message);
  return checked.row;
}
const idsOf = (rows: CanonicalRow[]) => identifyRows(rows, digest).map((identified) => identified.eventId);

test('forty equal till lines are forty sales, the same forty each time', () => {
  const till = Array.from({ length: 40 }, () => row('sales', { serial: undefined, quantity: '1' }));
  expect(new Set(idsOf(till)).size).toBe(40);
  expect(idsOf(till)).toEqual(idsOf(till));
  expect(idsOf(till)[0]).toMatch(/^row:[0-9a-f]{64}$/);
});

test('an id that is given is kept and takes no ordinal', () => {
  const [given, first] = idsOf([row('sales', { event_id: 'till-1' }), row('sales')]);
  expect(given).toBe('till-1');
  expect([first]).toEqual(idsOf([row('sales')]));
});

test('spelling is not content', () => {
  const one = row('batches');
  const other = row('batches', {
    gtin: 'https://id.gs1.org/01/09520000010010',
    quantity: '2.500',
    produced_from: '2026-05-01T08:00Z',
  });
  expect(idsOf([one])).toEqual(idsOf([other]));
  expect(contentHash(one).equals(contentHash(other))).toBe(true);
});

test.each([
  ['fittings', 'removed_at', {}],
  ['registrations', 'ended_at', {}],
  [
    'packings',
    'unpacked_at',
    { packed_at: '2026-05-01', content_gtin: '09520000020019', unpacked_at: undefined },
  ],
] as const)(
  'filling in the end of %s later keeps id and content, and is an event of its own',
  (kind, end, start) => {
    const before = row(kind, start);
    const after = row(kind, { ...start, [end]: '2026-05-20T09:00:00Z' });
    const [open] = identifyRows([before], digest);
    const [closed] = identifyRows([after], digest);
    expect(closed?.eventId).toBe(open?.eventId);
    expect(open?.endEventId).toBe(null);
    expect(closed?.endEventId).toBe(`${open?.eventId}#end`);
    expect(contentHash(before, digest).equals(contentHash(after, digest))).toBe(true);
  },
);

test('unpacking alone is one event, and its time is part of it', () => {
  const rows = [row('packings'), row('packings', { unpacked_at: '2026-05-02' })];
  const [first, second] = identifyRows(rows);
  expect(first?.endEventId).toBe(null);
  expect(first?.eventId).not.toBe(second?.eventId);
});

test('other content has another hash, also where only a person differs', () => {
  const one = row('sales');
  for (const change of [{ serial: 'S2' }, { receipt: 'R1' }, { buyer_email: 'c@d.example' }]) {
    const other = row('sales', change);
    expect(contentHash(one, digest).equals(contentHash(other, digest))).toBe(false);
    expect(idsOf([one])).not.toEqual(idsOf([other]));
  }
});

test('personal fields are hashed only under a key', () => {
  expect(() => identifyRows([row('sales')])).toThrow('personalDigest');
  expect(identifyRows([row('voids')])).toHaveLength(1);
});
