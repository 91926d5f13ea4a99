/** What if: several rules side by side, and what each adds to or takes from the first. */
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, FieldResolver, Info, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../graphql/index.js';
import { pageOfItems } from '../facts/members.js';
import type { Scope } from '../scope.js';
import { readRule } from './read-rule.js';
import { NamedRuleInput } from './rule.types.js';
import { answerOf } from './scope.resolver.js';
import { RecallScope } from './scope.types.js';
import { askScope, type ScopeQuestion } from './scope-question.js';
import type { ScopeSight } from './sight.js';

/** Most rules of one comparison. */
export const COMPARED_MAX = 10;

@ObjectType({ description: 'How one scope differs from the first of a comparison.' })
export class ScopeDifference {
  @Field(() => Int, { description: 'Batches only in this one.' })
  batchesAdded!: number;

  @Field(() => Int, { description: 'Batches only in the first.' })
  batchesRemoved!: number;

  @Field(() => Int, { description: 'Serialised items only in this one.' })
  itemsAdded!: number;

  @Field(() => Int, { description: 'Serialised items only in the first.' })
  itemsRemoved!: number;
}

@ObjectType({ description: 'One rule of a comparison and what it reaches.' })
export class ScopeComparison {
  question!: ScopeQuestion;
  sight!: ScopeSight;
  first!: ScopeSight;

  @Field(() => String, { description: 'Name of the rule, as given.' })
  name!: string;
}

const countLess = (some: Set<bigint>, others: Set<bigint>): number =>
  [...some].filter((id) => !others.has(id)).length;

@Resolver(() => ScopeComparison)
export class CompareScopesResolver {
  @Query(() => [ScopeComparison], {
    description: `Scopes of 1 to ${COMPARED_MAX} rules in the order given, each as \`recallScope\` answers and authorises it.`,
  })
  async compareScopes(
    @Arg('rules', () => [NamedRuleInput], { description: 'The rules, by name.' }) rules: NamedRuleInput[],
    @Ctx() context: RequestContext,
  ): Promise<ScopeComparison[]> {
    if (rules.length < 1 || rules.length > COMPARED_MAX)
      throw new Refusal('BAD_INPUT', `rules: ${rules.length}, at least 1 and at most ${COMPARED_MAX}`);
    const twice = rules.find((rule, index) => rules.findIndex((other) => other.name === rule.name) < index);
    if (twice) throw new Refusal('BAD_INPUT', `rules: two are called ${twice.name}`);
    const questions = rules.map(({ name, rule }) => ({
      name,
      question: {
        rule: readRule(rule, 'rule'),
        ...({ keep: null, exposure: 'EVER', asOf: null, knownAt: null } as const),
      },
    }));
    const comparisons: Omit<ScopeComparison, 'first'>[] = [];
    for (const { name, question } of questions)
      comparisons.push({ name, question, sight: await askScope(context, question) });
    const first = (comparisons[0] as ScopeComparison).sight;
    return comparisons.map((comparison) => ({ ...comparison, first }));
  }

  @FieldResolver(() => RecallScope, { description: 'What the rule reaches.' })
  scope(
    @Root() { question, sight }: ScopeComparison,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RecallScope> {
    return answerOf(context, { question, sight, principal: requirePrincipal(context) }, info);
  }

  @FieldResolver(() => ScopeDifference, { description: 'How it differs from the first.' })
  async comparedToFirst(
    @Root() { sight, first }: ScopeComparison,
    @Ctx() context: RequestContext,
  ): Promise<ScopeDifference> {
    const itemsOf = async ({ scope }: ScopeSight): Promise<Set<bigint>> => {
      const items = await context.snapshot.read(engine, (client) => pageOfItems(client, scope, {}));
      return new Set(items.map((item) => item.itemId));
    };
    const [mine, theirs] = [await itemsOf(sight), await itemsOf(first)];
    const batchesOf = ({ scope }: { scope: Scope }) => new Set(scope.batches.keys());
    const [here, there] = [batchesOf(sight), batchesOf(first)];
    return {
      batchesAdded: countLess(here, there),
      batchesRemoved: countLess(there, here),
      itemsAdded: countLess(mine, theirs),
      itemsRemoved: countLess(theirs, mine),
    };
  }
}
