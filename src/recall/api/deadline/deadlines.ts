/** Which periods run for a recall: when each began, when it ends, and whether what it asks for was done. */
import { calendars, isVerifiedBetween } from './calendars.js';
import { type Clock, clocks, type FilingForm, type Regime, type Trigger } from './clocks.js';
import { addDays, addMonths, addWorkingDays, endOfDay, localDate, quarterEnd } from './local-time.js';

export interface Moments {
  regimes: readonly Regime[];
  at: Readonly<Record<Trigger, Date | null>>;
  published: Date | null;
  completed: Date | null;
  /** Oldest first. */
  filings: readonly { form: FilingForm; regime: Regime | null; at: Date }[];
  /** First notice to a buyer. */
  buyersTold: Date | null;
  now: Date;
}

export type DeadlineState = 'NOT_BEGUN' | 'DUE' | 'OVERDUE' | 'DONE' | 'DONE_LATE';

export interface DeadlineFacts {
  clock: Clock;
  /** Of a repeated one, from 1; else 1. */
  round: number;
  begunAt: Date | null;
  /** The last local day; null: not begun, or the law names none. */
  dueOn: string | null;
  dueAt: Date | null;
  doneAt: Date | null;
  state: DeadlineState;
  /** The days between were read in the calendar's source; null: it counts none. */
  isCalendarVerified: boolean | null;
}

export function deadlinesOf(moments: Moments): DeadlineFacts[] {
  return clocks
    .filter(({ regime }) => moments.regimes.includes(regime))
    .flatMap((clock) => roundsOf(clock, moments));
}

function roundsOf(clock: Clock, moments: Moments): DeadlineFacts[] {
  const begunAt = moments.at[clock.trigger];
  const dones = donesOf(clock, moments, begunAt);
  if (begunAt === null)
    return [
      {
        ...{ clock, round: 1, begunAt, dueOn: null, dueAt: null, doneAt: null },
        state: 'NOT_BEGUN',
        isCalendarVerified: null,
      },
    ];
  const calendar = calendars[clock.calendar];
  const start = localDate(begunAt, calendar.timeZone);
  const round = (number: number, due: { on: string | null; at: Date | null }): DeadlineFacts => {
    const doneAt = dones[number - 1] ?? null;
    const counts = typeof clock.period === 'object' && 'workingDays' in clock.period;
    return {
      ...{ clock, round: number, begunAt, doneAt, dueOn: due.on, dueAt: due.at },
      state: stateOf(due.at, doneAt, moments.now),
      isCalendarVerified: counts && due.on !== null ? isVerifiedBetween(calendar, start, due.on) : null,
    };
  };
  const day = (on: string) => ({ on, at: endOfDay(on, calendar.timeZone) });
  const { period } = clock;
  if (period === 'WITHOUT_DELAY') return [round(1, { on: null, at: null })];
  if ('hours' in period) {
    const at = new Date(begunAt.getTime() + period.hours * 3_600_000);
    return [round(1, { on: localDate(at, calendar.timeZone), at })];
  }
  if ('days' in period) return [round(1, day(addDays(start, period.days)))];
  if ('workingDays' in period) return [round(1, day(addWorkingDays(start, period.workingDays, calendar)))];
  const nthDue = (n: number): string => {
    if ('everyMonths' in period) return addMonths(start, n * period.everyMonths);
    if ('everyDays' in period) return addDays(start, n * period.everyDays);
    return addDays(quarterEnd(addMonths(quarterEnd(start), (n - 1) * 3)), period.afterQuarter);
  };
  const rounds: DeadlineFacts[] = [];
  // those that came due while it ran, and the next one
  for (let n = 1; n <= ROUNDS_MAX; n += 1) {
    const due = day(nthDue(n));
    if (moments.completed !== null && due.at > moments.completed) break;
    rounds.push(round(n, due));
    if (due.at > moments.now) break;
  }
  return rounds;
}

/** Ten years of monthly reports. */
const ROUNDS_MAX = 120;

/** What ends it, since it began: the n-th such filing ends the n-th round. */
function donesOf({ until, regime }: Clock, moments: Moments, begunAt: Date | null): Date[] {
  if (until === 'PUBLICATION') return moments.published === null ? [] : [moments.published];
  const filed = moments.filings
    .filter((filing) => filing.form === until && (filing.regime === regime || filing.regime === null))
    .map(({ at }) => at);
  const told = until === 'OWNER_NOTICE' && moments.buyersTold !== null ? [moments.buyersTold] : [];
  // a plan, or an incident, may be filed before its clock is known to run; an amendment of earlier facts is none of later ones
  const counts = (at: Date) => until !== 'AMENDMENT' || begunAt === null || at >= begunAt;
  return [...filed, ...told].filter(counts).sort((a, b) => a.getTime() - b.getTime());
}

function stateOf(dueAt: Date | null, doneAt: Date | null, now: Date): DeadlineState {
  if (doneAt !== null) return dueAt !== null && doneAt > dueAt ? 'DONE_LATE' : 'DONE';
  return dueAt !== null && now > dueAt ? 'OVERDUE' : 'DUE';
}
