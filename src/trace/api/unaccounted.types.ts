/** What a mass balance cannot account for, account by account, as the API shows it. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf, DecimalText } from '../../graphql/index.js';
import type { Unaccounted, UnaccountedCause } from '../index.js';
import { custodyStates } from './custody.types.js';

const descriptions: Record<UnaccountedCause, string> = {
  AMOUNT_NOT_GIVEN: 'A movement there gave no quantity.',
  ARRIVAL_VOIDED: 'What brought the goods there was voided.',
  LOT_NOT_READ: 'Goods of the product came there without their lot.',
  LOT_MISREAD:
    'Another lot of the product has as much there as this one lacks: one may have been read for the other.',
  DELIVERY_NOT_RECORDED: 'A delivery is not on record.',
  SHIPMENT_NOT_RECORDED: 'A shipment is not on record.',
  SALE_NOT_RECORDED: 'A sale is not on record.',
  FITTING_NOT_RECORDED: 'A fitting is not on record.',
  MOVEMENT_NOT_RECORDED: 'A movement is not on record.',
};
const causes = Object.fromEntries(Object.keys(descriptions).map((name) => [name, name])) as {
  [Cause in UnaccountedCause]: Cause;
};
registerEnumType(causes, {
  name: 'UnaccountedCause',
  description: 'What the record suggests as the cause of goods that nobody can account for.',
  valuesConfig: Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [name, { description }]),
  ),
});

@ObjectType('UnaccountedGoods', {
  description: 'Goods of a batch that left a site, or a state there, without having come into it.',
})
export class UnaccountedType {
  row!: Unaccounted;

  @Field(() => custodyStates, { description: 'The state that lacks them.' })
  state!: keyof typeof custodyStates;

  @Field(() => DecimalText, { description: 'How much, in the unit of the product: below zero.' })
  quantity!: string;

  @Field(() => [causes], {
    description: 'Likely causes, the likeliest first; not being recorded comes last.',
  })
  causes!: UnaccountedCause[];
}

export const UnaccountedConnection = connectionOf(() => UnaccountedType, 'UnaccountedGoods');
