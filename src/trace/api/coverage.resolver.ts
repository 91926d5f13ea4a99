/** Coverage: which sites reported when, so that a feed that has fallen silent shows. */
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { parseGln } from '../../exchange/gs1/index.js';
import {
  type Connection,
  connectionOf,
  DateTime,
  engine,
  keysetPage,
  PageArgs,
  Refusal,
  type RequestContext,
} from '../../graphql/index.js';
import { loadParty, loadSite, Party, Site, type SiteKind, siteKinds } from '../../parties/index.js';
import { type Feed, pageFeeds } from './coverage.sql.js';
import { type EventKind, eventKinds } from './event-kinds.js';
import { readerOf } from './events.loaders.js';

@ObjectType({ description: 'When a site was last heard of.' })
export class Coverage {
  feed!: Feed;

  @Field(() => eventKinds, {
    nullable: true,
    description: 'Kind of the latest event reported there; null: none yet.',
  })
  lastKind!: EventKind | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the latest event was recorded; null: none yet.',
  })
  lastRecordedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When that event happened; null: none yet, or not told.',
  })
  lastOccurredAt!: Date | null;
}

@InputType({ description: 'Which sites: all given conditions together.' })
export class CoverageFilter {
  @Field(() => DateTime, {
    nullable: true,
    description: 'Only sites of which nothing was recorded since then.',
  })
  silentSince?: Date | null;

  @Field(() => String, { nullable: true, description: 'Only sites of the party of this GLN.' })
  party?: string | null;

  @Field(() => [siteKinds], { nullable: true, description: 'Only sites of these kinds.' })
  kinds?: SiteKind[] | null;
}

const CoverageConnection = connectionOf(() => Coverage, 'Coverage');

@Resolver(() => Coverage)
export class CoverageResolver {
  @Query(() => CoverageConnection, {
    description:
      'Registered sites and when each was last heard of, those never heard of too: of the own party; of all for regulators and administrators. Needs a token.',
  })
  async coverage(
    @Arg('filter', () => CoverageFilter, { nullable: true, description: 'Which sites; absent: all.' })
    filter: CoverageFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Coverage>> {
    const asked = filter ?? {};
    const reader = readerOf(context);
    const named = await partyOf(context, asked.party ?? null);
    const nobody = named === undefined || (named !== null && reader !== null && named !== reader);
    return keysetPage(context, { field: 'coverage', filter: asked }, args, {
      fetch: async (after, limit) => {
        if (nobody) return [];
        const feeds = await context.snapshot.read(engine, (client) =>
          pageFeeds(client, {
            partyId: reader ?? named,
            silentSince: asked.silentSince ?? null,
            siteKinds: asked.kinds ?? null,
            after: after?.[0] ?? null,
            limit,
          }),
        );
        return feeds.map((feed) => {
          const { kind, lastRecordedAt, lastOccurredAt } = feed;
          return { feed, lastKind: kind, lastRecordedAt, lastOccurredAt };
        });
      },
      keyOf: ({ feed }) => [String(feed.siteId)],
    });
  }

  @FieldResolver(() => Site, { description: 'The site.' })
  site(@Root() { feed }: Coverage, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, feed.siteId);
  }

  @FieldResolver(() => Party, { description: 'The party whose site it is.' })
  party(@Root() { feed }: Coverage, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, feed.partyId);
  }

  @FieldResolver(() => Party, {
    nullable: true,
    description: 'Who recorded the latest event; null: an administrator, or none yet.',
  })
  async recorder(@Root() { feed }: Coverage, @Ctx() context: RequestContext): Promise<Party | null> {
    return feed.recorderId === null ? null : loadParty(context, feed.recorderId);
  }
}

/** Null: none was named; undefined: there is none of that name. */
async function partyOf(context: RequestContext, gln: string | null): Promise<bigint | null | undefined> {
  if (gln === null) return null;
  const key = parseGln(gln);
  if (!key.ok) throw new Refusal('BAD_INPUT', key.reason);
  const { rows } = await context.snapshot.read(engine, (client) =>
    client.query<{ party_id: bigint }>('select party_id from party where gln = $1', [key.key]),
  );
  return rows[0]?.party_id;
}
