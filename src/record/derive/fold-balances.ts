/** Balances: the live legs summed by account, kept up by the difference that a derivation makes. */
import type { PoolClient } from 'pg';
import { applyBalances } from './legs.sql.js';
import { type Change, signOf } from './run.js';

export interface LegChange {
  batch_id: bigint;
  site_id: bigint;
  party_id: bigint;
  counterparty_id: bigint | null;
  state: string;
  owner_id: bigint | null;
  quantity: bigint;
  unknown_amount: boolean;
}

/** Nets the legs per account and touches each account once. */
export async function foldBalances(client: PoolClient, legs: (LegChange & Change)[]): Promise<void> {
  const accounts = new Map<string, LegChange & { unknown: bigint; opened: boolean }>();
  for (const leg of legs) {
    const key = `${leg.batch_id}:${leg.site_id}:${leg.state}`;
    const sign = BigInt(signOf(leg));
    const account = accounts.get(key) ?? { ...leg, quantity: 0n, unknown: 0n, opened: false };
    if (leg.change === 'OPENED')
      Object.assign(account, { party_id: leg.party_id, owner_id: leg.owner_id, opened: true });
    account.quantity += sign * leg.quantity;
    account.unknown += leg.unknown_amount ? sign : 0n;
    accounts.set(key, account);
  }
  const rows = [...accounts.values()].filter((a) => a.opened || a.quantity !== 0n || a.unknown !== 0n);
  if (rows.length === 0) return;
  await client.query(applyBalances, [
    rows.map((a) => a.batch_id),
    rows.map((a) => a.site_id),
    rows.map((a) => a.party_id),
    rows.map((a) => a.state),
    rows.map((a) => a.owner_id),
    rows.map((a) => a.quantity),
    rows.map((a) => a.unknown),
  ]);
}
