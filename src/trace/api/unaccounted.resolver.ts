/** Unaccounted goods of a batch or product: beside its mass balance, with their likely causes. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadProduct } from '../../design/index.js';
import {
  arrayPage,
  type Connection,
  engine,
  type List,
  PageArgs,
  type RequestContext,
} from '../../graphql/index.js';
import { loadSite, Site } from '../../parties/index.js';
import { Batch, loadBatch } from '../../production/index.js';
import { formatQuantity } from '../../record/input/index.js';
import { type Unaccounted, unaccountedOf } from '../index.js';
import { batchesOfProducts } from './balance.sql.js';
import { MassBalance } from './balance.types.js';
import { UnaccountedConnection, UnaccountedType } from './unaccounted.types.js';

@Resolver(() => MassBalance)
export class MassBalanceUnaccountedResolver {
  @FieldResolver(() => UnaccountedConnection, {
    description: 'Where `unaccounted` comes from, by batch, site and state, with the likely causes.',
  })
  async unaccountedGoods(
    @Root() { of, clocks }: MassBalance,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<UnaccountedType>> {
    const rows = await context.snapshot.read(engine, async (client) => {
      const batchIds =
        'batchId' in of
          ? [of.batchId]
          : [...(await batchesOfProducts(client, [of.productId])).values()].flat();
      return unaccountedOf(client, batchIds, clocks);
    });
    return unaccountedPage(
      context,
      { field: 'massBalance.unaccountedGoods', filter: { of, clocks } },
      args,
      rows,
    );
  }
}

@Resolver(() => UnaccountedType)
export class UnaccountedGoodsResolver {
  @FieldResolver(() => Batch, { description: 'The batch.' })
  batch(@Root() { row }: UnaccountedType, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, row.batchId);
  }

  @FieldResolver(() => Site, { description: 'The site.' })
  site(@Root() { row }: UnaccountedType, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, row.siteId);
  }
}

/** A page of rows that are sorted by batch, site and state. */
export async function unaccountedPage(
  context: RequestContext,
  list: List,
  args: PageArgs,
  rows: readonly Unaccounted[],
): Promise<Connection<UnaccountedType>> {
  const shown = await Promise.all(rows.map((row) => shownUnaccounted(context, row)));
  return arrayPage(context, list, args, { rows: shown, keyOf: ({ row }) => unaccountedKey(row) });
}

/** Sorts as the rows do. */
export const unaccountedKey = ({ batchId, siteId, state }: Unaccounted): string =>
  [String(batchId).padStart(19, '0'), String(siteId).padStart(19, '0'), state].join(':');

export async function shownUnaccounted(context: RequestContext, row: Unaccounted): Promise<UnaccountedType> {
  const { productId } = await loadBatch(context, row.batchId);
  const { unit } = await loadProduct(context, productId);
  const { state, causes } = row;
  return {
    row,
    causes,
    state: state as UnaccountedType['state'],
    quantity: formatQuantity(row.quantity, unit),
  };
}
