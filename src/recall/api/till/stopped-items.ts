/** Why single items of a party may not be sold: the reading of `sellable` of one item, for all of them at once. */
import type pg from 'pg';
import {
  type OwnItem,
  readHeldItems,
  readMemberships,
  readRemedied,
  type Stop,
  type StopReason,
} from './block-list.sql.js';

export interface ItemReason {
  itemId: bigint;
  /** 0: everywhere. */
  siteId: bigint;
  why: StopReason;
  recallId: bigint | null;
}

const unique = (ids: readonly (bigint | null)[]): bigint[] => [
  ...new Set(ids.filter((id): id is bigint => id !== null)),
];

export async function reasonsOfItems(
  client: pg.ClientBase,
  items: readonly OwnItem[],
  stops: readonly Stop[],
): Promise<ItemReason[]> {
  const itemIds = items.map((item) => item.itemId);
  const versionOf = new Map(stops.map((stop) => [stop.versionId, stop.recallId]));
  const members = await readMemberships(client, itemIds, unique([...versionOf.keys()]));
  const told = new Set(members.map((member) => `${member.versionId} ${member.itemId}`));
  const held = await readHeldItems(client, {
    itemIds,
    batchIds: unique(items.flatMap((item) => item.batchIds)),
    holdIds: unique(stops.map((stop) => stop.holdId)),
  });
  const heldAs = new Map(held.map((row) => [`${row.holdId} ${row.batchId} ${row.itemId}`, row.released]));
  const stopsOf = Map.groupBy(stops, (stop) => stop.batchId);

  const reasons: ItemReason[] = members.flatMap(({ itemId, versionId, spared }) =>
    spared ? [] : [{ itemId, siteId: 0n, why: 'RECALL', recallId: versionOf.get(versionId) ?? null }],
  );
  for (const { itemId, batchIds } of items)
    for (const batchId of batchIds)
      for (const stop of stopsOf.get(batchId) ?? [])
        if (covers(stop, itemId))
          reasons.push({ itemId, siteId: stop.siteId, why: stop.why, recallId: stop.recallId });

  const named = reasons.flatMap(({ recallId, itemId }) => (recallId === null ? [] : [{ recallId, itemId }]));
  const remedied = new Set(
    (await readRemedied(client, named)).map((pair) => `${pair.recallId} ${pair.itemId}`),
  );
  return reasons.filter(({ recallId, itemId }) => !remedied.has(`${recallId} ${itemId}`));

  function covers({ why, whole, versionId, holdId, batchId }: Stop, itemId: bigint): boolean {
    if (why === 'RECALL') return whole && !told.has(`${versionId} ${itemId}`);
    if (why !== 'HOLD') return true;
    const released = heldAs.get(`${holdId} ${batchId} ${itemId}`);
    return released === undefined ? whole : !released;
  }
}
