/** Progress beyond the remedies of items, and reports as data. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntText, DateTime, DecimalText, QuantityRange } from '../../../graphql/index.js';
import { Deadline } from '../deadline/deadline.types.js';
import { EffectivenessSample } from '../effectiveness/effectiveness.types.js';
import { NoticeCounts } from '../notice/notice.types.js';
import { RecallProgress } from '../remedy/remedy.types.js';

export const salesChannels = {
  PLATFORM: 'PLATFORM',
  STORE: 'STORE',
  OTHER: 'OTHER',
  UNSOLD: 'UNSOLD',
} as const;
registerEnumType(salesChannels, {
  name: 'SalesChannel',
  description: 'How an item was sold last.',
  valuesConfig: {
    PLATFORM: { description: 'Over a platform.' },
    STORE: { description: 'At a store.' },
    OTHER: { description: 'Otherwise.' },
    UNSOLD: { description: 'No sale of it stands.' },
  },
});

export const complaintPlaces = { INSIDE: 'INSIDE', OUTSIDE: 'OUTSIDE', UNKNOWN: 'UNKNOWN' } as const;
registerEnumType(complaintPlaces, {
  name: 'ComplaintPlace',
  description: 'Whether the goods of a complaint are in the newest frozen scope.',
  valuesConfig: {
    INSIDE: { description: 'They are.' },
    OUTSIDE: { description: 'They are not: the scope may be too narrow.' },
    UNKNOWN: { description: 'The complaint names neither a serial nor one lot.' },
  },
});

@ObjectType({ description: 'Items of a recall in one region.' })
export class ProgressRegion {
  @Field(() => String, { nullable: true, description: 'Country; null: not on record.' })
  country!: string | null;

  @Field(() => String, { nullable: true, description: 'Region in it; null: not on record.' })
  region!: string | null;

  @Field(() => BigIntText, { description: 'Items there.' })
  items!: bigint;

  @Field(() => BigIntText, { description: 'Of these, remedied.' })
  remedied!: bigint;
}

@ObjectType({ description: 'Items of a recall by how they were sold.' })
export class ProgressChannel {
  @Field(() => salesChannels, { description: 'How.' })
  channel!: keyof typeof salesChannels;

  @Field(() => BigIntText, { description: 'Items.' })
  items!: bigint;

  @Field(() => BigIntText, { description: 'Of these, remedied.' })
  remedied!: bigint;
}

@ObjectType({ description: 'A point of the expected curve.' })
export class PacePoint {
  @Field(() => Int, { description: 'Days after publishing.' })
  days!: number;

  @Field(() => DecimalText, { description: 'Percent expected.' })
  percent!: string;
}

@ObjectType({ description: 'How many of the items are expected to be remedied, and how many are.' })
export class ProgressPace {
  @Field(() => Int, { description: 'Days since it was published.' })
  days!: number;

  @Field(() => DecimalText, { description: 'Remedied, in percent of the items.' })
  percent!: string;

  @Field(() => DecimalText, { description: 'Expected by now, in percent of the items.' })
  expectedPercent!: string;

  @Field(() => Boolean, { description: 'Whether it is behind.' })
  isBehind!: boolean;

  @Field(() => String, { description: 'What the expectation rests on.' })
  basis!: string;

  @Field(() => [PacePoint], {
    description: 'The expected curve in monthly steps, up to the end of the usual time.',
  })
  curve!: PacePoint[];
}

@ObjectType({
  description: 'Goods of one product in the newest frozen scope, reconciled by the books of now.',
})
export class ProgressQuantity {
  productId!: bigint;

  @Field(() => QuantityRange, { description: 'Made.' })
  made!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Consumed or built in.' })
  builtIn!: QuantityRange;

  @Field(() => QuantityRange, { description: 'On hand.' })
  onHand!: QuantityRange;

  @Field(() => QuantityRange, { description: 'On their way.' })
  inTransit!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Sold, net of returns.' })
  sold!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Scrapped.' })
  scrapped!: QuantityRange;

  @Field(() => QuantityRange, { description: 'Not accounted for: zero or less.' })
  unaccounted!: QuantityRange;

  @Field(() => DecimalText, { description: 'Counted by holders: on hand.' })
  countedOnHand!: string;

  @Field(() => DecimalText, { description: 'Counted by holders: of these, kept apart.' })
  countedQuarantined!: string;

  @Field(() => DecimalText, { description: 'Counted by holders: sent back.' })
  countedReturned!: string;

  @Field(() => DecimalText, { description: 'Counted by holders: destroyed.' })
  countedDestroyed!: string;

  @Field(() => DecimalText, { description: 'Final remedies of goods without a serial.' })
  remedied!: string;
}

@ObjectType({ description: 'Sales of recalled goods by a seller that had been told.' })
export class SaleAfterNotice {
  partyId!: bigint;
  productId!: bigint;

  @Field(() => Int, { description: 'Sales.' })
  sales!: number;

  @Field(() => DecimalText, { description: 'How much, in the unit of the product.' })
  quantity!: string;

  @Field(() => DateTime, { description: 'When the seller was told first.' })
  toldAt!: Date;

  @Field(() => DateTime, { description: 'The first such sale.' })
  firstAt!: Date;

  @Field(() => DateTime, { description: 'The last one.' })
  lastAt!: Date;
}

@ObjectType({ description: 'Complaints about the recalled products.' })
export class ComplaintCount {
  @Field(() => complaintPlaces, { description: 'Whether the goods are in the scope.' })
  place!: keyof typeof complaintPlaces;

  @Field(() => Boolean, { description: 'Whether they occurred after publishing.' })
  isAfter!: boolean;

  @Field(() => Int, { description: 'Complaints.' })
  complaints!: number;

  @Field(() => Int, { description: 'Of these, with harm.' })
  withHarm!: number;

  @Field(() => Int, { description: 'Of these, of severity SERIOUS, CRITICAL or FATAL.' })
  serious!: number;
}

export const reportKinds = { PERIODIC: 'PERIODIC', CLOSING: 'CLOSING' } as const;
registerEnumType(reportKinds, {
  name: 'RecallReportKind',
  description: 'What a report covers.',
  valuesConfig: {
    PERIODIC: { description: 'A stretch of the recall.' },
    CLOSING: { description: 'All of it.' },
  },
});

@ObjectType({ description: 'A report of a recall, as data: printed and filed as it is.' })
export class RecallReport {
  @Field(() => reportKinds, { description: 'What it covers.' })
  kind!: keyof typeof reportKinds;

  @Field(() => DateTime, { description: 'From then.' })
  from!: Date;

  @Field(() => DateTime, { description: 'Up to then.' })
  to!: Date;

  @Field(() => Int, { description: 'Number of the frozen scope it is about.' })
  scopeVersion!: number;

  @Field(() => String, { description: 'Digest of that scope.' })
  digest!: string;

  @Field(() => BigIntText, { description: 'Items involved.' })
  involved!: bigint;

  @Field(() => BigIntText, { description: 'Remedied up to `to`.' })
  remedied!: bigint;

  @Field(() => BigIntText, { description: 'Of these, remedied in the period.' })
  remediedInPeriod!: bigint;

  @Field(() => RecallProgress, { description: 'How far it has come, as of now.' })
  progress!: RecallProgress;

  @Field(() => ProgressPace, { description: 'Against what is expected.' })
  pace!: ProgressPace;

  @Field(() => [ProgressRegion], { description: 'By where the items are.' })
  byRegion!: ProgressRegion[];

  @Field(() => [ProgressChannel], { description: 'By how they were sold.' })
  byChannel!: ProgressChannel[];

  @Field(() => [ProgressQuantity], {
    description: 'Quantities by product, where the opener sees its custody everywhere.',
  })
  quantities!: ProgressQuantity[];

  @Field(() => [SaleAfterNotice], {
    description: 'Sales by sellers that had been told, by seller and product.',
  })
  salesAfterNotice!: SaleAfterNotice[];

  @Field(() => [ComplaintCount], {
    description: 'Complaints before and after publishing, inside and outside the scope.',
  })
  complaints!: ComplaintCount[];

  @Field(() => NoticeCounts, { description: 'Notices out and answered.' })
  notices!: NoticeCounts;

  @Field(() => [EffectivenessSample], { description: 'Effectiveness checks.' })
  effectiveness!: EffectivenessSample[];

  @Field(() => [Deadline], { description: 'Periods of the law.' })
  deadlines!: Deadline[];
}
