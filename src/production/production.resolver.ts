/** Fields of batches and items, and their lookups by what is printed on them. */
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { seenBatches, seenItems } from '../access/index.js';
import { loadProduct, Product } from '../design/index.js';
import { type KeyResult, parseGln, parseGtin, parseLot, parseSerial } from '../exchange/gs1/index.js';
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
} from '../graphql/index.js';
import { loadSite, Site } from '../parties/index.js';
import { findBatches, findItems } from './find-batch.sql.js';
import {
  loadBatch,
  loadBatchInspections,
  loadFittings,
  loadHolds,
  loadItem,
  loadItemInspections,
  loadRuns,
} from './production.loaders.js';
import { pageItems } from './production.sql.js';
import { Batch, BatchHold, Fitting, Inspection, Item, Run } from './production.types.js';

const ItemConnection = connectionOf(() => Item, 'Item');

const keyOf = (result: KeyResult): string => {
  if (!result.ok) throw new Refusal('BAD_INPUT', result.reason);
  return result.key;
};

async function visibleBatchesOf(
  context: RequestContext,
  gtin: string,
  lot: string,
  source: string | null,
): Promise<Batch[]> {
  const principal = requirePrincipal(context);
  const key = {
    gtin: keyOf(parseGtin(gtin)),
    lot: keyOf(parseLot(lot)),
    source: source === null ? null : keyOf(parseGln(source)),
  };
  const ids = await context.snapshot.read(engine, async (client) => {
    const found = await findBatches(client, key);
    const seen = await seenBatches(client, principal, found);
    return found.filter((id) => seen.has(id));
  });
  return Promise.all(ids.map((id) => loadBatch(context, id)));
}

@Resolver(() => Batch)
export class BatchResolver {
  @Query(() => [Batch], {
    description: 'Batches of a product and lot that the caller sees, one for each lot source. Needs a token.',
  })
  batches(
    @Arg('gtin', () => String, { description: 'GTIN of the product, or an absolute URI.' }) gtin: string,
    @Arg('lot', () => String, { description: 'The lot number.' }) lot: string,
    @Ctx() context: RequestContext,
  ): Promise<Batch[]> {
    return visibleBatchesOf(context, gtin, lot, null);
  }

  @Query(() => Batch, {
    nullable: true,
    description:
      'A batch; null when there is none the caller sees, and refused with CONFLICT when several fit. Needs a token.',
  })
  async batch(
    @Arg('gtin', () => String, { description: 'GTIN of the product, or an absolute URI.' }) gtin: string,
    @Arg('lot', () => String, { description: 'The lot number.' }) lot: string,
    @Arg('source', () => String, { nullable: true, description: 'GLN of the site that assigned the lot.' })
    source: string | null,
    @Ctx() context: RequestContext,
  ): Promise<Batch | null> {
    const found = await visibleBatchesOf(context, gtin, lot, source ?? null);
    if (found.length > 1)
      throw new Refusal('CONFLICT', `lot ${lot}: ${found.length} lot sources used it; name the source`);
    return found[0] ?? null;
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the batch.' })
  id(@Root() batch: Batch, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Batch', batch.batchId);
  }

  @FieldResolver(() => Product, { description: 'What it is a batch of.' })
  product(@Root() batch: Batch, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, batch.productId);
  }

  @FieldResolver(() => Site, {
    nullable: true,
    description: 'The lot source: the site that assigned the lot; null: not known.',
  })
  async source(@Root() batch: Batch, @Ctx() context: RequestContext): Promise<Site | null> {
    return batch.sourceId === null ? null : loadSite(context, batch.sourceId);
  }

  @FieldResolver(() => [Run], { description: 'The runs that made it, in the order of their times.' })
  runs(@Root() batch: Batch, @Ctx() context: RequestContext): Promise<Run[]> {
    return loadRuns(context, batch.batchId);
  }

  @FieldResolver(() => [BatchHold], { description: 'Holds and releases, oldest first.' })
  holds(@Root() batch: Batch, @Ctx() context: RequestContext): Promise<BatchHold[]> {
    return loadHolds(context, batch.batchId);
  }

  @FieldResolver(() => [Inspection], { description: 'Its inspections and those of its items, oldest first.' })
  inspections(@Root() batch: Batch, @Ctx() context: RequestContext): Promise<Inspection[]> {
    return loadBatchInspections(context, batch.batchId);
  }

  @FieldResolver(() => ItemConnection, {
    nullable: true,
    description: 'Its serialised items; null for all but the brand owner, regulators and administrators.',
  })
  async items(
    @Root() batch: Batch,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Item> | null> {
    const { role, partyId } = requirePrincipal(context);
    const { ownerId } = await loadProduct(context, batch.productId);
    if (role !== 'REGULATOR' && role !== 'ADMIN' && (ownerId === null || ownerId !== partyId)) return null;
    return pageOfEach(context, { field: 'batch.items', of: batch.batchId }, args, {
      fetch: (ids, after, limit) =>
        context.snapshot.read(engine, (client) => pageItems(client, ids, after?.[0] ?? null, limit)),
      keyOf: (item) => [String(item.itemId)],
    });
  }
}

@Resolver(() => Run)
export class RunResolver {
  @FieldResolver(() => Site, { nullable: true, description: 'Where it ran.' })
  async site(@Root() run: Run, @Ctx() context: RequestContext): Promise<Site | null> {
    return run.siteId === null ? null : loadSite(context, run.siteId);
  }
}

@Resolver(() => Item)
export class ItemResolver {
  @Query(() => Item, {
    nullable: true,
    description:
      'An item; null when there is none the caller sees, refused with CONFLICT when several fit. Needs a token.',
  })
  async item(
    @Arg('gtin', () => String, { nullable: true, description: 'GTIN of the product; a VIN needs none.' })
    gtin: string | null,
    @Arg('serial', () => String, { description: 'The serial, or the VIN.' }) serial: string,
    @Ctx() context: RequestContext,
  ): Promise<Item | null> {
    const principal = requirePrincipal(context);
    const key = { gtin: gtin == null ? null : keyOf(parseGtin(gtin)), serial: keyOf(parseSerial(serial)) };
    const ids = await context.snapshot.read(engine, async (client) => {
      const found = await findItems(client, key);
      const seen = await seenItems(client, principal, found);
      return found.filter((id) => seen.has(id));
    });
    if (ids.length > 1)
      throw new Refusal('CONFLICT', `serial ${serial}: several products have it; name the gtin`);
    return ids[0] === undefined ? null : loadItem(context, ids[0]);
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the item.' })
  id(@Root() item: Item, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Item', item.itemId);
  }

  @FieldResolver(() => Product, { description: 'What it is one of.' })
  product(@Root() item: Item, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, item.productId);
  }

  @FieldResolver(() => Batch, {
    nullable: true,
    description: 'The batch it belongs to; null while nothing is on record of it.',
  })
  async batch(@Root() item: Item, @Ctx() context: RequestContext): Promise<Batch | null> {
    return item.batchId === null ? null : loadBatch(context, item.batchId);
  }

  @FieldResolver(() => [Fitting], {
    nullable: true,
    description:
      'Parts built into it, also those taken out; null for all but the brand owner, regulators and administrators.',
  })
  async fittings(@Root() item: Item, @Ctx() context: RequestContext): Promise<Fitting[] | null> {
    const { role, partyId } = requirePrincipal(context);
    const { ownerId } = await loadProduct(context, item.productId);
    if (role !== 'REGULATOR' && role !== 'ADMIN' && (ownerId === null || ownerId !== partyId)) return null;
    return loadFittings(context, item.itemId);
  }

  @FieldResolver(() => [Inspection], { description: 'Its inspections, oldest first.' })
  inspections(@Root() item: Item, @Ctx() context: RequestContext): Promise<Inspection[]> {
    return loadItemInspections(context, item.itemId);
  }
}

@Resolver(() => Fitting)
export class FittingResolver {
  @FieldResolver(() => Batch, { description: 'The batch of the part.' })
  batch(@Root() fitting: Fitting, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, fitting.partBatchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The part itself, where it has a serial.' })
  async item(@Root() fitting: Fitting, @Ctx() context: RequestContext): Promise<Item | null> {
    return fitting.partItemId === null ? null : loadItem(context, fitting.partItemId);
  }
}
