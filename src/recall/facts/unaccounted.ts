/** What of a scope the record cannot account for: accounts that more left than came into, with what suggests itself as the cause. */
import type pg from 'pg';
import { NOT_RECORDED, type Unaccounted, unaccountedOf } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { custodyOf } from './holders.js';
import { type Account, accountsOf } from './quantities.js';

/** Batch, site and state, as the key of an account. */
export const accountKey = (of: Pick<Account, 'batchId' | 'siteId' | 'state'>): string =>
  `${of.batchId}:${of.siteId}:${of.state}`;

/** Sorted by batch, site and state; adds up to what the scope's quantities call unaccounted. */
export async function scopeUnaccounted(client: pg.ClientBase, scope: Scope): Promise<Unaccounted[]> {
  const { ledger } = await custodyOf(client, scope);
  const overdrawn = accountsOf(ledger.filter((row) => row.couldHold === null)).filter(
    (account) => account.state !== 'SOURCE' && account.quantity < 0n,
  );
  if (overdrawn.length === 0) return [];
  // what other lots and movements suggest is told of the viewer's own goods only
  const batchIds = overdrawn
    .map(({ batchId }) => batchId)
    .filter((id) => scope.view == null || scope.view.ownedBatches.has(id));
  const told = await unaccountedOf(client, batchIds, scope.clocks);
  const causes = new Map(told.map((row) => [accountKey(row), row.causes]));
  return overdrawn
    .map(({ batchId, siteId, state, quantity }) => {
      const account = { batchId, siteId, state, quantity };
      // nor does anything suggest itself of single items of a lot whose ledger as a whole is in order
      return { ...account, causes: causes.get(accountKey(account)) ?? [NOT_RECORDED[state]] };
    })
    .sort(byAccount);
}

const byAccount = (a: Unaccounted, b: Unaccounted): number => {
  if (a.batchId !== b.batchId) return a.batchId < b.batchId ? -1 : 1;
  if (a.siteId !== b.siteId) return a.siteId < b.siteId ? -1 : 1;
  return a.state < b.state ? -1 : 1;
};
