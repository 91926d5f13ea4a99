/** Fields of buyers and purchases. */
import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { loadProduct, Product } from '../design/index.js';
import { nodeId, type RequestContext } from '../graphql/index.js';
import { loadSite, Site } from '../parties/index.js';
import { Buyer, Purchase } from './aftersales.types.js';

@Resolver(() => Buyer)
export class BuyerResolver {
  @FieldResolver(() => ID, { description: 'Opaque id of the buyer.' })
  id(@Root() buyer: Buyer, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Buyer', buyer.buyerId);
  }
}

@Resolver(() => Purchase)
export class PurchaseResolver {
  @FieldResolver(() => Product, { description: 'What was bought.' })
  product(@Root() purchase: Purchase, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, purchase.productId);
  }

  @FieldResolver(() => Site, { description: 'Where it was sold.' })
  site(@Root() purchase: Purchase, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, purchase.siteId);
  }
}
