/** What a command about a recall answers: the recall as it is now. */
import { engine, type RequestContext } from '../../../graphql/index.js';
import type { RecallPayload } from './command.types.js';
import { readRecall } from './recall.sql.js';
import type { CommandResult } from './run-command.js';

export async function recallPayload(
  context: RequestContext,
  { subjectId, problems }: CommandResult,
): Promise<RecallPayload> {
  const recall =
    subjectId === null
      ? null
      : await context.snapshot.read(engine, (client) => readRecall(client, subjectId));
  return { recall, problems };
}
