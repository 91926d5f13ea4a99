/** How a derivation nets what it changed, before anything is written. */
import type { PoolClient } from 'pg';
import { describe, expect, test } from 'vitest';
import { foldBalances, type LegChange } from '../../src/record/derive/fold-balances.js';
import {
  addDirty,
  type Change,
  type Derivation,
  keysOf,
  reconcileRows,
  signOf,
} from '../../src/record/derive/run.js';

/** A connection that notes what it is asked and answers one row. */
function listening() {
  const asked: unknown[][] = [];
  const query = async (_: string, values: unknown[]) => {
    asked.push(values);
    return { rows: [{ change: 'OPENED' }] };
  };
  return { asked, client: { query } as unknown as PoolClient };
}

describe('balances', () => {
  const leg = (
    change: Change['change'],
    quantity: bigint,
    more: Partial<LegChange> = {},
  ): LegChange & Change => ({
    ...{ batch_id: 1n, site_id: 2n, party_id: 3n, counterparty_id: null, state: 'ON_HAND', owner_id: 4n },
    ...{ quantity, unknown_amount: false, change },
    ...more,
  });
  /** Accounts as they are written: batch, site, party, state, owner, amount, legs of unknown amount. */
  async function folded(...legs: (LegChange & Change)[]): Promise<string[]> {
    const { asked, client } = listening();
    await foldBalances(client, legs);
    expect(asked.length).toBeLessThanOrEqual(1);
    const columns = (asked[0] ?? []) as unknown[][];
    // nothing to write is not written
    if (asked.length > 0) expect(columns[0]).not.toHaveLength(0);
    return (columns[0] ?? []).map((_, i) => columns.map((column) => String(column[i])).join(' '));
  }

  test('are written once an account, what was opened less what was closed', async () => {
    expect(
      await folded(
        leg('OPENED', 5n),
        leg('OPENED', -2n),
        leg('CLOSED', 1n),
        leg('OPENED', 7n, { site_id: 9n }),
        leg('OPENED', 8n, { state: 'SOLD' }),
        leg('OPENED', 9n, { batch_id: 6n }),
      ),
    ).toEqual(['1 2 3 ON_HAND 4 2 0', '1 9 3 ON_HAND 4 7 0', '1 2 3 SOLD 4 8 0', '6 2 3 ON_HAND 4 9 0']);
  });

  test('count legs of an unknown amount, and those that are so no longer', async () => {
    const unknown = { unknown_amount: true };
    expect(await folded(leg('OPENED', 0n, unknown), leg('OPENED', 0n, unknown))).toEqual([
      '1 2 3 ON_HAND 4 0 2',
    ]);
    expect(await folded(leg('CLOSED', 0n, unknown))).toEqual(['1 2 3 ON_HAND 4 0 -1']);
  });

  test('of which nothing changed are left alone, but not where a leg was opened: its owner may be another', async () => {
    expect(await folded()).toEqual([]);
    expect(await folded(leg('CLOSED', 5n), leg('CLOSED', -5n))).toEqual([]);
    expect(await folded(leg('CLOSED', 5n))).toEqual(['1 2 3 ON_HAND 4 -5 0']);
    expect(await folded(leg('CLOSED', 5n), leg('OPENED', 5n, { party_id: 8n, owner_id: 9n }))).toEqual([
      '1 2 8 ON_HAND 9 0 0',
    ]);
    expect(await folded(leg('OPENED', 5n, { party_id: 8n, owner_id: 9n }), leg('CLOSED', 4n))).toEqual([
      '1 2 8 ON_HAND 9 1 0',
    ]);
  });
});

describe('a derivation', () => {
  const derivation = (client: PoolClient): Derivation => ({
    client,
    recordedAt: new Date(0),
    dirty: new Map(),
  });

  test('holds each event once, in the order they were found, and gives those of some kinds', () => {
    const one = derivation(listening().client);
    addDirty(one, [
      { event_key: 'a', kind: 'SOLD' },
      { event_key: 'b', kind: 'MADE' },
      { event_key: 'c', kind: 'SOLD' },
    ]);
    addDirty(one, [{ event_key: 'a', kind: 'SOLD' }]);
    expect([keysOf(one, ['SOLD']), keysOf(one, ['MADE', 'SOLD']), keysOf(one, [])]).toEqual([
      ['a', 'c'],
      ['a', 'b', 'c'],
      [],
    ]);
  });

  test('asks nothing where no key is dirty, else with its keys, its moment and what a step adds', async () => {
    const { asked, client } = listening();
    expect(await reconcileRows(derivation(client), 'select', [])).toEqual([]);
    expect(asked).toEqual([]);
    expect(await reconcileRows(derivation(client), 'select', ['a'], 7n)).toEqual([{ change: 'OPENED' }]);
    expect(asked).toEqual([[['a'], new Date(0), 7n]]);
  });

  test('counts what it opened up and what it closed down', () => {
    expect([signOf({ change: 'OPENED' }), signOf({ change: 'CLOSED' })]).toEqual([1, -1]);
  });
});
