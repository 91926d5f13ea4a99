/** Times carry an offset or are whole days; nothing happens in the future. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTime, parseDate, parseTime } from '../../../src/record/input/index.js';
import { now } from './sample-rows.js';

const read = (text: string, options: { planned?: boolean; offsetMinutes?: number } = {}) =>
  parseTime(text, { now, ...options });

test.each([
  ['2026-03-01T14:05:00+01:00', '2026-03-01T13:05:00.000Z', 60],
  ['2026-03-01T14:05Z', '2026-03-01T14:05:00.000Z', 0],
  ['2026-03-01T14:05:00.123456-0330', '2026-03-01T17:35:00.123Z', -210],
  ['2026-03-01T00:00:00.5+14', '2026-02-28T10:00:00.500Z', 840],
])('%s is %s', (text, at, offsetMinutes) => {
  expect(read(text)).toEqual({ ok: true, time: { at, to: at, offsetMinutes } });
});

test('a date alone is that whole day, in UTC unless the offset of the place is known', () => {
  expect(read('2024-02-29')).toEqual({
    ok: true,
    time: { at: '2024-02-29T00:00:00.000Z', to: '2024-02-29T23:59:59.999Z', offsetMinutes: 0 },
  });
  expect(read('2026-03-01', { offsetMinutes: 120 })).toEqual({
    ok: true,
    time: { at: '2026-02-28T22:00:00.000Z', to: '2026-03-01T21:59:59.999Z', offsetMinutes: 120 },
  });
});

test.each([
  ['2026-03-01T14:05:00', 'the offset is missing'],
  ['2026-02-29', 'there is no such day'],
  ['2026-03-01T24:00:00Z', 'there is no such time of day'],
  ['2026-03-01T14:05:00+15:00', 'an offset is at most 14:00'],
  ['0202-03-01', 'the year should be 1900 or later'],
  ['01/03/2026', 'should be ISO 8601 with offset'],
  ['2026-06-01T12:05:00.001Z', 'lies in the future'],
  ['2026-06-02', 'lies in the future'],
])('%s is refused: %s', (text, reason) => {
  const result = read(text);
  expect(result.ok ? '' : result.reason).toContain(`${text}: ${reason}`);
});

test('five minutes ahead and plans are accepted', () => {
  expect(read('2026-06-01T12:05:00Z').ok).toBe(true);
  expect(read('2040-01-01', { planned: true }).ok).toBe(true);
});

test('a time is written so that it reads back to itself', () => {
  const instant = fc.date({ min: new Date('1971-01-01'), max: new Date('2026-05-01'), noInvalidDate: true });
  fc.assert(
    fc.property(instant, fc.integer({ min: -840, max: 840 }), (date, offsetMinutes) => {
      const time = { at: date.toISOString(), to: date.toISOString(), offsetMinutes };
      expect(read(formatTime(time))).toEqual({ ok: true, time });
    }),
  );
  const day = read('2026-03-01');
  expect(day.ok && formatTime(day.time)).toBe('2026-03-01');
});

test('a date is a day of the calendar', () => {
  expect(parseDate('2026-02-28')).toEqual({ ok: true, date: '2026-02-28' });
  expect(parseDate('2026-02-30').ok).toBe(false);
});
