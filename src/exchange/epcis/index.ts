/** EPCIS 2.0 in: documents to events, their rows in the record, and the events themselves as they came. */

export { type CaptureOptions, capture } from './capture.js';
export { type CaptureJobs, createCaptureJobs } from './capture-job.js';
export type { JobRow } from './capture-job.sql.js';
export { capturePacked } from './capture-pieces.js';
export {
  addReports,
  type CaptureReport,
  emptyReport,
  formatTold,
  type Refusal,
  type Told,
} from './capture-report.js';
export { cbvMapping, type MappingRule } from './cbv-mapping.js';
export { standardWords } from './cbv-vocabulary.js';
export type { Vocabulary } from './cbv-words.js';
export { knownPrefixes } from './company-prefixes.sql.js';
export { expandCurie, readContext } from './context.js';
export { isObject, type JsonObject, listOf, textOf } from './json.js';
export { readMapping } from './mapping-file.js';
export { type EpcisReading, readEpcis } from './read-epcis.js';
export { wordOf } from './reading.js';
export { DocumentLimitError, packDocument, unpackDocument } from './received-document.js';
export type { ReadEvent, Remark } from './rows.js';
export { writeCaptured } from './write-captured.js';
export { documentFrame, epcisDocument, epcisQueryDocument } from './write-document.js';
export {
  type RecordedEvent,
  type Voided,
  type WriteOptions,
  writeEvent,
  writeVoid,
} from './write-event.js';
export { kindsOfStep } from './write-row.js';
