/** A path counts only if its times can follow one another: what went in after an output had left cannot be in it. */
import type { Origins } from '../evaluate-rule.js';
import { type Graph, groupBy, type MadeRow } from './graph.js';

/** Rows that some path from an origin can pass; unknown times and pools rule nothing out. */
export function passableRows(graph: Graph, origins: Origins): MadeRow[] {
  const byInput = groupBy(graph.made, (row) => row.input);
  const earliest = new Map<bigint, number>();
  const queue: bigint[] = [];
  const reach = (batchId: bigint, time: number) => {
    if (time >= (earliest.get(batchId) ?? Infinity) && earliest.has(batchId)) return;
    earliest.set(batchId, time);
    queue.push(batchId);
  };
  for (const batchId of origins.batches.keys()) reach(batchId, -Infinity);
  for (const named of origins.items.values()) if (named.truth !== 'FALSE') reach(named.batchId, -Infinity);
  for (const fitting of graph.fittings) reach(fitting.parentBatch, -Infinity);
  for (const guess of graph.guesses) reach(guess.toBatch ?? guess.toItem?.batchId ?? 0n, -Infinity);
  const passable = new Set<MadeRow>();
  // the queue grows while it is walked
  for (const batchId of queue) {
    const since = earliest.get(batchId) ?? Infinity;
    for (const row of byInput.get(batchId) ?? []) {
      const end = (row.to ?? row.at)?.getTime() ?? Infinity;
      if (row.pool === null && end < since) continue;
      passable.add(row);
      const start = row.pool === null ? Math.max(row.at?.getTime() ?? since, since) : -Infinity;
      reach(row.output, start);
    }
  }
  return [...passable];
}
