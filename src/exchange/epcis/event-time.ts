/** The time of an event: its instant, written in the offset of the place where it happened. */
import { type JsonObject, textOf } from './json.js';
import type { Remarker } from './rows.js';

type Report = Pick<Remarker, 'repair' | 'fault'>;

const offsetMinutesOf = (offset: string | undefined): number | null => {
  const match = /^([+-])(\d{2}):(\d{2})$/.exec(offset ?? '');
  if (!match) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (minutes > 14 * 60 || Number(match[3]) > 59) return null;
  return match[1] === '-' ? -minutes : minutes;
};

/** Fractions beyond milliseconds round at the fourth digit, as the CBV's event hash does. */
function instantOf(text: string): number {
  const match = /^(.*T\d{2}:\d{2}:\d{2})\.(\d+)(.*)$/.exec(text);
  if (!match) return Date.parse(text);
  return Date.parse(`${match[1]}${match[3]}`) + Math.round(Number(`0.${match[2]}`) * 1000);
}

/** JavaScript reads 30 February as 1 March. */
function hasSuchDay(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}

/** Any date-time with offset as ISO 8601 with milliseconds in the given offset; null when it is none. */
export function zonedTime(text: string, offset: string): string | null {
  const instant = instantOf(text);
  const minutes = offsetMinutesOf(offset) ?? 0;
  if (Number.isNaN(instant) || Number.isNaN(new Date(instant + minutes * 60_000).getTime())) return null;
  if (!hasSuchDay(text)) return null;
  const local = new Date(instant + minutes * 60_000).toISOString().slice(0, -1);
  return `${local}${offsetMinutesOf(offset) === null ? '+00:00' : offset}`;
}

/** The event's time, or null after reporting why there is none. */
export function eventTime(event: JsonObject, report: Report): string | null {
  const given = textOf(event.eventTime);
  if (given === undefined) {
    report.fault('eventTime', event.eventTime, 'eventTime is missing: an event needs a date-time');
    return null;
  }
  const zone = textOf(event.eventTimeZoneOffset);
  const own = /(Z|[+-]\d{2}:?\d{2})$/i.exec(given)?.[1];
  const hasTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(given);
  let offset = zone;
  if (offset === undefined || offsetMinutesOf(offset) === null) {
    offset = own === undefined || own.toUpperCase() === 'Z' ? '+00:00' : own;
    if (offsetMinutesOf(offset) === null) offset = '+00:00';
    report.repair('eventTimeZoneOffset', `eventTimeZoneOffset ${zone ?? 'missing'}: ${offset} used`);
  }
  const text = own === undefined && hasTime ? `${given}${offset}` : given;
  if (own === undefined && hasTime) {
    report.repair('eventTime', `eventTime ${given}: has no offset, ${offset} used`);
  }
  const at = hasTime ? zonedTime(text, offset) : null;
  if (at === null) {
    report.fault('eventTime', given, `eventTime ${given}: should be a date-time of ISO 8601 with offset`);
  }
  return at;
}
