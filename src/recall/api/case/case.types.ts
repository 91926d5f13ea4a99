/** Defect cases as the API shows them: recalls with one cause, alerts along the chain, and what the cause is. */
import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf, DateTime, Problem } from '../../../graphql/index.js';
import { causeStates } from '../campaign/details.types.js';

@ObjectType({ description: 'Recalls with one cause, each of its own brand owner.' })
export class DefectCase {
  caseId!: bigint;
  partyId!: bigint | null;
  role!: string;

  @Field(() => String, { description: 'Its number, unique.' })
  number!: string;

  @Field(() => String, { description: 'What it is about, in a line.' })
  title!: string;

  @Field(() => DateTime, { description: 'When it was opened.' })
  openedAt!: Date;
}

@ObjectType({
  description:
    'A recall further up reaches goods of this brand owner. It names no party between; the answer is a recall of its own.',
})
export class DefectAlert {
  alertId!: bigint;
  caseId!: bigint;
  recallId!: bigint;
  partyId!: bigint;
  batchIds!: bigint[];
  answerId!: bigint | null;

  @Field(() => DateTime, { description: 'When it was sent.' })
  sentAt!: Date;
}

export const DefectAlertConnection = connectionOf(() => DefectAlert, 'DefectAlert');

export const causeReplies = { CONFIRMED: 'CONFIRMED', DISPUTED: 'DISPUTED' } as const;
registerEnumType(causeReplies, {
  name: 'CauseReplyKind',
  description: 'What the maker of the faulty goods says of the cause.',
  valuesConfig: {
    CONFIRMED: { description: 'It is so.' },
    DISPUTED: { description: 'It is not.' },
  },
});

@ObjectType({ description: 'The word of a maker of the faulty goods about the cause.' })
export class CauseReply {
  partyId!: bigint;

  @Field(() => causeReplies, { description: 'What it says.' })
  reply!: keyof typeof causeReplies;

  @Field(() => String, { description: 'In its own words.' })
  statement!: string;

  @Field(() => String, { nullable: true, description: 'Where proof is kept, a URI.' })
  evidenceUri!: string | null;

  @Field(() => DateTime, { description: 'When.' })
  repliedAt!: Date;
}

@ObjectType({ description: 'What caused the defect, and how sure that is.' })
export class RecallCause {
  recallId!: bigint;

  @Field(() => String, { nullable: true, description: 'What its opener says.' })
  cause!: string | null;

  @Field(() => causeStates, {
    nullable: true,
    description:
      'DISPUTED while the latest word of a maker disputes it, CONFIRMED when one confirmed it or its opener holds tests, else ALLEGED; null: no cause is told.',
  })
  state!: keyof typeof causeStates | null;

  @Field(() => [CauseReply], { description: 'Replies, oldest first.' })
  replies!: CauseReply[];
}

@InputType({ description: 'Opens a defect case, or takes further recalls into it.' })
export class OpenDefectCaseInput {
  @Field(() => String, { description: 'Its number, unique; at most 100 characters.' })
  number!: string;

  @Field(() => String, { description: 'What it is about; at most 500 characters.' })
  title!: string;

  @Field(() => [String], { defaultValue: [], description: 'Numbers of recalls of the caller, at most 100.' })
  recalls!: string[];

  @Field(() => String, {
    nullable: true,
    description: 'Key of the sender: the same command again changes nothing.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'What became of a command about a defect case.' })
export class DefectCasePayload {
  @Field(() => DefectCase, { nullable: true, description: 'The case as it is now.' })
  defectCase!: DefectCase | null;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}

@InputType({ description: 'What the maker of the faulty goods says of the cause.' })
export class ReplyToCauseInput {
  @Field(() => String, { description: 'Number of the recall.' })
  recall!: string;

  @Field(() => causeReplies, { description: 'Whether it is so.' })
  reply!: keyof typeof causeReplies;

  @Field(() => String, { description: 'In words; at most 10,000 characters.' })
  statement!: string;

  @Field(() => String, { nullable: true, description: 'Where proof is kept, a URI.' })
  evidenceUri?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Key of the sender: the same command again changes nothing.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'What became of a reply.' })
export class ReplyToCausePayload {
  @Field(() => Boolean, { description: 'Whether it is on record.' })
  accepted!: boolean;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}
