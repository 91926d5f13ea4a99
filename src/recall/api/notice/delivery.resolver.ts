/** What became of notices on their ways. */
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { engine, groupBy, loaderOf, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { Delivery, DeliveryCounts, PrintNoticesInput, PrintNoticesPayload } from './delivery.types.js';
import { countDeliveries, readDeliveries } from './delivery-list.sql.js';
import { Notice } from './notice.types.js';
import { printNotices } from './print-notices.js';

@Resolver(() => Notice)
export class NoticeDeliveriesResolver {
  @FieldResolver(() => [Delivery], { description: 'The ways it went, and what became of each.' })
  deliveries(@Root() { noticeId }: Notice, @Ctx() context: RequestContext): Promise<Delivery[]> {
    return loaderOf(context, 'notice deliveries', async (client, ids) =>
      groupBy(ids, await readDeliveries(client, ids), (row) => row.noticeId),
    ).load(noticeId);
  }
}

@Resolver()
export class PrintNoticesResolver {
  @Mutation(() => PrintNoticesPayload, {
    description:
      "Letters of a recall to print: to parties for its opener, to buyers for who writes to them; every reading of a buyer's address is on record. Letters that were posted are told with the next call.",
  })
  printNotices(
    @Arg('input', () => PrintNoticesInput, { description: 'Which recall, how many, and which were posted.' })
    input: PrintNoticesInput,
    @Ctx() context: RequestContext,
  ): Promise<PrintNoticesPayload> {
    return printNotices(context, input);
  }
}

@Resolver(() => Recall)
export class RecallDeliveriesResolver {
  @FieldResolver(() => [DeliveryCounts], {
    nullable: true,
    description:
      'How the deliveries of its notices stand, to parties and buyers; null for all but its opener and authorities.',
  })
  async deliveryCounts(
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<DeliveryCounts[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    const counts = await context.snapshot.read(engine, (client) => countDeliveries(client, recall.recallId));
    const canSend = { EMAIL: context.outlets.mail, WEBHOOK: context.outlets.webhooks.size > 0, PRINT: true };
    return counts.map((row) => ({ ...row, canSend: canSend[row.channel] }));
  }
}
