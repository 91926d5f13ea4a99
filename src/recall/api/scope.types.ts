/** The answer of `recallScope`, and its numbers. Its connections are resolved in scope.resolver.ts. */
import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import type { Principal } from '../../access/index.js';
import { type ProductKind, productKinds } from '../../design/index.js';
import { BigIntText, DateTime, PageArgs, QuantityRange } from '../../graphql/index.js';
import { type PartyRole, partyRoles } from '../../parties/index.js';
import type { Certainty, Exposure } from '../scope.js';
import { StateQuantities } from './affected.types.js';
import { ScopeLimit } from './evidence.types.js';
import { ScopeRuleInput } from './rule.types.js';
import { certainties, exposures } from './scope-enums.types.js';
import type { ScopeQuestion } from './scope-question.js';
import type { ScopeSight } from './sight.js';

@ArgsType()
export class RecallScopeArgs {
  @Field(() => ScopeRuleInput, { description: 'Where the defect entered.' })
  rule!: ScopeRuleInput;

  @Field(() => ScopeRuleInput, {
    nullable: true,
    description: 'Which members stay after the spread; what it leaves out is listed in `excluded`.',
  })
  keep?: ScopeRuleInput | null;

  @Field(() => exposures, { defaultValue: 'EVER', description: 'Whether parts taken out count.' })
  exposure!: Exposure;

  @Field(() => DateTime, { nullable: true, description: 'What was true then; absent: everything to date.' })
  asOf?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'What was known then; absent: what is known now.' })
  knownAt?: Date | null;
}

@ArgsType()
export class MemberArgs extends PageArgs {
  @Field(() => productKinds, { nullable: true, description: 'Only of products of that kind.' })
  kind?: ProductKind | null;

  @Field(() => certainties, { nullable: true, description: 'Only those.' })
  certainty?: Certainty | null;
}

@ArgsType()
export class HolderArgs extends PageArgs {
  @Field(() => partyRoles, { nullable: true, description: 'Only sites of that role.' })
  role?: PartyRole | null;

  @Field(() => productKinds, { nullable: true, description: 'Only goods of products of that kind.' })
  kind?: ProductKind | null;

  @Field(() => Boolean, { nullable: true, description: 'Only goods still there (true), or gone (false).' })
  current?: boolean | null;
}

@ArgsType()
export class BuyerArgs extends PageArgs {
  @Field(() => certainties, { nullable: true, description: 'Only those.' })
  certainty?: Certainty | null;
}

@ObjectType({
  description:
    'A scope in numbers, over what the caller sees; null, never 0, where it may not see them. Certain and possible together.',
})
export class ScopeSummary {
  @Field(() => Int, { description: 'Affected batches, origins too.' })
  batches!: number;

  @Field(() => Int, { description: 'Of these, batches of FINISHED products.' })
  finishedBatches!: number;

  @Field(() => BigIntText, { nullable: true, description: 'Affected serialised items at any level.' })
  items!: bigint | null;

  @Field(() => BigIntText, { nullable: true, description: 'Of these, items of FINISHED products.' })
  finishedItems!: bigint | null;

  @Field(() => BigIntText, { nullable: true, description: 'Of the items, certain ones.' })
  certainItems!: bigint | null;

  @Field(() => BigIntText, { nullable: true, description: 'Of the items, possible ones.' })
  possibleItems!: bigint | null;

  @Field(() => Int, { nullable: true, description: 'Sites with affected goods in their own right.' })
  holders!: number | null;

  @Field(() => Int, { nullable: true, description: 'Parties with a site of role RETAILER among them.' })
  retailers!: number | null;

  @Field(() => BigIntText, {
    nullable: true,
    description: 'Buyers to be reached now: those who still hold, or may.',
  })
  buyers!: bigint | null;

  @Field(() => BigIntText, { nullable: true, description: 'Of these, buyers of certain goods.' })
  certainBuyers!: bigint | null;

  @Field(() => [QuantityRange], {
    nullable: true,
    description: 'Sold without a name, net of returns, one range a unit.',
  })
  soldWithoutBuyer!: QuantityRange[] | null;

  @Field(() => [StateQuantities], { nullable: true, description: 'Where the goods are, one a product.' })
  quantities!: StateQuantities[] | null;
}

@ObjectType({
  description: 'Everything a defect reached, how surely, why, and what the record lacks.',
})
export class RecallScope {
  question!: ScopeQuestion;
  sight!: ScopeSight;
  /** Who asks, in the role the scope was evaluated for. */
  principal!: Principal;
  /** Fields the question selects: what it does not ask for cannot be hidden from it. */
  asked!: ReadonlySet<string>;

  @Field(() => DateTime, { description: 'What was true then; without the argument, the watermark.' })
  asOf!: Date;

  @Field(() => DateTime, { description: 'What was known then; without the argument, the watermark.' })
  knownAt!: Date;

  @Field(() => DateTime, { description: 'The moment below which nothing can still appear in the record.' })
  watermark!: Date;

  @Field(() => [ScopeLimit], { description: 'Every limit that stopped the walk.' })
  limits!: ScopeLimit[];
}
