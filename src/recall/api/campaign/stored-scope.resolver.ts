/** A frozen scope as it was frozen: its members by page, and whether its rows still give its digest. */
import { Args, Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import {
  arrayPage,
  type Connection,
  connectionOf,
  engine,
  PageArgs,
  type RequestContext,
} from '../../../graphql/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../../production/index.js';
import type { Certainty, ScopeNode } from '../../scope.js';
import { certainties } from '../scope-enums.types.js';
import { digestOf } from './frozen-scope.sql.js';
import { ScopeVersion } from './recall.types.js';
import { membersOf } from './scope-changes.js';
import { storedScope } from './stored-scope.sql.js';

@ObjectType({ description: 'A batch or item of a frozen scope.' })
export class ScopeMember {
  key!: string;
  node!: ScopeNode;

  @Field(() => certainties, { description: 'How surely it was in.' })
  certainty!: Certainty;
}

export const ScopeMemberConnection = connectionOf(() => ScopeMember, 'ScopeMember');

@Resolver(() => ScopeVersion)
export class StoredScopeResolver {
  @FieldResolver(() => Boolean, {
    description: 'Whether its stored members give its digest again: false means that somebody changed them.',
  })
  async isIntact(
    @Root() { versionId, digest }: ScopeVersion,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    const found = await context.snapshot.read(engine, (client) => digestOf(client, versionId));
    return found.toString('hex') === digest;
  }

  @FieldResolver(() => ScopeMemberConnection, { description: 'Its members as frozen, batches before items.' })
  async members(
    @Root() { versionId }: ScopeVersion,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<ScopeMember>> {
    const members = await context.snapshot.read(engine, async (client) =>
      membersOf(client, await storedScope(client, versionId)),
    );
    const rows = [...members].map(([key, member]): ScopeMember => ({ key, ...member }));
    return arrayPage(context, { field: 'scopeVersion.members', filter: versionId }, args, {
      rows: rows.sort((a, b) => (a.key < b.key ? -1 : 1)),
      keyOf: (row) => row.key,
    });
  }
}

@Resolver(() => ScopeMember)
export class ScopeMemberResolver {
  @FieldResolver(() => Batch, { nullable: true, description: 'The batch; null: it is an item.' })
  async batch(@Root() { node }: ScopeMember, @Ctx() context: RequestContext): Promise<Batch | null> {
    return node.kind === 'BATCH' ? loadBatch(context, node.batchId) : null;
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item; null: it is a batch.' })
  async item(@Root() { node }: ScopeMember, @Ctx() context: RequestContext): Promise<Item | null> {
    return node.kind === 'ITEM' ? loadItem(context, node.itemId) : null;
  }
}
