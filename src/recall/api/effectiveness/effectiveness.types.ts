/** Effectiveness checks as the API takes and shows them. */
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf, DateTime, DecimalText, Problem } from '../../../graphql/index.js';
import { RecallPayload } from '../campaign/command.types.js';
import { remedyStatuses } from '../remedy/remedy.types.js';
import type { Level } from './draw.js';

export const effectivenessLevels = { A: 'A', B: 'B', C: 'C', D: 'D' } as const;
registerEnumType(effectivenessLevels, {
  name: 'EffectivenessLevel',
  description:
    'How many of those told are asked (21 CFR 7.42; its text was not read again). Level E asks nobody.',
  valuesConfig: {
    A: { description: 'All of them.' },
    B: { description: 'A part between 10 and 100 percent, said when it is drawn.' },
    C: { description: '10 percent.' },
    D: { description: '2 percent.' },
  },
});

export const checkOutcomes = {
  NOT_REACHED: 'NOT_REACHED',
  NOTIFIED: 'NOTIFIED',
  FOUND: 'FOUND',
  ACTED: 'ACTED',
} as const;
registerEnumType(checkOutcomes, {
  name: 'EffectivenessOutcome',
  description: 'How far the recall came with one that was told; each holds those before it.',
  valuesConfig: {
    NOT_REACHED: { description: 'It knows nothing of the recall.' },
    NOTIFIED: { description: 'It knows.' },
    FOUND: { description: 'It looked for its goods, and found them or found that it has none.' },
    ACTED: { description: 'It did with them as it was told.' },
  },
});

@ObjectType({ description: 'A rate of a sample, and between which bounds that of all lies.' })
export class EffectivenessRate {
  @Field(() => DecimalText, { description: 'Of the checked ones, in percent.' })
  percent!: string;

  @Field(() => DecimalText, { description: 'Lower bound, in percent.' })
  low!: string;

  @Field(() => DecimalText, { description: 'Upper bound, in percent.' })
  high!: string;

  @Field(() => String, { description: 'How the bounds are found.' })
  method!: string;
}

@ObjectType({ description: 'A sample of those told, asked whether the recall worked.' })
export class EffectivenessSample {
  sampleId!: bigint;
  recallId!: bigint;
  notified!: number;
  looked!: number;
  acted!: number;

  @Field(() => Int, { description: 'Its number in the recall, from 1.' })
  number!: number;

  @Field(() => effectivenessLevels, { description: 'Its level.' })
  level!: Level;

  @Field(() => String, {
    description: 'The seed it was drawn by: the parties with the least SHA-256 of "seed|GLN".',
  })
  seed!: string;

  @Field(() => Int, { description: 'Parties told as holders, from which it was drawn.' })
  frameSize!: number;

  @Field(() => Int, { description: 'Parties drawn.' })
  size!: number;

  @Field(() => Int, { description: 'Of these, asked.' })
  checked!: number;

  @Field(() => DateTime, { description: 'When it was drawn.' })
  drawnAt!: Date;
}

@ObjectType({ description: 'One of those drawn, and what was found there.' })
export class EffectivenessCheck {
  partyId!: bigint;

  @Field(() => checkOutcomes, {
    nullable: true,
    description: 'How far the recall came there; null: not asked yet.',
  })
  outcome!: keyof typeof checkOutcomes | null;

  @Field(() => String, { nullable: true, description: 'How it was asked.' })
  method!: string | null;

  @Field(() => String, { nullable: true, description: 'What else was seen.' })
  note!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was asked.' })
  checkedAt!: Date | null;
}

export const EffectivenessCheckConnection = connectionOf(() => EffectivenessCheck, 'EffectivenessCheck');

@InputType({ description: 'Draws a sample of those told.' })
export class DrawEffectivenessSampleInput {
  @Field(() => String, { description: 'Number of the recall.' })
  recall!: string;

  @Field(() => effectivenessLevels, { description: 'Its level.' })
  level!: Level;

  @Field(() => Int, { nullable: true, description: 'Percent of level B, 10 to 100; for no other.' })
  percent?: number | null;

  @Field(() => String, {
    description: 'The seed, 1 to 100 characters: anyone who has it can draw the sample again.',
  })
  seed!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Key of the sender: the same command again changes nothing.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What was found at one party.' })
export class EffectivenessFindingInput {
  @Field(() => String, { description: 'GLN of the party.' })
  party!: string;

  @Field(() => checkOutcomes, { description: 'How far the recall came there.' })
  outcome!: keyof typeof checkOutcomes;

  @Field(() => DateTime, { description: 'When it was asked; at most five minutes ahead.' })
  checkedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'How: visit, telephone, letter; at most 1000 characters.',
  })
  method?: string | null;

  @Field(() => String, { nullable: true, description: 'What else was seen; at most 1000 characters.' })
  note?: string | null;
}

@InputType({ description: 'What was found at those drawn.' })
export class RecordEffectivenessCheckInput {
  @Field(() => String, { description: 'Number of the recall.' })
  recall!: string;

  @Field(() => Int, { description: 'Number of the sample.' })
  sample!: number;

  @Field(() => [EffectivenessFindingInput], { description: 'Rows, 1 to 1000; each stands for itself.' })
  checks!: EffectivenessFindingInput[];
}

@ObjectType({ description: 'What became of one row.' })
export class EffectivenessResult {
  @Field(() => Int, { description: 'Position of the row, from 0.' })
  index!: number;

  @Field(() => remedyStatuses, { description: 'What became of it.' })
  status!: keyof typeof remedyStatuses;

  @Field(() => [Problem], { description: 'Why it was rejected.' })
  problems!: Problem[];
}

@ObjectType({ description: 'What became of the checks.' })
export class RecordEffectivenessCheckPayload {
  @Field(() => EffectivenessSample, { description: 'The sample as it is now.' })
  sample!: EffectivenessSample;

  @Field(() => [EffectivenessResult], { description: 'One result a row, in the order of the input.' })
  results!: EffectivenessResult[];
}

@ObjectType({ description: 'What became of a draw.' })
export class DrawEffectivenessSamplePayload extends RecallPayload {
  @Field(() => EffectivenessSample, { nullable: true, description: 'The sample.' })
  sample!: EffectivenessSample | null;
}

@ObjectType({ implements: Problem, description: 'An effectiveness check that cannot be done.' })
export class EffectivenessProblem extends Problem {
  constructor(code: string, message: string, path: string[]) {
    super(code, message, path);
  }
}
