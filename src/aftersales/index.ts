/** After sales: sales, buyers, returns, keepers, repairs and disposal. */
export { BuyerResolver, PurchaseResolver } from './aftersales.resolver.js';
export {
  Buyer,
  disposalReasons,
  keeperKinds,
  Purchase,
  partDestinations,
  returnDestinations,
} from './aftersales.types.js';
