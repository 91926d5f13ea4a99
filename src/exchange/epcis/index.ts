/** EPCIS 2.0 in: documents to rows of the file kinds. */
export { readEpcis } from './read-epcis.js';
export type { EpcisReading, Repair } from './rows.js';
