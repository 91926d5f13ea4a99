/** Quantities as ranges: what is booked, and what unknown amounts and movements without a lot could add. */
import { Field, ObjectType } from 'type-graphql';
import { formatQuantity } from '../record/input/index.js';
import { DecimalText } from './scalars.js';

@ObjectType({
  description: 'An amount that the record bounds from below and, where it can, from above.',
})
export class QuantityRange {
  @Field(() => DecimalText, {
    description: 'Booked, of goods in scope, certain and possible.',
  })
  value!: string;

  @Field(() => DecimalText, {
    description: 'With what movements without a lot and unknown amounts could add.',
  })
  atMost!: string;

  @Field(() => String, {
    description: 'Unit of measure, a UN/ECE Rec 20 code.',
  })
  unit!: string;

  @Field(() => Boolean, {
    description: 'True when some amount is not on record: `atMost` is then the most that is known.',
  })
  unbounded!: boolean;
}

/** Smallest units to the unit's decimal. */
export function quantityRange(
  range: { value: bigint; atMost: bigint; unbounded: boolean },
  unit: string,
): QuantityRange {
  return {
    value: formatQuantity(range.value, unit),
    atMost: formatQuantity(range.atMost, unit),
    unit,
    unbounded: range.unbounded,
  };
}

/** A booked amount without a second bound. */
export const bookedQuantity = (value: bigint, unit: string, unknownAmount = false): QuantityRange =>
  quantityRange({ value, atMost: value, unbounded: unknownAmount }, unit);
