/** EPCIS 2.0 in: documents to events, their rows in the record, and the events themselves as they came. */

export { type CaptureOptions, capture } from './capture.js';
export { type CaptureJobs, createCaptureJobs } from './capture-job.js';
export type { JobRow } from './capture-job.sql.js';
export { type CaptureReport, formatTold, type Refusal, type Told } from './capture-report.js';
export { cbvMapping, type MappingRule } from './cbv-mapping.js';
export { type Context, expandCurie, readContext, splitName } from './context.js';
export { eventHash } from './hash/event-hash.js';
export { isObject, type JsonObject, listOf, textOf } from './json.js';
export { MappingFileError, readMapping } from './mapping-file.js';
export { ownNamespace } from './own-rows.js';
export { type EpcisReading, readEpcis } from './read-epcis.js';
export type { ReadEvent, Remark } from './rows.js';
