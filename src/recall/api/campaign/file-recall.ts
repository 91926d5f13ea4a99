/** Files a recall with an authority: what is told is kept as filed, with its hash; a changed plan is filed again. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { parseGln } from '../../../exchange/gs1/index.js';
import { Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import type { FilingForm, Regime } from '../deadline/clocks.js';
import { type FilledField, fillForm } from '../form/fill-form.js';
import { stableJson } from '../stable-json.js';
import { fileWith, findAuthority } from './authority.sql.js';
import type { FileRecallInput, RecallPayload } from './command.types.js';
import type { RecallForm } from './details.types.js';
import { insertFiling } from './filing.sql.js';
import { readVersions } from './frozen-scope.sql.js';
import { moveRecall, recallToMove } from './move-recall.js';
import { WrongState } from './problem.types.js';
import { addTransition, readRecall } from './recall.sql.js';
import type { Recall } from './recall.types.js';
import { recallPayload } from './recall-payload.js';
import type { RecallState } from './recall-states.js';
import { Rejected, runCommand } from './run-command.js';

const refilingStates: readonly RecallState[] = ['DRAFT', 'FILED', 'PUBLISHED', 'IN_PROGRESS', 'COMPLETED'];

export async function fileRecall(context: RequestContext, input: FileRecallInput): Promise<RecallPayload> {
  const recall = await recallToMove(context, 'FILE', input.number);
  const file = (client: pg.PoolClient) => addFiling(context, client, recall.recallId, input);
  if (recall.state === 'DRAFT' || input.authority == null) return moveRecall(context, 'FILE', input, file);
  const result = await runCommand(context, { operation: 'fileRecall', input }, async (client) => {
    const now = (await readRecall(client, recall.recallId)) as Recall;
    if (!refilingStates.includes(now.state))
      throw new Rejected(new WrongState(now.number, now.state, refilingStates), now.recallId);
    await file(client);
    return now.recallId;
  });
  return recallPayload(context, result);
}

async function addFiling(
  context: RequestContext,
  client: pg.PoolClient,
  recallId: bigint,
  { authority, authorityNumber, reason, form, regime }: FileRecallInput,
): Promise<void> {
  if (authority == null) return;
  const gln = parseGln(authority);
  if (!gln.ok) throw new Refusal('BAD_INPUT', gln.reason);
  const authorityId = await findAuthority(client, gln.key);
  if (authorityId === null) throw new Refusal('NOT_FOUND', `authority ${authority}: no authority on record`);
  if (await fileWith(client, { recallId, authorityId, number: authorityNumber ?? null }))
    await addTransition(client, requirePrincipal(context), {
      ...{ recallId, authorityId, from: null, to: 'FILED' },
      reason: reason ?? null,
    });
  const recall = (await readRecall(client, recallId)) as Recall;
  const version = (await readVersions(client, [recallId])).at(-1);
  const { number, title, kind, defect, risk, instructions, details, rule, keep, exposure } = recall;
  const scope =
    version === undefined
      ? null
      : {
          version: version.number,
          digest: version.digest,
          batches: version.batches,
          items: String(version.items),
        };
  const payload = stableJson({
    number,
    title,
    kind,
    defect,
    risk,
    instructions,
    details,
    rule,
    keep,
    exposure,
    scope,
    fields: await fieldsOf(client, recall, form, regime ?? null),
  });
  await insertFiling(client, requirePrincipal(context), {
    ...{ recallId, authorityId, payload, form, regime: regime ?? null },
    authorityNumber: authorityNumber ?? null,
    payloadHash: createHash('sha256').update(payload).digest(),
  });
}

/** The form that a law wants filled for what is filed; it is kept as it was filled then. */
const formOf: Partial<Record<`${Regime} ${FilingForm}`, RecallForm>> = {
  'US_VEHICLE PLAN': 'NHTSA_573',
  'US_VEHICLE AMENDMENT': 'NHTSA_573',
  'US_VEHICLE STAGE_REPORT': 'NHTSA_QUARTERLY',
  'CN_VEHICLE PLAN': 'CN_VEHICLE_PLAN',
  'CN_VEHICLE STAGE_REPORT': 'CN_VEHICLE_STAGE',
  'CN_VEHICLE SUMMARY': 'CN_VEHICLE_STAGE',
  'CN_CONSUMER PLAN': 'CN_CONSUMER_PLAN',
  'CN_CONSUMER STAGE_REPORT': 'CN_CONSUMER_STAGE',
  'CN_CONSUMER SUMMARY': 'CN_CONSUMER_STAGE',
};

async function fieldsOf(
  client: pg.PoolClient,
  recall: Recall,
  form: FilingForm,
  regime: Regime | null,
): Promise<FilledField[] | null> {
  const named = regime === null ? undefined : formOf[`${regime} ${form}`];
  return named === undefined ? null : fillForm(client, recall, { form: named, from: null, to: null });
}
