/** Publishes a recall, and freezes its scope: what each party is told is rows, not an evaluation as that party. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { readClock } from '../../../database/index.js';
import { engine, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { scopeBuyers } from '../../facts/buyers.js';
import { scopeSummary } from '../../facts/summary.js';
import { alertBrandOwners } from '../case/alert-brand-owners.js';
import { askScope } from '../scope-question.js';
import type {
  FreezeScopeInput,
  FreezeScopePayload,
  PublishRecallInput,
  RecallPayload,
} from './command.types.js';
import { type Freeze, freezeScope, readVersions } from './frozen-scope.sql.js';
import { moveRecall, recallToMove } from './move-recall.js';
import { asOpener } from './opener.js';
import { NewerScope, StaleVersion, WrongState } from './problem.types.js';
import { lockRecall, readRecall } from './recall.sql.js';
import type { Recall, ScopeVersion } from './recall.types.js';
import { recallPayload } from './recall-payload.js';
import type { RecallState } from './recall-states.js';
import { Rejected, runCommand } from './run-command.js';

export async function publishRecall(
  context: RequestContext,
  input: PublishRecallInput,
): Promise<RecallPayload> {
  const principal = requirePrincipal(context);
  const recall = await recallToMove(context, 'PUBLISH', input.number);
  const freeze = await evaluateForFreeze(context, recall, input.reason ?? 'published');
  return moveRecall(context, 'PUBLISH', input, async (client, before) => {
    // another rule meanwhile would be published under the scope of the old one
    if (before.version !== recall.version)
      throw new Rejected(new StaleVersion(before.number, recall.version, before.version), before.recallId);
    await addVersion(client, principal, recall, freeze);
  });
}

/** Versions follow each other in what they know: one evaluated earlier never comes after one evaluated later. */
export async function addVersion(
  client: pg.PoolClient,
  principal: Principal,
  recall: Recall,
  { freeze, reached }: Evaluated,
): Promise<void> {
  const { recallId, number } = recall;
  const newest = (await readVersions(client, [recallId])).at(-1);
  if (newest !== undefined && newest.knownAt > freeze.knownAt)
    throw new Rejected(new NewerScope(number, newest.number, newest.knownAt), recallId);
  await freezeScope(client, principal, freeze);
  await alertBrandOwners(client, (await readRecall(client, recallId)) as Recall, reached);
}

interface Evaluated {
  freeze: Freeze;
  /** Batches that the defect reached, further on than its opener sees. */
  reached: bigint[];
}

export const freezableStates: readonly RecallState[] = [
  'DRAFT',
  'FILED',
  'PUBLISHED',
  'IN_PROGRESS',
  'COMPLETED',
];

/** A further version of the scope, as it is known now. */
export async function freezeRecall(
  context: RequestContext,
  input: FreezeScopeInput,
): Promise<FreezeScopePayload> {
  const principal = requirePrincipal(context);
  const recall = await recallToMove(context, 'PUBLISH', input.number);
  const freeze = await evaluateForFreeze(context, recall, input.reason ?? null);
  const result = await runCommand(context, { operation: 'freezeScope', input }, async (client) => {
    const now = await lockRecall(client, recall.recallId);
    if (!freezableStates.includes(now.state))
      throw new Rejected(new WrongState(now.number, now.state, freezableStates), now.recallId);
    const expected = input.expectedVersion ?? recall.version; // another rule meanwhile would be frozen under the old one
    if (expected !== now.version)
      throw new Rejected(new StaleVersion(now.number, expected, now.version), now.recallId);
    await addVersion(client, principal, now, freeze);
    return now.recallId;
  });
  const payload = await recallPayload(context, result);
  return { ...payload, scopeVersion: await newestVersion(context, payload) };
}

export async function newestVersion(
  context: RequestContext,
  { recall, problems }: RecallPayload,
): Promise<ScopeVersion | null> {
  if (recall === null || problems.length > 0) return null;
  const versions = await context.snapshot.read(engine, (client) => readVersions(client, [recall.recallId]));
  return versions.at(-1) ?? null;
}

const SETTLE_MAX_MS = 10_000;
const SETTLE_STEP_MS = 50;

/**
 * What was acknowledged before the freeze was asked for belongs into it: waits until recorders that could still precede
 * it are done. Whoever records longer than ten seconds is in the diff.
 */
async function settledWatermark(context: RequestContext): Promise<Date> {
  const askedAt = await context.snapshot.read(engine, readClock);
  for (let waited = 0; ; waited += SETTLE_STEP_MS) {
    await context.snapshot.close();
    const watermark = await context.snapshot.watermark();
    if (watermark >= askedAt || waited >= SETTLE_MAX_MS) return watermark;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
  }
}

/** Evaluated at the watermark, so that the frozen answer can be had again exactly; later events are the next version's. */
export async function evaluateForFreeze(
  context: RequestContext,
  recall: Recall,
  reason: string | null,
  relation: Freeze['relation'] = null,
): Promise<Evaluated> {
  const principal = requirePrincipal(context);
  const { rule, keep, exposure, recallId } = recall;
  const knownAt = await settledWatermark(context);
  const opener = await context.snapshot.read(engine, (client) => asOpener(client, principal));
  const { scope, whole } = await askScope(context, { rule, keep, exposure, asOf: null, knownAt }, opener);
  const facts = await context.snapshot.read(engine, async (client) => {
    const { buyers } = await scopeBuyers(client, scope); // listed first: counted from the list then
    return { summary: await scopeSummary(client, scope), buyers };
  });
  const reached = [...whole.batches.values()].filter((batch) => !batch.origin).map((batch) => batch.batchId);
  return { freeze: { ...facts, ...{ recallId, rule, keep, scope, knownAt, reason, relation } }, reached };
}
