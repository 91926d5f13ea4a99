/** From a walk to what the caller is shown of it: nodes it sees, tokens for what it only knows to exist, steps between them. */
import { opaqueToken, type Principal, seenBatches, seenItems, seenUnits } from '../../access/index.js';
import { engine, type RequestContext, requirePrincipal } from '../../graphql/index.js';
import { derivationGap } from '../../record/index.js';
import { formatQuantity } from '../../record/input/index.js';
import {
  edgeKey,
  type Subject,
  subjectKey,
  type TraceDirection,
  type TraceEdge,
  type TraceNode,
  type TraceOptions,
  type Trace as Walk,
  walkFrom,
} from '../index.js';
import type { Trace, TraceFrame, TraceNodeKind, TraceNodeType, TraceStep } from './trace.types.js';
import { readUnitsOfMeasure } from './units-of-measure.sql.js';

const nodeKinds: Record<Subject['kind'], TraceNodeKind> = {
  BATCH: 'BATCH',
  ITEM: 'ITEM',
  UNIT: 'LOGISTIC_UNIT',
};
const idOf = (subject: Subject): bigint =>
  subject.kind === 'BATCH' ? subject.batchId : subject.kind === 'ITEM' ? subject.itemId : subject.unitId;

/** Nearest first, forward before backward, then by kind and id: a text that sorts so. */
function orderKey({ subject, depth }: TraceNode): string {
  const pad = (value: bigint | number, digits: number): string => String(value).padStart(digits, '0');
  return `${pad(Math.abs(depth), 6)}${depth < 0 ? 'b' : 'a'}${subject.kind}${pad(idOf(subject), 19)}`;
}

export async function buildTrace(
  context: RequestContext,
  subject: Subject,
  direction: TraceDirection,
  options: TraceOptions,
): Promise<Trace> {
  const principal = requirePrincipal(context);
  const watermark = await context.snapshot.watermark();
  const { walk, seen, units } = await context.snapshot.read(engine, async (client) => {
    const found = await walkFrom(client, [subject], direction, options);
    const older = await derivationGap(client, options.knownAt ?? null);
    if (older !== null)
      found.limits.push({ kind: 'DERIVATION', value: older.version, message: older.message });
    return {
      walk: found,
      seen: await seenSubjects(client, principal, found),
      units: await readUnitsOfMeasure(
        client,
        found.nodes.flatMap((node) => node.productId ?? []),
      ),
    };
  });
  const clocks = { asOf: options.asOf ?? null, knownAt: options.knownAt ?? null };
  const question = [subjectKey(subject), direction, clocks, options.maxDepth ?? null];
  const frame: TraceFrame = { clocks, nodes: new Map(), steps: [], question };
  const byName = (key: string): boolean => seen.has(key);
  const shownAsToken = principal.role === 'MANUFACTURER';
  const nodes = walk.nodes
    .filter((node) => byName(subjectKey(node.subject)) || (shownAsToken && node.depth < 0))
    .map((node): TraceNodeType => {
      const kind = nodeKinds[node.subject.kind];
      const opaque = byName(subjectKey(node.subject))
        ? null
        : opaqueToken(context.secret, principal, opaqueTypes[node.subject.kind], idOf(node.subject));
      return { frame, node, key: orderKey(node), kind, depth: node.depth, opaque };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const node of nodes) frame.nodes.set(subjectKey(node.node.subject), node);
  frame.steps = walk.edges
    .flatMap((edge) => stepOf(frame, edge, units) ?? [])
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const viewLimited = nodes.length < walk.nodes.length || nodes.some((node) => node.opaque !== null);
  return {
    frame,
    direction,
    asOf: clocks.asOf ?? watermark,
    knownAt: clocks.knownAt ?? watermark,
    watermark,
    isComplete: walk.limits.length === 0 && !viewLimited,
    viewLimited,
    limits: walk.limits,
    nodeCount: nodes.length,
    stepCount: frame.steps.length,
  };
}

const opaqueTypes = { BATCH: 'Batch', ITEM: 'Item', UNIT: 'LogisticUnit' } as const;

async function seenSubjects(
  client: Parameters<typeof seenBatches>[0],
  principal: Principal,
  { nodes }: Walk,
): Promise<Set<string>> {
  const ids = (kind: Subject['kind']): bigint[] =>
    nodes.filter(({ subject }) => subject.kind === kind).map(({ subject }) => idOf(subject));
  const batches = await seenBatches(client, principal, ids('BATCH'));
  const items = await seenItems(client, principal, ids('ITEM'));
  const units = await seenUnits(client, principal, ids('UNIT'));
  return new Set([
    ...[...batches.keys()].map((id) => `batch:${id}`),
    ...[...items].map((id) => `item:${id}`),
    ...[...units].map((id) => `unit:${id}`),
  ]);
}

/** A step is shown when both its ends are; its amounts and times only when both are seen by name. */
function stepOf(frame: TraceFrame, edge: TraceEdge, units: ReadonlyMap<bigint, string>): TraceStep | null {
  const from = frame.nodes.get(subjectKey(edge.from));
  const to = frame.nodes.get(subjectKey(edge.to));
  if (from === undefined || to === undefined) return null;
  const named = from.opaque === null && to.opaque === null;
  const unit = from.node.productId === null ? 'PCE' : (units.get(from.node.productId) ?? 'PCE');
  return {
    frame,
    edge,
    key: `${from.key} ${to.key} ${edgeKey(edge)}`,
    kind: edge.kind,
    from,
    to,
    quantity: named && edge.quantity !== null ? formatQuantity(edge.quantity, unit) : null,
    startedAt: named ? edge.startedAt : null,
    endedAt: named ? edge.endedAt : null,
  };
}
