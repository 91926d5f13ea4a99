/** The rows of a scope: affected batches and items, who holds, built in or bought them, and where. */
import { Field, Int, ObjectType } from 'type-graphql';
import { Purchase } from '../../aftersales/index.js';
import { BigIntText, connectionOf, type List, QuantityRange } from '../../graphql/index.js';
import { type PartyRole, partyRoles } from '../../parties/index.js';
import type { AffectedHolder as HolderFacts, StateName } from '../facts/facts.js';
import type { Certainty, ScopeNode } from '../scope.js';
import { Share } from './evidence.types.js';
import { certainties, stillHolds } from './scope-enums.types.js';
import type { ScopeSight } from './sight.js';

const range = (description: string) => ({ description });

@ObjectType({
  description:
    'Where goods of one product went: made = consumed + fitted + onHand + inTransit + sold + scrapped + unaccounted.',
})
export class StateQuantities implements Record<StateName, QuantityRange> {
  productId!: bigint;

  @Field(() => QuantityRange, range('Made.'))
  made!: QuantityRange;

  @Field(() => QuantityRange, range('Consumed in making other batches.'))
  consumed!: QuantityRange;

  @Field(() => QuantityRange, range('Built into items.'))
  fitted!: QuantityRange;

  @Field(() => QuantityRange, range('On hand, on hold or not.'))
  onHand!: QuantityRange;

  @Field(() => QuantityRange, range('Of these, on hold.'))
  onHold!: QuantityRange;

  @Field(() => QuantityRange, range('On the way, counted at the site that is to receive them.'))
  inTransit!: QuantityRange;

  @Field(() => QuantityRange, range('Sold, less what came back.'))
  sold!: QuantityRange;

  @Field(() => QuantityRange, range('Returned by buyers: a gross flow, beside the identity.'))
  returned!: QuantityRange;

  @Field(() => QuantityRange, range('Scrapped, destroyed, lost or sampled.'))
  scrapped!: QuantityRange;

  @Field(() => QuantityRange, range('What the record cannot account for: zero or less.'))
  unaccounted!: QuantityRange;
}

@ObjectType({ description: 'A batch that is, contains or was made from an origin.' })
export class AffectedBatch {
  batchId!: bigint;
  node!: ScopeNode;
  sight!: ScopeSight;

  @Field(() => certainties, { description: 'How surely.' })
  certainty!: Certainty;

  @Field(() => Share, { nullable: true, description: 'Part of its units; null when certain or not known.' })
  share!: Share | null;

  @Field(() => Boolean, { description: 'Whether the rule names it.' })
  origin!: boolean;

  @Field(() => Int, { description: 'Steps from the nearest origin; 0 for an origin.' })
  depth!: number;

  @Field(() => BigIntText, { description: 'Affected serialised items of it that the caller sees.' })
  items!: bigint;
}

@ObjectType({ description: 'An item that is, contains or was made from an origin.' })
export class AffectedItem {
  itemId!: bigint;
  node!: ScopeNode;
  sight!: ScopeSight;

  @Field(() => certainties, { description: 'How surely.' })
  certainty!: Certainty;

  @Field(() => Share, { nullable: true, description: 'How likely; null when certain or not known.' })
  share!: Share | null;
}

@ObjectType({ description: 'Affected goods of one batch at one site.' })
export class StockLine {
  batchId!: bigint;

  @Field(() => certainties, { description: 'How surely they are affected.' })
  certainty!: Certainty;

  @Field(() => StateQuantities, { description: 'Where they are.' })
  quantities!: StateQuantities;

  @Field(() => Boolean, { description: 'Whether some are still there, or on the way there.' })
  current!: boolean;
}

@ObjectType({
  description: 'A site that holds, is being sent, sold or held affected goods in their own right.',
})
export class AffectedHolder {
  facts!: HolderFacts;
  /** What a cursor of its lines is good for. */
  lines!: List;
  siteId!: bigint;
  partyId!: bigint;

  @Field(() => partyRoles, { description: 'What the site is in the chain.' })
  role!: PartyRole;

  @Field(() => Int, { description: 'Affected batches it holds or held.' })
  batches!: number;

  @Field(() => certainties, { description: 'How surely any of its goods are affected.' })
  certainty!: Certainty;

  @Field(() => Boolean, { description: 'Whether some are still there, or on the way there.' })
  current!: boolean;

  @Field(() => [StateQuantities], { description: 'One a product.' })
  quantities!: StateQuantities[];
}

@ObjectType({ description: 'A site that consumed affected goods or built them in.' })
export class AffectedProcessor {
  siteId!: bigint;
  partyId!: bigint;

  @Field(() => Int, { description: 'Affected batches it used.' })
  batches!: number;

  @Field(() => certainties, { description: 'How surely any of them are affected.' })
  certainty!: Certainty;

  @Field(() => [StateQuantities], { description: 'One a product.' })
  quantities!: StateQuantities[];
}

@ObjectType({ description: 'A person who bought affected goods, or is or was registered as their keeper.' })
export class AffectedBuyer {
  buyerId!: bigint;
  country!: string | null;
  region!: string | null;
  registeredItemIds!: bigint[];

  @Field(() => certainties, { description: 'How surely any of the goods are affected.' })
  certainty!: Certainty;

  @Field(() => stillHolds, { description: 'Whether the buyer still has any of them.' })
  stillHolds!: keyof typeof stillHolds;

  @Field(() => [Purchase], {
    description: 'What was bought; empty for one who is only registered as keeper.',
  })
  purchases!: Purchase[];
}

@ObjectType({ description: 'What of a scope lies in one country, region, party or role.' })
export class DistributionRow {
  partyId!: bigint | null;

  @Field(() => String, {
    nullable: true,
    description: 'Country, "country/region", GLN of the party, or role; null: not on record.',
  })
  key!: string | null;

  @Field(() => Int, { description: 'Sites with affected goods in their own right.' })
  holders!: number;

  @Field(() => Int, { description: 'Parties with a site of role RETAILER among them.' })
  retailers!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'Buyers to be reached, a number; a regulator reads "<5" for 1 to 4. Null where the caller may not see it.',
  })
  buyers!: string | null;

  @Field(() => String, { nullable: true, description: 'Certain ones among them, in the same form.' })
  certainBuyers!: string | null;

  @Field(() => [StateQuantities], { description: 'One a product.' })
  quantities!: StateQuantities[];
}

export const AffectedBatchConnection = connectionOf(() => AffectedBatch, 'AffectedBatch');
export const AffectedItemConnection = connectionOf(() => AffectedItem, 'AffectedItem');
export const AffectedHolderConnection = connectionOf(() => AffectedHolder, 'AffectedHolder');
export const AffectedProcessorConnection = connectionOf(() => AffectedProcessor, 'AffectedProcessor');
export const AffectedBuyerConnection = connectionOf(() => AffectedBuyer, 'AffectedBuyer');
export const StockLineConnection = connectionOf(() => StockLine, 'StockLine');
