/** What do these subjects share? One walk backward from all of them, then each one's own ancestors in memory. */
import type pg from 'pg';
import {
  type CommonAncestor,
  type Subject,
  subjectKey,
  type TraceEdge,
  type TraceOptions,
  type WalkLimit,
} from './trace.js';
import { walkFrom } from './walk-from.js';

export interface CommonAncestors {
  /** Most shared first, then nearest. */
  ancestors: CommonAncestor[];
  limits: WalkLimit[];
}

/** Batches that more than one of the subjects was made from or contains. */
export async function commonAncestors(
  client: pg.ClientBase,
  subjects: readonly Subject[],
  options: TraceOptions = {},
): Promise<CommonAncestors> {
  const { nodes, edges, limits } = await walkFrom(client, subjects, 'BACKWARD', options);
  const inward = new Map<string, TraceEdge[]>();
  for (const edge of edges) {
    const key = subjectKey(edge.to);
    inward.set(key, [...(inward.get(key) ?? []), edge]);
  }
  const counts = new Map<string, { subjects: number; depth: number }>();
  for (const subject of new Map(subjects.map((one) => [subjectKey(one), one])).values()) {
    for (const [key, depth] of depthsFrom(subject, inward)) {
      const count = counts.get(key) ?? { subjects: 0, depth: 0 };
      counts.set(key, { subjects: count.subjects + 1, depth: Math.max(count.depth, depth) });
    }
  }
  const ancestors = nodes.flatMap(({ subject, productId }): CommonAncestor[] => {
    const count = counts.get(subjectKey(subject));
    return subject.kind === 'BATCH' && productId !== null && count !== undefined && count.subjects > 1
      ? [{ batchId: subject.batchId, productId, ...count }]
      : [];
  });
  ancestors.sort((a, b) => b.subjects - a.subjects || a.depth - b.depth || (a.batchId < b.batchId ? -1 : 1));
  return { ancestors, limits };
}

/**
 * The fewest steps from a subject to each node that leads to it. Parts of a batch's items are followed only from the
 * batch as a whole, as the walk itself does.
 */
function depthsFrom(subject: Subject, inward: ReadonlyMap<string, TraceEdge[]>): Map<string, number> {
  const depths = new Map([[subjectKey(subject), 0]]);
  const seen = new Set([`${subjectKey(subject)}:whole`]);
  let level = [{ key: subjectKey(subject), whole: true }];
  for (let depth = 1; level.length > 0; depth += 1) {
    const next: typeof level = [];
    for (const { key, whole } of level) {
      for (const edge of inward.get(key) ?? []) {
        if (edge.kind === 'FITTED' && edge.to.kind === 'BATCH' && !whole) continue;
        const far = {
          key: subjectKey(edge.from),
          whole: !(edge.kind === 'MEMBER' && edge.from.kind === 'BATCH'),
        };
        const mark = `${far.key}:${far.whole ? 'whole' : 'member'}`;
        if (seen.has(mark) || seen.has(`${far.key}:whole`)) continue;
        seen.add(mark);
        if (!depths.has(far.key)) depths.set(far.key, depth);
        next.push(far);
      }
    }
    level = next;
  }
  return depths;
}
