/** What every context uses to show its part of the API: scalars, refusals, pages, ids and the request's context. */
export {
  arrayPage,
  type Connection,
  connectionOf,
  keysetPage,
  type List,
  PageArgs,
  pageOfEach,
} from './connection.js';
export {
  createMemo,
  type Interest,
  type LiveEvent,
  type RequestContext,
  requireParty,
  requirePrincipal,
  seesAll,
} from './context.js';
export { byId, groupBy, loaderOf } from './loader.js';
export { NodeInterface } from './node.js';
export { type NodeType, nodeId, readNodeId } from './node-id.js';
export { Problem } from './problem.js';
export { bookedQuantity, QuantityRange, quantityRange } from './quantity.js';
export { Refusal, type RefusalCode, refusalCodes } from './refusal.js';
export { BigIntText, DateTime, DecimalText, RuleJson } from './scalars.js';
export { createSnapshot, engine, type Snapshot } from './snapshot.js';
export { readAsCaller } from './views.js';
