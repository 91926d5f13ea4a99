/** Exchange with the world outside: GS1 keys and EPCIS documents. */
export * from './epcis/index.js';
export * from './gs1/index.js';
