/** Every resolver of the API, by context, and the inputs that take exactly one of their fields. */
import { BuyerResolver, PurchaseResolver } from '../aftersales/index.js';
import {
  BillOfMaterialsLineResolver,
  ChangeEffectivityResolver,
  DesignRevisionResolver,
  PackagingResolver,
  ProductResolver,
} from '../design/index.js';
import { ContainmentResolver, LogisticUnitResolver } from '../distribution/index.js';
import { GrantsResolver } from '../grants/index.js';
import { IdentifyResolver } from '../identify/index.js';
import { PartyResolver, SiteResolver } from '../parties/index.js';
import { PeopleResolver } from '../people/index.js';
import {
  BatchResolver,
  FittingResolver,
  ItemResolver,
  ProductBatchesResolver,
  RunResolver,
} from '../production/index.js';
import { ProofsResolver } from '../proofs/index.js';
import { recallOneOfInputs, recallResolvers } from '../recall/api/index.js';
import { traceResolvers } from '../trace/api/index.js';
import { NodeResolver } from './node.resolver.js';

export const resolvers = [
  ...recallResolvers,
  ...traceResolvers,
  NodeResolver,
  PartyResolver,
  SiteResolver,
  ProductResolver,
  DesignRevisionResolver,
  BillOfMaterialsLineResolver,
  PackagingResolver,
  ChangeEffectivityResolver,
  BatchResolver,
  ProductBatchesResolver,
  RunResolver,
  ItemResolver,
  FittingResolver,
  LogisticUnitResolver,
  ContainmentResolver,
  BuyerResolver,
  PurchaseResolver,
  IdentifyResolver,
  PeopleResolver,
  GrantsResolver,
  ProofsResolver,
];

export const oneOfInputs = ['RecordedEventInput', 'SubjectInput', ...recallOneOfInputs];
