/** A deadline as it is told: the law, the length and the calendar in words. */
import { calendars } from './calendars.js';
import type { Period } from './clocks.js';
import type { Deadline } from './deadline.types.js';
import type { DeadlineFacts } from './deadlines.js';

export function deadlineOf({ clock, ...facts }: DeadlineFacts): Deadline {
  const { regime, law, isVerified, trigger, until, period } = clock;
  const { name, source } = calendars[clock.calendar];
  return {
    ...{ regime, law, isVerified, trigger, until },
    ...facts,
    period: told(period),
    calendar: `${name}: ${source}`,
  };
}

function told(period: Period): string {
  if (period === 'WITHOUT_DELAY') return 'without undue delay';
  if ('hours' in period) return `${period.hours} hours`;
  if ('days' in period) return `${period.days} days`;
  if ('workingDays' in period) return `${period.workingDays} working days`;
  if ('everyMonths' in period)
    return period.everyMonths === 1 ? 'every month' : `every ${period.everyMonths} months`;
  if ('everyDays' in period) return `every ${period.everyDays} days`;
  return `${period.afterQuarter} days after each quarter`;
}
