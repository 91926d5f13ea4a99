/** What recording works with. */
import type { Vault } from '../access/index.js';
import type { Database } from '../database/index.js';

export interface Services {
  database: Database;
  vault: Vault;
}
