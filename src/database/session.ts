/** Sessions: every statement runs as one of the roles, on behalf of one party, inside a transaction. */
import pg, { type PoolClient } from 'pg';
import { failpoint } from '../failpoint.js';
import type { Database } from './database.js';
import { outageOf } from './outage.js';

const databaseRoles = [
  'tw_engine',
  'tw_holder',
  'tw_supplier',
  'tw_owner',
  'tw_regulator',
  'tw_administrator',
] as const;
export type DatabaseRole = (typeof databaseRoles)[number];

export interface Session {
  role: DatabaseRole;
  partyId: bigint | null;
}

export interface SessionOptions {
  /** One unchanging picture of the data, read only. */
  snapshot?: boolean;
  statementTimeoutMs?: number;
  /** What `work` asks first is sent along with the beginning instead of after its answer: for what only reads. */
  pipelined?: boolean;
}

const roles = new Set<string>(databaseRoles);

/**
 * The literal settings of a session. `set local` with literals, never `set_config`: the function does not reach the
 * workers of a distributed database, where a session without its party would see nothing and no error.
 */
export function sessionStatements(session: Session, options: SessionOptions = {}): string {
  if (!roles.has(session.role)) throw new Error(`role ${session.role} is not one of the service's`);
  const begin = options.snapshot ? 'begin isolation level repeatable read read only' : 'begin';
  const statements = [begin, `set local role ${session.role}`];
  if (session.partyId !== null) statements.push(`set local tracewright.party = '${BigInt(session.partyId)}'`);
  if (options.statementTimeoutMs !== undefined) {
    statements.push(`set local statement_timeout = ${Math.trunc(options.statementTimeoutMs)}`);
  }
  return statements.join('; ');
}

/** Runs `work` in one transaction as the session's role; an error undoes everything. */
export async function withSession<T>(
  database: Database,
  session: Session,
  work: (client: PoolClient) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const client = await database.pool.connect();
  let broken: Error | undefined;
  try {
    const begun = client.query(sessionStatements(session, options));
    if (options.pipelined) begun.catch(() => undefined);
    else await begun;
    const result = await work(client);
    await begun;
    failpoint('record.before-commit');
    await client.query('commit');
    failpoint('record.after-commit');
    return result;
  } catch (error) {
    broken = await undo(client, error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Ends a transaction that failed. Answers why its connection must not be used again, if it must not. */
export async function undo(client: PoolClient, error: unknown): Promise<Error | undefined> {
  const refused = error instanceof pg.DatabaseError && error.severity === 'ERROR';
  // who does not answer is not asked to roll back: closing the connection does it
  if (!refused && error instanceof Error && outageOf(error) !== null) return error;
  return client.query('rollback').then(
    () => undefined,
    (failure: Error) => failure,
  );
}
