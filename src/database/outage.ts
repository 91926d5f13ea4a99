/** Tells an outage from a fault: the database, and neither the question nor the program, is why there is no answer. */

/** SQLSTATE or system code, and what a caller is told of it. */
const causes: Readonly<Record<string, string>> = {
  53100: 'the database has no room left; try again later',
  53200: 'the database has no memory left; try again',
  53300: 'the database takes no more connections; try again',
  53400: 'the database takes no more; try again',
  58030: 'the database cannot read or write its disk; try again later',
  25006: 'the database takes no writes at present; try again later',
  '25P03': 'the database closed a transaction that stood idle; try again',
  40001: 'others wrote the same at once, again and again; try again',
  '40P01': 'others wrote the same at once, again and again; try again',
  '57P01': 'the database is being restarted; try again',
  '57P02': 'the database is being restarted; try again',
  '57P03': 'the database is starting; try again',
  ECONNREFUSED: 'the database cannot be reached; try again',
  EHOSTUNREACH: 'the database cannot be reached; try again',
  ENETUNREACH: 'the database cannot be reached; try again',
  ENOTFOUND: 'the database cannot be reached; try again',
  EAI_AGAIN: 'the database cannot be reached; try again',
  ETIMEDOUT: 'the database does not answer; try again',
  ECONNRESET: 'the database closed the connection; try again',
  EPIPE: 'the database closed the connection; try again',
};

/** What the driver, or a version that was overtaken, says by words alone. */
const words: readonly [RegExp, string][] = [
  [
    /^a newer version of the service derives this record/,
    'a newer version of the service has taken over; try again',
  ],
  [/^timeout exceeded when trying to connect/, 'the database has no connection free; try again'],
  [/^Connection terminated due to connection timeout/, 'the database does not answer; try again'],
  [/^Query read timeout/, 'the database does not answer; try again'],
  [/^Connection terminated/, 'the database closed the connection; try again'],
  [
    /^Client (has encountered a connection error|was closed) and is not queryable/,
    'the database closed the connection; try again',
  ],
];

/**
 * What to tell whoever waits for an answer that an outage prevents; null of an error that is none. What was sent may have been
 * recorded all the same: with the same event ids it is safe to send again.
 */
export function outageOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? String(error.code) : '';
  if (Object.hasOwn(causes, code)) return causes[code] ?? null;
  if (code.startsWith('08')) return 'the database closed the connection; try again';
  return words.find(([pattern]) => pattern.test(error.message))?.[1] ?? outageOf(error.cause);
}
