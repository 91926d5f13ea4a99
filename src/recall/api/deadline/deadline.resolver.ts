/** The periods that run for a recall. */
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { engine, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { readMoments } from './deadline.sql.js';
import { Deadline } from './deadline.types.js';
import { deadlineOf } from './deadline-of.js';
import { deadlinesOf } from './deadlines.js';

@Resolver(() => Recall)
export class RecallDeadlinesResolver {
  @FieldResolver(() => [Deadline], {
    nullable: true,
    description:
      'Periods of the laws it falls under, those named in its details and those it was filed under; null for all but its opener and authorities.',
  })
  async deadlines(@Root() recall: Recall, @Ctx() context: RequestContext): Promise<Deadline[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    const moments = await context.snapshot.read(engine, (client) => readMoments(client, recall, new Date()));
    return deadlinesOf(moments).map(deadlineOf);
  }
}
