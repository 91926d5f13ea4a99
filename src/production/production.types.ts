/** Production, as the API shows it: batches, their runs and holds, items and their parts. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, DecimalText, NodeInterface, QuantityRange } from '../graphql/index.js';

export const mixings = {
  DISCRETE: 'DISCRETE',
  BLENDED: 'BLENDED',
  CARRYOVER: 'CARRYOVER',
} as const;
registerEnumType(mixings, {
  name: 'Mixing',
  description: 'How inputs meet in the output.',
  valuesConfig: {
    DISCRETE: {
      description: 'Each unit of the output holds some of one input.',
    },
    BLENDED: {
      description: 'Each unit of the output holds some of every input.',
    },
    CARRYOVER: {
      description: 'Remains of an earlier input may be in the output.',
    },
  },
});

export const verdicts = { PASS: 'PASS', FAIL: 'FAIL' } as const;
export type Verdict = keyof typeof verdicts;
registerEnumType(verdicts, {
  name: 'Verdict',
  description: 'What an inspection decided.',
  valuesConfig: {
    PASS: { description: 'Within what is allowed.' },
    FAIL: { description: 'Outside what is allowed.' },
  },
});

export const batchStatuses = {
  BLOCKED: 'BLOCKED',
  RELEASED: 'RELEASED',
} as const;
export type BatchStatus = keyof typeof batchStatuses;
registerEnumType(batchStatuses, {
  name: 'BatchStatus',
  description: 'Whether a batch may leave.',
  valuesConfig: {
    BLOCKED: { description: 'It may not.' },
    RELEASED: { description: 'It may.' },
  },
});

@ObjectType({
  implements: NodeInterface,
  description: 'Goods of one product under one lot number of one lot source.',
})
export class Batch {
  batchId!: bigint;
  productId!: bigint;
  sourceId!: bigint | null;

  @Field(() => String, {
    nullable: true,
    description: "The lot number; null: the product's goods of unknown lot.",
  })
  lot!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Last day of use, a date.',
  })
  expiresOn!: string | null;
}

@ObjectType({ description: 'A run that made goods of a batch.' })
export class Run {
  of!: bigint;
  siteId!: bigint | null;

  @Field(() => String, { nullable: true, description: 'The production line.' })
  line!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the design revision it was made to.',
  })
  revision!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the run began.' })
  producedFrom!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When the run ended.' })
  producedTo!: Date | null;

  @Field(() => QuantityRange, {
    nullable: true,
    description: 'How much it made; null: an unknown amount.',
  })
  quantity!: QuantityRange | null;
}

@ObjectType({ description: 'A hold on a batch, or the release of one.' })
export class BatchHold {
  @Field(() => batchStatuses, {
    description: 'Whether the batch was blocked or released.',
  })
  status!: BatchStatus;

  @Field(() => String, { description: 'Why.' })
  reason!: string;

  @Field(() => DateTime, { description: 'When.' })
  at!: Date;
}

@ObjectType({ description: 'A measurement or check of a batch or item.' })
export class Inspection {
  @Field(() => String, { description: 'What was measured.' })
  characteristic!: string;

  @Field(() => DecimalText, {
    nullable: true,
    description: 'The measured value.',
  })
  value!: string | null;

  @Field(() => DecimalText, {
    nullable: true,
    description: 'The lowest allowed value.',
  })
  lower!: string | null;

  @Field(() => DecimalText, {
    nullable: true,
    description: 'The highest allowed value.',
  })
  upper!: string | null;

  @Field(() => verdicts, { description: 'What it decided.' })
  verdict!: Verdict;

  @Field(() => DateTime, { description: 'When it was inspected.' })
  inspectedAt!: Date;
}

@ObjectType({ implements: NodeInterface, description: 'One serialised unit.' })
export class Item {
  itemId!: bigint;
  productId!: bigint;
  /** Null: only a key; nothing is on record of it. */
  batchId!: bigint | null;

  @Field(() => String, { description: 'The serial, unique in its product.' })
  serial!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was made; null: not known.',
  })
  producedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the design revision it was made to.',
  })
  revision!: string | null;

  @Field(() => Boolean, {
    description: 'False when the item is only named by other events.',
  })
  known!: boolean;
}

@ObjectType({ description: 'A part built into an item, from and to.' })
export class Fitting {
  of!: bigint;
  partBatchId!: bigint;
  partItemId!: bigint | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where in the item it sits.',
  })
  position!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was fitted.' })
  fittedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was taken out; null: it is in.',
  })
  removedAt!: Date | null;
}
