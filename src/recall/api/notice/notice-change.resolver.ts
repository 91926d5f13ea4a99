/** What changed for a recipient since it was last told: lines of its own goods, and words. */
import DataLoader from 'dataloader';
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import {
  bookedQuantity,
  type Connection,
  engine,
  loaderOf,
  PageArgs,
  pageOfEach,
  QuantityRange,
  type RequestContext,
  requirePrincipal,
  seesAll,
} from '../../../graphql/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../../production/index.js';
import type { NoticeText } from '../../delivery/notice-content.js';
import { causesSince, compareVersions } from '../campaign/compare-versions.js';
import { readVersions } from '../campaign/frozen-scope.sql.js';
import { readsCampaign } from '../campaign/opener.js';
import { readRecall } from '../campaign/recall.sql.js';
import { memberKey } from '../campaign/scope-changes.js';
import { stableJson } from '../stable-json.js';
import { Notice } from './notice.types.js';
import { changesOf, textsOf } from './notice-change.sql.js';
import { NoticeChange, NoticeChangeConnection } from './notice-change.types.js';

@Resolver(() => Notice)
export class NoticeChangesResolver {
  @FieldResolver(() => NoticeChangeConnection, {
    description: 'Lines that differ from the notice before to this recipient; none of a first notice.',
  })
  changes(
    @Root() { noticeId }: Notice,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<NoticeChange>> {
    return pageOfEach(context, { field: 'notice.changes', of: noticeId }, args, {
      fetch: (of, after, limit) =>
        context.snapshot.read(engine, (client) =>
          changesOf(
            client,
            of,
            after?.[0] === undefined || after[1] === undefined ? null : [after[0], after[1]],
            limit,
          ),
        ),
      keyOf: (change) => [String(change.batchId), String(change.itemId ?? 0n)],
    });
  }

  @FieldResolver(() => [String], {
    description:
      'Which of its words differ from those of the notice before, such as "risk" or "instructions".',
  })
  changedWords(@Root() { noticeId }: Notice, @Ctx() context: RequestContext): Promise<string[]> {
    return loaderOf(context, 'changed words of notices', async (client, ids) => {
      const texts = new Map((await textsOf(client, ids)).map((row) => [row.noticeId, row]));
      return new Map(
        ids.map((id) => {
          const pair = texts.get(id);
          return [id, pair === undefined ? [] : differingWords(pair.before, pair.now)];
        }),
      );
    }).load(noticeId);
  }
}

/** Names of what one text tells otherwise than the other, sorted. */
function differingWords(before: NoticeText, now: NoticeText): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]) as Set<keyof NoticeText>;
  return [...names]
    .filter((name) => stableJson(before[name] ?? null) !== stableJson(now[name] ?? null))
    .sort();
}

@Resolver(() => NoticeChange)
export class NoticeChangeResolver {
  @FieldResolver(() => Batch, { description: 'The batch.' })
  batch(@Root() { batchId }: NoticeChange, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }

  @FieldResolver(() => Item, {
    nullable: true,
    description: 'The item; null: goods of the batch as a whole.',
  })
  async item(@Root() { itemId }: NoticeChange, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }

  @FieldResolver(() => QuantityRange, {
    nullable: true,
    description:
      'On hand now by the book of the recipient; null for all but the recipient and who sees the whole chain.',
  })
  booked(
    @Root() { partyId, onHand, unit }: NoticeChange,
    @Ctx() context: RequestContext,
  ): QuantityRange | null {
    const principal = requirePrincipal(context);
    return principal.partyId === partyId || seesAll(principal) ? bookedQuantity(onHand, unit) : null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Id of the event that did it. To the recipient: that of its own custody alone. Null where that is of another party, or where no single event did.',
  })
  eventId(@Root() change: NoticeChange, @Ctx() context: RequestContext): Promise<string | null> {
    return context
      .memo(
        'events of notice changes',
        () => new DataLoader<NoticeChange, string | null>((changes) => eventsOf(context, changes)),
      )
      .load(change);
  }
}

/** Who reads the campaign is told what changed the scope; the recipient, what changed its own custody. */
async function eventsOf(
  context: RequestContext,
  changes: readonly NoticeChange[],
): Promise<(string | null)[]> {
  const principal = requirePrincipal(context);
  const causes = new Map<NoticeChange, string>();
  const groups = Map.groupBy(
    changes,
    ({ recallId, versionBefore, version }) => `${recallId} ${versionBefore} ${version}`,
  );
  const campaigns = new Set<bigint>();
  for (const group of groups.values()) {
    const { recallId, versionBefore, version } = group[0] as NoticeChange;
    const recall = await context.snapshot.read(engine, (client) => readRecall(client, recallId));
    if (recall === null || !readsCampaign(recall, principal)) continue;
    campaigns.add(recallId);
    if (versionBefore === version) continue;
    const versions = await context.snapshot.read(engine, (client) => readVersions(client, [recallId]));
    const before = versions.find(({ number }) => number === versionBefore);
    if (before === undefined) continue;
    const told = new Map(group.map((change) => [keyOf(change), change]));
    const { changes: all } = await compareVersions(context, before, version);
    const wanted = all.filter(({ key }) => told.has(key));
    const found = await causesSince(context, before, version, wanted);
    for (const change of group) {
      const eventId = found.get(keyOf(change));
      if (eventId !== undefined) causes.set(change, eventId);
    }
  }
  return changes.map((change) => {
    const inScope = causes.get(change);
    if (inScope !== undefined) return inScope;
    const { custodyEvent, recallId } = change;
    if (custodyEvent === null) return null;
    return custodyEvent.isShownToParty || campaigns.has(recallId) ? custodyEvent.eventId : null;
  });
}

/** The key of the same member among changes of a scope. */
const keyOf = ({ batchId, itemId }: NoticeChange): string =>
  memberKey(itemId === null ? 'b' : 'i', itemId ?? batchId);
