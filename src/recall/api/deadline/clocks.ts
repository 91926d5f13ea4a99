/**
 * Periods that laws set, as data with their source. `isVerified`: the rule's own text was read; others are known and not
 * read again, easy to change here and marked in every answer.
 */
import type { CalendarName } from './calendars.js';

export const regimes = {
  CN_VEHICLE: 'CN_VEHICLE',
  CN_CONSUMER: 'CN_CONSUMER',
  US_VEHICLE: 'US_VEHICLE',
  US_CONSUMER: 'US_CONSUMER',
  US_FDA: 'US_FDA',
  EU_PRODUCT: 'EU_PRODUCT',
} as const;
export type Regime = keyof typeof regimes;

export const filingForms = {
  PLAN: 'PLAN',
  AMENDMENT: 'AMENDMENT',
  STAGE_REPORT: 'STAGE_REPORT',
  SUMMARY: 'SUMMARY',
  INCIDENT: 'INCIDENT',
  OBJECTION: 'OBJECTION',
  OWNER_NOTICE: 'OWNER_NOTICE',
} as const;
export type FilingForm = keyof typeof filingForms;

export const triggers = {
  KNOWN: 'KNOWN',
  DETERMINED: 'DETERMINED',
  AUTHORITY_NOTICE: 'AUTHORITY_NOTICE',
  FILED: 'FILED',
  NEW_FACTS: 'NEW_FACTS',
  PUBLISHED: 'PUBLISHED',
  COMPLETED: 'COMPLETED',
} as const;
export type Trigger = keyof typeof triggers;

export type Period =
  | { hours: number }
  | { days: number }
  | { workingDays: number }
  /** Again and again, until the recall is complete. */
  | { everyMonths: number }
  | { everyDays: number }
  /** After the end of each quarter. */
  | { afterQuarter: number }
  | 'WITHOUT_DELAY';

export interface Clock {
  regime: Regime;
  trigger: Trigger;
  /** What ends it: a filing of that form, or the publication. */
  until: FilingForm | 'PUBLICATION';
  period: Period;
  calendar: CalendarName;
  law: string;
  isVerified: boolean;
}

const chinaVehicles = 'Measures on the recall of defective vehicles (AQSIQ 176)';
const chinaConsumer = 'Interim provisions on consumer product recalls (SAMR 19)';
const unread = ', known and not read again';
const clock = (
  regime: Regime,
  calendar: CalendarName,
  [trigger, until, period]: [Trigger, Clock['until'], Period],
  [law, isVerified]: [string, boolean],
): Clock => ({
  regime,
  calendar,
  trigger,
  until,
  period,
  law: isVerified ? law : `${law}${unread}`,
  isVerified,
});

export const clocks: readonly Clock[] = [
  clock('CN_VEHICLE', 'CN', ['DETERMINED', 'PLAN', { workingDays: 5 }], [chinaVehicles, false]),
  clock(
    'CN_VEHICLE',
    'CN',
    ['FILED', 'PUBLICATION', { workingDays: 5 }],
    [`${chinaVehicles}, draft text`, false],
  ),
  clock(
    'CN_VEHICLE',
    'CN',
    ['FILED', 'OWNER_NOTICE', { workingDays: 30 }],
    [`${chinaVehicles}, draft text`, false],
  ),
  clock('CN_VEHICLE', 'CN', ['PUBLISHED', 'STAGE_REPORT', { everyMonths: 3 }], [chinaVehicles, false]),
  clock('CN_VEHICLE', 'CN', ['COMPLETED', 'SUMMARY', { workingDays: 15 }], [chinaVehicles, false]),
  clock(
    'CN_VEHICLE',
    'CN',
    ['AUTHORITY_NOTICE', 'OBJECTION', { workingDays: 15 }],
    ['Regulation on the recall of defective vehicles (State Council 626, rev. 2019), article 15', true],
  ),
  clock('CN_CONSUMER', 'CN', ['KNOWN', 'INCIDENT', { workingDays: 2 }], [chinaConsumer, true]),
  clock('CN_CONSUMER', 'CN', ['DETERMINED', 'PLAN', { workingDays: 10 }], [chinaConsumer, false]),
  clock('CN_CONSUMER', 'CN', ['FILED', 'PUBLICATION', { workingDays: 3 }], [chinaConsumer, false]),
  clock('CN_CONSUMER', 'CN', ['PUBLISHED', 'STAGE_REPORT', { everyMonths: 3 }], [chinaConsumer, false]),
  clock('CN_CONSUMER', 'CN', ['COMPLETED', 'SUMMARY', { workingDays: 15 }], [chinaConsumer, false]),
  clock('US_VEHICLE', 'US', ['DETERMINED', 'PLAN', { workingDays: 5 }], ['49 CFR 573.6(b)', true]),
  clock('US_VEHICLE', 'US', ['NEW_FACTS', 'AMENDMENT', { workingDays: 5 }], ['49 CFR 573.6(b)', true]),
  clock('US_VEHICLE', 'US', ['FILED', 'OWNER_NOTICE', { days: 60 }], ['49 CFR 577.7', false]),
  clock('US_VEHICLE', 'US', ['PUBLISHED', 'STAGE_REPORT', { afterQuarter: 30 }], ['49 CFR 573.7', false]),
  clock(
    'US_CONSUMER',
    'US',
    ['KNOWN', 'INCIDENT', { hours: 24 }],
    ['15 U.S.C. 2064(b), 16 CFR 1115.14', false],
  ),
  clock('US_CONSUMER', 'US', ['FILED', 'PUBLICATION', { workingDays: 20 }], ['CPSC Fast Track', false]),
  clock(
    'US_CONSUMER',
    'US',
    ['PUBLISHED', 'STAGE_REPORT', { everyMonths: 1 }],
    ['CPSC monthly progress report', false],
  ),
  clock('US_FDA', 'US', ['PUBLISHED', 'STAGE_REPORT', { everyDays: 28 }], ['21 CFR 7.53', false]),
  clock(
    'EU_PRODUCT',
    'EU',
    ['KNOWN', 'INCIDENT', 'WITHOUT_DELAY'],
    ['Regulation (EU) 2023/988, article 20', true],
  ),
];

/** Every law has a clock, and no two clocks of a law end by the same for the same trigger. */
function checkClocks(): void {
  const seen = new Set(clocks.map(({ regime, trigger, until }) => `${regime} ${trigger} ${until}`));
  if (seen.size < clocks.length) throw new Error('recall clocks: two are alike');
  const missing = Object.keys(regimes).filter((regime) => !clocks.some((one) => one.regime === regime));
  if (missing.length > 0) throw new Error(`recall clocks: none for ${missing.join(', ')}`);
}
checkClocks();
