/** Catena-X in: part trees as built and as planned, to rows of the file kinds. */
export { type CatenaXDocument, readCatenaX } from './find-aspects.js';
export { catenaXImport } from './import.js';
export type { CatenaXRows } from './rows.js';
