/** Working days by jurisdiction: data with their source. Years that nobody told have weekends only, and are marked so. */

export interface Calendar {
  name: string;
  timeZone: string;
  source: string;
  /** Years whose days were read in the source. */
  verifiedYears: readonly number[];
  /** `YYYY-MM-DD`: no work though a weekday. */
  daysOff(year: number): readonly string[];
  /** Work though a weekend. */
  daysOn(year: number): readonly string[];
}

/** Every day from one to another, both in. */
const days = (year: number, from: string, to: string): string[] => {
  const all: string[] = [];
  for (let at = Date.parse(`${year}-${from}`); at <= Date.parse(`${year}-${to}`); at += 86_400_000)
    all.push(new Date(at).toISOString().slice(0, 10));
  return all;
};

const chinese: Record<number, { off: string[]; on: string[] }> = {
  // General Office of the State Council, notice of 2024-11-12; not read again
  2025: {
    off: [
      '2025-01-01',
      ...days(2025, '01-28', '02-04'),
      ...days(2025, '04-04', '04-06'),
      ...days(2025, '05-01', '05-05'),
      ...days(2025, '05-31', '06-02'),
      ...days(2025, '10-01', '10-08'),
    ],
    on: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
  },
  // General Office of the State Council, notice of 2025-11-04, text read
  2026: {
    off: [
      ...days(2026, '01-01', '01-03'),
      ...days(2026, '02-15', '02-23'),
      ...days(2026, '04-04', '04-06'),
      ...days(2026, '05-01', '05-05'),
      ...days(2026, '06-19', '06-21'),
      ...days(2026, '09-25', '09-27'),
      ...days(2026, '10-01', '10-07'),
    ],
    on: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  },
};

const dateOf = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

/** The n-th such weekday of a month, or the last one. */
function nth(year: number, month: number, day: number, n: number | 'LAST'): string {
  const all = Array.from({ length: 31 }, (_, index) => dateOf(year, month, index + 1)).filter(
    (date) => weekday(date) === day && Number(date.slice(5, 7)) === month,
  );
  return (n === 'LAST' ? all.at(-1) : all[n - 1]) as string;
}

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
function observed(date: string): string {
  const shift = { 6: -1, 0: 1 }[weekday(date)] ?? 0;
  return new Date(Date.parse(date) + shift * 86_400_000).toISOString().slice(0, 10);
}

const american = (year: number): string[] => [
  ...[
    [1, 1],
    [6, 19],
    [7, 4],
    [11, 11],
    [12, 25],
  ].map(([month = 1, day = 1]) => observed(dateOf(year, month, day))),
  observed(dateOf(year + 1, 1, 1)), // may fall into this year
  nth(year, 1, 1, 3),
  nth(year, 2, 1, 3),
  nth(year, 5, 1, 'LAST'),
  nth(year, 9, 1, 1),
  nth(year, 10, 1, 2),
  nth(year, 11, 4, 4),
];

export const calendars = {
  CN: {
    name: 'China, State Council',
    timeZone: 'Asia/Shanghai',
    source: 'General Office of the State Council, yearly notice of holidays (2026: notice of 2025-11-04)',
    verifiedYears: [2026],
    daysOff: (year: number) => chinese[year]?.off ?? [],
    daysOn: (year: number) => chinese[year]?.on ?? [],
  },
  US: {
    name: 'United States, federal',
    timeZone: 'America/New_York',
    source: '5 U.S.C. 6103, by its rules; its text was not read again',
    verifiedYears: [],
    daysOff: american,
    daysOn: () => [],
  },
  EU: {
    name: 'European Union, weekends only',
    timeZone: 'Europe/Brussels',
    source: 'Regulation (EEC, Euratom) No 1182/71; public holidays of the institutions are not on file',
    verifiedYears: [],
    daysOff: () => [],
    daysOn: () => [],
  },
} as const satisfies Record<string, Calendar>;
export type CalendarName = keyof typeof calendars;

export function isWorkingDay(calendar: Calendar, date: string): boolean {
  const year = Number(date.slice(0, 4));
  if (calendar.daysOn(year).includes(date)) return true;
  if (calendar.daysOff(year).includes(date)) return false;
  return weekday(date) !== 0 && weekday(date) !== 6;
}

/** Whether every year between two days is one whose days were read. */
export function isVerifiedBetween(calendar: Calendar, from: string, to: string): boolean {
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1)
    if (!calendar.verifiedYears.includes(year)) return false;
  return true;
}
