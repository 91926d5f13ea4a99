/**
 * Statements planned once a connection instead of once a question. Of a recall of one lot three quarters of the database's
 * time was planning: some thirty statements, 1 to 6 ms each to plan and 0.05 ms to run.
 */
import { createHash } from 'node:crypto';
import type { PoolClient, QueryResult } from 'pg';
import type { DatabaseRole } from './session.js';

/**
 * A plan made without its values takes a list for ten entries. Longer ones are planned with their values each time: planning
 * is little beside what they cost, and the plan for ten may join two lists by comparing each with each.
 */
const ENTRIES_MAX = 400;
/** Texts that get a plan of their own; their number follows from the shapes of the questions, not from the data. */
const STATEMENTS_MAX = 500;

/**
 * What only a value can tell the planner: how much lies beyond a bound, how far a limit is, which index a pattern can use,
 * and which condition a null switches off.
 */
const wantsValues =
  /[<>]=?\s*\(*\$\d|\$\d+(::[\w[\]]+)?\)*\s*(<|>|is\s+(not\s+)?null)|\b(limit|offset|between|like)\s+\$\d|\bstarts_with\(/i;

const names = new Map<string, string | null>();

/** The name under which a text is prepared; null: it is planned with its values each time. */
function nameOf(text: string): string | null {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= STATEMENTS_MAX) return null;
  const name = wantsValues.test(text)
    ? null
    : createHash('sha256').update(text).digest('base64url').slice(0, 22);
  names.set(text, name);
  return name;
}

const entriesOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 0), 0);

/** How a statement is planned here: its name when the plan is kept, null when it is planned with these values. */
export const preparedName = (text: string, values: readonly unknown[]): string | null =>
  entriesOf(values) > ENTRIES_MAX ? null : nameOf(text);

export interface Planner {
  /** The same connection, its statements planned once. */
  prepared: PoolClient;
  /** The same connection, every statement planned with its values. */
  plain: PoolClient;
}

/** For one transaction on a connection. A plan belongs to a role too: its policies are part of it. */
export function plannerOf(client: PoolClient, role: () => DatabaseRole): Planner {
  let keepsPlans = false;
  const enter = (keep: boolean): void => {
    if (keep === keepsPlans) return;
    keepsPlans = keep;
    // sent along with the statement behind it, which tells of a transaction that failed
    client
      .query(`set local plan_cache_mode = ${keep ? 'force_generic_plan' : 'auto'}`)
      .catch(() => undefined);
  };
  const send = (name: string | null, text: string, values: unknown[]): Promise<QueryResult> => {
    enter(name !== null);
    return name === null
      ? client.query(text, values)
      : client.query({ name: `${role()}.${name}`, text, values });
  };
  const onSame = (query: (text: string, values?: unknown[]) => Promise<QueryResult>): PoolClient =>
    Object.assign(Object.create(client), { query }) as PoolClient;
  return {
    prepared: onSame((text, values = []) => send(preparedName(text, values), text, values)),
    plain: onSame((text, values = []) => send(null, text, values)),
  };
}
