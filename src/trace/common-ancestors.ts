/** What do these subjects share? */
import type pg from 'pg';
import type { Clocks } from './clocks.js';
import type { CommonAncestor, Subject } from './trace.js';
import { traceFrom } from './trace-from.js';

/** Batches that more than one subject was made from or contains, most shared first, then nearest. */
export async function commonAncestors(
  client: pg.ClientBase,
  subjects: readonly Subject[],
  clocks: Partial<Clocks> = {},
): Promise<CommonAncestor[]> {
  const ancestors = new Map<bigint, CommonAncestor>();
  for (const subject of subjects) {
    const trace = await traceFrom(client, subject, 'BACKWARD', clocks);
    const depths = new Map<bigint, { productId: bigint; depth: number }>();
    for (const node of trace.nodes) {
      if (node.batchId === null || node.productId === null) continue;
      const depth = -node.depth;
      const before = depths.get(node.batchId);
      if (before === undefined || depth < before.depth)
        depths.set(node.batchId, { productId: node.productId, depth });
    }
    for (const [batchId, { productId, depth }] of depths) {
      const found = ancestors.get(batchId) ?? { batchId, productId, subjects: 0, depth: 0 };
      found.subjects += 1;
      found.depth = Math.max(found.depth, depth);
      ancestors.set(batchId, found);
    }
  }
  return [...ancestors.values()]
    .filter((ancestor) => ancestor.subjects > 1)
    .sort((a, b) => b.subjects - a.subjects || a.depth - b.depth || (a.batchId < b.batchId ? -1 : 1));
}
