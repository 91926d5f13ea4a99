/** A chain with a plant and a shop in each of two countries, to which a test adds its goods. */
import type { Database } from '../../src/database/index.js';
import { type Chain, createChain } from '../support/chain.js';

export function createShops(database: Database): Chain {
  const c = createChain(database);
  c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  c.party('shop', 'RETAILER', { kind: 'STORE', country: 'NL', region: 'Utrecht' });
  c.party('laden', 'RETAILER', { kind: 'STORE', country: 'DE', region: 'Hamburg' });
  c.product('bike', 'FINISHED', { serialised: 'true' });
  return c;
}
