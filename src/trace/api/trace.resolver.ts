/** Where does it go, where does it come from, and what do these share? */
import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { seenBatches } from '../../access/index.js';
import { LogisticUnit, loadUnit } from '../../distribution/index.js';
import {
  arrayPage,
  type Connection,
  connectionOf,
  DateTime,
  engine,
  PageArgs,
  Refusal,
  type RequestContext,
  requirePrincipal,
} from '../../graphql/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../production/index.js';
import { derivationGap } from '../../record/index.js';
import { commonAncestors, type Subject, type TraceDirection } from '../index.js';
import { buildTrace } from './build-trace.js';
import { resolveSubject } from './resolve-subject.js';
import { SubjectInput } from './subject.types.js';
import {
  CommonAncestorType,
  Trace,
  type TraceNodeKind,
  TraceNodeType,
  TraceStep,
  type TraceStepKind,
  traceDirections,
  traceNodeKinds,
  traceStepKinds,
} from './trace.types.js';

export const SUBJECTS_MAX = 100;
const DEPTH_MAX = 1_000;

const TraceNodeConnection = connectionOf(() => TraceNodeType, 'TraceNode');
const TraceStepConnection = connectionOf(() => TraceStep, 'TraceStep');

@Resolver(() => Trace)
export class TraceResolver {
  @Query(() => Trace, {
    description:
      'Walks from a batch, item or logistic unit over making, fitting and packing: each node once, whatever circles the record has. NOT_FOUND when there is no such subject that the caller sees. Needs a token.',
  })
  async trace(
    @Arg('of', () => SubjectInput, { description: 'Where it starts.' }) of: SubjectInput,
    @Arg('direction', () => traceDirections, { description: 'Which way it walks.' })
    direction: TraceDirection,
    @Arg('asOf', () => DateTime, {
      nullable: true,
      description: 'What was true then; absent: everything recorded.',
    })
    asOf: Date | null,
    @Arg('knownAt', () => DateTime, { nullable: true, description: 'What was known then; absent: now.' })
    knownAt: Date | null,
    @Arg('maxDepth', () => Int, {
      nullable: true,
      description:
        "Most steps from the subject, 0 to 1000; absent: only the server's limits. What it cuts is in `limits`.",
    })
    maxDepth: number | null,
    @Ctx() context: RequestContext,
  ): Promise<Trace> {
    if (maxDepth != null && (maxDepth < 0 || maxDepth > DEPTH_MAX)) {
      throw new Refusal('BAD_INPUT', `maxDepth: ${maxDepth} is not in 0 to ${DEPTH_MAX}`);
    }
    const subject = await resolveSubject(context, of);
    return buildTrace(context, subject, direction, { asOf, knownAt, maxDepth, limits: context.answerLimits });
  }

  @FieldResolver(() => TraceNodeConnection, {
    description: 'What it found: the subject first, then nearest first, forward before backward.',
  })
  nodes(
    @Root() { frame }: Trace,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('kind', () => traceNodeKinds, { nullable: true, description: 'Only nodes of this kind.' })
    kind: TraceNodeKind | null,
    @Ctx() context: RequestContext,
  ): Promise<Connection<TraceNodeType>> {
    const rows = [...frame.nodes.values()].filter((node) => kind == null || node.kind === kind);
    const list = { field: 'trace.nodes', filter: [frame.question, kind ?? null] };
    return arrayPage(context, list, args, { rows, keyOf: (node) => node.key });
  }

  @FieldResolver(() => TraceStepConnection, { description: 'The steps between its nodes, nearest first.' })
  steps(
    @Root() { frame }: Trace,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('kind', () => traceStepKinds, { nullable: true, description: 'Only steps of this kind.' })
    kind: TraceStepKind | null,
    @Ctx() context: RequestContext,
  ): Promise<Connection<TraceStep>> {
    const rows = frame.steps.filter((step) => kind == null || step.kind === kind);
    const list = { field: 'trace.steps', filter: [frame.question, kind ?? null] };
    return arrayPage(context, list, args, { rows, keyOf: (step) => step.key });
  }
}

@Resolver(() => TraceNodeType)
export class TraceNodeResolver {
  @FieldResolver(() => Batch, {
    nullable: true,
    description: 'The batch, when it is one that the caller sees.',
  })
  async batch(
    @Root() { node, opaque }: TraceNodeType,
    @Ctx() context: RequestContext,
  ): Promise<Batch | null> {
    return opaque === null && node.subject.kind === 'BATCH' ? loadBatch(context, node.subject.batchId) : null;
  }

  @FieldResolver(() => Item, {
    nullable: true,
    description: 'The item, when it is one that the caller sees.',
  })
  async item(@Root() { node, opaque }: TraceNodeType, @Ctx() context: RequestContext): Promise<Item | null> {
    return opaque === null && node.subject.kind === 'ITEM' ? loadItem(context, node.subject.itemId) : null;
  }

  @FieldResolver(() => LogisticUnit, {
    nullable: true,
    description: 'The unit, when it is one that the caller sees.',
  })
  async logisticUnit(
    @Root() { node, opaque }: TraceNodeType,
    @Ctx() context: RequestContext,
  ): Promise<LogisticUnit | null> {
    return opaque === null && node.subject.kind === 'UNIT' ? loadUnit(context, node.subject.unitId) : null;
  }
}

@Resolver(() => CommonAncestorType)
export class CommonAncestorResolver {
  @Query(() => [CommonAncestorType], {
    description:
      'Batches that more than one of the subjects were made from or contain, most shared first, then nearest; those the caller sees. Refused with OPERATION_TOO_COSTLY when the walk is too large to be whole, with UNAVAILABLE while rows of an older version are derived again. Needs a token.',
  })
  async commonAncestors(
    @Arg('of', () => [SubjectInput], { description: 'The subjects, 2 to 100.' }) of: SubjectInput[],
    @Ctx() context: RequestContext,
  ): Promise<CommonAncestorType[]> {
    if (of.length < 2 || of.length > SUBJECTS_MAX) {
      throw new Refusal('BAD_INPUT', `of: ${of.length} subjects, at least 2 and at most ${SUBJECTS_MAX}`);
    }
    const principal = requirePrincipal(context);
    const subjects: Subject[] = [];
    for (const one of of) subjects.push(await resolveSubject(context, one));
    return context.snapshot.read(engine, async (client) => {
      const { ancestors, limits } = await commonAncestors(client, subjects, { limits: context.answerLimits });
      // a list has no place for what it may lack
      const older = await derivationGap(client, null);
      if (older !== null) throw new Refusal('UNAVAILABLE', `of: ${older.message}`);
      if (limits[0])
        throw new Refusal('OPERATION_TOO_COSTLY', `of: ${limits[0].message}; ask with fewer subjects`);
      const seen = await seenBatches(
        client,
        principal,
        ancestors.map(({ batchId }) => batchId),
      );
      return ancestors.filter(({ batchId }) => seen.has(batchId));
    });
  }

  @FieldResolver(() => Batch, { description: 'The batch.' })
  batch(@Root() ancestor: CommonAncestorType, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, ancestor.batchId);
  }
}
