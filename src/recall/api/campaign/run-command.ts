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
import type { RecallPayload } from './command.types.js';
import { IdempotencyConflict } from './problem.types.js';
import { claimCommand, nameCommandsRecall, readRecall } from './recall.sql.js';

const KEY_LENGTH_MAX = 200;

/** Thrown inside a command: nothing of it stays. */
export class Rejected extends Error {
  constructor(
    readonly problem: Problem,
    readonly recallId: bigint | null,
  ) {
    super(problem.message);
  }
}

export interface Command {
  operation: string;
  input: object & { idempotencyKey?: string | null };
}

/** `work` answers the recall it changed. The snapshot of the request is opened anew, so that the answer shows the effect. */
export async function runCommand(
  context: RequestContext,
  { operation, input }: Command,
  work: (client: pg.PoolClient) => Promise<bigint>,
): Promise<RecallPayload> {
  const { role, partyId, tokenId } = requirePrincipal(context);
  const key = input.idempotencyKey ?? null;
  if (key !== null && (key.length === 0 || key.length > KEY_LENGTH_MAX))
    throw new Refusal(
      'BAD_INPUT',
      `idempotencyKey: ${key.length} characters, should be 1 to ${KEY_LENGTH_MAX}`,
    );
  const caller = `${partyId ?? tokenId}:${role}`;
  let recallId: bigint | null;
  const problems: Problem[] = [];
  try {
    recallId = await withSession(context.services.database, engine, async (client) => {
      if (key === null) return work(client);
      const inputHash = createHash('sha256').update(stableJson(input)).digest();
      const { claim, recallId: before } = await claimCommand(client, { caller, key, operation, inputHash });
      if (claim === 'OTHER') throw new Rejected(new IdempotencyConflict(key), null);
      if (claim === 'SAME' && before !== null) return before;
      const changed = await work(client);
      await nameCommandsRecall(client, caller, key, changed);
      return changed;
    });
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    problems.push(error.problem);
    recallId = error.recallId;
  }
  await context.snapshot.close();
  const id = recallId;
  const recall = id === null ? null : await context.snapshot.read(engine, (client) => readRecall(client, id));
  return { recall, problems };
}
