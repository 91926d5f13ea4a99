/** Who and where, as the API shows it: parties and their sites. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { NodeInterface } from '../graphql/index.js';

export const partyRoles = {
  MANUFACTURER: 'MANUFACTURER',
  SUPPLIER: 'SUPPLIER',
  DISTRIBUTOR: 'DISTRIBUTOR',
  IMPORTER: 'IMPORTER',
  RETAILER: 'RETAILER',
  PLATFORM: 'PLATFORM',
  FULFILMENT: 'FULFILMENT',
  SERVICE: 'SERVICE',
  REGULATOR: 'REGULATOR',
} as const;
export type PartyRole = keyof typeof partyRoles;
registerEnumType(partyRoles, {
  name: 'PartyRole',
  description: 'What a party does in the chain.',
  valuesConfig: {
    MANUFACTURER: {
      description: 'Makes products, or has them made under its brand.',
    },
    SUPPLIER: { description: 'Makes what others build in.' },
    DISTRIBUTOR: { description: 'Sells on to others of the chain.' },
    IMPORTER: { description: 'Brings goods into a market.' },
    RETAILER: { description: 'Sells to whoever uses the goods.' },
    PLATFORM: { description: 'Lets others sell through it.' },
    FULFILMENT: { description: 'Stores and ships for sellers.' },
    SERVICE: { description: 'Repairs and maintains.' },
    REGULATOR: { description: 'Watches over the safety of products.' },
  },
});

export const siteKinds = {
  PLANT: 'PLANT',
  WAREHOUSE: 'WAREHOUSE',
  STORE: 'STORE',
  WORKSHOP: 'WORKSHOP',
} as const;
export type SiteKind = keyof typeof siteKinds;
registerEnumType(siteKinds, {
  name: 'SiteKind',
  description: 'What a site is.',
  valuesConfig: {
    PLANT: { description: 'Goods are made there.' },
    WAREHOUSE: { description: 'Goods are kept there.' },
    STORE: { description: 'Goods are sold to users there.' },
    WORKSHOP: { description: 'Goods are repaired there.' },
  },
});

@ObjectType({ implements: NodeInterface, description: 'An organisation of the chain.' })
export class Party {
  partyId!: bigint;

  @Field(() => String, {
    description: 'GLN of the party, or an absolute URI for one without.',
  })
  gln!: string;

  @Field(() => String, { description: 'Name of the party.' })
  name!: string;

  @Field(() => [partyRoles], {
    description: 'What the party does in the chain.',
  })
  roles!: PartyRole[];

  @Field(() => String, {
    nullable: true,
    description: 'Country, an ISO 3166-1 alpha-2 code.',
  })
  country!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Region within the country.',
  })
  region!: string | null;

  @Field(() => Boolean, {
    description: 'True when events named the party and nobody has registered it yet.',
  })
  stub!: boolean;
}

@ObjectType({ implements: NodeInterface, description: 'A place of a party.' })
export class Site {
  siteId!: bigint;
  partyId!: bigint;

  @Field(() => String, {
    nullable: true,
    description: 'GLN of the site; null for the unnamed site of a party.',
  })
  gln!: string | null;

  @Field(() => String, { description: 'Name of the site.' })
  name!: string;

  @Field(() => siteKinds, {
    nullable: true,
    description: 'What the site is; null: not known.',
  })
  kind!: SiteKind | null;

  @Field(() => String, {
    nullable: true,
    description: "Country, an ISO 3166-1 alpha-2 code; the party's where the site gives none.",
  })
  country!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Region within the country.',
  })
  region!: string | null;
}
