/** Prints letters of a recall for their sender, and takes its word for those that were posted. */
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { settlePosted } from '../../delivery/delivery.sql.js';
import { printLetters } from '../../delivery/print-letters.js';
import { isOpener } from '../campaign/opener.js';
import { findRecall } from '../campaign/recall.sql.js';
import { runCommand } from '../campaign/run-command.js';
import type { PrintNoticesInput, PrintNoticesPayload } from './delivery.types.js';

const LETTERS_MAX = 100;
const POSTED_MAX = 1000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function printNotices(
  context: RequestContext,
  { number, first, posted }: PrintNoticesInput,
): Promise<PrintNoticesPayload> {
  const principal = requirePrincipal(context);
  if (principal.role === 'ADMIN') throw new Refusal('FORBIDDEN', 'role ADMIN: reads nobody');
  if (first < 1 || first > LETTERS_MAX)
    throw new Refusal('BAD_PAGE_SIZE', `first: ${first} is not in 1 to ${LETTERS_MAX}`);
  if (posted.length > POSTED_MAX)
    throw new Refusal('BAD_INPUT', `posted: ${posted.length} letters, at most ${POSTED_MAX}`);
  const wrong = posted.find((key) => !uuid.test(key));
  if (wrong !== undefined) throw new Refusal('BAD_INPUT', `posted: ${wrong} is no key of a letter`);
  const recall = await context.snapshot.read(engine, (client) => findRecall(client, principal, number));
  if (recall === null) throw new Refusal('NOT_FOUND', `recall ${number}: none that this caller sees`);
  const { recallId } = recall;
  const of = { recallId, senderId: principal.partyId, isOpener: isOpener(recall, principal) };
  let settled = 0;
  await runCommand(context, { operation: 'printNotices', input: {} }, async (client) => {
    settled = await settlePosted(client, of, posted);
    return recallId;
  });
  return { letters: await printLetters(context.services, { ...of, limit: first }), settled };
}
