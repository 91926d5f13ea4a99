/** What became of a frozen scope since: the differences a notice, or a further version, has to tell. */
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  Int,
  ObjectType,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import {
  arrayPage,
  type Connection,
  connectionOf,
  PageArgs,
  type RequestContext,
} from '../../../graphql/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../../production/index.js';
import type { Certainty, ScopeNode } from '../../scope.js';
import { certainties } from '../scope-enums.types.js';
import { causesSince, compareVersions } from './compare-versions.js';
import { ScopeVersion } from './recall.types.js';
import type { ChangeKind } from './scope-changes.js';

export const changeKinds = { ADDED: 'ADDED', REMOVED: 'REMOVED', CHANGED: 'CHANGED' } as const;
registerEnumType(changeKinds, {
  name: 'ScopeChangeKind',
  description: 'What became of a member.',
  valuesConfig: {
    ADDED: { description: 'It came in.' },
    REMOVED: { description: 'It went out.' },
    CHANGED: { description: 'Its certainty changed.' },
  },
});

@ObjectType({ description: 'One member that differs between a frozen scope and what is known now.' })
export class ScopeChange {
  node!: ScopeNode;
  key!: string;

  @Field(() => changeKinds, { description: 'What became of it.' })
  kind!: ChangeKind;

  @Field(() => certainties, { nullable: true, description: 'How surely it was in; null: it was not.' })
  before!: Certainty | null;

  @Field(() => certainties, { nullable: true, description: 'How surely it is in; null: it is not.' })
  after!: Certainty | null;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the event recorded since that did it; null where no single event on its chain did.',
  })
  eventId!: string | null;
}

export const ScopeChangeConnection = connectionOf(() => ScopeChange, 'ScopeChange');

@ObjectType({ description: 'How many members differ.' })
export class ScopeChangeCounts {
  @Field(() => Int, { description: 'Batches and items that came in.' })
  added!: number;

  @Field(() => Int, { description: 'Batches and items that went out.' })
  removed!: number;

  @Field(() => Int, { description: 'Batches and items whose certainty changed.' })
  changed!: number;
}

const until = 'Number of a later version to compare with; absent: what is known now.';

@Resolver(() => ScopeVersion)
export class ScopeChangesResolver {
  @FieldResolver(() => ScopeChangeCounts, {
    description: 'How far it differs from what is known now, or from a later version.',
  })
  async changeCounts(
    @Arg('until', () => Int, { nullable: true, description: until }) later: number | null,
    @Root() version: ScopeVersion,
    @Ctx() context: RequestContext,
  ): Promise<ScopeChangeCounts> {
    const { changes } = await compareVersions(context, version, later ?? null);
    const count = (kind: ChangeKind) => changes.filter((change) => change.kind === kind).length;
    return { added: count('ADDED'), removed: count('REMOVED'), changed: count('CHANGED') };
  }

  @FieldResolver(() => ScopeChangeConnection, {
    description:
      'What differs between it and what is known now, or a later version, batches before items, with the event that did it.',
  })
  async changes(
    @Arg('until', () => Int, { nullable: true, description: until }) later: number | null,
    @Root() version: ScopeVersion,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<ScopeChange>> {
    const { changes } = await compareVersions(context, version, later ?? null);
    const rows = changes.map((change): ScopeChange => ({ ...change, eventId: null }));
    const page = await arrayPage(
      context,
      { field: 'scopeVersion.changes', filter: [version.versionId, later ?? null] },
      args,
      {
        rows,
        keyOf: (row) => row.key,
      },
    );
    const shown = page.edges.map((edge) => edge.node);
    const causes = await causesSince(context, version, later ?? null, shown);
    for (const change of shown) change.eventId = causes.get(change.key) ?? null;
    return page;
  }
}

@Resolver(() => ScopeChange)
export class ScopeChangeResolver {
  @FieldResolver(() => Batch, { nullable: true, description: 'The batch; null: it is an item.' })
  async batch(@Root() { node }: ScopeChange, @Ctx() context: RequestContext): Promise<Batch | null> {
    return node.kind === 'BATCH' ? loadBatch(context, node.batchId) : null;
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item; null: it is a batch.' })
  async item(@Root() { node }: ScopeChange, @Ctx() context: RequestContext): Promise<Item | null> {
    return node.kind === 'ITEM' ? loadItem(context, node.itemId) : null;
  }
}
