/** People behind buyers: shown for a reason, read on record, erased on request. */
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, Problem } from '../graphql/index.js';

export const revealPurposes = {
  RECALL_NOTICE: 'RECALL_NOTICE',
  REMEDY: 'REMEDY',
  INVESTIGATION: 'INVESTIGATION',
  CUSTOMER_REQUEST: 'CUSTOMER_REQUEST',
} as const;
export type RevealPurpose = keyof typeof revealPurposes;
registerEnumType(revealPurposes, {
  name: 'RevealPurpose',
  description: 'What a person is read for.',
  valuesConfig: {
    RECALL_NOTICE: { description: 'To tell the person of a recall.' },
    REMEDY: { description: 'To repair, replace or refund.' },
    INVESTIGATION: { description: 'An authority looks into an accident or a recall.' },
    CUSTOMER_REQUEST: { description: 'The person asked for it.' },
  },
});

@InputType({ description: 'Shows who a buyer is.' })
export class RevealBuyerInput {
  @Field(() => ID, { description: 'Opaque id of the buyer.' })
  buyer!: string;

  @Field(() => revealPurposes, { description: 'What the person is read for; kept with the reading.' })
  purpose!: RevealPurpose;

  @Field(() => String, {
    description: 'Why, in 10 to 1000 characters; kept with the reading. Name nobody in it.',
  })
  reason!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Number of the caller's published recall that the buyer is certain in; a brand owner needs it.",
  })
  recall?: string | null;
}

@ObjectType({
  description: 'Who a buyer is, as the sales and registrations told that the caller may look behind.',
})
export class Person {
  @Field(() => [String], { description: 'Names.' })
  names!: string[];

  @Field(() => [String], { description: 'E-mail addresses.' })
  emails!: string[];

  @Field(() => [String], { description: 'Telephone numbers.' })
  phones!: string[];

  @Field(() => [String], { description: 'Postal addresses.' })
  addresses!: string[];

  @Field(() => [String], { description: "The seller's own references of the buyer." })
  references!: string[];

  @Field(() => Boolean, { description: 'True when some or all of it was erased.' })
  erased!: boolean;
}

@ObjectType({ description: 'What was shown.' })
export class RevealBuyerPayload {
  @Field(() => Person, { description: 'The person.' })
  person!: Person;
}

@InputType({ description: 'Erases the person behind a buyer.' })
export class EraseBuyerInput {
  @Field(() => ID, { description: 'Opaque id of the buyer.' })
  buyer!: string;

  @Field(() => String, { description: 'Why, in 10 to 1000 characters; kept. Name nobody in it.' })
  reason!: string;
}

@ObjectType({ implements: Problem, description: 'An open recall still has to reach the person.' })
export class RecallOpen extends Problem {
  @Field(() => String, { description: 'Number of the recall.' })
  readonly number: string;

  constructor(number: string) {
    super('RECALL_OPEN', `recall ${number}: open, and has to reach this buyer`, ['input', 'buyer']);
    this.number = number;
  }
}

@ObjectType({ implements: Problem, description: 'A law wants the person kept.' })
export class KeepingRequired extends Problem {
  @Field(() => String, { description: 'The law.' })
  readonly law: string;

  @Field(() => DateTime, { description: 'Until when.' })
  readonly until: Date;

  constructor(law: string, until: Date) {
    super('KEEPING_REQUIRED', `${law}: the person is kept until ${until.toISOString().slice(0, 10)}`, [
      'input',
      'buyer',
    ]);
    this.law = law;
    this.until = until;
  }
}

@ObjectType({ description: 'What became of an erasure.' })
export class EraseBuyerPayload {
  @Field(() => Int, {
    description:
      'Events the person was erased from: sales and registrations, corrected ones too, returns, and what was told of the goods while they were theirs. They stay, of nobody.',
  })
  erasedEvents!: number;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}

@ObjectType({ description: 'One reading of a person.' })
export class PersonAccess {
  accessId!: bigint;
  buyerId!: bigint;
  readerId!: bigint | null;

  @Field(() => String, { description: 'Role of whoever read.' })
  role!: string;

  @Field(() => revealPurposes, { description: 'What for.' })
  purpose!: RevealPurpose;

  @Field(() => String, { description: 'Why.' })
  reason!: string;

  @Field(() => [String], { description: 'Which fields were shown, never what they said.' })
  fields!: string[];

  @Field(() => DateTime, { description: 'When.' })
  readAt!: Date;
}
