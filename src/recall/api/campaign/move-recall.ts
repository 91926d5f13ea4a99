/**
 * Moves a recall from one state to the next: who, from where, guarded, recorded. With an authority only where it stands
 * with that one; the recall itself follows when it has come as far with all of them.
 */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { parseGln } from '../../../exchange/gs1/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { findAuthority, moveWith, readAuthorities } from './authority.sql.js';
import type { MoveRecallInput, RecallPayload } from './command.types.js';
import { asOpener, isOpener } from './opener.js';
import { StaleVersion, WrongState } from './problem.types.js';
import { addTransition, bumpVersion, findRecall, lockRecall, moveState } from './recall.sql.js';
import type { Recall, RecallAuthority } from './recall.types.js';
import { recallPayload } from './recall-payload.js';
import { hasCome, type RecallMove, transitions } from './recall-states.js';
import { Rejected, runCommand } from './run-command.js';

/** What a move of the recall itself does beside changing the state, in its transaction. */
type Effect = (client: pg.PoolClient, recall: Recall) => Promise<void>;
type MoveInput = MoveRecallInput & { authority?: string | null };

export async function moveRecall(
  context: RequestContext,
  move: Exclude<RecallMove, 'START'>,
  input: MoveInput,
  effect: Effect = async () => {},
): Promise<RecallPayload> {
  const principal = requirePrincipal(context);
  const { recallId } = await recallToMove(context, move, input.number);
  const result = await runCommand(context, { operation: move, input }, async (client) => {
    const before = await lockRecall(client, recallId);
    const expected = input.expectedVersion ?? before.version;
    if (expected !== before.version)
      throw new Rejected(new StaleVersion(before.number, expected, before.version), recallId);
    const filed = move === 'FILE' ? [] : await readAuthorities(client, [recallId]);
    const named = move === 'FILE' ? null : await authorityOf(client, principal, input, filed);
    const reason = input.reason ?? null;
    if (named === null) await moveAll(client, principal, { before, move, filed, reason });
    else if (!(await moveOne(client, principal, { before, move, filed, named, reason }))) return recallId;
    await effect(client, before);
    return recallId;
  });
  return recallPayload(context, result);
}

interface Step {
  before: Recall;
  move: RecallMove;
  filed: readonly RecallAuthority[];
  reason: string | null;
}

/** The recall itself, and where it stands with every authority that has come as far. */
export async function moveAll(
  client: pg.PoolClient,
  principal: Principal,
  { before, move, filed, reason }: Step,
): Promise<void> {
  const { from, to } = transitions[move];
  const { recallId } = before;
  if (!(await moveState(client, recallId, { from, to, expectedVersion: null })))
    throw new Rejected(new WrongState(before.number, before.state, from), recallId);
  await addTransition(client, principal, { recallId, from: before.state, to, reason, authorityId: null });
  const along = filed.filter(({ state }) => from.includes(state));
  await moveWith(
    client,
    recallId,
    along.map(({ authorityId }) => authorityId),
    to,
  );
  for (const { state, authorityId } of along)
    await addTransition(client, principal, { recallId, from: state, to, reason, authorityId });
}

/** Where it stands with one authority; answers whether the recall itself followed. */
async function moveOne(
  client: pg.PoolClient,
  principal: Principal,
  { before, move, filed, named, reason }: Step & { named: RecallAuthority },
): Promise<boolean> {
  const { from, to } = transitions[move];
  const { recallId } = before;
  const { authorityId } = named;
  if (!from.includes(named.state))
    throw new Rejected(new WrongState(`${before.number} with this authority`, named.state, from), recallId);
  await moveWith(client, recallId, [authorityId], to);
  await addTransition(client, principal, { recallId, from: named.state, to, reason, authorityId });
  const others = filed.filter((one) => one.authorityId !== authorityId);
  // the first to be told publishes it: goods cannot be stopped for one authority alone
  const follows =
    from.includes(before.state) && (move === 'PUBLISH' || others.every((one) => hasCome(one.state, to)));
  if (!follows) {
    await bumpVersion(client, recallId);
    return false;
  }
  await moveState(client, recallId, { from, to, expectedVersion: null });
  await addTransition(client, principal, { recallId, from: before.state, to, reason, authorityId: null });
  return true;
}

/** Which authority is meant: the one named, or for an authority's own move itself; null: the recall as a whole. */
async function authorityOf(
  client: pg.PoolClient,
  { role, partyId }: Principal,
  { authority, number }: MoveInput,
  filed: readonly RecallAuthority[],
): Promise<RecallAuthority | null> {
  const isItself = role === 'REGULATOR' && partyId !== null;
  if (authority == null && (filed.length === 0 || !(role === 'REGULATOR'))) return null;
  const named =
    authority == null ? (isItself ? partyId : onlyOne(filed, number)) : await find(client, authority);
  if (isItself && named !== partyId)
    throw new Refusal('FORBIDDEN', `authority ${authority}: another authority does this`);
  const found = filed.find(({ authorityId }) => authorityId === named);
  if (found === undefined)
    throw new Refusal(
      'NOT_FOUND',
      `authority ${authority ?? 'of this caller'}: recall ${number} is not filed with it`,
    );
  return found;
}

function onlyOne(filed: readonly RecallAuthority[], number: string): bigint | null {
  if (filed.length > 1)
    throw new Refusal(
      'BAD_INPUT',
      `authority: missing; recall ${number} is filed with ${filed.length} of them`,
    );
  return filed[0]?.authorityId ?? null;
}

async function find(client: pg.PoolClient, authority: string): Promise<bigint | null> {
  const gln = parseGln(authority);
  if (!gln.ok) throw new Refusal('BAD_INPUT', gln.reason);
  return findAuthority(client, gln.key);
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
