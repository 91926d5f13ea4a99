/** Counts what an operation asks of the database: an answer that costs a statement a row shows here as a number. */
import pg from 'pg';

/** What opens and ends transactions and asks nothing between, and what keeps the last use of a token, once a minute. */
const opens = /^\s*(begin|commit|rollback|set local|update api_token set last_used_at)\b/i;
const isSession = (text: string): boolean => opens.test(text) && !/\bselect\b/i.test(text);

/** The statements sent by this process while `work` ran, in order, without those that belong to the session. */
export async function countStatements<T>(
  work: () => Promise<T>,
): Promise<{ answer: T; statements: string[] }> {
  const statements: string[] = [];
  const prototype = pg.Client.prototype as { query: (...args: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function counted(...args: unknown[]): unknown {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first as { text?: string } | null)?.text;
    if (text !== undefined && !isSession(text)) statements.push(text);
    return original.apply(this, args);
  };
  try {
    return { answer: await work(), statements };
  } finally {
    prototype.query = original;
  }
}
