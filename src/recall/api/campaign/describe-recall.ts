/** Describes a recall further: the data elements that authorities, notices and the public are told. */
import { Refusal, type RequestContext } from '../../../graphql/index.js';
import type { RecallPayload } from './command.types.js';
import { forbiddenWord } from './details.js';
import { type DescribeRecallInput, ForbiddenWord } from './details.types.js';
import { recallToMove } from './move-recall.js';
import { StaleVersion, WrongState } from './problem.types.js';
import { describe, readRecall } from './recall.sql.js';
import type { Recall } from './recall.types.js';
import { recallPayload } from './recall-payload.js';
import type { RecallState } from './recall-states.js';
import { Rejected, runCommand } from './run-command.js';

const TEXT_LENGTH_MAX = 10_000;
const CHRONOLOGY_MAX = 500;
const describableStates: readonly RecallState[] = ['DRAFT', 'FILED', 'PUBLISHED', 'IN_PROGRESS', 'COMPLETED'];
const texts = ['defect', 'risk', 'instructions'] as const;

export async function describeRecall(
  context: RequestContext,
  input: DescribeRecallInput,
): Promise<RecallPayload> {
  checkLengths(input);
  const { recallId } = await recallToMove(context, 'PUBLISH', input.number);
  const result = await runCommand(context, { operation: 'describeRecall', input }, async (client) => {
    const before = (await readRecall(client, recallId)) as Recall;
    if (!describableStates.includes(before.state))
      throw new Rejected(new WrongState(before.number, before.state, describableStates), recallId);
    for (const [name, text] of textsOf(input)) {
      const word = forbiddenWord(text);
      if (word !== null) throw new Rejected(new ForbiddenWord(word, name), recallId);
    }
    const expected = input.expectedVersion ?? before.version;
    const { defect = null, risk = null, instructions = null } = input;
    const details = JSON.parse(JSON.stringify(input.details ?? {}));
    if (!(await describe(client, recallId, { defect, risk, instructions, details, expected })))
      throw new Rejected(new StaleVersion(before.number, expected, before.version), recallId);
    return recallId;
  });
  return recallPayload(context, result);
}

/** What people are told, by the name of the field that says it. */
function textsOf(input: DescribeRecallInput): [string, string][] {
  const own = texts.map((name): [string, string] => [name, input[name] ?? '']);
  const translated = (input.details?.texts ?? []).flatMap(({ language, ...words }) =>
    Object.entries(words).map(([name, text]): [string, string] => [
      `details.texts.${language}.${name}`,
      String(text ?? ''),
    ]),
  );
  return [...own, ...translated];
}

function checkLengths(input: DescribeRecallInput): void {
  const long = [...textsOf(input), ...Object.entries(input.details ?? {})].find(
    ([, text]) => typeof text === 'string' && text.length > TEXT_LENGTH_MAX,
  );
  if (long) throw new Refusal('BAD_INPUT', `${long[0]}: more than ${TEXT_LENGTH_MAX} characters`);
  const facts = input.details?.chronology?.length ?? 0;
  if (facts > CHRONOLOGY_MAX)
    throw new Refusal('BAD_INPUT', `chronology: ${facts} facts, at most ${CHRONOLOGY_MAX}`);
  const named = (input.details?.texts ?? []).map((text) => text.language);
  const twice = named.find((language, index) => named.indexOf(language) !== index);
  if (twice !== undefined) throw new Refusal('BAD_INPUT', `details.texts: ${twice} is given twice`);
}
