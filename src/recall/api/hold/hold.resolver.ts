/** Holds: placed, released, listed, and what moved in spite of them. */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  type Connection,
  engine,
  keysetPage,
  nodeId,
  PageArgs,
  type RequestContext,
  requirePrincipal,
  seesAll,
} from '../../../graphql/index.js';
import { loadParty, loadSite, Party, Site } from '../../../parties/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../../production/index.js';
import { readRecall } from '../campaign/recall.sql.js';
import { Recall } from '../campaign/recall.types.js';
import { pageOfBreaches, pageOfHolds } from './hold.sql.js';
import {
  Hold,
  HoldBreach,
  HoldBreachConnection,
  HoldConnection,
  HoldPayload,
  HoldStockInput,
  ReleaseStockInput,
} from './hold.types.js';
import { holdStock, releaseStock } from './hold-stock.js';

@Resolver(() => Hold)
export class HoldResolver {
  @Mutation(() => HoldPayload, {
    description:
      "Places a hold. Anyone on its own stock; the opener of a running recall, and a regulator by order, on everybody's. Holds stack.",
  })
  holdStock(
    @Arg('input', () => HoldStockInput, { description: 'What, where and why.' }) input: HoldStockInput,
    @Ctx() context: RequestContext,
  ): Promise<HoldPayload> {
    return holdStock(context, input);
  }

  @Mutation(() => HoldPayload, {
    description:
      'Ends one hold, or frees single items from it; other holds on the same goods stand. For who placed it.',
  })
  releaseStock(
    @Arg('input', () => ReleaseStockInput, { description: 'Which, and why.' }) input: ReleaseStockInput,
    @Ctx() context: RequestContext,
  ): Promise<HoldPayload> {
    return releaseStock(context, input);
  }

  @Query(() => HoldConnection, {
    description:
      'Holds the caller placed and those on its own stock; regulators and administrators see all. Needs a token.',
  })
  holds(
    @Arg('open', () => Boolean, {
      nullable: true,
      description: 'Only open ones (true), or released ones (false).',
    })
    open: boolean | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Hold>> {
    const principal = requirePrincipal(context);
    return keysetPage(context, { field: 'holds', filter: open }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfHolds(client, principal, { open: open ?? null, after: after?.[0] ?? null, limit }),
        ),
      keyOf: (hold) => [String(hold.holdId)],
    });
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the hold.' })
  id(@Root() { holdId }: Hold, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Hold', holdId);
  }

  @FieldResolver(() => Recall, { nullable: true, description: 'The recall it rests on.' })
  async recall(@Root() { recallId }: Hold, @Ctx() context: RequestContext): Promise<Recall | null> {
    return recallId === null ? null : context.snapshot.read(engine, (client) => readRecall(client, recallId));
  }

  @FieldResolver(() => Party, { nullable: true, description: "Whose stock it is on; null: everybody's." })
  async party(@Root() { partyId }: Hold, @Ctx() context: RequestContext): Promise<Party | null> {
    return partyId === null ? null : loadParty(context, partyId);
  }

  @FieldResolver(() => Site, { nullable: true, description: 'Where; null: everywhere.' })
  async site(@Root() { siteId }: Hold, @Ctx() context: RequestContext): Promise<Site | null> {
    return siteId === null ? null : loadSite(context, siteId);
  }

  @FieldResolver(() => Party, {
    nullable: true,
    description: 'Who placed it; null: an authority without a party.',
  })
  async placedBy(@Root() { placedById }: Hold, @Ctx() context: RequestContext): Promise<Party | null> {
    return placedById === null ? null : loadParty(context, placedById);
  }

  @FieldResolver(() => HoldBreachConnection, {
    description:
      'Shipments and sales of its goods while it was open: all for who placed it and authorities, else the own ones.',
  })
  breaches(
    @Root() hold: Hold,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<HoldBreach>> {
    const principal = requirePrincipal(context);
    const partyId = seesAll(principal) || hold.placedById === principal.partyId ? null : principal.partyId;
    return keysetPage(context, { field: 'hold.breaches', filter: hold.holdId }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfBreaches(client, hold.holdId, {
            ...{ partyId, limit },
            after: after?.[0] === undefined || after[1] === undefined ? null : [after[0], after[1]],
          }),
        ),
      keyOf: (row) => [String(row.batchId), String(row.legId)],
    });
  }
}

@Resolver(() => HoldBreach)
export class HoldBreachResolver {
  @FieldResolver(() => Batch, { description: 'The batch of the goods.' })
  batch(@Root() { batchId }: HoldBreach, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item; null: goods without a serial.' })
  async item(@Root() { itemId }: HoldBreach, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }

  @FieldResolver(() => Site, { description: 'Where they left.' })
  site(@Root() { siteId }: HoldBreach, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, siteId);
  }
}
