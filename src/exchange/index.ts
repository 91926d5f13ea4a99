/** Exchange with the world outside: GS1 keys, EPCIS documents, Catena-X part trees, files. */
export * from './catena-x/index.js';
export * from './epcis/index.js';
export * from './epcis-out/index.js';
export * from './gs1/index.js';
export { type FilesReport, importPaths } from './import-paths.js';
