/** Fields of the rows of a scope that name things: batches, items, parties, sites, products, and why a row is in. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Buyer } from '../../aftersales/index.js';
import { loadProduct, Product } from '../../design/index.js';
import {
  arrayPage,
  bookedQuantity,
  type Connection,
  PageArgs,
  QuantityRange,
  type RequestContext,
} from '../../graphql/index.js';
import { loadParty, loadSite, Party, Site } from '../../parties/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../production/index.js';
import {
  AffectedBatch,
  AffectedBuyer,
  AffectedHolder,
  AffectedItem,
  AffectedProcessor,
  DistributionRow,
  StateQuantities,
  StockLine,
  StockLineConnection,
} from './affected.types.js';
import { EvidenceNode, EvidenceStep, Excluded, Gap } from './evidence.types.js';
import { loadItemEventId } from './item-events.sql.js';
import { evidenceOf, stateQuantities } from './map-facts.js';

@Resolver(() => AffectedBatch)
export class AffectedBatchResolver {
  @FieldResolver(() => Batch, { description: 'The batch.' })
  batch(@Root() row: AffectedBatch, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, row.batchId);
  }

  @FieldResolver(() => [EvidenceStep], {
    description: 'Why it is in: the strongest, then shortest, chain of events from an origin.',
  })
  why(@Root() { sight, node }: AffectedBatch): EvidenceStep[] {
    return evidenceOf(sight, sight.whole.why(node));
  }
}

@Resolver(() => AffectedItem)
export class AffectedItemResolver {
  @FieldResolver(() => Item, { description: 'The item.' })
  item(@Root() row: AffectedItem, @Ctx() context: RequestContext): Promise<Item> {
    return loadItem(context, row.itemId);
  }

  @FieldResolver(() => [EvidenceStep], {
    description: 'Why it is in: the strongest, then shortest, chain of events from an origin.',
  })
  why(@Root() { sight, node }: AffectedItem): EvidenceStep[] {
    return evidenceOf(sight, sight.whole.why(node));
  }
}

@Resolver(() => EvidenceStep)
export class EvidenceStepResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Id of the event that says so; null where no single event does, or the caller sees neither end.',
  })
  eventId(
    @Root() { toldBy, memberItemId }: EvidenceStep,
    @Ctx() context: RequestContext,
  ): Promise<string | null> | string | null {
    return memberItemId === null || toldBy !== null ? toldBy : loadItemEventId(context, memberItemId);
  }
}

@Resolver(() => EvidenceNode)
export class EvidenceNodeResolver {
  @FieldResolver(() => Batch, { nullable: true, description: 'The batch; null: it is an item, or not seen.' })
  async batch(@Root() { node }: EvidenceNode, @Ctx() context: RequestContext): Promise<Batch | null> {
    return node?.kind === 'BATCH' ? loadBatch(context, node.batchId) : null;
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item; null: it is a batch, or not seen.' })
  async item(@Root() { node }: EvidenceNode, @Ctx() context: RequestContext): Promise<Item | null> {
    return node?.kind === 'ITEM' ? loadItem(context, node.itemId) : null;
  }
}

@Resolver(() => Gap)
export class GapResolver {
  @FieldResolver(() => Batch, { nullable: true, description: 'The batch it is about.' })
  async batch(@Root() { batchId }: Gap, @Ctx() context: RequestContext): Promise<Batch | null> {
    return batchId === null ? null : loadBatch(context, batchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item it is about.' })
  async item(@Root() { itemId }: Gap, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }

  @FieldResolver(() => Product, { nullable: true, description: 'The product it is about.' })
  async product(@Root() { productId }: Gap, @Ctx() context: RequestContext): Promise<Product | null> {
    return productId === null ? null : loadProduct(context, productId);
  }

  @FieldResolver(() => Site, { nullable: true, description: 'The site it is about.' })
  async site(@Root() { siteId }: Gap, @Ctx() context: RequestContext): Promise<Site | null> {
    return siteId === null ? null : loadSite(context, siteId);
  }

  @FieldResolver(() => QuantityRange, {
    nullable: true,
    description: 'The most it could hide; null: not known.',
  })
  async atMost(
    @Root() { most, productId }: Gap,
    @Ctx() context: RequestContext,
  ): Promise<QuantityRange | null> {
    if (most === null) return null;
    const unit = productId === null ? 'PCE' : (await loadProduct(context, productId)).unit;
    return bookedQuantity(most, unit);
  }
}

@Resolver(() => Excluded)
export class ExcludedResolver {
  @FieldResolver(() => Batch, { description: 'The batch that is left out, or that of the item.' })
  batch(@Root() { batchId }: Excluded, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item; null: the whole batch.' })
  async item(@Root() { itemId }: Excluded, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }
}

@Resolver(() => StateQuantities)
export class StateQuantitiesResolver {
  @FieldResolver(() => Product, { description: 'The product.' })
  product(@Root() { productId }: StateQuantities, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, productId);
  }
}

@Resolver(() => AffectedHolder)
export class AffectedHolderResolver {
  @FieldResolver(() => Party, { description: 'The party.' })
  party(@Root() { partyId }: AffectedHolder, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, partyId);
  }

  @FieldResolver(() => Site, { description: 'The site.' })
  site(@Root() { siteId }: AffectedHolder, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, siteId);
  }

  @FieldResolver(() => StockLineConnection, { description: 'Its affected goods by batch.' })
  lines(
    @Root() { facts, lines }: AffectedHolder,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<StockLine>> {
    const rows = facts.lines.map(({ batchId, certainty, quantities, current }): StockLine => {
      return { batchId, certainty, quantities: stateQuantities(quantities), current };
    });
    const list = { field: lines.field, filter: { of: facts.siteId, ...Object(lines.filter) } };
    return arrayPage(context, list, args, { rows, keyOf: (row) => row.batchId });
  }
}

@Resolver(() => StockLine)
export class StockLineResolver {
  @FieldResolver(() => Batch, { description: 'The batch.' })
  batch(@Root() { batchId }: StockLine, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }
}

@Resolver(() => AffectedProcessor)
export class AffectedProcessorResolver {
  @FieldResolver(() => Party, { description: 'The party.' })
  party(@Root() { partyId }: AffectedProcessor, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, partyId);
  }

  @FieldResolver(() => Site, { description: 'The site.' })
  site(@Root() { siteId }: AffectedProcessor, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, siteId);
  }
}

@Resolver(() => AffectedBuyer)
export class AffectedBuyerResolver {
  @FieldResolver(() => Buyer, { description: 'Who; names nobody.' })
  buyer(@Root() { buyerId, country, region }: AffectedBuyer): Buyer {
    return { buyerId, country, region };
  }

  @FieldResolver(() => [Item], { description: 'Affected items the buyer is or was registered as keeper of.' })
  registeredItems(@Root() row: AffectedBuyer, @Ctx() context: RequestContext): Promise<Item[]> {
    return Promise.all(row.registeredItemIds.map((itemId) => loadItem(context, itemId)));
  }
}

@Resolver(() => DistributionRow)
export class DistributionRowResolver {
  @FieldResolver(() => Party, { nullable: true, description: 'The party, where divided by party.' })
  async party(@Root() { partyId }: DistributionRow, @Ctx() context: RequestContext): Promise<Party | null> {
    return partyId === null ? null : loadParty(context, partyId);
  }
}
