/** Custody, as the API shows it: where goods are, how they came there, and inside what. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, DecimalText, QuantityRange } from '../../graphql/index.js';
import type { Container, CustodyState, Holding, Movement } from '../index.js';
import { type EventKind, eventKinds } from './event-kinds.js';

type ShownState = Exclude<CustodyState, 'SOURCE'>;
export const custodyStates: Record<ShownState, ShownState> = {
  ON_HAND: 'ON_HAND',
  IN_TRANSIT: 'IN_TRANSIT',
  SOLD: 'SOLD',
  CONSUMED: 'CONSUMED',
  FITTED: 'FITTED',
  SCRAPPED: 'SCRAPPED',
  RETURNED_TO_MAKER: 'RETURNED_TO_MAKER',
  UNKNOWN: 'UNKNOWN',
};
registerEnumType(custodyStates, {
  name: 'CustodyState',
  description: 'In which state goods are at a site.',
  valuesConfig: {
    ON_HAND: { description: 'They lie there.' },
    IN_TRANSIT: { description: 'They are on their way there.' },
    SOLD: { description: 'They were sold there.' },
    CONSUMED: { description: 'They went into other goods there.' },
    FITTED: { description: 'They were built into an item there.' },
    SCRAPPED: { description: 'They are gone: scrapped, destroyed, lost or used up.' },
    RETURNED_TO_MAKER: { description: 'They went back to their maker from there.' },
    UNKNOWN: { description: 'They left, and nobody recorded where to.' },
  },
});

@ObjectType('Holding', { description: 'Goods at one site in one state, at the time asked about.' })
export class HoldingType {
  row!: Holding;

  @Field(() => custodyStates, { description: 'In which state they are there.' })
  state!: ShownState;

  @Field(() => QuantityRange, {
    description: 'How much, in the unit of the product; negative: more is booked out than ever came.',
  })
  quantity!: QuantityRange;

  @Field(() => DateTime, { description: 'The latest movement of them there.' })
  since!: Date;
}

@ObjectType('Movement', { description: 'One side of a movement of goods: what a site gained or gave.' })
export class MovementType {
  row!: Movement;

  @Field(() => eventKinds, { description: 'What kind of event moved them.' })
  kind!: EventKind;

  @Field(() => custodyStates, { description: 'The state they entered or left.' })
  state!: ShownState;

  @Field(() => DecimalText, {
    description: 'How much, in the unit of the product: positive what came, negative what went.',
  })
  quantity!: string;

  @Field(() => Boolean, { description: 'True when the event gave no amount.' })
  unknownAmount!: boolean;

  @Field(() => DateTime, { description: 'When.' })
  occurredAt!: Date;
}

@ObjectType('Container', { description: 'A unit or item around an item or unit.' })
export class ContainerType {
  row!: Container;

  @Field(() => Int, { description: 'Steps outward: 1 is what it lies in directly.' })
  depth!: number;

  @Field(() => DateTime, { nullable: true, description: 'Since when it is in there; null: not known.' })
  since!: Date | null;
}

@ObjectType({ description: 'A site where an item or unit is, or is on its way to.' })
export class Place {
  siteId!: bigint;

  @Field(() => custodyStates, { description: 'In which state it is there.' })
  state!: ShownState;

  @Field(() => DateTime, { description: 'Since when.' })
  since!: Date;
}

@ObjectType({ description: 'Where an item or unit is, and inside what, at the time asked about.' })
export class Whereabouts {
  @Field(() => DateTime, { description: 'The time asked about.' })
  asOf!: Date;

  @Field(() => [Place], {
    description:
      'The sites where it is or is on its way to; that of the item it is built into. One, unless the record contradicts itself; none: not known, or not shown.',
  })
  places!: Place[];

  @Field(() => [ContainerType], {
    description:
      'What is around it, from the nearest outward: the item it is built into, its case, pallet, truck. Empty: nothing.',
  })
  inside!: ContainerType[];

  @Field(() => Boolean, {
    description: 'True when something around it, or its place, is not shown to this caller.',
  })
  viewLimited!: boolean;

  @Field(() => Boolean, {
    description:
      'False when something is not shown to this caller, or the record has it in more things, or at more places, than are listed.',
  })
  isComplete!: boolean;
}
