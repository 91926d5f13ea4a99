/** Walks from one subject over lineage, fittings and containment, and says where each node's goods went. */
import type pg from 'pg';
import type { Clocks } from './clocks.js';
import { custodyLegs, productsOfNodes } from './custody.sql.js';
import { edgesOf, type Frontier } from './edges.sql.js';
import {
  type CustodyLeg,
  type Subject,
  subjectKey,
  type Trace,
  type TraceDirection,
  type TraceEdge,
  type TraceOptions,
  type WalkLimit,
} from './trace.js';

/** Most nodes of one trace, unless the caller says otherwise. */
export const TRACE_NODES_MAX = 20_000;

export async function traceFrom(
  client: pg.ClientBase,
  subject: Subject,
  direction: TraceDirection,
  options: TraceOptions = {},
): Promise<Trace> {
  const clocks: Clocks = { asOf: options.asOf ?? null, knownAt: options.knownAt ?? null };
  const walk: Walk = {
    client,
    clocks,
    maxDepth: options.maxDepth ?? null,
    maxNodes: options.maxNodes ?? TRACE_NODES_MAX,
    depths: new Map([[subjectKey(subject), { subject, depth: 0 }]]),
    edges: new Map(),
    limits: [],
  };
  if (direction !== 'BACKWARD') await walkLevels(walk, subject, 'FORWARD');
  if (direction !== 'FORWARD') await walkLevels(walk, subject, 'BACKWARD');
  return withCustody(walk);
}

interface Walk {
  client: pg.ClientBase;
  clocks: Clocks;
  maxDepth: number | null;
  maxNodes: number;
  depths: Map<string, { subject: Subject; depth: number }>;
  edges: Map<string, TraceEdge>;
  limits: WalkLimit[];
}

async function walkLevels(walk: Walk, start: Subject, direction: 'FORWARD' | 'BACKWARD'): Promise<void> {
  const seen = new Set([subjectKey(start)]);
  let level: Subject[] = [start];
  for (let depth = 1; level.length > 0; depth += 1) {
    const edges = await edgesOf(walk.client, frontierOf(level), direction, walk.clocks);
    if (walk.maxDepth !== null && depth > walk.maxDepth) {
      if (edges.some((edge) => !seen.has(subjectKey(direction === 'FORWARD' ? edge.to : edge.from)))) {
        walk.limits.push({
          kind: 'DEPTH',
          value: walk.maxDepth,
          message: `the walk stopped at depth ${walk.maxDepth}`,
        });
      }
      return;
    }
    level = [];
    for (const edge of edges) {
      const far = direction === 'FORWARD' ? edge.to : edge.from;
      const key = subjectKey(far);
      if (!seen.has(key)) {
        if (walk.depths.size >= walk.maxNodes) {
          walk.limits.push({
            kind: 'NODES',
            value: walk.maxNodes,
            message: `the walk stopped at ${walk.maxNodes} nodes`,
          });
          return;
        }
        seen.add(key);
        level.push(far);
        if (!walk.depths.has(key))
          walk.depths.set(key, { subject: far, depth: direction === 'FORWARD' ? depth : -depth });
      }
      walk.edges.set(`${subjectKey(edge.from)}>${subjectKey(edge.to)}:${edge.eventKey ?? edge.kind}`, edge);
    }
  }
}

function frontierOf(subjects: readonly Subject[]): Frontier {
  const frontier: Frontier = { batches: [], items: [], units: [] };
  for (const subject of subjects) {
    if (subject.kind === 'BATCH') frontier.batches.push(subject.batchId);
    else if (subject.kind === 'ITEM') frontier.items.push(subject.itemId);
    else frontier.units.push(subject.unitId);
  }
  return frontier;
}

async function withCustody(walk: Walk): Promise<Trace> {
  const frontier = frontierOf([...walk.depths.values()].map(({ subject }) => subject));
  const legs = await custodyLegs(walk.client, frontier.batches, frontier.items, walk.clocks);
  const products = await productsOfNodes(walk.client, frontier.batches, frontier.items, walk.clocks);
  const legsOf = new Map<string, CustodyLeg[]>();
  const push = (key: string, leg: CustodyLeg) => {
    const found = legsOf.get(key);
    if (found) found.push(leg);
    else legsOf.set(key, [leg]);
  };
  for (const leg of legs) {
    if (products.batches.has(leg.batchId)) push(`batch:${leg.batchId}`, leg);
    if (leg.itemId !== null && products.items.has(leg.itemId)) push(`item:${leg.itemId}`, leg);
  }
  const nodes = [...walk.depths.entries()].map(([key, { subject, depth }]) => {
    const item = subject.kind === 'ITEM' ? products.items.get(subject.itemId) : undefined;
    const batchId = subject.kind === 'BATCH' ? subject.batchId : (item?.batchId ?? null);
    const productId =
      subject.kind === 'BATCH' ? (products.batches.get(subject.batchId) ?? null) : (item?.productId ?? null);
    return { subject, depth, batchId, productId, custody: legsOf.get(key) ?? [] };
  });
  return { nodes, edges: [...walk.edges.values()], limits: walk.limits };
}
