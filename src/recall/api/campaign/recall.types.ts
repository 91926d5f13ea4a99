/** The recall as a campaign, as the API shows it. */
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntText, connectionOf, DateTime } from '../../../graphql/index.js';
import type { Rule } from '../../rule.js';
import type { Exposure } from '../../scope.js';
import { type RecallState, recallStates } from './recall-states.js';

registerEnumType(recallStates, {
  name: 'RecallState',
  description: 'Where a recall is in its life.',
  valuesConfig: {
    DRAFT: { description: 'Seen by who opened it alone.' },
    FILED: { description: 'Filed with the authorities.' },
    PUBLISHED: { description: 'Its scope is frozen and told to whom it concerns.' },
    IN_PROGRESS: { description: 'Remedies or answers have come in.' },
    COMPLETED: { description: 'Its opener holds it done.' },
    CLOSED: { description: 'Closed by an authority; what was not remedied stays recalled.' },
    WITHDRAWN: { description: 'Taken back.' },
  },
});

export const recallKinds = {
  SAFETY_DEFECT: 'SAFETY_DEFECT',
  NON_COMPLIANCE: 'NON_COMPLIANCE',
  FIELD_ACTION: 'FIELD_ACTION',
  DRILL: 'DRILL',
} as const;
export type RecallKind = keyof typeof recallKinds;
registerEnumType(recallKinds, {
  name: 'RecallKind',
  description: 'What kind of recall it is.',
  valuesConfig: {
    SAFETY_DEFECT: { description: 'Goods that can hurt.' },
    NON_COMPLIANCE: { description: 'Goods that break a rule.' },
    FIELD_ACTION: { description: 'Goods to be mended without a danger.' },
    DRILL: { description: 'A rehearsal: holds nothing, reveals nobody, is never shown to the public.' },
  },
});

export const recallRelations = {
  EXPANDS: 'EXPANDS',
  NARROWS: 'NARROWS',
  REPLACES: 'REPLACES',
  ANSWERS: 'ANSWERS',
} as const;
export type RecallRelation = keyof typeof recallRelations;
registerEnumType(recallRelations, {
  name: 'RecallRelation',
  description: 'How a recall follows from another.',
  valuesConfig: {
    EXPANDS: { description: 'It takes in more goods beside it.' },
    NARROWS: { description: 'It takes in less; the other one stands until it is withdrawn.' },
    REPLACES: { description: 'It takes its place; the other one stands until it is withdrawn.' },
    ANSWERS: { description: "A brand owner's own, of goods that the other one, further up, reaches." },
  },
});

export const scopeRelations = { EXPANDS: 'EXPANDS', NARROWS: 'NARROWS', REPLACES: 'REPLACES' } as const;
registerEnumType(scopeRelations, {
  name: 'ScopeRelation',
  description: 'How the rule of a version follows from the one before.',
  valuesConfig: {
    EXPANDS: { description: 'It loses no member, and leaves none less sure.' },
    NARROWS: { description: 'It wins no member, and leaves none surer.' },
    REPLACES: { description: 'It takes its place.' },
  },
});

@ObjectType({ description: 'One step in the life of a recall.' })
export class RecallTransition {
  partyId!: bigint | null;
  authorityId!: bigint | null;

  @Field(() => recallStates, { nullable: true, description: 'From which state; null: it was opened.' })
  from!: RecallState | null;

  @Field(() => recallStates, { description: 'To which state.' })
  to!: RecallState;

  @Field(() => String, { description: 'The role that moved it.' })
  role!: string;

  @Field(() => String, { nullable: true, description: 'Why.' })
  reason!: string | null;

  @Field(() => DateTime, { description: 'When.' })
  at!: Date;
}

@ObjectType({ description: 'Where a recall stands with one authority.' })
export class RecallAuthority {
  recallId!: bigint;
  authorityId!: bigint;

  @Field(() => String, { nullable: true, description: 'The number it has there.' })
  number!: string | null;

  @Field(() => recallStates, { description: 'How far it has come there.' })
  state!: RecallState;

  @Field(() => DateTime, { description: 'Since when.' })
  changedAt!: Date;
}

@ObjectType({ description: 'A frozen scope of a recall: never edited, replaced by a further version.' })
export class ScopeVersion {
  versionId!: bigint;
  recallId!: bigint;
  partyId!: bigint | null;
  rule!: Rule;
  keep!: Rule | null;
  exposure!: Exposure;
  asOf!: Date | null;

  @Field(() => Int, { description: 'Number of the version, from 1.' })
  number!: number;

  @Field(() => DateTime, { description: 'What was known then is in it.' })
  knownAt!: Date;

  @Field(() => DateTime, { description: 'When it was frozen.' })
  frozenAt!: Date;

  @Field(() => String, { description: 'SHA-256 of its members by their natural keys, in hexadecimal.' })
  digest!: string;

  @Field(() => Boolean, { description: 'Whether no limit cut it.' })
  isComplete!: boolean;

  @Field(() => String, { nullable: true, description: 'Why it was frozen.' })
  reason!: string | null;

  @Field(() => scopeRelations, {
    nullable: true,
    description: 'How its rule follows from that of the version before; null: the same rule, later facts.',
  })
  relation!: keyof typeof scopeRelations | null;

  @Field(() => Int, { description: 'Batches in it.' })
  batches!: number;

  @Field(() => BigIntText, { description: 'Serialised items in it.' })
  items!: bigint;

  @Field(() => BigIntText, { description: 'Buyers to be reached.' })
  buyers!: bigint;
}

@ObjectType({ description: 'A campaign to call goods back.' })
export class Recall {
  recallId!: bigint;
  openerId!: bigint | null;
  openerRole!: string;
  rule!: Rule;
  keep!: Rule | null;
  exposure!: Exposure;
  details!: Record<string, unknown>;
  caseId!: bigint | null;
  parentId!: bigint | null;

  @Field(() => recallRelations, { nullable: true, description: 'How it follows from `parent`.' })
  relation!: RecallRelation | null;

  @Field(() => String, { description: 'Its number, unique.' })
  number!: string;

  @Field(() => String, { description: 'What it is about, in a line.' })
  title!: string;

  @Field(() => recallKinds, { description: 'What kind it is.' })
  kind!: RecallKind;

  @Field(() => recallStates, { description: 'Where it is in its life.' })
  state!: RecallState;

  @Field(() => String, { nullable: true, description: 'What is wrong with the goods.' })
  defect!: string | null;

  @Field(() => String, { nullable: true, description: 'What can happen.' })
  risk!: string | null;

  @Field(() => String, { nullable: true, description: 'What whoever has the goods should do.' })
  instructions!: string | null;

  @Field(() => DateTime, { description: 'When it was opened.' })
  openedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was published; null: not yet.' })
  publishedAt!: Date | null;

  @Field(() => Int, {
    description: 'Counts its changes; `expectedVersion` of a command is compared with it.',
  })
  version!: number;
}

@InputType({ description: 'Which recalls.' })
export class RecallFilter {
  @Field(() => [recallStates], { nullable: true, description: 'Only in these states.' })
  states?: RecallState[] | null;

  @Field(() => recallKinds, { nullable: true, description: 'Only of this kind.' })
  kind?: RecallKind | null;
}

export const RecallConnection = connectionOf(() => Recall, 'Recall');
