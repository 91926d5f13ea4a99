/** What is told as it happens: a recall's progress, a party's notices. Each event is answered anew, as its caller sees it then. */
import { Arg, Ctx, Resolver, Subscription } from 'type-graphql';
import {
  engine,
  type LiveEvent,
  Refusal,
  type RequestContext,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { findRecall } from '../campaign/recall.sql.js';
import { Recall } from '../campaign/recall.types.js';
import { readNotices } from '../notice/notice.sql.js';
import { Notice } from '../notice/notice.types.js';

/** Streams are fed by src/server/live; graphql's own way of subscribing would keep one context and one snapshot for ever. */
const fedElsewhere = (): never => {
  throw new Refusal('BAD_DOCUMENT', 'subscription: send it to POST /graphql/stream');
};

const liveOf = ({ live }: RequestContext): LiveEvent => live ?? fedElsewhere();

@Resolver()
export class LiveResolver {
  @Subscription(() => Recall, {
    subscribe: fedElsewhere,
    description:
      'A recall as it stands, and again whenever what is asked of it has changed. Ends with an error when the caller sees it no more. At POST /graphql/stream.',
  })
  async recallProgress(
    @Arg('number', () => String, { description: 'Its number.' }) number: string,
    @Ctx() context: RequestContext,
  ): Promise<Recall> {
    const live = liveOf(context);
    const principal = requirePrincipal(context);
    const recall = await context.snapshot.read(engine, (client) =>
      findRecall(client, principal, number.trim()),
    );
    if (recall === null)
      throw new Refusal('NOT_FOUND', `recall ${number.trim()}: none that this caller sees`);
    live.watch({ recallId: recall.recallId });
    return recall;
  }

  @Subscription(() => [Notice], {
    subscribe: fedElsewhere,
    description:
      "Notices to the caller's party as they are sent, from the moment of asking on. For a token that acts for a party. At POST /graphql/stream.",
  })
  async noticesSent(@Ctx() context: RequestContext): Promise<Notice[]> {
    const live = liveOf(context);
    const partyId = requireParty(requirePrincipal(context));
    live.watch({ partyId });
    if (live.noticeIds.length === 0) return [];
    return context.snapshot.read(engine, (client) => readNotices(client, partyId, live.noticeIds));
  }
}
