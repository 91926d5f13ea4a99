/** How much each caller may ask for over time: points that are spent by operations and come back each second. */

export interface Budget {
  points: number;
  perSecond: number;
}

export interface Spent {
  /** Null: spent; else the seconds until there is enough. */
  retryAfterSeconds: number | null;
  remaining: number;
}

export interface Budgets {
  /** Spends points of a caller, or nothing when there are too few. */
  spend(caller: string, points: number, budget: Budget): Spent;
}

interface Account {
  points: number;
  at: number;
}

/**
 * The clock is one that nobody sets: set back by a day, it would keep a caller out for a day.
 * Accounts in memory, at most `accountsMax`: the longest unseen, which have the most points, are forgotten first.
 */
export function createBudgets(accountsMax: number, now: () => number = () => performance.now()): Budgets {
  const accounts = new Map<string, Account>();
  return {
    spend(caller, points, budget) {
      const at = now();
      const before = accounts.get(caller) ?? { points: budget.points, at };
      const saved = Math.min(budget.points, before.points + ((at - before.at) / 1000) * budget.perSecond);
      const enough = saved >= points;
      accounts.delete(caller); // the map's order is that of last use
      accounts.set(caller, { points: enough ? saved - points : saved, at });
      const oldest = accounts.keys().next();
      if (accounts.size > accountsMax && !oldest.done) accounts.delete(oldest.value);
      return enough
        ? { retryAfterSeconds: null, remaining: Math.floor(saved - points) }
        : {
            retryAfterSeconds: Math.max(1, Math.ceil((points - saved) / budget.perSecond)),
            remaining: Math.floor(saved),
          };
    },
  };
}

/**
 * Who an address stands for: of IPv6 its network of 64 bits, which one customer has whole; else who has one could ask
 * from 2^64 addresses, each with a budget of its own.
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : Array<string>(8 - head.length - tail.length).fill('0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}
