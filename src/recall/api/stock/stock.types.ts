/** A party's own stock, and whether goods may be sold. */
import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf, DateTime } from '../../../graphql/index.js';
import type { Certainty } from '../../scope.js';
import { Recall } from '../campaign/recall.types.js';
import { certainties } from '../scope-enums.types.js';

export const stockStates = { ON_HAND: 'ON_HAND', IN_TRANSIT: 'IN_TRANSIT' } as const;
export type StockState = keyof typeof stockStates;
registerEnumType(stockStates, {
  name: 'StockState',
  description: 'Where stock is.',
  valuesConfig: {
    ON_HAND: { description: 'At the site.' },
    IN_TRANSIT: { description: 'On its way to the site.' },
  },
});

@InputType({ description: "Which of the caller's own stock." })
export class StockFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'Number of a recall that concerns the caller: only stock in its frozen scope, with certainty.',
  })
  recall?: string | null;

  @Field(() => String, { nullable: true, description: 'GLN of a site of the caller.' })
  site?: string | null;

  @Field(() => String, { nullable: true, description: 'GTIN of the product.' })
  gtin?: string | null;

  @Field(() => stockStates, { defaultValue: 'ON_HAND', description: 'Where it is.' })
  state!: StockState;
}

@ObjectType({
  description: 'Stock of the caller: an item, or goods of one batch without a serial, at one site.',
})
export class Stock {
  batchId!: bigint;
  siteId!: bigint;
  itemId!: bigint | null;
  amount!: bigint;
  unknownAmount!: boolean;

  @Field(() => stockStates, { description: 'Where it is.' })
  state!: StockState;

  @Field(() => certainties, {
    nullable: true,
    description: 'How surely the recall that was named affects it; null where none was named.',
  })
  certainty!: Certainty | null;
}

export const StockConnection = connectionOf(() => Stock, 'Stock');

export const reasonKinds = {
  RECALL: 'RECALL',
  HOLD: 'HOLD',
  EXPIRED: 'EXPIRED',
  READ_MORE: 'READ_MORE',
  NOT_ON_RECORD: 'NOT_ON_RECORD',
} as const;
export type ReasonKind = keyof typeof reasonKinds;
registerEnumType(reasonKinds, {
  name: 'SellableReasonKind',
  description: 'What speaks for or against selling.',
  valuesConfig: {
    RECALL: { description: 'A published recall names it.' },
    HOLD: { description: 'An open hold covers it.' },
    EXPIRED: { description: 'Its last day of use is over.' },
    READ_MORE: { description: 'Some goods of the product may not be sold: read lot or serial too.' },
    NOT_ON_RECORD: { description: 'Nothing of that name is on record.' },
  },
});

@ObjectType({ description: 'One reason.' })
export class SellableReason {
  @Field(() => reasonKinds, { description: 'What kind it is.' })
  kind!: ReasonKind;

  @Field(() => Boolean, { description: 'Whether it alone forbids the sale.' })
  blocks!: boolean;

  @Field(() => String, { description: 'In a sentence.' })
  message!: string;

  @Field(() => Recall, { nullable: true, description: 'The recall, for reason RECALL.' })
  recall!: Recall | null;

  @Field(() => certainties, {
    nullable: true,
    description: 'How surely it affects the goods, for reason RECALL.',
  })
  certainty!: Certainty | null;
}

@ObjectType({ description: 'Whether goods may be sold here and now.' })
export class Sellable {
  @Field(() => Boolean, {
    description: 'False when any reason blocks; possible goods of a recall are blocked too.',
  })
  sellable!: boolean;

  @Field(() => [SellableReason], { description: 'Why not, and what else is worth knowing.' })
  reasons!: SellableReason[];

  @Field(() => DateTime, { description: 'When this was so.' })
  checkedAt!: Date;
}
