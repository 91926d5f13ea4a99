/** Walks from subjects over lineage, fittings and containment, level by level: each node once, so cycles are harmless. */
import type pg from 'pg';
import type { Clocks } from './clocks.js';
import { edgesOf, type Frontier } from './edges.sql.js';
import { answerLimits } from './limits.js';
import { productsOfNodes } from './products-of-nodes.sql.js';
import {
  type EdgeKind,
  type Subject,
  subjectKey,
  type Trace,
  type TraceDirection,
  type TraceEdge,
  type TraceNode,
  type TraceOptions,
  type WalkLimit,
} from './trace.js';

/** Everything reached from the subjects together; depth is that of the nearest. */
export async function walkFrom(
  client: pg.ClientBase,
  subjects: readonly Subject[],
  direction: TraceDirection,
  options: TraceOptions = {},
): Promise<Trace> {
  const limits = { ...answerLimits, ...options.limits };
  const walk: Walk = {
    client,
    clocks: { asOf: options.asOf ?? null, knownAt: options.knownAt ?? null },
    maxDepth: least(options.maxDepth ?? null, limits.traceDepth),
    maxNodes: limits.traceNodes,
    maxEdges: limits.traceLevelEdges,
    found: new Map(subjects.map((subject) => [subjectKey(subject), { subject, depth: 0 }])),
    edges: new Map(),
    limits: new Map(),
  };
  if (direction !== 'BACKWARD') await walkLevels(walk, subjects, 'FORWARD');
  if (direction !== 'FORWARD') await walkLevels(walk, subjects, 'BACKWARD');
  return {
    nodes: await withProducts(walk),
    edges: [...walk.edges.values()],
    limits: [...walk.limits.values()],
  };
}

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

interface Walk {
  client: pg.ClientBase;
  clocks: Clocks;
  maxDepth: number | null;
  maxNodes: number;
  /** Of one level. */
  maxEdges: number;
  found: Map<string, { subject: Subject; depth: number }>;
  edges: Map<string, TraceEdge>;
  limits: Map<WalkLimit['kind'], WalkLimit>;
}

interface Reached {
  subject: Subject;
  /** False: a batch reached as that of one of its items, so that the parts of its other items are none of the walk's. */
  whole: boolean;
}

const reachedKey = ({ subject, whole }: Reached): string => `${subjectKey(subject)}${whole ? '' : ':member'}`;

async function walkLevels(
  walk: Walk,
  starts: readonly Subject[],
  direction: 'FORWARD' | 'BACKWARD',
): Promise<void> {
  let level: Reached[] = starts.map((subject) => ({ subject, whole: true }));
  const seen = new Set(level.map(reachedKey));
  for (let depth = 1; level.length > 0; depth += 1) {
    const edges = await edgesOf(walk.client, frontierOf(level), direction, {
      ...walk.clocks,
      limit: walk.maxEdges + 1,
    });
    if (edges.length > walk.maxEdges) {
      const message = `the walk read ${walk.maxEdges} steps of a level, and there are more`;
      walk.limits.set('EDGES', { kind: 'EDGES', value: walk.maxEdges, message });
    }
    const next: Reached[] = [];
    for (const edge of edges.slice(0, walk.maxEdges)) {
      const far = farEnd(edge, direction);
      if (seen.has(reachedKey(far)) || seen.has(subjectKey(far.subject))) {
        keepEdge(walk, edge);
        continue;
      }
      if (walk.maxDepth !== null && depth > walk.maxDepth) {
        const message = `the walk stopped at depth ${walk.maxDepth}`;
        walk.limits.set('DEPTH', { kind: 'DEPTH', value: walk.maxDepth, message });
        continue;
      }
      const key = subjectKey(far.subject);
      if (!walk.found.has(key)) {
        if (walk.found.size >= walk.maxNodes) {
          stopAtNodes(walk);
          continue;
        }
        walk.found.set(key, { subject: far.subject, depth: direction === 'FORWARD' ? depth : -depth });
      }
      seen.add(reachedKey(far));
      next.push(far);
      keepEdge(walk, edge);
    }
    level = walk.limits.size > 0 && walk.found.size >= walk.maxNodes ? [] : next;
  }
}

function stopAtNodes(walk: Walk): void {
  const message = `the walk stopped at ${walk.maxNodes} nodes`;
  walk.limits.set('NODES', { kind: 'NODES', value: walk.maxNodes, message });
}

const farEnd = (edge: TraceEdge, direction: 'FORWARD' | 'BACKWARD'): Reached => ({
  subject: direction === 'FORWARD' ? edge.to : edge.from,
  whole: !(edge.kind === 'MEMBER' && direction === 'BACKWARD' && edge.from.kind === 'BATCH'),
});

export const edgeKey = (edge: {
  kind: EdgeKind;
  from: Subject;
  to: Subject;
  eventKey: string | null;
}): string => `${edge.kind}:${subjectKey(edge.from)}>${subjectKey(edge.to)}:${edge.eventKey ?? ''}`;

const keepEdge = (walk: Walk, edge: TraceEdge): void => {
  walk.edges.set(edgeKey(edge), edge);
};

function frontierOf(level: readonly Reached[]): Frontier {
  const frontier: Frontier = { batches: [], wholeBatches: [], items: [], units: [] };
  for (const { subject, whole } of level) {
    if (subject.kind === 'BATCH') {
      frontier.batches.push(subject.batchId);
      if (whole) frontier.wholeBatches.push(subject.batchId);
    } else if (subject.kind === 'ITEM') frontier.items.push(subject.itemId);
    else frontier.units.push(subject.unitId);
  }
  return frontier;
}

async function withProducts(walk: Walk): Promise<TraceNode[]> {
  const found = [...walk.found.values()];
  const batchIds = found.flatMap(({ subject }) => (subject.kind === 'BATCH' ? [subject.batchId] : []));
  const itemIds = found.flatMap(({ subject }) => (subject.kind === 'ITEM' ? [subject.itemId] : []));
  const products = await productsOfNodes(walk.client, batchIds, itemIds, walk.clocks);
  return found.map(({ subject, depth }) => {
    const item = subject.kind === 'ITEM' ? products.items.get(subject.itemId) : undefined;
    const batchId = subject.kind === 'BATCH' ? subject.batchId : (item?.batchId ?? null);
    const productId =
      subject.kind === 'BATCH' ? (products.batches.get(subject.batchId) ?? null) : (item?.productId ?? null);
    return { subject, depth, batchId, productId };
  });
}
