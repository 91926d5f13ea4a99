/** Production: batches, runs, items and their parts. */
export { findBatches, findItems } from './find-batch.sql.js';
export { BatchConnection, ProductBatchesResolver } from './product-batches.resolver.js';
export { loadBatch, loadItem } from './production.loaders.js';
export {
  BatchResolver,
  FittingResolver,
  ItemResolver,
  RunResolver,
} from './production.resolver.js';
export {
  Batch,
  batchStatuses,
  Item,
  mixings,
  type Verdict,
  verdicts,
} from './production.types.js';
