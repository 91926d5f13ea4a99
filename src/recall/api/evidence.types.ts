/** Why a member is in, what the record lacks and what is left out. */
import { Field, Int, ObjectType } from 'type-graphql';
import { BigIntText, connectionOf, DateTime } from '../../graphql/index.js';
import { type EventKind, eventKinds } from '../../trace/api/index.js';
import type { Exclusion, GapKind, ScopeNode, EvidenceStep as Step } from '../scope.js';
import {
  certainties,
  evidenceKinds,
  exclusionReasons,
  failers,
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
  /** Set where the step is that of an item and its batch: the event that says so is the item's own. */
  memberItemId!: bigint | null;
  /** Null where the caller sees neither end. */
  toldBy!: string | null;

  @Field(() => evidenceKinds, { description: 'What the step rests on.' })
  kind!: Step['kind'];

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

  @Field(() => Int, { description: 'Its value; of DERIVATION the version that the rows are of.' })
  value!: number;

  @Field(() => String, { description: 'What it cut, or may have missed.' })
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

  @Field(() => String, {
    nullable: true,
    description: 'The condition of the rule or of `keep` that is false of it; null: left out by evidence.',
  })
  condition?: string | null;

  @Field(() => String, { description: 'The same in words.' })
  message!: string;

  @Field(() => [EvidenceStep], { description: 'The events that prove it.' })
  evidence!: EvidenceStep[];
}

@ObjectType({ description: 'What one condition answers about the subject itself.' })
export class ConditionAnswer {
  @Field(() => String, { description: 'The condition in a line.' })
  leaf!: string;

  @Field(() => truths, { description: 'What it answers.' })
  truth!: keyof typeof truths;
}

@ObjectType({ description: 'What keeps a subject out of a scope.' })
export class FailedCondition {
  @Field(() => failers, { description: 'Whose condition it is.' })
  by!: keyof typeof failers;

  @Field(() => String, {
    description: 'The condition in a line; of a rule or `keep` as in `conditions` and `keepConditions`.',
  })
  condition!: string;
}

@ObjectType({
  description: 'An event that a condition was asked of; `events(filter: { eventId })` has it whole.',
})
export class SubjectEvent {
  @Field(() => String, { description: 'Its id.' })
  eventId!: string;

  @Field(() => eventKinds, { description: 'What happened.' })
  kind!: EventKind;

  @Field(() => DateTime, { nullable: true, description: 'When; null: not told.' })
  occurredAt!: Date | null;
}

@ObjectType({ description: 'Why a subject is in a scope, or not: the claim, and the events to check it by.' })
export class Membership {
  @Field(() => verdictsOfMembership, { description: 'Whether it is in.' })
  verdict!: keyof typeof verdictsOfMembership;

  @Field(() => certainties, { nullable: true, description: 'How surely; null when it is out.' })
  certainty!: keyof typeof certainties | null;

  @Field(() => Share, { nullable: true, description: 'Part of its units; null when certain or not known.' })
  share!: Share | null;

  @Field(() => [EvidenceStep], {
    description:
      'IN, or left out by `keep` alone: the chain of events from an origin. Else what it was made from and contains instead, back to the lots of every affected component; empty where nothing of that kind is on record.',
  })
  why!: EvidenceStep[];

  @Field(() => [EvidenceStep], {
    description:
      'IN: the other inputs of the same components along the chain. None: a unit had no other choice; some: it is only possible, unless they are affected too or were blended.',
  })
  beside!: EvidenceStep[];

  @Field(() => String, { description: 'In a sentence; OUT: with the condition that failed.' })
  reason!: string;

  @Field(() => FailedCondition, { nullable: true, description: 'OUT: what keeps it out; null: it is in.' })
  failed!: FailedCondition | null;

  @Field(() => [ConditionAnswer], { description: 'Each condition of the rule, asked of the subject itself.' })
  conditions!: ConditionAnswer[];

  @Field(() => [ConditionAnswer], { description: 'Each condition of `keep`, asked of it.' })
  keepConditions!: ConditionAnswer[];

  @Field(() => [SubjectEvent], {
    description:
      'The events that the conditions were asked of, in order of time: how it was made, and as far as the conditions ask for it its inspections, reworks, installations, sales and registrations. Empty for a caller who sees neither all nor the goods as their brand owner; a supplier reads how it was made.',
  })
  events!: SubjectEvent[];

  @Field(() => Boolean, {
    description: 'False: more events bear on it than are listed, or some are hidden from the caller.',
  })
  isWhole!: boolean;
}

export const GapConnection = connectionOf(() => Gap, 'Gap');
export const ExcludedConnection = connectionOf(() => Excluded, 'Excluded');
