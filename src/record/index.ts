/** The record: one way in for every event, its identity, its corrections and the rows derived from it. */

export { type DerivationGap, derivationGap, isDerivationDue } from './derivation.sql.js';
export {
  countDiscrepancies,
  type Discrepancy,
  type DiscrepancyKind,
  discrepancyKinds,
  findDiscrepancies,
} from './discrepancies.sql.js';
export { eventKeyOf } from './draft.js';
export { eventMappings } from './event-kinds.js';
export { cellsOf, exportFolder } from './export.js';
export {
  type ImportOptions,
  type ImportReport,
  importPaths,
  importRows,
  type Progress,
  recorderOf,
} from './import.js';
export { askWatermark, readWatermark, readWatermarkWithin, takeRecordedAt } from './locks.js';
export { describeStubs, type StubPlace, type StubProduct } from './master/describe-stubs.js';
export { ensureParties } from './master/parties.js';
export { partOf } from './part-files.js';
export { type Rebuilt, rebuild } from './rebuild/rebuild.js';
export type { Recorder, RecordResult } from './record-result.js';
export { type RecordOptions, recordRows } from './record-rows.js';
export { onRecorded } from './recorded-channel.js';
export type { Services } from './services.js';
export { type Check, verify, verifyDerived } from './verify/verify.js';
