/** Events of the record, as the API shows them: what was told, by whom, when it was true and when it was known. */
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../../graphql/index.js';
import { type EventKind, eventKinds } from './event-kinds.js';

@ObjectType('Event', { description: 'One lifecycle fact, as it was recorded. Personal data is not in it.' })
export class EventType {
  eventKey!: string;
  eventSeq!: bigint;
  recorderId!: bigint | null;
  siteId!: bigint | null;
  fromSiteId!: bigint | null;
  toSiteId!: bigint | null;
  productId!: bigint | null;
  itemId!: bigint | null;
  unitId!: bigint | null;
  contentUnitId!: bigint | null;
  smallestUnits!: bigint | null;
  body!: Record<string, unknown>;

  @Field(() => String, { description: "The sender's id of the event, or the one made from its content." })
  eventId!: string;

  @Field(() => eventKinds, { description: 'What happened.' })
  kind!: EventKind;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it happened, or the earliest it can have; null: not told.',
  })
  occurredAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The latest it can have happened, where only the day was told; else as `occurredAt`.',
  })
  occurredTo!: Date | null;

  @Field(() => Int, { description: 'Offset from UTC that the time was told with, in minutes.' })
  offsetMinutes!: number;

  @Field(() => DateTime, { description: 'Since when it is known here.' })
  recordedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was declared not to have happened; null: it stands.',
  })
  voidedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Lot of the goods, as told.' })
  lot!: string | null;
}

@ObjectType({ description: 'One told value of an event.' })
export class EventValue {
  @Field(() => String, { description: 'Name of the value, as in the input of its kind.' })
  name!: string;

  @Field(() => String, { description: 'The value in its canonical form.' })
  value!: string;
}

@InputType({ description: 'Which events: all given conditions together.' })
export class EventFilter {
  @Field(() => [eventKinds], { nullable: true, description: 'Only of these kinds.' })
  kinds?: EventKind[] | null;

  @Field(() => String, { nullable: true, description: 'The event of this id.' })
  eventId?: string | null;

  @Field(() => String, { nullable: true, description: 'Of goods of this GTIN, or absolute URI.' })
  gtin?: string | null;

  @Field(() => String, { nullable: true, description: 'Of goods of this lot; needs `gtin`.' })
  lot?: string | null;

  @Field(() => String, { nullable: true, description: 'Of the item of this serial; needs `gtin`.' })
  serial?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'That name this logistic unit: SSCC, or another key as an absolute URI.',
  })
  unit?: string | null;

  @Field(() => String, { nullable: true, description: 'At, from or to the site of this GLN.' })
  site?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Happened then or later.' })
  occurredFrom?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Happened before then.' })
  occurredBefore?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Recorded then or later.' })
  recordedFrom?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Recorded before then.' })
  recordedBefore?: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: only voided events; false: only those that stand; absent: both.',
  })
  voided?: boolean | null;
}
