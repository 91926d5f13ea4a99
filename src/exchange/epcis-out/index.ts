/** EPCIS out: the whole record as a document, and events asked for one by one. */
export { type EpcFormat, epcFormats } from './epc-format.js';
export { exportEpcis } from './export-epcis.js';
export { BadTokenError, findEvents } from './find-events.js';
export { type EpcisQuery, parseEpcisQuery } from './query.js';
export { TraceTooLargeError, traceDocument } from './trace-document.js';
