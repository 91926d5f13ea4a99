/** Notices as the API shows them: what a party is told, and what it answers. */
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntText, connectionOf, DateTime, DecimalText, Problem } from '../../../graphql/index.js';
import type { NoticeKind, Reader } from '../../delivery/notice-content.js';
import type { NoticeElement } from '../../delivery/required-elements.js';
import type { Certainty } from '../../scope.js';
import { RecallPayload } from '../campaign/command.types.js';
import { certainties } from '../scope-enums.types.js';

export const noticeKinds: { readonly [K in NoticeKind]: K } = {
  INITIAL: 'INITIAL',
  INTERIM: 'INTERIM',
  FINAL: 'FINAL',
  ADDED: 'ADDED',
  CHANGED: 'CHANGED',
  REMOVED: 'REMOVED',
  REMINDER: 'REMINDER',
  CLOSING: 'CLOSING',
};
registerEnumType(noticeKinds, {
  name: 'NoticeKind',
  description: 'What a notice is for.',
  valuesConfig: {
    INITIAL: { description: 'The first to this party.' },
    INTERIM: { description: 'The remedy is not ready yet.' },
    FINAL: { description: 'The remedy is ready.' },
    ADDED: { description: 'More of its goods are affected.' },
    CHANGED: { description: 'Other goods of it are affected, or more or less surely.' },
    REMOVED: { description: 'Some of its goods are affected no longer.' },
    REMINDER: { description: 'It has not answered.' },
    CLOSING: { description: 'The recall ends.' },
  },
});

/** Kinds a sender names; the others follow from what changed for each party. */
export const sentKinds = {
  INTERIM: 'INTERIM',
  FINAL: 'FINAL',
  REMINDER: 'REMINDER',
  CLOSING: 'CLOSING',
} as const;
registerEnumType(sentKinds, {
  name: 'SentNoticeKind',
  description: 'Notices that go out whether or not lines changed.',
  valuesConfig: {
    INTERIM: { description: 'To every party concerned: the remedy is not ready yet.' },
    FINAL: { description: 'To every party concerned: the remedy is ready.' },
    REMINDER: { description: 'To who has not acknowledged its latest notice.' },
    CLOSING: { description: 'To every party concerned: the recall ends.' },
  },
});

export const audiences = { HOLDER: 'HOLDER', SUPPLIER: 'SUPPLIER', AUTHORITY: 'AUTHORITY' } as const;
export type Audience = keyof typeof audiences;
registerEnumType(audiences, {
  name: 'NoticeAudience',
  description: 'Why a party is told.',
  valuesConfig: {
    HOLDER: { description: 'It holds, sold, built in or held the goods.' },
    SUPPLIER: { description: 'It made what the defect entered by.' },
    AUTHORITY: { description: 'It watches over the goods.' },
  },
});

@ObjectType({ description: 'What a party is told of a recall.' })
export class Notice {
  noticeId!: bigint;
  recallId!: bigint;
  partyId!: bigint;

  @Field(() => noticeKinds, { description: 'What it is for.' })
  kind!: NoticeKind;

  @Field(() => audiences, { description: 'Why the party is told.' })
  audience!: Audience;

  @Field(() => String, { nullable: true, description: 'What the sender adds.' })
  message!: string | null;

  @Field(() => Int, { description: 'Number of the frozen scope it tells of.' })
  scopeVersion!: number;

  @Field(() => DateTime, { description: 'When it was sent.' })
  sentAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'By when it is to be answered.' })
  dueAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When the party acknowledged it; null: not yet.' })
  acknowledgedAt!: Date | null;
}

@ObjectType({ description: "The recipient's own goods that a notice names." })
export class NoticeLine {
  noticeId!: bigint;
  batchId!: bigint;
  itemId!: bigint | null;

  @Field(() => certainties, { description: 'How surely they are affected.' })
  certainty!: Certainty;
}

@ObjectType({ description: 'What the recipient counted of a line.' })
export class NoticeCount {
  noticeId!: bigint;
  batchId!: bigint;
  itemId!: bigint | null;
  siteId!: bigint;

  @Field(() => DecimalText, { description: 'On hand, in the unit of the product.' })
  onHand!: string;

  @Field(() => DecimalText, { description: 'Kept apart.' })
  quarantined!: string;

  @Field(() => DecimalText, { description: 'Sent back.' })
  returned!: string;

  @Field(() => DecimalText, { description: 'Destroyed.' })
  destroyed!: string;

  @Field(() => DecimalText, { description: 'On hand by the book when asked, to compare.' })
  booked!: string;

  @Field(() => String, { nullable: true, description: 'Where proof is kept.' })
  evidenceUri!: string | null;
}

export const NoticeConnection = connectionOf(() => Notice, 'Notice');
export const NoticeLineConnection = connectionOf(() => NoticeLine, 'NoticeLine');

@InputType({ description: 'Sends notices of the newest frozen scope.' })
export class SendNoticesInput {
  @Field(() => String, { description: 'Number of the recall.' })
  number!: string;

  @Field(() => sentKinds, {
    nullable: true,
    description:
      'Absent: to each party whose own lines changed since its latest notice, of the kind that tells how.',
  })
  kind?: keyof typeof sentKinds | null;

  @Field(() => String, { nullable: true, description: 'What to add; at most 10,000 characters.' })
  message?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'By when to answer.' })
  dueAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'Key of the sender: the same again under it sends nothing.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What was counted of goods a notice names.' })
export class NoticeCountInput {
  @Field(() => String, { description: "GLN of the caller's site." })
  site!: string;

  @Field(() => String, { description: 'GTIN of the goods.' })
  gtin!: string;

  @Field(() => String, { nullable: true, description: 'Their lot; or a serial.' })
  lot?: string | null;

  @Field(() => String, { nullable: true, description: 'Serial of one item; or a lot.' })
  serial?: string | null;

  @Field(() => DecimalText, { description: 'On hand.' })
  onHand!: string;

  @Field(() => DecimalText, { defaultValue: '0', description: 'Of these kept apart.' })
  quarantined!: string;

  @Field(() => DecimalText, { defaultValue: '0', description: 'Sent back.' })
  returned!: string;

  @Field(() => DecimalText, { defaultValue: '0', description: 'Destroyed; wants proof.' })
  destroyed!: string;

  @Field(() => String, { nullable: true, description: 'Where proof of destruction is kept, a URI.' })
  evidenceUri?: string | null;
}

@InputType({ description: 'Acknowledges a notice, with what was counted.' })
export class AcknowledgeNoticeInput {
  @Field(() => ID, { description: 'The notice.' })
  notice!: string;

  @Field(() => [NoticeCountInput], { defaultValue: [], description: 'Counts, at most 1000.' })
  counts!: NoticeCountInput[];

  @Field(() => String, {
    nullable: true,
    description: 'Key of the sender: the same again under it changes nothing.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'What became of sending notices.' })
export class SendNoticesPayload extends RecallPayload {
  @Field(() => Int, { description: 'Notices to parties made now, and queued to go out.' })
  sent!: number;

  @Field(() => BigIntText, {
    description:
      'Notices to buyers made now: certain ones in the name of the brand owner, possible ones in that of their seller.',
  })
  buyers!: bigint;
}

@ObjectType({ description: 'What became of an acknowledgement.' })
export class AcknowledgeNoticePayload {
  @Field(() => Notice, { nullable: true, description: 'The notice as it is now.' })
  notice!: Notice | null;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}

@ObjectType({ implements: Problem, description: 'A count that cannot be taken.' })
export class CountProblem extends Problem {
  constructor(code: string, message: string, index: number, field: string) {
    super(code, message, ['input', 'counts', String(index), field]);
  }
}

@ObjectType({
  implements: Problem,
  description: 'A notice lacks what it has to tell; describeRecall gives it.',
})
export class MissingElement extends Problem {
  @Field(() => String, { description: 'Name of the element.' })
  readonly element: string;

  constructor(number: string, element: NoticeElement, kind: NoticeKind, reader: Reader) {
    const name = element === 'remedyPlan' || element === 'contact' ? `details.${element}` : element;
    super('MISSING_ELEMENT', `recall ${number}: ${name} is missing; a notice ${kind} to ${reader} wants it`, [
      'input',
      'number',
    ]);
    this.element = name;
  }
}

@ObjectType({ description: 'How many notices of a recall are out and answered.' })
export class NoticeCounts {
  @Field(() => Int, { description: 'Parties that were told.' })
  parties!: number;

  @Field(() => Int, { description: 'Of these, parties that acknowledged their latest notice.' })
  acknowledged!: number;

  @Field(() => Int, { description: 'Of these, parties that are late.' })
  overdue!: number;
}
