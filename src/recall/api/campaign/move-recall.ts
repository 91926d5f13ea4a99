/** Moves a recall from one state to the next: who, from where, guarded, recorded. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import type { MoveRecallInput, RecallPayload } from './command.types.js';
import { asOpener, isOpener } from './opener.js';
import { StaleVersion, WrongState } from './problem.types.js';
import { addTransition, findRecall, moveState, readRecall } from './recall.sql.js';
import type { Recall } from './recall.types.js';
import { recallPayload } from './recall-payload.js';
import { type RecallMove, transitions } from './recall-states.js';
import { Rejected, runCommand } from './run-command.js';

/** What a move does beside changing the state, in its transaction. */
type Effect = (client: pg.PoolClient, recall: Recall) => Promise<void>;

export async function moveRecall(
  context: RequestContext,
  move: Exclude<RecallMove, 'START'>,
  input: MoveRecallInput,
  effect: Effect = async () => {},
): Promise<RecallPayload> {
  const principal = requirePrincipal(context);
  const { recallId } = await recallToMove(context, move, input.number);
  const result = await runCommand(context, { operation: move, input }, async (client) => {
    const before = await readRecall(client, recallId);
    if (before === null) throw new Error(`recall ${recallId}: gone`);
    const { from, to } = transitions[move];
    const expectedVersion = input.expectedVersion ?? null;
    if (!(await moveState(client, recallId, { from, to, expectedVersion }))) {
      if (expectedVersion !== null && before.version !== expectedVersion)
        throw new Rejected(new StaleVersion(before.number, expectedVersion, before.version), recallId);
      throw new Rejected(new WrongState(before.number, before.state, from), recallId);
    }
    await addTransition(client, principal, {
      ...{ recallId, to },
      from: before.state,
      reason: input.reason ?? null,
    });
    await effect(client, before);
    return recallId;
  });
  return recallPayload(context, result);
}

/** The recall, when the caller sees it and is the side that may move it so. */
export async function recallToMove(
  context: RequestContext,
  move: Exclude<RecallMove, 'START'>,
  number: string,
): Promise<Recall> {
  const principal = requirePrincipal(context);
  const recall = await context.snapshot.read(engine, async (client) => {
    const found = await findRecall(client, principal, number);
    if (found !== null && transitions[move].by === 'OPENER') await asOpener(client, principal);
    return found;
  });
  if (recall === null) throw new Refusal('NOT_FOUND', `recall ${number}: none that this caller sees`);
  if (mayMove(recall, principal, move)) return recall;
  throw new Refusal(
    'FORBIDDEN',
    transitions[move].by === 'AUTHORITY'
      ? `recall ${number}: an authority does this`
      : `recall ${number}: only who opened it does this`,
  );
}

const mayMove = (recall: Recall, principal: Principal, move: Exclude<RecallMove, 'START'>): boolean =>
  transitions[move].by === 'AUTHORITY' ? principal.role === 'REGULATOR' : isOpener(recall, principal);
