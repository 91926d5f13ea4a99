/** Mass balance and sales of a batch or product, as the API shows them. */
import { Field, ObjectType } from 'type-graphql';
import { BigIntText, QuantityRange } from '../../graphql/index.js';
import type { Clocks } from '../index.js';

@ObjectType({
  description:
    'Where every unit went: made = consumed + fitted + on hand + in transit + sold + scrapped + unaccounted.',
})
export class MassBalance {
  of!: { batchId: bigint } | { productId: bigint };
  clocks!: Clocks;

  @Field(() => QuantityRange, { description: 'Made, by what the runs and items tell.' })
  made!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Went into other goods.' })
  consumed!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Built into items.' })
  fitted!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Lies at sites, what is on hold included.' })
  onHand!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Part of `onHand`: may not leave.' })
  onHold!: QuantityRange;

  @Field(() => QuantityRange, { description: 'On its way, or left to a place not recorded.' })
  inTransit!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Sold, less what came back.' })
  sold!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Came back from buyers; beside the identity.' })
  returned!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Gone: scrapped, destroyed, lost or used up.' })
  scrapped!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Zero or less: what left places more than ever came there.' })
  unaccounted!: QuantityRange;

  @Field(() => Boolean, { description: 'Whether the identity holds to the unit.' })
  isClosed!: boolean;
}

@ObjectType({ description: 'Sales of a batch or product that the caller may see.' })
export class SalesCount {
  @Field(() => BigIntText, { description: 'Sales recorded.' })
  sales!: bigint;

  @Field(() => BigIntText, { description: 'Of these, sales whose buyer is known.' })
  withBuyer!: bigint;

  @Field(() => QuantityRange, { description: 'How much was sold, before returns.' })
  quantity!: QuantityRange;

  @Field(() => QuantityRange, { description: 'How much of it came back.' })
  returned!: QuantityRange;
}
