/** Recalls: asked by number or by page, opened, moved, their frozen scopes. */
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  type Connection,
  engine,
  groupBy,
  keysetPage,
  loaderOf,
  nodeId,
  PageArgs,
  type RequestContext,
  RuleJson,
  requirePrincipal,
} from '../../../graphql/index.js';
import { loadParty, Party } from '../../../parties/index.js';
import type { Rule } from '../../rule.js';
import { recallScopeOf } from '../scope.resolver.js';
import { RecallScope } from '../scope.types.js';
import { readAuthorities } from './authority.sql.js';
import {
  CloseRecallInput,
  CompleteRecallInput,
  FreezeScopeInput,
  FreezeScopePayload,
  OpenRecallInput,
  PublishRecallInput,
  RecallPayload,
  ReviseScopeInput,
  WithdrawRecallInput,
} from './command.types.js';
import { readVersions } from './frozen-scope.sql.js';
import { moveRecall } from './move-recall.js';
import { openRecall } from './open-recall.js';
import { isOpener, openerOf, readsCampaign } from './opener.js';
import { freezeRecall, publishRecall } from './publish-recall.js';
import { findRecall, pageOfRecalls, readTransitions } from './recall.sql.js';
import {
  Recall,
  RecallAuthority,
  RecallConnection,
  RecallFilter,
  RecallTransition,
  ScopeVersion,
} from './recall.types.js';
import { reviseScope } from './revise-scope.js';

@Resolver(() => Recall)
export class RecallResolver {
  @Query(() => Recall, {
    nullable: true,
    description:
      'A recall by its number. Its opener sees it always, regulators and administrators when it is no draft, others when it is published and names goods they hold, held or serviced; else null.',
  })
  recall(
    @Arg('number', () => String, { description: 'Its number.' }) number: string,
    @Ctx() context: RequestContext,
  ): Promise<Recall | null> {
    const principal = requirePrincipal(context);
    return context.snapshot.read(engine, (client) => findRecall(client, principal, number.trim()));
  }

  @Query(() => RecallConnection, {
    description: 'The recalls the caller sees, in the order they were opened.',
  })
  recalls(
    @Arg('filter', () => RecallFilter, { nullable: true, description: 'Which.' }) filter: RecallFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Recall>> {
    const principal = requirePrincipal(context);
    const [states, kind] = [filter?.states ?? null, filter?.kind ?? null];
    return keysetPage(context, { field: 'recalls', filter: { states, kind } }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfRecalls(client, principal, { states, kind, limit, after: after?.[0] ?? null }),
        ),
      keyOf: (recall) => [String(recall.recallId)],
    });
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the recall.' })
  id(@Root() recall: Recall, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Recall', recall.recallId);
  }

  @FieldResolver(() => Party, {
    nullable: true,
    description: 'Who opened it; null: a regulator without a party.',
  })
  async opener(@Root() { openerId }: Recall, @Ctx() context: RequestContext): Promise<Party | null> {
    return openerId === null ? null : loadParty(context, openerId);
  }

  @FieldResolver(() => RuleJson, {
    name: 'rule',
    nullable: true,
    description: 'Where the defect entered; null for all but its opener, regulators and administrators.',
  })
  ruleOf(@Root() recall: Recall, @Ctx() context: RequestContext): Rule | null {
    return readsCampaign(recall, requirePrincipal(context)) ? recall.rule : null;
  }

  @FieldResolver(() => [RecallTransition], {
    nullable: true,
    description: 'Its life so far; null for all but its opener, regulators and administrators.',
  })
  async transitions(
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<RecallTransition[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return loaderOf(context, 'recall transitions', async (client, ids) =>
      groupBy(ids, await readTransitions(client, ids), (row) => row.of),
    ).load(recall.recallId);
  }

  @FieldResolver(() => [RecallAuthority], {
    nullable: true,
    description:
      'Where it stands with each authority it is filed with; null for all but its opener, regulators and administrators.',
  })
  async authorities(
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<RecallAuthority[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return loaderOf(context, 'recall authorities', async (client, ids) =>
      groupBy(ids, await readAuthorities(client, ids), (row) => row.recallId),
    ).load(recall.recallId);
  }

  @FieldResolver(() => [ScopeVersion], {
    nullable: true,
    description:
      'Its frozen scopes, oldest first; null for all but its opener, regulators and administrators.',
  })
  async scopeVersions(
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<ScopeVersion[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return loaderOf(context, 'scope versions', async (client, ids) =>
      groupBy(ids, await readVersions(client, ids), (row) => row.recallId),
    ).load(recall.recallId);
  }

  @FieldResolver(() => ScopeVersion, {
    nullable: true,
    description: 'One of its frozen scopes; null where there is none, or the caller reads none.',
  })
  async scopeVersion(
    @Arg('number', () => Int, { description: 'Number of the version, from 1.' }) number: number,
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<ScopeVersion | null> {
    const versions = await this.scopeVersions(recall, context);
    return versions?.find((version) => version.number === number) ?? null;
  }

  @FieldResolver(() => RecallScope, {
    nullable: true,
    description:
      'What its rule reaches as known now; null for all but its opener, regulators and administrators.',
  })
  async scope(
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RecallScope | null> {
    const principal = requirePrincipal(context);
    if (!readsCampaign(recall, principal)) return null;
    const { rule, keep, exposure } = recall;
    const asker = isOpener(recall, principal) ? openerOf(recall, principal) : principal;
    return recallScopeOf(context, { rule, keep, exposure, asOf: null, knownAt: null }, info, asker);
  }

  @Mutation(() => RecallPayload, {
    description:
      'Opens a recall as a draft. For the brand owner, an importer of the goods, or a regulator; else FORBIDDEN.',
  })
  openRecall(
    @Arg('input', () => OpenRecallInput, { description: 'The recall.' }) input: OpenRecallInput,
    @Ctx() context: RequestContext,
  ): Promise<RecallPayload> {
    return openRecall(context, input);
  }

  @Mutation(() => RecallPayload, {
    description:
      'Publishes a recall and freezes its scope: whoever holds goods in it sees them from now on. For its opener.',
  })
  publishRecall(
    @Arg('input', () => PublishRecallInput, { description: 'Which, and why.' }) input: PublishRecallInput,
    @Ctx() context: RequestContext,
  ): Promise<RecallPayload> {
    return publishRecall(context, input);
  }

  @Mutation(() => FreezeScopePayload, {
    description: 'Freezes the scope as known now as a further version. For its opener.',
  })
  freezeScope(
    @Arg('input', () => FreezeScopeInput, { description: 'Which, and why.' }) input: FreezeScopeInput,
    @Ctx() context: RequestContext,
  ): Promise<FreezeScopePayload> {
    return freezeRecall(context, input);
  }

  @Mutation(() => FreezeScopePayload, {
    description:
      'Asks another rule of a recall, wider, narrower or in place of the one before, and freezes its scope as a further version. For its opener.',
  })
  reviseScope(
    @Arg('input', () => ReviseScopeInput, { description: 'Which, by which rule, and why.' })
    input: ReviseScopeInput,
    @Ctx() context: RequestContext,
  ): Promise<FreezeScopePayload> {
    return reviseScope(context, input);
  }

  @Mutation(() => RecallPayload, { description: 'Says that a recall is done. For its opener.' })
  completeRecall(
    @Arg('input', () => CompleteRecallInput, { description: 'Which, and why.' }) input: CompleteRecallInput,
    @Ctx() context: RequestContext,
  ): Promise<RecallPayload> {
    return moveRecall(context, 'COMPLETE', input);
  }

  @Mutation(() => RecallPayload, {
    description: 'Closes a completed recall; what was not remedied stays recalled. For a regulator.',
  })
  closeRecall(
    @Arg('input', () => CloseRecallInput, { description: 'Which, and why.' }) input: CloseRecallInput,
    @Ctx() context: RequestContext,
  ): Promise<RecallPayload> {
    return moveRecall(context, 'CLOSE', input);
  }

  @Mutation(() => RecallPayload, { description: 'Takes a recall back. For its opener.' })
  withdrawRecall(
    @Arg('input', () => WithdrawRecallInput, { description: 'Which, and why.' }) input: WithdrawRecallInput,
    @Ctx() context: RequestContext,
  ): Promise<RecallPayload> {
    return moveRecall(context, 'WITHDRAW', input);
  }
}
