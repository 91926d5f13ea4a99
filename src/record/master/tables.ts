/** Every kind of master data, in dependency order. */
import { designTables } from './design.js';
import { packaging } from './packaging.js';
import { parties, sites } from './parties.js';
import { products } from './products.js';
import type { MasterTable } from './values.js';

export type { MasterTable } from './values.js';

export const masterTables: readonly MasterTable[] = [parties, sites, products, packaging, ...designTables];
