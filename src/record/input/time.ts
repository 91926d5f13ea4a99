/** Times as people write them: an instant with its offset, or a whole day; to UTC with milliseconds, and back. */

export interface CanonicalTime {
  /** ISO 8601 in UTC with milliseconds. */
  at: string;
  /** The same as `at` for an instant; the last millisecond of the day for a date alone. */
  to: string;
  /** Minutes east of UTC as written. */
  offsetMinutes: number;
}

export type TimeResult = { ok: true; time: CanonicalTime } | { ok: false; reason: string };

/** How far ahead of ours a reporter's clock may be. */
export const AHEAD_MAX_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const shape =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?)?$/;

const rule = 'should be ISO 8601 with offset, such as 2026-03-01T14:05:00+01:00, or a date';

interface Options {
  now: Date;
  /** Plans and validities may lie in the future. */
  planned?: boolean;
  /** Minutes east of UTC of the place, where known: a date alone is a day there. Absent: a day in UTC. */
  offsetMinutes?: number;
}

function dayStart(year: number, month: number, day: number): number | null {
  const start = Date.UTC(year, month - 1, day);
  const date = new Date(start);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? start : null;
}

const instant = (at: number, to: number, offsetMinutes: number): CanonicalTime => ({
  at: new Date(at).toISOString(),
  to: new Date(to).toISOString(),
  offsetMinutes,
});

/** Reads a time; more than three decimals of a second are cut. The reason of a refusal names the text and the rule. */
export function parseTime(text: string, options: Options): TimeResult {
  const refuse = (why: string): TimeResult => ({ ok: false, reason: `${text.slice(0, 60)}: ${why}` });
  const match = shape.exec(text);
  if (!match) return refuse(rule);
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '00',
    fraction = '',
    zulu,
    sign,
    offsetHour,
    offsetMinute = '00',
  ] = match;
  if (Number(year) < 1900) return refuse('the year should be 1900 or later');
  const start = dayStart(Number(year), Number(month), Number(day));
  if (start === null) return refuse(`there is no such day, ${rule}`);
  let time: CanonicalTime;
  if (hour === undefined) {
    const offset = options.offsetMinutes ?? 0;
    const at = start - offset * MINUTE_MS;
    time = instant(at, at + DAY_MS - 1, offset);
  } else {
    if (zulu === undefined && sign === undefined) return refuse('the offset is missing, such as Z or +01:00');
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
      return refuse('there is no such time of day');
    const size = zulu === undefined ? Number(offsetHour) * 60 + Number(offsetMinute) : 0;
    if (size > 14 * 60 || Number(offsetMinute) > 59) return refuse('an offset is at most 14:00');
    const offset = sign === '-' && size > 0 ? -size : size;
    const ofDay = (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1000;
    const at = start + ofDay + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset * MINUTE_MS;
    time = instant(at, at, offset);
  }
  if (!options.planned && Date.parse(time.at) > options.now.getTime() + AHEAD_MAX_MS) {
    return refuse(
      `lies in the future: it is ${options.now.toISOString()} now, and at most 5 minutes ahead are allowed`,
    );
  }
  return { ok: true, time };
}

/** A calendar date as written, checked. */
export function parseDate(text: string): { ok: true; date: string } | { ok: false; reason: string } {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return { ok: false, reason: `${text.slice(0, 60)}: should be a date such as 2026-03-01` };
  const start = dayStart(Number(match[1]), Number(match[2]), Number(match[3]));
  if (Number(match[1]) < 1900 || start === null)
    return { ok: false, reason: `${text}: there is no such day since 1900` };
  return { ok: true, date: text };
}

/** A time as it was written: in its offset, or the date alone for a whole day. Reads back to the same value. */
export function formatTime(time: CanonicalTime): string {
  const local = new Date(Date.parse(time.at) + time.offsetMinutes * MINUTE_MS).toISOString();
  if (time.to !== time.at) return local.slice(0, 10);
  if (time.offsetMinutes === 0) return local;
  const minutes = Math.abs(time.offsetMinutes);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${local.slice(0, -1)}${time.offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
