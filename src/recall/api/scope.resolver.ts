/** The recall query: what a rule reached, how surely, in numbers, and whether the answer is whole. */
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from 'type-graphql';
import {
  engine,
  quantityRange,
  Refusal,
  type RequestContext,
  requirePrincipal,
} from '../../graphql/index.js';
import { loadParty } from '../../parties/index.js';
import { resolveSubject, SubjectInput } from '../../trace/api/index.js';
import { scopeBuyers } from '../facts/buyers.js';
import { scopeDistribution } from '../facts/distribution.js';
import type { DistributionKey } from '../facts/facts.js';
import { summaryInParts } from '../facts/summary.js';
import { DistributionRow } from './affected.types.js';
import { askedFields } from './asked-fields.js';
import { summaryPartsOf } from './asked-summary.js';
import { isLimited, mayCountBuyers, smallCount } from './buyer-sight.js';
import { Membership } from './evidence.types.js';
import { stateQuantities } from './map-facts.js';
import { readRule } from './read-rule.js';
import { RecallScope, RecallScopeArgs, ScopeSummary } from './scope.types.js';
import { distributionKeys } from './scope-enums.types.js';
import { askScope, type ScopeQuestion } from './scope-question.js';
import { shownMembership } from './shown-membership.js';

/** The answer of one question; nothing beyond the scope itself is read before it is asked for. */
export async function recallScopeOf(
  context: RequestContext,
  question: ScopeQuestion,
  info: GraphQLResolveInfo,
  principal = requirePrincipal(context),
): Promise<RecallScope> {
  return answerOf(
    context,
    { question, principal, sight: await askScope(context, question, principal) },
    info,
  );
}

/** A scope that was evaluated already, as the API shows it. */
export async function answerOf(
  context: RequestContext,
  { question, sight, principal }: Pick<RecallScope, 'question' | 'sight' | 'principal'>,
  info: GraphQLResolveInfo,
): Promise<RecallScope> {
  const watermark = await context.snapshot.watermark();
  return Object.assign(new RecallScope(), {
    ...{ question, sight, principal, watermark },
    asked: askedFields(info, 2),
    asOf: question.asOf ?? watermark,
    knownAt: question.knownAt ?? watermark,
    limits: sight.whole.limits,
  });
}

@Resolver(() => RecallScope)
export class RecallScopeResolver {
  @Query(() => RecallScope, {
    description:
      'What a defect reached. Regulators and administrators ask any rule; a manufacturer about its own products and what its direct suppliers put into them; a supplier about its own batches; else FORBIDDEN.',
  })
  recallScope(
    @Args(() => RecallScopeArgs) args: RecallScopeArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RecallScope> {
    const question: ScopeQuestion = {
      rule: readRule(args.rule, 'rule'),
      keep: args.keep == null ? null : readRule(args.keep, 'keep'),
      exposure: args.exposure,
      asOf: args.asOf ?? null,
      knownAt: args.knownAt ?? null,
    };
    return recallScopeOf(context, question, info);
  }

  @FieldResolver(() => Boolean, {
    description: 'True when rows or counts that this question asks for are hidden from the caller.',
  })
  viewLimited(@Root() { sight, asked }: RecallScope, @Ctx() context: RequestContext): Promise<boolean> {
    return context.snapshot.readPrepared(engine, (client) => isLimited(client, sight, asked));
  }

  @FieldResolver(() => Boolean, {
    description:
      'False when a limit stopped the walk, or what this question asks for is hidden from the caller. Gaps do not change it.',
  })
  async isComplete(@Root() root: RecallScope, @Ctx() context: RequestContext): Promise<boolean> {
    return root.sight.whole.isComplete && !(await this.viewLimited(root, context));
  }

  @FieldResolver(() => ScopeSummary, { description: 'The scope in numbers.' })
  async summary(
    @Root() { sight, asked }: RecallScope,
    @Ctx() context: RequestContext,
  ): Promise<Partial<ScopeSummary>> {
    const parts = summaryPartsOf(sight, asked);
    const facts = await context.snapshot.readPrepared(engine, async (client) => {
      // what is listed beside is counted from the list
      if (asked.has('buyers') || asked.has('distribution')) await scopeBuyers(client, sight.scope);
      return summaryInParts(client, sight.scope, parts);
    });
    const { soldWithoutBuyer, quantities, ...counts } = facts;
    return {
      ...counts,
      ...(mayCountBuyers(sight) ? {} : { buyers: null, certainBuyers: null }),
      soldWithoutBuyer: soldWithoutBuyer?.map((range) => quantityRange(range, range.unit)) ?? null,
      quantities: quantities?.map(stateQuantities),
    };
  }

  @FieldResolver(() => [DistributionRow], {
    description:
      'The scope divided, what is not on record last. A buyer counts in every row with a purchase of theirs.',
  })
  async distribution(
    @Arg('by', () => distributionKeys, { description: 'By what.' }) by: DistributionKey,
    @Root() { sight }: RecallScope,
    @Ctx() context: RequestContext,
  ): Promise<DistributionRow[]> {
    const rows = await context.snapshot.readPrepared(engine, (client) =>
      scopeDistribution(client, sight.scope, by),
    );
    return Promise.all(
      rows.map(async ({ key, partyId, holders, retailers, buyers, certainBuyers, quantities }) => ({
        ...{ partyId, holders, retailers },
        key: partyId === null ? key : (await loadParty(context, partyId)).gln,
        buyers: smallCount(sight, buyers),
        certainBuyers: smallCount(sight, certainBuyers),
        quantities: quantities.map(stateQuantities),
      })),
    );
  }

  @FieldResolver(() => Membership, {
    description:
      'Why a batch or item is in the scope, or which condition failed. NOT_FOUND for what the caller does not see.',
  })
  async membership(
    @Arg('of', () => SubjectInput, { description: 'The batch or item.' }) of: SubjectInput,
    @Root() { sight, principal }: RecallScope,
    @Ctx() context: RequestContext,
  ): Promise<Membership> {
    const subject = await resolveSubject(context, of);
    if (subject.kind === 'UNIT')
      throw new Refusal('BAD_INPUT', 'of: a scope has batches and items, not logistic units');
    return context.snapshot.readPrepared(engine, (client) =>
      shownMembership(client, { sight, principal, answerLimits: context.answerLimits }, subject),
    );
  }
}
