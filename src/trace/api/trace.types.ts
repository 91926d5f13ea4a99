/** A trace, as the API shows it: what the walk found, the steps between, and where it stopped. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, DecimalText } from '../../graphql/index.js';
import type { Clocks, TraceEdge, TraceNode, WalkLimit } from '../index.js';

export const traceDirections = { FORWARD: 'FORWARD', BACKWARD: 'BACKWARD', BOTH: 'BOTH' } as const;
registerEnumType(traceDirections, {
  name: 'TraceDirection',
  description: 'Which way a trace walks.',
  valuesConfig: {
    FORWARD: { description: 'Into what it was made or built into, and the units it was packed in.' },
    BACKWARD: { description: 'To what it was made of, its parts, and the contents of units.' },
    BOTH: { description: 'Forward and backward from the subject; not forward from what lies behind it.' },
  },
});

export const traceNodeKinds = { BATCH: 'BATCH', ITEM: 'ITEM', LOGISTIC_UNIT: 'LOGISTIC_UNIT' } as const;
export type TraceNodeKind = keyof typeof traceNodeKinds;
registerEnumType(traceNodeKinds, {
  name: 'TraceNodeKind',
  description: 'What a node of a trace is.',
  valuesConfig: {
    BATCH: { description: 'A batch.' },
    ITEM: { description: 'A serialised item.' },
    LOGISTIC_UNIT: { description: 'A case, pallet, container or what else holds others.' },
  },
});

export const traceStepKinds = {
  MADE: 'MADE',
  FITTED: 'FITTED',
  CONTAINED: 'CONTAINED',
  MEMBER: 'MEMBER',
} as const;
export type TraceStepKind = keyof typeof traceStepKinds;
registerEnumType(traceStepKinds, {
  name: 'TraceStepKind',
  description: 'How two nodes of a trace hang together.',
  valuesConfig: {
    MADE: { description: 'The second batch was made from the first.' },
    FITTED: { description: 'The first was built into the second.' },
    CONTAINED: { description: 'The first was packed into the second.' },
    MEMBER: {
      description: 'The second item is one of the first batch, or the second unit is the first item itself.',
    },
  },
});

export const traceLimitKinds = {
  DEPTH: 'DEPTH',
  NODES: 'NODES',
  EDGES: 'EDGES',
  DERIVATION: 'DERIVATION',
} as const;
registerEnumType(traceLimitKinds, {
  name: 'TraceLimitKind',
  description: 'What stopped a walk, or what it could not rely on.',
  valuesConfig: {
    DEPTH: { description: 'The depth asked for, or the most of one walk.' },
    NODES: { description: 'The most nodes of one walk.' },
    EDGES: { description: 'The most steps read of one level.' },
    DERIVATION: {
      description:
        'Rows that an older version of the service derived, and that have not been derived again, or had not at `knownAt`.',
    },
  },
});

@ObjectType({ description: 'Where a walk stopped although more lay beyond, or may have missed some.' })
export class TraceLimit implements WalkLimit {
  @Field(() => traceLimitKinds, { description: 'What stopped it.' })
  kind!: WalkLimit['kind'];

  @Field(() => Int, { description: 'The limit; of DERIVATION the version that the rows are of.' })
  value!: number;

  @Field(() => String, { description: 'The same in words.' })
  message!: string;
}

/** What every node and step of one trace shares. */
export interface TraceFrame {
  clocks: Clocks;
  /** Nodes in the order of the list, by key. */
  nodes: Map<string, TraceNodeType>;
  steps: TraceStep[];
  /** Tells traces of one request, and their cursors, apart. */
  question: unknown;
}

@ObjectType({ description: 'What a walk over lineage, fittings and packings found from one subject.' })
export class Trace {
  frame!: TraceFrame;

  @Field(() => traceDirections, { description: 'Which way it walked.' })
  direction!: keyof typeof traceDirections;

  @Field(() => DateTime, { description: 'What was true then; events after it are left out.' })
  asOf!: Date;

  @Field(() => DateTime, { description: 'What was known then.' })
  knownAt!: Date;

  @Field(() => DateTime, {
    description:
      'Below this moment nothing can still appear. To page through one unchanging trace, give it as `knownAt` from the second page on.',
  })
  watermark!: Date;

  @Field(() => Boolean, {
    description: 'False when there are limits or nodes are hidden from this caller.',
  })
  isComplete!: boolean;

  @Field(() => Boolean, { description: 'True when nodes are left out that this caller does not see.' })
  viewLimited!: boolean;

  @Field(() => [TraceLimit], {
    description: 'Where the walk stopped although more lay beyond, or may have missed some.',
  })
  limits!: TraceLimit[];

  @Field(() => Int, { description: 'Number of nodes, the subject included, that this caller is shown.' })
  nodeCount!: number;

  @Field(() => Int, { description: 'Number of steps between them.' })
  stepCount!: number;
}

@ObjectType('TraceNode', {
  description: 'A batch, item or logistic unit that a trace found; each is there once.',
})
export class TraceNodeType {
  frame!: TraceFrame;
  node!: TraceNode;
  /** Place in the order of the list. */
  key!: string;

  @Field(() => traceNodeKinds, { description: 'What it is.' })
  kind!: TraceNodeKind;

  @Field(() => Int, {
    description: 'Steps from the subject: positive forward, negative backward, 0 the subject itself.',
  })
  depth!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'Stands for a node that the caller does not see by name, always the same for this caller; null: it is seen.',
  })
  opaque!: string | null;
}

@ObjectType({ description: 'How two nodes of a trace hang together, in the direction of the goods.' })
export class TraceStep {
  frame!: TraceFrame;
  edge!: TraceEdge;
  key!: string;

  @Field(() => traceStepKinds, { description: 'How they hang together.' })
  kind!: TraceStepKind;

  @Field(() => TraceNodeType, { description: 'The input, part, content, or batch.' })
  from!: TraceNodeType;

  @Field(() => TraceNodeType, { description: 'The output, parent, unit, or item.' })
  to!: TraceNodeType;

  @Field(() => DecimalText, {
    nullable: true,
    description:
      'How much went in, in the unit of the first; of a packing, negative what was taken out. Null: an unknown amount, or not shown.',
  })
  quantity!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was made, fitted or packed; null: not known or not shown.',
  })
  startedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was taken out; null: it is in, or not shown.',
  })
  endedAt!: Date | null;
}

@ObjectType('CommonAncestor', {
  description: 'A batch that several of the subjects were made from or contain.',
})
export class CommonAncestorType {
  batchId!: bigint;

  @Field(() => Int, { description: 'How many of the subjects descend from it.' })
  subjects!: number;

  @Field(() => Int, { description: 'Most steps from it down to one of these subjects.' })
  depth!: number;
}
