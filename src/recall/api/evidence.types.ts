/** Why a member is in, what the record lacks and what is left out. */
import { Field, Int, ObjectType } from 'type-graphql';
import { BigIntText, connectionOf, DateTime } from '../../graphql/index.js';
import type { Exclusion, GapKind, ScopeNode, EvidenceStep as Step } from '../scope.js';
import {
  certainties,
  evidenceKinds,
  exclusionReasons,
  gapKinds,
  scopeLimitKinds,
  truths,
  verdictsOfMembership,
} from './scope-enums.types.js';

@ObjectType({ description: 'Part of the units that are affected, reduced: 0 < numerator <= denominator.' })
export class Share {
  @Field(() => BigIntText, { description: 'Affected units.' })
  numerator!: bigint;

  @Field(() => BigIntText, { description: 'Of so many.' })
  denominator!: bigint;
}

@ObjectType({
  description: 'A batch or item on a chain of evidence; both are null where the caller does not see it.',
})
export class EvidenceNode {
  node!: ScopeNode | null;
}

@ObjectType({ description: 'One step of the chain from an origin to a member.' })
export class EvidenceStep {
  @Field(() => evidenceKinds, { description: 'What the step rests on.' })
  kind!: Step['kind'];

  @Field(() => String, {
    nullable: true,
    description:
      'Id of the event that says so; null where no single event does, or the caller sees neither end.',
  })
  eventId!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it happened; null: not on record.' })
  occurredAt!: Date | null;

  @Field(() => EvidenceNode, { nullable: true, description: 'From where; null at the origin.' })
  from!: EvidenceNode | null;

  @Field(() => EvidenceNode, { description: 'To where.' })
  to!: EvidenceNode;

  @Field(() => certainties, { description: 'How sure the step is.' })
  certainty!: Step['certainty'];
}

@ObjectType({ description: 'A limit that stopped the walk: the scope may lack what lies beyond.' })
export class ScopeLimit {
  @Field(() => scopeLimitKinds, { description: 'Which limit.' })
  kind!: keyof typeof scopeLimitKinds;

  @Field(() => Int, { description: 'Its value.' })
  value!: number;

  @Field(() => String, { description: 'What it cut.' })
  message!: string;
}

@ObjectType({ description: 'What the record lacks and could hide something.' })
export class Gap {
  key!: string;
  batchId!: bigint | null;
  itemId!: bigint | null;
  productId!: bigint | null;
  siteId!: bigint | null;
  most!: bigint | null;

  @Field(() => gapKinds, { description: 'What kind of hole it is.' })
  kind!: GapKind;

  @Field(() => String, { description: 'What lacks, of what, and why it matters.' })
  message!: string;

  @Field(() => String, { nullable: true, description: 'The attribute that is missing, such as "line".' })
  field!: string | null;
}

@ObjectType({ description: 'What is left out, by evidence or by the rule, and by which.' })
export class Excluded {
  key!: string;
  batchId!: bigint;
  itemId!: bigint | null;

  @Field(() => exclusionReasons, { description: 'Why it is left out.' })
  reason!: Exclusion['reason'];

  @Field(() => String, { description: 'The same in words.' })
  message!: string;

  @Field(() => [EvidenceStep], { description: 'The events that prove it.' })
  evidence!: EvidenceStep[];
}

@ObjectType({ description: 'What one condition of the rule answers about the subject itself.' })
export class ConditionAnswer {
  @Field(() => String, { description: 'The condition in a line.' })
  leaf!: string;

  @Field(() => truths, { description: 'What it answers.' })
  truth!: keyof typeof truths;
}

@ObjectType({ description: 'Why a subject is in a scope, or not.' })
export class Membership {
  @Field(() => verdictsOfMembership, { description: 'Whether it is in.' })
  verdict!: keyof typeof verdictsOfMembership;

  @Field(() => certainties, { nullable: true, description: 'How surely; null when it is out.' })
  certainty!: keyof typeof certainties | null;

  @Field(() => Share, { nullable: true, description: 'Part of its units; null when certain or not known.' })
  share!: Share | null;

  @Field(() => [EvidenceStep], {
    description: 'IN: the chain of events from an origin. OUT: the events that clear it, where some do.',
  })
  why!: EvidenceStep[];

  @Field(() => String, { description: 'In a sentence; OUT: with the condition that failed.' })
  reason!: string;

  @Field(() => [ConditionAnswer], { description: 'Each condition of the rule, asked of the subject itself.' })
  conditions!: ConditionAnswer[];
}

export const GapConnection = connectionOf(() => Gap, 'Gap');
export const ExcludedConnection = connectionOf(() => Excluded, 'Excluded');
