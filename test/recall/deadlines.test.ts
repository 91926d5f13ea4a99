/** Periods that laws set: counted in the days of the authority, by calendars with their source. */
import { describe, expect, test } from 'vitest';
import { calendars, isVerifiedBetween, isWorkingDay } from '../../src/recall/api/deadline/calendars.js';
import type { FilingForm, Regime, Trigger } from '../../src/recall/api/deadline/clocks.js';
import { type DeadlineFacts, deadlinesOf, type Moments } from '../../src/recall/api/deadline/deadlines.js';
import { addMonths, addWorkingDays, endOfDay, localDate } from '../../src/recall/api/deadline/local-time.js';

const { CN, US } = calendars;

describe('working days', () => {
  test('a Saturday that is made up is one, a weekday of a festival is none', () => {
    expect(isWorkingDay(CN, '2026-02-14')).toBe(true);
    expect(isWorkingDay(CN, '2026-02-16')).toBe(false);
    expect(isWorkingDay(CN, '2026-02-24')).toBe(true);
    expect(isWorkingDay(CN, '2026-02-28')).toBe(true);
    expect(isWorkingDay(CN, '2026-03-01')).toBe(false);
  });

  test('five of them over the Spring Festival of 2026 end on 27 February', () => {
    // 13 February is day 0; 14, then 24, 25, 26, 27
    expect(addWorkingDays('2026-02-13', 5, CN)).toBe('2026-02-27');
  });

  test('American holidays follow their rules: Thanksgiving, and the fourth of July of 2026 on the Friday before', () => {
    expect(isWorkingDay(US, '2026-11-26')).toBe(false);
    expect(isWorkingDay(US, '2026-07-03')).toBe(false);
    expect(isWorkingDay(US, '2026-07-06')).toBe(true);
    expect(isWorkingDay(US, '2026-05-25')).toBe(false);
    expect(isWorkingDay(US, '2021-12-31')).toBe(false); // New Year of 2022, a Saturday
    expect(addWorkingDays('2026-11-25', 5, US)).toBe('2026-12-03');
  });

  test('years that nobody read are marked', () => {
    expect(isVerifiedBetween(CN, '2026-02-01', '2026-12-31')).toBe(true);
    expect(isVerifiedBetween(CN, '2026-12-30', '2027-01-05')).toBe(false);
    expect(isVerifiedBetween(US, '2026-02-01', '2026-02-05')).toBe(false);
  });

  test('a day ends when it ends where the authority is', () => {
    expect(localDate(new Date('2026-03-01T20:00:00Z'), 'Asia/Shanghai')).toBe('2026-03-02');
    expect(endOfDay('2026-03-02', 'Asia/Shanghai').toISOString()).toBe('2026-03-02T16:00:00.000Z');
    expect(endOfDay('2026-03-07', 'America/New_York').toISOString()).toBe('2026-03-08T05:00:00.000Z');
    expect(endOfDay('2026-03-08', 'America/New_York').toISOString()).toBe('2026-03-09T04:00:00.000Z');
    expect(addMonths('2026-11-30', 3)).toBe('2027-02-28');
  });
});

const at = (text: string) => new Date(text);
const moments = (
  regime: Regime,
  more: Partial<Moments> & { triggers?: Partial<Record<Trigger, Date>> },
): Moments => {
  const { triggers = {}, ...rest } = more;
  const none = {
    KNOWN: null,
    DETERMINED: null,
    AUTHORITY_NOTICE: null,
    FILED: null,
    NEW_FACTS: null,
    PUBLISHED: null,
    COMPLETED: null,
  };
  return {
    ...{ published: null, completed: null, filings: [], buyersTold: null, now: at('2026-06-01T00:00:00Z') },
    ...rest,
    regimes: [regime],
    at: { ...none, ...triggers },
  };
};
const told = ({ clock, round, dueOn, state }: DeadlineFacts) => `${clock.until} ${round} ${dueOn} ${state}`;
const filing = (form: FilingForm, day: string) => ({ form, regime: null, at: at(`2026-${day}T08:00:00Z`) });

describe('a period', () => {
  test('has not begun, is due, overdue, done, done late', () => {
    const of = (more: Parameters<typeof moments>[1]) =>
      told(deadlinesOf(moments('CN_CONSUMER', more))[1] as DeadlineFacts);
    const triggers = { DETERMINED: at('2026-03-02T02:00:00Z') };
    expect(of({})).toBe('PLAN 1 null NOT_BEGUN');
    expect(of({ triggers, now: at('2026-03-10T00:00:00Z') })).toBe('PLAN 1 2026-03-16 DUE');
    expect(of({ triggers, now: at('2026-03-17T00:00:00Z') })).toBe('PLAN 1 2026-03-16 OVERDUE');
    expect(of({ triggers, filings: [filing('PLAN', '03-16')] })).toBe('PLAN 1 2026-03-16 DONE');
    expect(of({ triggers, filings: [filing('PLAN', '03-17')] })).toBe('PLAN 1 2026-03-16 DONE_LATE');
    expect(of({ triggers, filings: [filing('SUMMARY', '03-10')], now: at('2026-03-10T09:00:00Z') })).toBe(
      'PLAN 1 2026-03-16 DUE',
    );
  });

  test('that comes again is told for each time past and the next one, and ends with the recall', () => {
    const triggers = { PUBLISHED: at('2026-01-10T02:00:00Z') };
    const reports = (more: Partial<Moments>) =>
      deadlinesOf(moments('CN_CONSUMER', { triggers, now: at('2026-08-01T00:00:00Z'), ...more }))
        .filter(({ clock }) => clock.until === 'STAGE_REPORT')
        .map(told);
    expect(reports({ filings: [filing('STAGE_REPORT', '04-09')] })).toEqual([
      'STAGE_REPORT 1 2026-04-10 DONE',
      'STAGE_REPORT 2 2026-07-10 OVERDUE',
      'STAGE_REPORT 3 2026-10-10 DUE',
    ]);
    expect(reports({ completed: at('2026-05-01T00:00:00Z') })).toEqual(['STAGE_REPORT 1 2026-04-10 OVERDUE']);
  });

  test('of quarters runs thirty days after each; new facts want an amendment of their own', () => {
    const triggers = {
      PUBLISHED: at('2026-02-10T15:00:00Z'),
      NEW_FACTS: at('2026-03-02T15:00:00Z'),
      FILED: at('2026-02-03T15:00:00Z'),
    };
    const rows = deadlinesOf(
      moments('US_VEHICLE', {
        triggers,
        filings: [filing('PLAN', '02-03'), filing('AMENDMENT', '02-20')],
        now: at('2026-05-05T00:00:00Z'),
      }),
    );
    expect(rows.map(told)).toEqual([
      'PLAN 1 null NOT_BEGUN',
      'AMENDMENT 1 2026-03-09 OVERDUE',
      'OWNER_NOTICE 1 2026-04-04 OVERDUE',
      'STAGE_REPORT 1 2026-04-30 OVERDUE',
      'STAGE_REPORT 2 2026-07-30 DUE',
    ]);
    expect(rows.map(({ clock }) => clock.isVerified)).toEqual([true, true, false, false, false]);
  });

  test('without a number has no last day, and in hours has a moment', () => {
    const triggers = { KNOWN: at('2026-03-01T12:00:00Z') };
    expect(deadlinesOf(moments('EU_PRODUCT', { triggers })).map(told)).toEqual(['INCIDENT 1 null DUE']);
    const [incident] = deadlinesOf(moments('US_CONSUMER', { triggers }));
    expect(incident?.dueAt?.toISOString()).toBe('2026-03-02T12:00:00.000Z');
    expect(incident?.state).toBe('OVERDUE');
  });
});
