/** A scope by country, region, party or role. */
import type pg from 'pg';
import type { Scope } from '../scope.js';
import type { DistributionKey, DistributionRow } from './facts.js';

/** Sorted by key, what is not on record last. */
export async function scopeDistribution(
  _client: pg.ClientBase,
  _scope: Scope,
  _by: DistributionKey,
): Promise<DistributionRow[]> {
  throw new Error('scopeDistribution: body follows');
}
