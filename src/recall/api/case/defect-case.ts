/** Opens a defect case and joins recalls to it; takes the word of the maker of the faulty goods about the cause. */
import {
  engine,
  Refusal,
  type RequestContext,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { asOpener, isOpener } from '../campaign/opener.js';
import { NumberTaken } from '../campaign/problem.types.js';
import { findRecall } from '../campaign/recall.sql.js';
import { Rejected, runCommand } from '../campaign/run-command.js';
import { findCase, insertCase, insertReply, joinCase, readCases, supplierRecall } from './case.sql.js';
import type {
  DefectCasePayload,
  OpenDefectCaseInput,
  ReplyToCauseInput,
  ReplyToCausePayload,
} from './case.types.js';

const RECALLS_MAX = 100;
const STATEMENT_LENGTH_MAX = 10_000;
const lengthsMax = { number: 100, title: 500 } as const;

/** The same case again takes further recalls of the caller in. */
export async function openDefectCase(
  context: RequestContext,
  input: OpenDefectCaseInput,
): Promise<DefectCasePayload> {
  const principal = requirePrincipal(context);
  const [number, title] = [textOf('number', input.number), textOf('title', input.title)];
  if (input.recalls.length > RECALLS_MAX)
    throw new Refusal('BAD_INPUT', `recalls: ${input.recalls.length}, at most ${RECALLS_MAX}`);
  const { subjectId, problems } = await runCommand(
    context,
    { operation: 'openDefectCase', input },
    async (client) => {
      await asOpener(client, principal);
      const opened = await insertCase(client, principal, { number, title });
      const known = opened ?? (await ownCase());
      for (const name of input.recalls) {
        const recall = await findRecall(client, principal, name);
        if (recall === null || !isOpener(recall, principal))
          throw new Refusal('NOT_FOUND', `recall ${name}: none that this caller opened`);
        if (recall.caseId !== known) await joinCase(client, recall.recallId, known);
      }
      return known;

      async function ownCase(): Promise<bigint> {
        const found = await findCase(client, principal, number);
        const isOwn = found !== null && found.partyId === principal.partyId && found.role === principal.role;
        if (!isOwn || found.title !== title) throw new Rejected(new NumberTaken(number), null);
        return found.caseId;
      }
    },
  );
  const [defectCase = null] =
    subjectId === null ? [] : await context.snapshot.read(engine, (client) => readCases(client, [subjectId]));
  return { defectCase, problems };
}

function textOf(name: keyof typeof lengthsMax, given: string): string {
  const text = given.trim();
  if (text.length < 1 || text.length > lengthsMax[name])
    throw new Refusal('BAD_INPUT', `${name}: ${text.length} characters, should be 1 to ${lengthsMax[name]}`);
  return text;
}

export async function replyToCause(
  context: RequestContext,
  input: ReplyToCauseInput,
): Promise<ReplyToCausePayload> {
  const partyId = requireParty(requirePrincipal(context));
  const statement = input.statement.trim();
  if (statement.length < 1 || statement.length > STATEMENT_LENGTH_MAX)
    throw new Refusal(
      'BAD_INPUT',
      `statement: ${statement.length} characters, should be 1 to ${STATEMENT_LENGTH_MAX}`,
    );
  const { problems } = await runCommand(context, { operation: 'replyToCause', input }, async (client) => {
    const recallId = await supplierRecall(client, input.recall.trim(), partyId);
    if (recallId === null)
      throw new Refusal(
        'NOT_FOUND',
        `recall ${input.recall}: none that names goods this caller made as its cause`,
      );
    const { reply, evidenceUri = null } = input;
    await insertReply(client, { recallId, partyId, reply, statement, evidenceUri });
    return recallId;
  });
  return { accepted: problems.length === 0, problems };
}
