/** Drills as the API takes and shows them. */
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntText, connectionOf, DateTime, DecimalText, Problem } from '../../../graphql/index.js';
import type { Rule } from '../../rule.js';
import type { Exposure } from '../../scope.js';
import { ScopeRuleInput } from '../rule.types.js';
import { exposures } from '../scope-enums.types.js';
import type { DrillSheet } from './drill.js';

export const drillSteps = {
  FORWARD: 'FORWARD',
  BACKWARD: 'BACKWARD',
  QUANTITIES: 'QUANTITIES',
  HOLDERS: 'HOLDERS',
  BUYERS: 'BUYERS',
} as const;
registerEnumType(drillSteps, {
  name: 'DrillStepName',
  description: 'What a drill does, in this order.',
  valuesConfig: {
    FORWARD: { description: 'From the cause to the goods.' },
    BACKWARD: { description: 'From finished goods back to the cause.' },
    QUANTITIES: { description: 'What was made against what is accounted for.' },
    HOLDERS: { description: 'Every site that holds, sold or held them.' },
    BUYERS: { description: 'How many buyers there are; nobody is revealed.' },
  },
});

@InputType({ description: 'What a drill rehearses.' })
export class RunDrillInput {
  @Field(() => String, {
    description:
      'Its number, unique; at most 100 characters. The same drill again under it is not run twice.',
  })
  number!: string;

  @Field(() => String, { description: 'What it rehearses; at most 500 characters.' })
  title!: string;

  @Field(() => ScopeRuleInput, { description: 'Where the supposed defect entered.' })
  rule!: ScopeRuleInput;

  @Field(() => ScopeRuleInput, { nullable: true, description: 'Which members stay after the spread.' })
  keep?: ScopeRuleInput | null;

  @Field(() => exposures, { defaultValue: 'EVER', description: 'Whether parts taken out count.' })
  exposure!: Exposure;

  @Field(() => Int, {
    defaultValue: 240,
    description: 'Minutes it may take, 1 to 10,080. Four hours is what food audits ask (BRCGS 3.9).',
  })
  timeLimitMinutes!: number;

  @Field(() => String, {
    defaultValue: '1',
    description: 'Picks which finished batches are traced back where there are more than 50.',
  })
  seed!: string;
}

@ObjectType({ description: 'One step of a drill.' })
export class DrillStep {
  @Field(() => drillSteps, { description: 'Which.' })
  step!: keyof typeof drillSteps;

  @Field(() => Int, { description: 'How long it took, in milliseconds.' })
  milliseconds!: number;

  @Field(() => String, { description: 'What it found, in a line.' })
  found!: string;
}

@ObjectType({ description: 'How much of a product is accounted for.' })
export class DrillQuantity {
  productId!: string;

  @Field(() => DecimalText, { description: 'Made, of goods in scope, in the unit of the product.' })
  made!: string;

  @Field(() => DecimalText, {
    nullable: true,
    description: 'Of it, what the books tell the whereabouts of; null: some amount is not on record.',
  })
  accounted!: string | null;

  @Field(() => DecimalText, { nullable: true, description: 'The same in percent, cut to two digits.' })
  percent!: string | null;
}

@ObjectType({
  description:
    'A rehearsal of a recall on the real record, with its score sheet. Touches nothing and nobody.',
})
export class Drill {
  drillId!: bigint;
  partyId!: bigint | null;
  rule!: Rule;
  sheet!: DrillSheet;

  @Field(() => String, { description: 'Its number.' })
  number!: string;

  @Field(() => String, { description: 'What it rehearsed.' })
  title!: string;

  @Field(() => String, { description: 'What picked the batches traced back.' })
  seed!: string;

  @Field(() => DateTime, { description: 'What was known then was asked.' })
  knownAt!: Date;

  @Field(() => DateTime, { description: 'When it began.' })
  startedAt!: Date;

  @Field(() => Int, { description: 'Minutes it could take.' })
  timeLimitMinutes!: number;

  @Field(() => Boolean, {
    description: 'Traced both ways, all quantity accounted for, in time, and cut by no limit.',
  })
  isPassed!: boolean;
}

@ObjectType({ description: 'What a drill found.' })
export class DrillScore {
  @Field(() => Boolean, { description: 'Whether no limit cut the walk.' })
  isComplete!: boolean;

  @Field(() => Int, { description: 'Affected batches.' })
  batches!: number;

  @Field(() => Int, { description: 'Of these, of finished products.' })
  finishedBatches!: number;

  @Field(() => BigIntText, { description: 'Affected items.' })
  items!: string;

  @Field(() => Int, { description: 'Sites that hold, sold or held them.' })
  holders!: number;

  @Field(() => Int, { description: 'Retailers among their parties.' })
  retailers!: number;

  @Field(() => BigIntText, { description: 'Buyers to be reached.' })
  buyers!: string;

  @Field(() => BigIntText, { description: 'Of these, certain ones.' })
  certainBuyers!: string;

  @Field(() => Int, { description: 'Holes of the record that could hide something.' })
  gaps!: number;

  @Field(() => Int, { description: 'Finished batches traced back, at most 50.' })
  tracedBack!: number;

  @Field(() => Int, { description: 'Of these, batches that lead back to an origin by recorded steps.' })
  reachedOrigin!: number;

  @Field(() => [String], { description: 'Batches that do not: GTIN, lot, lot source.' })
  notTraced!: string[];

  @Field(() => [DrillQuantity], { description: 'By product, where the caller sees its custody everywhere.' })
  quantities!: DrillQuantity[];

  @Field(() => DecimalText, {
    nullable: true,
    description: 'Percent accounted for, the least of all products; null: some amount is not on record.',
  })
  percentAccounted!: string | null;

  @Field(() => Int, { description: 'All steps together, in milliseconds.' })
  milliseconds!: number;
}

export const DrillConnection = connectionOf(() => Drill, 'Drill');

@ObjectType({ description: 'What became of a drill.' })
export class RunDrillPayload {
  @Field(() => Drill, { nullable: true, description: 'The drill; null: it was rejected.' })
  drill!: Drill | null;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}
