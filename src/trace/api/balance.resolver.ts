/** Mass balance and sales: fields of batches and products. */
import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadProduct, Product } from '../../design/index.js';
import { DateTime, type RequestContext } from '../../graphql/index.js';
import { Batch } from '../../production/index.js';
import { balanceOfBatch, balanceOfProduct, salesOfBatch, salesOfProduct, seesLedger } from './balance.js';
import { MassBalance, SalesCount } from './balance.types.js';

const clocksOf = (asOf: Date | null, knownAt: Date | null) => ({
  asOf: asOf ?? null,
  knownAt: knownAt ?? null,
});
const asOfOptions = { nullable: true, description: 'What was true then; absent: now.' };
const knownAtOptions = { nullable: true, description: 'What was known then; absent: now.' };

@Resolver(() => Batch)
export class BatchBalanceResolver {
  @FieldResolver(() => MassBalance, {
    nullable: true,
    description:
      'Where every unit of it went; null for all but the brand owner, regulators and administrators.',
  })
  async massBalance(
    @Root() batch: Batch,
    @Arg('asOf', () => DateTime, asOfOptions) asOf: Date | null,
    @Arg('knownAt', () => DateTime, knownAtOptions) knownAt: Date | null,
    @Ctx() context: RequestContext,
  ): Promise<MassBalance | null> {
    if (!(await seesLedger(context, batch.productId))) return null;
    const product = await loadProduct(context, batch.productId);
    return balanceOfBatch(context, batch.batchId, product, clocksOf(asOf, knownAt));
  }

  @FieldResolver(() => SalesCount, {
    description: 'Its sales: all for the brand owner, regulators and administrators, else the own ones.',
  })
  async sales(@Root() batch: Batch, @Ctx() context: RequestContext): Promise<SalesCount> {
    return salesOfBatch(context, batch.batchId, await loadProduct(context, batch.productId));
  }
}

@Resolver(() => Product)
export class ProductBalanceResolver {
  @FieldResolver(() => MassBalance, {
    nullable: true,
    description:
      'Where every unit of it went, over all batches; null for all but the brand owner, regulators and administrators.',
  })
  async massBalance(
    @Root() product: Product,
    @Arg('asOf', () => DateTime, asOfOptions) asOf: Date | null,
    @Arg('knownAt', () => DateTime, knownAtOptions) knownAt: Date | null,
    @Ctx() context: RequestContext,
  ): Promise<MassBalance | null> {
    return (await seesLedger(context, product.productId))
      ? balanceOfProduct(context, product, clocksOf(asOf, knownAt))
      : null;
  }

  @FieldResolver(() => SalesCount, {
    description: 'Its sales: all for the brand owner, regulators and administrators, else the own ones.',
  })
  sales(@Root() product: Product, @Ctx() context: RequestContext): Promise<SalesCount> {
    return salesOfProduct(context, product);
  }
}
