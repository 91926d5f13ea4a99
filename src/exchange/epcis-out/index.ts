/** EPCIS out: the whole record as a document, and events asked for one by one. */
export { eventsFile, exportEpcis } from './export-epcis.js';
