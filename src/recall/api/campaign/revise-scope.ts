/** Asks another rule of a recall that runs: wider, narrower, or in place of the one before, frozen as a further version. */
import type pg from 'pg';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { readRule } from '../read-rule.js';
import { askScope } from '../scope-question.js';
import type { FreezeScopePayload, ReviseScopeInput } from './command.types.js';
import { recallToMove } from './move-recall.js';
import { asOpener } from './opener.js';
import { ScopeNotAsSaid, StaleVersion, WrongState } from './problem.types.js';
import { addVersion, evaluateForFreeze, freezableStates, newestVersion } from './publish-recall.js';
import { changeRule, lockRecall } from './recall.sql.js';
import type { Recall } from './recall.types.js';
import { recallPayload } from './recall-payload.js';
import { Rejected, runCommand } from './run-command.js';
import { type Change, changesBetween } from './scope-changes.js';

/**
 * The old rule and the new one are asked of the same moment, so that later facts are not taken for the rule's doing. What
 * EXPANDS loses no member and leaves none less sure, what NARROWS wins none.
 */
export async function reviseScope(
  context: RequestContext,
  input: ReviseScopeInput,
): Promise<FreezeScopePayload> {
  const principal = requirePrincipal(context);
  if (input.reason.trim().length === 0) throw new Refusal('BAD_INPUT', 'reason: missing');
  const recall = await recallToMove(context, 'PUBLISH', input.number);
  const { relation } = input;
  const revised: Recall = {
    ...recall,
    rule: readRule(input.rule, 'rule'),
    keep: input.keep == null ? null : readRule(input.keep, 'keep'),
    exposure: input.exposure ?? recall.exposure,
  };
  const evaluated = await evaluateForFreeze(context, revised, input.reason, relation);
  const against = relation === 'REPLACES' ? null : await ruleChanges(context, recall, evaluated.freeze);
  const result = await runCommand(context, { operation: 'reviseScope', input }, async (client) => {
    const now = await lockRecall(client, recall.recallId);
    if (!freezableStates.includes(now.state))
      throw new Rejected(new WrongState(now.number, now.state, freezableStates), now.recallId);
    const expected = input.expectedVersion ?? recall.version;
    if (expected !== now.version)
      throw new Rejected(new StaleVersion(now.number, expected, now.version), now.recallId);
    const contrary = against?.filter((change) => isAgainst(relation, change)).length ?? 0;
    if (contrary > 0) throw new Rejected(new ScopeNotAsSaid(now.number, relation, contrary), now.recallId);
    const { rule, keep, exposure } = revised;
    await changeRule(client, now.recallId, { rule, keep, exposure });
    await addVersion(client, principal, revised, evaluated);
    return now.recallId;
  });
  const payload = await recallPayload(context, result);
  return { ...payload, scopeVersion: await newestVersion(context, payload) };
}

/** What the new rule does to the members of the old one. */
async function ruleChanges(
  context: RequestContext,
  recall: Recall,
  { scope, knownAt }: Awaited<ReturnType<typeof evaluateForFreeze>>['freeze'],
): Promise<Change[]> {
  const { rule, keep, exposure } = recall;
  const opener = await context.snapshot.read(engine, (client: pg.PoolClient) =>
    asOpener(client, requirePrincipal(context)),
  );
  const before = await askScope(context, { rule, keep, exposure, asOf: null, knownAt }, opener);
  return context.snapshot.read(engine, (client) => changesBetween(client, before.scope, scope));
}

const isAgainst = (relation: ReviseScopeInput['relation'], { kind, after }: Change): boolean =>
  relation === 'EXPANDS'
    ? kind === 'REMOVED' || (kind === 'CHANGED' && after === 'POSSIBLE')
    : kind === 'ADDED' || (kind === 'CHANGED' && after === 'CERTAIN');
