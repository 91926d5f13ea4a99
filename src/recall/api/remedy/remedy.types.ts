/** Remedies as the API takes and shows them, and how far a recall has come. */
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntText, connectionOf, DateTime, DecimalText, Problem } from '../../../graphql/index.js';
import { Recall } from '../campaign/recall.types.js';

export const remedyKinds = {
  REPAIR: 'REPAIR',
  REPLACE: 'REPLACE',
  REFUND: 'REFUND',
  SOFTWARE_UPDATE: 'SOFTWARE_UPDATE',
  LABEL: 'LABEL',
  DISPOSE: 'DISPOSE',
  INSPECT: 'INSPECT',
  UNREACHABLE: 'UNREACHABLE',
} as const;
export type RemedyKind = keyof typeof remedyKinds;
registerEnumType(remedyKinds, {
  name: 'RemedyKind',
  description: 'What was done.',
  valuesConfig: {
    REPAIR: { description: 'Mended, such as by another part.' },
    REPLACE: { description: 'Replaced by another unit.' },
    REFUND: { description: 'Taken back for its price.' },
    SOFTWARE_UPDATE: {
      description: 'Another version was installed; counts with the service that installed it.',
    },
    LABEL: { description: 'Labelled or given instructions.' },
    DISPOSE: { description: 'Destroyed.' },
    INSPECT: { description: 'Inspected; `outcome` says what was found.' },
    UNREACHABLE: { description: 'Could not be reached; `cause` says why.' },
  },
});

export const remedyOutcomes = { CLEARED: 'CLEARED', AFFECTED: 'AFFECTED', IDENTIFIED: 'IDENTIFIED' } as const;
registerEnumType(remedyOutcomes, {
  name: 'RemedyOutcome',
  description: 'What an inspection found.',
  valuesConfig: {
    CLEARED: { description: 'It is not faulty.' },
    AFFECTED: { description: 'It is faulty.' },
    IDENTIFIED: { description: 'It is the unit of a serial that is on record twice.' },
  },
});

export const remedyStatuses = {
  CREATED: 'CREATED',
  EXISTS: 'EXISTS',
  CONFLICT: 'CONFLICT',
  REJECTED: 'REJECTED',
} as const;
export type RemedyStatus = keyof typeof remedyStatuses;
registerEnumType(remedyStatuses, {
  name: 'RemedyStatus',
  description: 'What became of a row.',
  valuesConfig: {
    CREATED: { description: 'Recorded now.' },
    EXISTS: { description: 'Recorded before with the same content.' },
    CONFLICT: { description: 'Its id was recorded before with other content; nothing changed.' },
    REJECTED: { description: 'Not recorded; see the problems.' },
  },
});

@InputType({ description: 'What was done about one item, or a quantity of one lot.' })
export class RemedyInput {
  @Field(() => String, { description: "The sender's id of it: the same again changes nothing." })
  eventId!: string;

  @Field(() => String, { description: 'GTIN of the goods.' })
  gtin!: string;

  @Field(() => String, { nullable: true, description: 'Serial of the item; else lot and quantity.' })
  serial?: string | null;

  @Field(() => String, { nullable: true, description: 'Lot of goods without a serial.' })
  lot?: string | null;

  @Field(() => DecimalText, {
    nullable: true,
    description: 'How much of the lot, in the unit of the product.',
  })
  quantity?: string | null;

  @Field(() => remedyKinds, { description: 'What was done.' })
  kind!: RemedyKind;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Only for the time being: a final remedy is to follow.',
  })
  interim!: boolean;

  @Field(() => remedyOutcomes, { nullable: true, description: 'Of INSPECT, required: what was found.' })
  outcome?: keyof typeof remedyOutcomes | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of UNREACHABLE, required: such as EXPORTED, STOLEN, SCRAPPED, NO_ADDRESS.',
  })
  cause?: string | null;

  @Field(() => DateTime, { description: 'When; at most five minutes ahead.' })
  happenedAt!: Date;

  @Field(() => String, { nullable: true, description: "GLN of the caller's site where it was done." })
  site?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Event id of the service that swapped the part or installed the version.',
  })
  serviceEventId?: string | null;

  @Field(() => String, { nullable: true, description: 'Where proof is kept, a URI.' })
  evidenceUri?: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the proof, in hexadecimal.' })
  evidenceSha256?: string | null;
}

@InputType({ description: 'Remedies of one recall.' })
export class RecordRemedyInput {
  @Field(() => String, { description: 'Number of the recall.' })
  recall!: string;

  @Field(() => [RemedyInput], { description: 'Rows, 1 to 1000; each stands for itself.' })
  remedies!: RemedyInput[];
}

@ObjectType({ implements: Problem, description: 'A remedy that cannot be recorded.' })
export class RemedyProblem extends Problem {
  constructor(code: string, message: string, path: string[]) {
    super(code, message, path);
  }
}

@ObjectType({ description: 'What became of one row.' })
export class RemedyResult {
  @Field(() => Int, { description: 'Position of the row, from 0.' })
  index!: number;

  @Field(() => String, { description: "The sender's id of it." })
  eventId!: string;

  @Field(() => remedyStatuses, { description: 'What became of it.' })
  status!: RemedyStatus;

  @Field(() => [Problem], { description: 'Why it was rejected.' })
  problems!: Problem[];
}

@ObjectType({ description: 'What became of the remedies.' })
export class RecordRemedyPayload {
  @Field(() => Recall, { description: 'The recall as it is now.' })
  recall!: Recall;

  @Field(() => [RemedyResult], { description: 'One result a row, in the order of the input.' })
  results!: RemedyResult[];
}

@ObjectType({ description: 'What was done about an item, or a quantity of a batch.' })
export class Remedy {
  remedyId!: bigint;
  batchId!: bigint;
  itemId!: bigint | null;
  partyId!: bigint | null;
  amount!: bigint;

  @Field(() => String, { description: "The sender's id of it." })
  eventId!: string;

  @Field(() => remedyKinds, { description: 'What was done.' })
  kind!: RemedyKind;

  @Field(() => Boolean, { description: 'Whether it is final.' })
  isFinal!: boolean;

  @Field(() => remedyOutcomes, { nullable: true, description: 'What an inspection found.' })
  outcome!: keyof typeof remedyOutcomes | null;

  @Field(() => String, { nullable: true, description: 'Why it could not be reached.' })
  cause!: string | null;

  @Field(() => DateTime, { description: 'When.' })
  happenedAt!: Date;

  @Field(() => String, { nullable: true, description: 'Where proof is kept.' })
  evidenceUri!: string | null;
}

export const RemedyConnection = connectionOf(() => Remedy, 'Remedy');

@ObjectType({ description: 'Items of a recall at one step of the way to their user.' })
export class ProgressTier {
  @Field(() => String, {
    description:
      'MAKER, DISTRIBUTOR, RETAILER, SERVICE, USER, or GONE for consumed, built in and scrapped ones.',
  })
  tier!: string;

  @Field(() => BigIntText, { description: 'Items there now.' })
  items!: bigint;

  @Field(() => BigIntText, { description: 'Of these, remedied.' })
  remedied!: bigint;
}

@ObjectType({ description: 'Items that could not be reached for one cause.' })
export class UnreachableCount {
  @Field(() => String, { description: 'The cause, as told.' })
  cause!: string;

  @Field(() => BigIntText, { description: 'Items not remedied.' })
  items!: bigint;
}

@ObjectType({ description: 'Items remedied up to a day.' })
export class ProgressDay {
  @Field(() => String, { description: 'The day in UTC, a date.' })
  day!: string;

  @Field(() => BigIntText, { description: 'Remedied up to its end.' })
  remedied!: bigint;
}

@ObjectType({
  description: 'How far a recall has come, over the serialised items of its newest frozen scope.',
})
export class RecallProgress {
  @Field(() => BigIntText, { description: 'Items to be remedied: the denominator, which does not shrink.' })
  items!: bigint;

  @Field(() => BigIntText, { description: 'Items whose final remedy is on record.' })
  remedied!: bigint;

  @Field(() => BigIntText, { description: 'Items with an interim remedy only.' })
  interim!: bigint;

  @Field(() => [UnreachableCount], { description: 'Items not remedied that could not be reached, by cause.' })
  unreachable!: UnreachableCount[];

  @Field(() => [ProgressTier], { description: 'By where the items are now.' })
  byTier!: ProgressTier[];

  @Field(() => [ProgressDay], { description: 'Days on which items were remedied, with the sum so far.' })
  byDay!: ProgressDay[];
}
