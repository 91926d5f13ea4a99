/** Recalls by id, in one statement for all rows of a level. */
import { byId, loaderOf, type RequestContext, requirePrincipal, seesAll } from '../../../graphql/index.js';
import { isOpener } from './opener.js';
import { readRecalls } from './recall.sql.js';
import type { Recall } from './recall.types.js';

const loadRecall = (context: RequestContext, recallId: bigint): Promise<Recall> =>
  loaderOf(context, 'recall', async (client, ids) =>
    byId(await readRecalls(client, ids), (row) => row.recallId),
  ).load(recallId);

/** What anyone who is pointed to a recall may know that it is: published, its own, or seen by who sees the chain as a whole. */
export async function loadKnownRecall(context: RequestContext, recallId: bigint): Promise<Recall | null> {
  const principal = requirePrincipal(context);
  const recall = await loadRecall(context, recallId);
  if (isOpener(recall, principal)) return recall;
  if (recall.kind === 'DRILL') return null;
  const isKnown = recall.publishedAt !== null || (seesAll(principal) && recall.state !== 'DRAFT');
  return isKnown ? recall : null;
}
