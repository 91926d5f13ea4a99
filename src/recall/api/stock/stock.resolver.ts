/** A party's own stock, whole or what a recall names of it. */
import DataLoader from 'dataloader';
import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { sessionsFor } from '../../../access/index.js';
import { loadProduct, Product } from '../../../design/index.js';
import { parseGln, parseGtin } from '../../../exchange/gs1/index.js';
import {
  bookedQuantity,
  type Connection,
  engine,
  keysetPage,
  PageArgs,
  QuantityRange,
  Refusal,
  type RequestContext,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { loadSite, Site } from '../../../parties/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../../production/index.js';
import { pageOfStock } from './stock.sql.js';
import { Stock, StockConnection, StockFilter } from './stock.types.js';
import { heldStock, membersOf } from './stock-list.js';

@Resolver(() => Stock)
export class StockResolver {
  @Query(() => StockConnection, {
    description:
      "The caller's own stock by batch, site and item; with a recall, what of it is affected and how surely. For a token that acts for a party. A recall that does not concern the caller is NOT_FOUND.",
  })
  async stock(
    @Arg('filter', () => StockFilter, { nullable: true, description: 'Which.' }) filter: StockFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Stock>> {
    const principal = requirePrincipal(context);
    requireParty(principal);
    const state = filter?.state ?? 'ON_HAND';
    const { site = null, gtin = null, recall = null } = filter ?? {};
    const members = recall === null ? null : await membersOf(context, recall);
    const siteIds = site === null ? null : await sitesOf(context, site);
    const batchIds = gtin === null ? null : await batchesOf(context, gtin);
    return keysetPage(context, { field: 'stock', filter: { state, site, gtin, recall } }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(sessionsFor(principal, 'holder'), (client) =>
          pageOfStock(client, { ...{ state, members, siteIds, batchIds, limit }, after: keyOf(after) }),
        ),
      keyOf: (row) => [row.batchId, row.siteId, row.itemId ?? 0n].map(String),
    });
  }

  @FieldResolver(() => Site, { description: 'Where it is, or is going.' })
  site(@Root() { siteId }: Stock, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, siteId);
  }

  @FieldResolver(() => Batch, { description: 'Its batch; one without a lot holds the goods of unknown lot.' })
  batch(@Root() { batchId }: Stock, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }

  @FieldResolver(() => Product, { description: 'Its product.' })
  async product(@Root() { batchId }: Stock, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, (await loadBatch(context, batchId)).productId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item; null: goods without a serial.' })
  async item(@Root() { itemId }: Stock, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether an open hold, or the status of its batch, covers it; see `holds`.',
  })
  onHold(@Root() stock: Stock, @Ctx() context: RequestContext): Promise<boolean> {
    const loader = context.memo(
      'held stock',
      () => new DataLoader<Stock, boolean>((rows) => heldStock(context, rows)),
    );
    return loader.load(stock);
  }

  @FieldResolver(() => QuantityRange, { description: 'How much.' })
  async quantity(@Root() stock: Stock, @Ctx() context: RequestContext): Promise<QuantityRange> {
    const { unit } = await this.product(stock, context);
    return bookedQuantity(stock.amount, unit, stock.unknownAmount);
  }
}

const keyOf = (after: string[] | null): [bigint, bigint, bigint] | null => {
  const [batchId, siteId, itemId] = after ?? [];
  if (batchId === undefined || siteId === undefined || itemId === undefined) return null;
  return [BigInt(batchId), BigInt(siteId), BigInt(itemId)];
};

async function sitesOf(context: RequestContext, gln: string): Promise<bigint[]> {
  const partyId = requireParty(requirePrincipal(context));
  const key = parseGln(gln);
  if (!key.ok) throw new Refusal('BAD_INPUT', key.reason);
  const ids = await context.snapshot.read(engine, async (client) => {
    const { rows } = await client.query<{ site_id: bigint }>(
      'select site_id from site where gln = $1 and party_id = $2',
      [key.key, partyId],
    );
    return rows.map((row) => row.site_id);
  });
  if (ids.length > 0) return ids;
  throw new Refusal('NOT_FOUND', `site ${gln}: no site of this caller`);
}

async function batchesOf(context: RequestContext, gtin: string): Promise<bigint[]> {
  const partyId = requireParty(requirePrincipal(context));
  const key = parseGtin(gtin);
  if (!key.ok) throw new Refusal('BAD_INPUT', key.reason);
  return context.snapshot.read(engine, async (client) => {
    const { rows } = await client.query<{ batch_id: bigint }>(
      `select b.batch_id from product p join batch b on b.product_id = p.product_id
       where p.gtin = $1 and exists (select from balance h where h.party_id = $2 and h.batch_id = b.batch_id)`,
      [key.key, partyId],
    );
    return rows.map((row) => row.batch_id);
  });
}
