/** Rows of custody as the caller may see them: read under its own database roles, one column an equality, and put together. */
import type pg from 'pg';
import { custodyView, sessionsFor } from '../access/index.js';
import type { Session } from '../database/index.js';
import { type RequestContext, requirePrincipal } from './context.js';

/** The sessions in which the caller's custody is read: for a brand owner as owner first, and as holder. */
function custodySessions(context: RequestContext): Session[] {
  const principal = requirePrincipal(context);
  return custodyView(principal) === 'OWNER'
    ? [sessionsFor(principal, 'owner'), sessionsFor(principal, 'holder')]
    : [sessionsFor(principal, 'holder')];
}

/** Rows of every view, each once, the first view's where both have it. The order is that of the first view; sort where it matters. */
export async function readAsCaller<T>(
  context: RequestContext,
  read: (client: pg.PoolClient) => Promise<T[]>,
  keyOf: (row: T) => string,
): Promise<T[]> {
  const rows = new Map<string, T>();
  for (const session of custodySessions(context)) {
    for (const row of await context.snapshot.read(session, read)) {
      const key = keyOf(row);
      if (!rows.has(key)) rows.set(key, row);
    }
  }
  return [...rows.values()];
}
