/** Notices: sent by the opener, read and acknowledged by whom they are to. */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  type Connection,
  engine,
  groupBy,
  keysetPage,
  loaderOf,
  nodeId,
  PageArgs,
  type RequestContext,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { loadParty, loadSite, Party, Site } from '../../../parties/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../../production/index.js';
import { readsCampaign } from '../campaign/opener.js';
import { readRecall } from '../campaign/recall.sql.js';
import { Recall } from '../campaign/recall.types.js';
import { acknowledgeNotice } from './acknowledge-notice.js';
import { readCounts } from './count.sql.js';
import { countNotices, pageOfLines, pageOfNotices } from './notice.sql.js';
import {
  AcknowledgeNoticeInput,
  AcknowledgeNoticePayload,
  Notice,
  NoticeConnection,
  NoticeCount,
  NoticeCounts,
  NoticeLine,
  NoticeLineConnection,
  SendNoticesInput,
  SendNoticesPayload,
} from './notice.types.js';
import { sendNotices } from './send-notices.js';

@Resolver(() => Notice)
export class NoticeResolver {
  @Mutation(() => SendNoticesPayload, {
    description:
      'Sends notices to every party whose own lines changed, or of a kind to all concerned. For the opener.',
  })
  sendNotices(
    @Arg('input', () => SendNoticesInput, { description: 'Which recall, and what kind.' })
    input: SendNoticesInput,
    @Ctx() context: RequestContext,
  ): Promise<SendNoticesPayload> {
    return sendNotices(context, input);
  }

  @Mutation(() => AcknowledgeNoticePayload, {
    description: 'Acknowledges a notice, with what was counted of its lines. For the party it is to.',
  })
  acknowledgeNotice(
    @Arg('input', () => AcknowledgeNoticeInput, { description: 'Which, and the counts.' })
    input: AcknowledgeNoticeInput,
    @Ctx() context: RequestContext,
  ): Promise<AcknowledgeNoticePayload> {
    return acknowledgeNotice(context, input);
  }

  @Query(() => NoticeConnection, {
    description: "Notices to the caller's party, oldest first. For a token that acts for a party.",
  })
  notices(
    @Arg('acknowledged', () => Boolean, {
      nullable: true,
      description: 'Only acknowledged ones (true), or open ones (false).',
    })
    acknowledged: boolean | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Notice>> {
    const partyId = requireParty(requirePrincipal(context));
    return keysetPage(context, { field: 'notices', filter: acknowledged }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfNotices(
            client,
            { partyId, recallId: null },
            { acknowledged: acknowledged ?? null, after: after?.[0] ?? null, limit },
          ),
        ),
      keyOf: (notice) => [String(notice.noticeId)],
    });
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the notice.' })
  id(@Root() { noticeId }: Notice, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Notice', noticeId);
  }

  @FieldResolver(() => Recall, { description: 'The recall; its rule is not shown.' })
  async recall(@Root() { recallId }: Notice, @Ctx() context: RequestContext): Promise<Recall> {
    return (await context.snapshot.read(engine, (client) => readRecall(client, recallId))) as Recall;
  }

  @FieldResolver(() => Party, { description: 'Who is told.' })
  party(@Root() { partyId }: Notice, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, partyId);
  }

  @FieldResolver(() => NoticeLineConnection, { description: "The recipient's own goods that it names." })
  lines(
    @Root() { noticeId }: Notice,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<NoticeLine>> {
    return keysetPage(context, { field: 'notice.lines', filter: noticeId }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfLines(client, noticeId, {
            limit,
            after: after?.[0] === undefined || after[1] === undefined ? null : [after[0], after[1]],
          }),
        ),
      keyOf: (line) => [String(line.batchId), String(line.itemId ?? 0n)],
    });
  }

  @FieldResolver(() => [NoticeCount], { description: 'What the recipient counted, beside its book.' })
  counts(@Root() { noticeId }: Notice, @Ctx() context: RequestContext): Promise<NoticeCount[]> {
    return loaderOf(context, 'notice counts', async (client, ids) =>
      groupBy(ids, await readCounts(client, ids), (row) => row.noticeId),
    ).load(noticeId);
  }
}

@Resolver(() => Recall)
export class RecallNoticesResolver {
  @FieldResolver(() => NoticeConnection, {
    nullable: true,
    description: 'Its notices, oldest first; null for all but its opener and authorities.',
  })
  async notices(
    @Arg('acknowledged', () => Boolean, {
      nullable: true,
      description: 'Only acknowledged ones (true), or open ones (false).',
    })
    acknowledged: boolean | null,
    @Root() recall: Recall,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Notice> | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    const { recallId } = recall;
    return keysetPage(context, { field: 'recall.notices', filter: [recallId, acknowledged] }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfNotices(
            client,
            { partyId: null, recallId },
            { acknowledged: acknowledged ?? null, after: after?.[0] ?? null, limit },
          ),
        ),
      keyOf: (notice) => [String(notice.noticeId)],
    });
  }

  @FieldResolver(() => NoticeCounts, {
    nullable: true,
    description: 'How many parties were told and answered; null for all but its opener and authorities.',
  })
  async noticeCounts(@Root() recall: Recall, @Ctx() context: RequestContext): Promise<NoticeCounts | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return context.snapshot.read(engine, (client) => countNotices(client, recall.recallId));
  }
}

@Resolver(() => NoticeLine)
export class NoticeLineResolver {
  @FieldResolver(() => Batch, { description: 'The batch.' })
  batch(@Root() { batchId }: NoticeLine, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }

  @FieldResolver(() => Item, {
    nullable: true,
    description: 'The item; null: goods of the batch as a whole.',
  })
  async item(@Root() { itemId }: NoticeLine, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }
}

@Resolver(() => NoticeCount)
export class NoticeCountResolver {
  @FieldResolver(() => Batch, { description: 'The batch.' })
  batch(@Root() { batchId }: NoticeCount, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item.' })
  async item(@Root() { itemId }: NoticeCount, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }

  @FieldResolver(() => Site, { description: 'Where.' })
  site(@Root() { siteId }: NoticeCount, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, siteId);
  }
}
