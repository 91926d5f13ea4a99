/** Design: products, packaging, revisions and change orders. */
export { loadProduct } from './design.loaders.js';
export {
  BillOfMaterialsLineResolver,
  ChangeEffectivityResolver,
  DesignRevisionResolver,
  PackagingResolver,
  ProductResolver,
} from './design.resolver.js';
export {
  Product,
  type ProductKind,
  productKinds,
  type RevisionState,
  revisionStates,
} from './design.types.js';
