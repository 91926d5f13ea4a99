/** Opens a recall as a draft that its opener alone sees. */
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { authoriseRule } from '../authorise-rule.js';
import { answerAlert } from '../case/case.sql.js';
import { originOf } from '../case/origin-of.js';
import { readRule } from '../read-rule.js';
import { stableJson } from '../stable-json.js';
import type { OpenRecallInput, RecallPayload } from './command.types.js';
import { asOpener } from './opener.js';
import { NumberTaken } from './problem.types.js';
import { addTransition, findRecall, insertRecall, type NewRecall } from './recall.sql.js';
import { recallPayload } from './recall-payload.js';
import { Rejected, runCommand } from './run-command.js';

const lengthsMax = { number: 100, title: 500, defect: 10_000, risk: 10_000, instructions: 10_000 } as const;

/** The same recall opened again by the same party is the recall that is; another under its number is NUMBER_TAKEN. */
export async function openRecall(context: RequestContext, input: OpenRecallInput): Promise<RecallPayload> {
  const principal = requirePrincipal(context);
  const recall = readRecallInput(input);
  await context.snapshot.read(engine, async (client) => {
    await authoriseRule(client, await asOpener(client, principal), recall.rule, 'rule');
  });
  const result = await runCommand(context, { operation: 'openRecall', input }, async (client) => {
    const origin = await originOf(context, client, principal, input);
    const opened = await insertRecall(client, principal, { ...recall, ...origin.links });
    if (opened !== null) {
      if (origin.alertId !== null) await answerAlert(client, origin.alertId, opened);
      await addTransition(client, principal, { recallId: opened, from: null, to: 'DRAFT', reason: null });
      return opened;
    }
    const before = await findRecall(client, principal, recall.number);
    const isSame =
      before !== null && before.title === recall.title && stableJson(before.rule) === stableJson(recall.rule);
    if (!isSame) throw new Rejected(new NumberTaken(recall.number), null);
    return before.recallId;
  });
  return recallPayload(context, result);
}

function readRecallInput(input: OpenRecallInput): Omit<NewRecall, 'caseId' | 'parentId' | 'relation'> {
  const text = (name: keyof typeof lengthsMax): string | null => {
    const value = input[name]?.trim() ?? '';
    if (value.length > lengthsMax[name])
      throw new Refusal('BAD_INPUT', `${name}: ${value.length} characters, at most ${lengthsMax[name]}`);
    return value === '' ? null : value;
  };
  const required = (name: 'number' | 'title'): string => {
    const value = text(name);
    if (value === null) throw new Refusal('BAD_INPUT', `${name}: missing`);
    return value;
  };
  return {
    number: required('number'),
    title: required('title'),
    kind: input.kind,
    rule: readRule(input.rule, 'rule'),
    keep: input.keep == null ? null : readRule(input.keep, 'keep'),
    exposure: input.exposure,
    defect: text('defect'),
    risk: text('risk'),
    instructions: text('instructions'),
  };
}
