/** After sales, as the API shows it: the closed sets of returns, keepers, repairs and disposal, and buyers. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, QuantityRange } from '../graphql/index.js';

export const returnDestinations = {
  STOCK: 'STOCK',
  HOLD: 'HOLD',
  SCRAP: 'SCRAP',
  MAKER: 'MAKER',
  UNKNOWN: 'UNKNOWN',
} as const;
registerEnumType(returnDestinations, {
  name: 'ReturnDestination',
  description: 'Where returned goods went.',
  valuesConfig: {
    STOCK: { description: 'Back on sale.' },
    HOLD: { description: 'Kept apart.' },
    SCRAP: { description: 'Scrapped.' },
    MAKER: { description: 'Back to the maker.' },
    UNKNOWN: { description: 'Not known.' },
  },
});

export const keeperKinds = {
  OWNER: 'OWNER',
  LESSEE: 'LESSEE',
  RENTER: 'RENTER',
  LOAN: 'LOAN',
} as const;
registerEnumType(keeperKinds, {
  name: 'KeeperKind',
  description: 'How a keeper has an item.',
  valuesConfig: {
    OWNER: { description: 'Owns it.' },
    LESSEE: { description: 'Leases it.' },
    RENTER: { description: 'Rents it.' },
    LOAN: { description: 'Has it on loan.' },
  },
});

export const partDestinations = {
  MAKER: 'MAKER',
  HOLD: 'HOLD',
  SCRAP: 'SCRAP',
  RESTOCK: 'RESTOCK',
  CUSTOMER: 'CUSTOMER',
  UNKNOWN: 'UNKNOWN',
} as const;
registerEnumType(partDestinations, {
  name: 'PartDestination',
  description: 'Where a part that was taken out went.',
  valuesConfig: {
    MAKER: { description: 'To the maker.' },
    HOLD: { description: 'Kept apart.' },
    SCRAP: { description: 'Scrapped.' },
    RESTOCK: { description: 'Back into stock.' },
    CUSTOMER: { description: 'The customer kept it.' },
    UNKNOWN: { description: 'Not known.' },
  },
});

export const disposalReasons = {
  SCRAPPED: 'SCRAPPED',
  DESTROYED: 'DESTROYED',
  LOST: 'LOST',
  SAMPLED: 'SAMPLED',
} as const;
registerEnumType(disposalReasons, {
  name: 'DisposalReason',
  description: 'How goods went.',
  valuesConfig: {
    SCRAPPED: { description: 'Scrapped.' },
    DESTROYED: { description: 'Destroyed.' },
    LOST: { description: 'Lost or stolen.' },
    SAMPLED: { description: 'Used up as a sample.' },
  },
});

@ObjectType({
  description: 'Whoever bought or keeps goods. Personal data stays in the vault; this names nobody.',
})
export class Buyer {
  buyerId!: bigint;

  @Field(() => String, {
    nullable: true,
    description: 'Country of the latest purchase, an ISO 3166-1 alpha-2 code.',
  })
  country!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Region of the latest purchase.',
  })
  region!: string | null;
}

@ObjectType({ description: 'One sale to a buyer.' })
export class Purchase {
  batchId!: bigint;
  itemId!: bigint | null;
  productId!: bigint;
  siteId!: bigint;
  partyId!: bigint;

  @Field(() => String, { description: 'GTIN of what was bought.' })
  gtin!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Its lot; null: not known.',
  })
  lot!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its serial; null: not one item.',
  })
  serial!: string | null;

  @Field(() => QuantityRange, {
    description: 'How much was bought, before returns.',
  })
  quantity!: QuantityRange;

  @Field(() => QuantityRange, { description: 'How much of it came back.' })
  returned!: QuantityRange;

  @Field(() => DateTime, { description: 'When it was sold.' })
  soldAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'Number of the till receipt or invoice.',
  })
  receipt!: string | null;
}
