/** The batches of a product: a field of products. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Product } from '../design/index.js';
import {
  type Connection,
  connectionOf,
  engine,
  PageArgs,
  pageOfEach,
  type RequestContext,
  requirePrincipal,
  seesAll,
} from '../graphql/index.js';
import { pageBatches } from './production.sql.js';
import { Batch } from './production.types.js';

export const BatchConnection = connectionOf(() => Batch, 'Batch');

@Resolver(() => Product)
export class ProductBatchesResolver {
  @FieldResolver(() => BatchConnection, {
    nullable: true,
    description:
      'Its batches in the order in which they became known; null for all but the brand owner, regulators and administrators.',
  })
  async batches(
    @Root() { productId, ownerId }: Product,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Batch> | null> {
    const principal = requirePrincipal(context);
    if (!seesAll(principal) && (ownerId === null || ownerId !== principal.partyId)) return null;
    return pageOfEach(context, { field: 'product.batches', of: productId }, args, {
      fetch: (ids, after, limit) =>
        context.snapshot.read(engine, (client) => pageBatches(client, ids, after?.[0] ?? null, limit)),
      keyOf: (batch) => [String(batch.batchId)],
    });
  }
}
