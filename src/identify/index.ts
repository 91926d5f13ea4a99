/** Identifying: any barcode text, EPC URN or Digital Link, what it is, and what it names on record. */
export { IdentifyResolver } from './identify.resolver.js';
