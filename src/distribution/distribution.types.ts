/** Distribution, as the API shows it: logistic units and what is inside them. */
import { Field, ObjectType } from 'type-graphql';
import { DateTime, NodeInterface, QuantityRange } from '../graphql/index.js';

@ObjectType({
  implements: NodeInterface,
  description: 'Whatever holds others: a case, pallet or container, or a serialised item.',
})
export class LogisticUnit {
  unitId!: bigint;

  @Field(() => String, { description: 'SSCC, or another key as an absolute URI.' })
  key!: string;
}

@ObjectType({ description: 'Content inside a logistic unit, from and to.' })
export class Containment {
  of!: bigint;
  containmentId!: bigint;
  contentUnitId!: bigint | null;
  contentBatchId!: bigint | null;
  contentItemId!: bigint | null;

  @Field(() => QuantityRange, {
    nullable: true,
    description: 'How much; null: a unit, or an unknown amount.',
  })
  quantity!: QuantityRange | null;

  @Field(() => DateTime, { description: 'When it was packed.' })
  packedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was taken out; null: it is inside.' })
  unpackedAt!: Date | null;
}
