/** Draws samples of those told and records what was found there. For the opener, and for authorities, who check on their own. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { readClock, withSession } from '../../../database/index.js';
import { parseGln } from '../../../exchange/gs1/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { AHEAD_MAX_MS } from '../../../record/input/index.js';
import { isOpener } from '../campaign/opener.js';
import { findRecall, lockRecall } from '../campaign/recall.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import { recallPayload } from '../campaign/recall-payload.js';
import { recalledStates } from '../campaign/recall-states.js';
import { Rejected, runCommand } from '../campaign/run-command.js';
import { DrillTouchesNothing } from '../hold/hold.types.js';
import { drawSample, levelPercents } from './draw.js';
import { consigneesOf, insertSample, readSamples, recordFinding } from './effectiveness.sql.js';
import {
  type DrawEffectivenessSampleInput,
  type DrawEffectivenessSamplePayload,
  type EffectivenessFindingInput,
  EffectivenessProblem,
  type EffectivenessResult,
  type RecordEffectivenessCheckInput,
  type RecordEffectivenessCheckPayload,
} from './effectiveness.types.js';

const ROWS_MAX = 1000;
const TEXT_LENGTH_MAX = 1000;

export async function drawEffectivenessSample(
  context: RequestContext,
  input: DrawEffectivenessSampleInput,
): Promise<DrawEffectivenessSamplePayload> {
  const principal = requirePrincipal(context);
  const percent = percentOf(input);
  if (input.seed.length < 1 || input.seed.length > 100)
    throw new Refusal('BAD_INPUT', `seed: ${input.seed.length} characters, should be 1 to 100`);
  const command = { operation: 'drawEffectivenessSample', input };
  const result = await runCommand(context, command, async (client) => {
    const { recallId, kind, number } = await checkedRecall(client, principal, input.recall);
    if (kind === 'DRILL') throw new Rejected(new DrillTouchesNothing(number), recallId);
    await lockRecall(client, recallId);
    const frame = await consigneesOf(client, recallId);
    if (frame.length === 0)
      throw new Rejected(
        new EffectivenessProblem('NOBODY_TOLD', `recall ${number}: nobody was told yet`, ['input', 'recall']),
        recallId,
      );
    const parties = drawSample(frame, percent, input.seed).map(({ partyId }) => partyId);
    const { level, seed } = input;
    await insertSample(client, principal, { recallId, level, seed, parties, frameSize: frame.length });
    return recallId;
  });
  const payload = await recallPayload(context, result);
  const recallId = payload.problems.length === 0 ? payload.recall?.recallId : undefined;
  const samples =
    recallId === undefined
      ? []
      : await context.snapshot.read(engine, (client) => readSamples(client, [recallId]));
  return { ...payload, sample: samples.at(-1) ?? null };
}

function percentOf({ level, percent }: DrawEffectivenessSampleInput): number {
  const fixed = levelPercents[level];
  if (fixed !== null) {
    if (percent != null) throw new Refusal('BAD_INPUT', `percent: level ${level} is ${fixed} percent`);
    return fixed;
  }
  if (percent == null || percent < 10 || percent > 100)
    throw new Refusal('BAD_INPUT', `percent: ${percent ?? 'absent'}, should be 10 to 100 for level B`);
  return percent;
}

export async function recordEffectivenessCheck(
  context: RequestContext,
  input: RecordEffectivenessCheckInput,
): Promise<RecordEffectivenessCheckPayload> {
  const principal = requirePrincipal(context);
  const { length } = input.checks;
  if (length < 1 || length > ROWS_MAX)
    throw new Refusal('BAD_INPUT', `checks: ${length} rows, at least 1 and at most ${ROWS_MAX}`);
  const payload = await withSession(context.services.database, engine, async (client) => {
    const { recallId } = await checkedRecall(client, principal, input.recall);
    const sampleId = (await readSamples(client, [recallId])).find(
      ({ number }) => number === input.sample,
    )?.sampleId;
    if (sampleId === undefined)
      throw new Refusal(
        'NOT_FOUND',
        `sample ${input.sample}: recall ${input.recall} has none of that number`,
      );
    const now = await readClock(client);
    const results: EffectivenessResult[] = [];
    for (const [index, row] of input.checks.entries())
      results.push(await record(client, principal, { sampleId, row, index, now }));
    const sample = (await readSamples(client, [recallId])).find((one) => one.sampleId === sampleId);
    return { results, sample: sample as RecordEffectivenessCheckPayload['sample'] };
  });
  await context.snapshot.close();
  return payload;
}

async function record(
  client: pg.PoolClient,
  principal: Principal,
  {
    sampleId,
    row,
    index,
    now,
  }: { sampleId: bigint; row: EffectivenessFindingInput; index: number; now: Date },
): Promise<EffectivenessResult> {
  const rejected = (code: string, field: string, message: string): EffectivenessResult => ({
    ...{ index, status: 'REJECTED' },
    problems: [
      new EffectivenessProblem(code, `${field}: ${message}`, ['input', 'checks', String(index), field]),
    ],
  });
  const gln = parseGln(row.party);
  if (!gln.ok) return rejected('BAD_KEY', 'party', gln.reason);
  if (row.checkedAt.getTime() > now.getTime() + AHEAD_MAX_MS)
    return rejected('IN_FUTURE', 'checkedAt', 'more than five minutes ahead');
  const { method = null, note = null, outcome, checkedAt } = row;
  for (const [name, text] of Object.entries({ method, note }))
    if ((text?.length ?? 0) > TEXT_LENGTH_MAX)
      return rejected('BAD_VALUE', name, `more than ${TEXT_LENGTH_MAX} characters`);
  const status = await recordFinding(client, principal, sampleId, {
    partyGln: gln.key,
    outcome,
    method,
    note,
    checkedAt,
  });
  if (status === 'NOT_IN_SAMPLE') return rejected(status, 'party', `${row.party}: was not drawn`);
  return { index, status, problems: [] };
}

/** A published recall, for its opener and for authorities. */
async function checkedRecall(client: pg.ClientBase, principal: Principal, number: string): Promise<Recall> {
  const recall = await findRecall(client, principal, number.trim());
  if (recall === null || !recalledStates.includes(recall.state))
    throw new Refusal('NOT_FOUND', `recall ${number}: none that is published and seen by this caller`);
  if (!isOpener(recall, principal) && principal.role !== 'REGULATOR')
    throw new Refusal(
      'FORBIDDEN',
      `recall ${number}: its effect is checked by who opened it and by authorities`,
    );
  return recall;
}
