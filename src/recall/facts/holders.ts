/** Which sites hold, are being sent, sold or held affected goods, and which built them in. */
import type pg from 'pg';
import type { Scope } from '../scope.js';
import type { AffectedHolder, AffectedProcessor, HolderFilter } from './facts.js';

/** One row per site, sorted by site id. */
export async function scopeHolders(
  _client: pg.ClientBase,
  _scope: Scope,
  _filter: HolderFilter = {},
): Promise<AffectedHolder[]> {
  throw new Error('scopeHolders: body follows');
}

/** Sites that consumed or fitted affected goods, sorted by site id. */
export async function scopeProcessors(_client: pg.ClientBase, _scope: Scope): Promise<AffectedProcessor[]> {
  throw new Error('scopeProcessors: body follows');
}
