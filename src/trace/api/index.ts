/** Questions about the record as GraphQL: traces, custody, balances, events, discrepancies, coverage. */
import { BatchBalanceResolver, ProductBalanceResolver } from './balance.resolver.js';
import { CoverageResolver } from './coverage.resolver.js';
import {
  BatchCustodyResolver,
  ContainerResolver,
  HoldingResolver,
  ItemCustodyResolver,
  MovementResolver,
  PlaceSiteResolver,
  TraceNodeCustodyResolver,
  UnitCustodyResolver,
} from './custody.resolver.js';
import { DiscrepancyResolver } from './discrepancies.resolver.js';
import { EventResolver } from './events.resolver.js';
import { CommonAncestorResolver, TraceNodeResolver, TraceResolver } from './trace.resolver.js';
import { MassBalanceUnaccountedResolver, UnaccountedGoodsResolver } from './unaccounted.resolver.js';

export { type EventKind, eventKinds } from './event-kinds.js';
export { resolveSubject } from './resolve-subject.js';
export { BatchKeyInput, ItemKeyInput, SubjectInput } from './subject.types.js';

export { shownUnaccounted, unaccountedKey } from './unaccounted.resolver.js';
export { UnaccountedConnection, type UnaccountedType } from './unaccounted.types.js';

export const traceResolvers = [
  TraceResolver,
  TraceNodeResolver,
  TraceNodeCustodyResolver,
  CommonAncestorResolver,
  BatchCustodyResolver,
  ItemCustodyResolver,
  UnitCustodyResolver,
  HoldingResolver,
  MovementResolver,
  ContainerResolver,
  PlaceSiteResolver,
  BatchBalanceResolver,
  ProductBalanceResolver,
  MassBalanceUnaccountedResolver,
  UnaccountedGoodsResolver,
  EventResolver,
  DiscrepancyResolver,
  CoverageResolver,
];
