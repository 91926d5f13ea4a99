/** One command in one transaction: its sender's key claimed with its effect, a rejection undoing both. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { withSession } from '../../../database/index.js';
import {
  engine,
  type Problem,
  Refusal,
  type RequestContext,
  requirePrincipal,
} from '../../../graphql/index.js';
import { stableJson } from '../stable-json.js';
import { claimCommand, nameSubject, type SentCommand } from './command.sql.js';
import { IdempotencyConflict } from './problem.types.js';

const KEY_LENGTH_MAX = 200;

/** Thrown inside a command: nothing of it stays. */
export class Rejected extends Error {
  constructor(
    readonly problem: Problem,
    readonly subjectId: bigint | null,
  ) {
    super(problem.message);
  }
}

export interface Command {
  operation: string;
  input: object & { idempotencyKey?: string | null };
}

export interface CommandResult {
  /** What it made or changed; of a rejected one, what it was about. */
  subjectId: bigint | null;
  problems: Problem[];
}

/** `work` answers what it changed. The snapshot of the request is opened anew, so that the answer shows the effect. */
export async function runCommand(
  context: RequestContext,
  { operation, input }: Command,
  work: (client: pg.PoolClient) => Promise<bigint>,
): Promise<CommandResult> {
  const sent = sentCommand(context, operation, input);
  try {
    const subjectId = await withSession(context.services.database, engine, async (client) => {
      if (sent === null) return work(client);
      const { claim, subjectId: before } = await claimCommand(client, sent);
      if (claim === 'OTHER') throw new Rejected(new IdempotencyConflict(sent.key), null);
      if (claim === 'SAME' && before !== null) return before;
      const changed = await work(client);
      await nameSubject(client, sent, changed);
      return changed;
    });
    return { subjectId, problems: [] };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { subjectId: error.subjectId, problems: [error.problem] };
  } finally {
    await context.snapshot.close();
  }
}

function sentCommand(
  context: RequestContext,
  operation: string,
  input: Command['input'],
): SentCommand | null {
  const key = input.idempotencyKey ?? null;
  if (key === null) return null;
  if (key.length === 0 || key.length > KEY_LENGTH_MAX)
    throw new Refusal(
      'BAD_INPUT',
      `idempotencyKey: ${key.length} characters, should be 1 to ${KEY_LENGTH_MAX}`,
    );
  const { role, partyId, tokenId } = requirePrincipal(context);
  const inputHash = createHash('sha256').update(stableJson(input)).digest();
  return { caller: `${partyId ?? tokenId}:${role}`, key, operation, inputHash };
}
