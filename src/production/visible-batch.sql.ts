/** Which batches and items a caller sees, and which of them are under its brand. */
import type pg from 'pg';
import { type Principal, seenBatches, seenItems } from '../access/index.js';

/** `owned`: of its own products; its custody is shown to the owner everywhere. */
export interface VisibleBatches {
  visible: Set<bigint>;
  owned: Set<bigint>;
}

export async function visibleBatches(
  client: pg.PoolClient,
  principal: Principal,
  batchIds: bigint[],
): Promise<VisibleBatches> {
  const seen = await seenBatches(client, principal, batchIds);
  const owned = [...seen].filter(([, sight]) => sight === 'OWN' || sight === 'ALL');
  return { visible: new Set(seen.keys()), owned: new Set(owned.map(([id]) => id)) };
}

/** An item is seen with its product, or by who handled that very item or a part of it. */
export const isItemVisible = async (
  client: pg.PoolClient,
  principal: Principal,
  itemId: bigint,
): Promise<boolean> => (await seenItems(client, principal, [itemId])).has(itemId);
