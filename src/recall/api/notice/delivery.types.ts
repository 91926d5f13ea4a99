/** How a notice went out, as the API shows it. */
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntText, DateTime } from '../../../graphql/index.js';
import type { Channel, DeliveryState } from '../../delivery/delivery.sql.js';

export const deliveryChannels: { readonly [K in Channel]: K } = {
  EMAIL: 'EMAIL',
  WEBHOOK: 'WEBHOOK',
  PRINT: 'PRINT',
};
registerEnumType(deliveryChannels, {
  name: 'DeliveryChannel',
  description: 'A way a notice goes.',
  valuesConfig: {
    EMAIL: { description: 'An e-mail; its Message-ID holds the key of the notice.' },
    WEBHOOK: { description: 'A signed request to the system of the party, with the key of the notice.' },
    PRINT: { description: 'A letter to print: no address of another kind is on record.' },
  },
});

export const deliveryStates: { readonly [K in DeliveryState]: K } = {
  QUEUED: 'QUEUED',
  SENT: 'SENT',
  DELIVERED: 'DELIVERED',
  FAILED: 'FAILED',
};
registerEnumType(deliveryStates, {
  name: 'DeliveryState',
  description: 'What became of it.',
  valuesConfig: {
    QUEUED: { description: 'To be handed over, or tried again.' },
    SENT: { description: 'A mail server, or the post, took it.' },
    DELIVERED: { description: "The recipient's system confirmed it, or the recipient answered." },
    FAILED: { description: 'Given up; reach the recipient otherwise.' },
  },
});

@ObjectType({ description: 'One way a notice went, and what became of it.' })
export class Delivery {
  noticeId!: bigint;

  @Field(() => deliveryChannels, { description: 'The way.' })
  channel!: Channel;

  @Field(() => deliveryStates, { description: 'What became of it.' })
  state!: DeliveryState;

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Why the last attempt failed: a code or a rule, no address.',
  })
  reason!: string | null;

  @Field(() => DateTime, { description: 'Since when it is in this state.' })
  changedAt!: Date;
}

@ObjectType({ description: 'How many deliveries of a recall stand how, on one way.' })
export class DeliveryCounts {
  @Field(() => deliveryChannels, { description: 'The way.' })
  channel!: Channel;

  @Field(() => Boolean, {
    description:
      'Whether this service can send so; false: its deliveries stay QUEUED until it is configured.',
  })
  canSend!: boolean;

  @Field(() => BigIntText, { description: 'To be handed over.' })
  queued!: bigint;

  @Field(() => BigIntText, { description: 'Handed over.' })
  sent!: bigint;

  @Field(() => BigIntText, { description: 'Confirmed.' })
  delivered!: bigint;

  @Field(() => BigIntText, { description: 'Given up.' })
  failed!: bigint;
}

@InputType({ description: 'Prints letters of a recall.' })
export class PrintNoticesInput {
  @Field(() => String, { description: 'Number of the recall.' })
  number!: string;

  @Field(() => Int, { description: 'Letters at most, 1 to 100; another call goes on once these are posted.' })
  first!: number;

  @Field(() => [String], {
    defaultValue: [],
    description: 'Keys of letters that were posted since, at most 1000: they are SENT and not printed again.',
  })
  posted!: string[];
}

@ObjectType({ description: 'A notice as a letter, with the address of its recipient.' })
export class PrintedNotice {
  @Field(() => String, { description: 'Key of the notice, which the letter bears.' })
  key!: string;

  @Field(() => String, { description: 'An HTML page that prints as a letter.' })
  html!: string;
}

@ObjectType({ description: 'Letters to print.' })
export class PrintNoticesPayload {
  @Field(() => [PrintedNotice], {
    description: 'Those not posted yet, the oldest first; the same again until they are told to be posted.',
  })
  letters!: PrintedNotice[];

  @Field(() => Int, { description: 'Letters that are SENT by this call.' })
  settled!: number;
}
