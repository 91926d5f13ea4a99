/** Fields of parties and sites, and the lookup by GLN. */
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { seenParties } from '../access/index.js';
import { parseGln } from '../exchange/gs1/index.js';
import {
  type Connection,
  connectionOf,
  engine,
  nodeId,
  PageArgs,
  pageOfEach,
  Refusal,
  type RequestContext,
  requirePrincipal,
  seesAll,
} from '../graphql/index.js';
import { loadParty } from './parties.loaders.js';
import { pageSites } from './parties.sql.js';
import { Party, Site } from './parties.types.js';

const SiteConnection = connectionOf(() => Site, 'Site');

@Resolver(() => Party)
export class PartyResolver {
  @Query(() => Party, {
    nullable: true,
    description:
      'A party by its GLN; null when there is none, or the caller has nothing to do with it. Needs a token.',
  })
  async party(
    @Arg('gln', () => String, { description: 'GLN of the party or of one of its sites, in any spelling.' })
    gln: string,
    @Ctx() context: RequestContext,
  ): Promise<Party | null> {
    const principal = requirePrincipal(context);
    const key = parseGln(gln);
    if (!key.ok) throw new Refusal('BAD_INPUT', key.reason);
    const partyId = await context.snapshot.read(engine, async (client) => {
      const { rows } = await client.query<{ party_id: bigint }>(
        'select party_id from party where gln = $1 union all select party_id from site where gln = $1 limit 1',
        [key.key],
      );
      const found = rows.map((row) => row.party_id);
      const seen = await seenParties(client, principal, found);
      return found.find((id) => seen.has(id)) ?? null;
    });
    return partyId === null ? null : loadParty(context, partyId);
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the party.' })
  id(@Root() party: Party, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Party', party.partyId);
  }

  @FieldResolver(() => SiteConnection, {
    nullable: true,
    description:
      'Its sites; null for all but the party itself, regulators and administrators, since a network of shops is its own business.',
  })
  async sites(
    @Root() { partyId }: Party,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Site> | null> {
    const principal = requirePrincipal(context);
    if (!seesAll(principal) && principal.partyId !== partyId) return null;
    return pageOfEach(context, { field: 'party.sites', of: partyId }, args, {
      fetch: (ids, after, limit) =>
        context.snapshot.read(engine, (client) => pageSites(client, ids, after?.[0] ?? null, limit)),
      keyOf: (site) => [String(site.siteId)],
    });
  }
}

@Resolver(() => Site)
export class SiteResolver {
  @FieldResolver(() => ID, { description: 'Opaque id of the site.' })
  id(@Root() site: Site, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Site', site.siteId);
  }

  @FieldResolver(() => Party, { description: 'The party the site belongs to.' })
  party(@Root() site: Site, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, site.partyId);
  }
}
