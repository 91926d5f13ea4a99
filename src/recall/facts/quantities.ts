/** Folds ledger rows into the states a recall reports, as ranges. */
import type { CustodyState } from '../../trace/index.js';
import type { UnlottedMovement } from '../scope.js';
import { type Range, type StateName, type StateQuantities, stateNames } from './facts.js';
import type { LedgerRow } from './ledger.sql.js';

export const emptyRange = (): Range => ({ value: 0n, atMost: 0n, unbounded: false });

export function emptyQuantities(productId: bigint, unit: string): StateQuantities {
  const ranges = Object.fromEntries(stateNames.map((name) => [name, emptyRange()])) as Record<
    StateName,
    Range
  >;
  return { productId, unit, ...ranges };
}

export function addRange(range: Range, value: bigint, more = 0n, unbounded = false): void {
  range.value += value;
  range.atMost += value + more;
  range.unbounded ||= unbounded;
}

/** Goods sent back to a maker or of unknown place are on their way as far as the record goes. */
const stateOf: Record<Exclude<CustodyState, 'SOURCE'>, StateName> = {
  ON_HAND: 'onHand',
  IN_TRANSIT: 'inTransit',
  SOLD: 'sold',
  CONSUMED: 'consumed',
  FITTED: 'fitted',
  SCRAPPED: 'scrapped',
  RETURNED_TO_MAKER: 'inTransit',
  UNKNOWN: 'inTransit',
};

/** One account: a batch at a site in a state. */
export interface Account {
  batchId: bigint;
  siteId: bigint;
  partyId: bigint;
  state: CustodyState;
  quantity: bigint;
  unknownAmount: boolean;
  /** As of the ledger's rows. */
  couldHold: bigint | null;
}

export function accountsOf(rows: readonly LedgerRow[]): Account[] {
  const accounts = new Map<string, Account>();
  for (const row of rows) {
    const key = `${row.batchId}:${row.siteId}:${row.state}:${row.couldHold ?? ''}:${row.unseen}`;
    const account = accounts.get(key) ?? { ...row, quantity: 0n, unknownAmount: false };
    account.quantity += row.quantity;
    account.unknownAmount ||= row.unknownAmount;
    accounts.set(key, account);
  }
  return [...accounts.values()];
}

/** Positive balances count in their state, negative ones are what the record cannot account for. */
export function addAccount(quantities: StateQuantities, account: Account, onHold: boolean): void {
  const { state, quantity, unknownAmount, couldHold } = account;
  if (couldHold !== null) {
    const most = quantity < couldHold ? quantity : couldHold;
    if (state !== 'SOURCE' && (most > 0n || unknownAmount))
      addRange(quantities[stateOf[state]], 0n, most > 0n ? most : 0n, unknownAmount);
    return;
  }
  if (state === 'SOURCE') {
    addRange(quantities.made, -quantity, 0n, unknownAmount);
    return;
  }
  if (quantity < 0n) addRange(quantities.unaccounted, quantity);
  const value = quantity > 0n ? quantity : 0n;
  addRange(quantities[stateOf[state]], value, 0n, unknownAmount);
  if (state === 'ON_HAND' && onHold) addRange(quantities.onHold, value, 0n, unknownAmount);
}

/** What a movement without a lot could add where it left, and where it went. */
export function addUnlotted(
  quantities: StateQuantities,
  movement: UnlottedMovement,
  at: 'LEFT' | 'ARRIVED',
): void {
  const { toState, toSiteId, atMost, unknownAmount } = movement;
  // what went into another state where it lay counts there
  if (at === 'LEFT' ? toSiteId !== null : toSiteId === null) return;
  if (toState === 'SOURCE') return;
  const add = (state: StateName) => addRange(quantities[state], 0n, atMost, unknownAmount);
  if (movement.kind === 'RETURNED') add('returned');
  add(stateOf[toState]);
  // sent on, it may have come
  if (toState === 'IN_TRANSIT') add('onHand');
}
