/** A code, as the API shows it: its parts, its other spellings, what is wrong with it. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { CodeKind, Vin as ParsedVin, VinRegion } from '../exchange/gs1/index.js';

/** The kinds of GS1 keys, and what else a text may be. */
export type IdentifiedKind = Uppercase<CodeKind> | 'VEHICLE' | 'URI' | 'TEXT';

export const identifiedKinds: { [kind in IdentifiedKind]: kind } = {
  ITEM: 'ITEM',
  BATCH: 'BATCH',
  PRODUCT: 'PRODUCT',
  UNIT: 'UNIT',
  SITE: 'SITE',
  PARTY: 'PARTY',
  DOCUMENT: 'DOCUMENT',
  COUPON: 'COUPON',
  CONSIGNMENT: 'CONSIGNMENT',
  SHIPMENT: 'SHIPMENT',
  RELATION: 'RELATION',
  MODEL: 'MODEL',
  PAYMENT: 'PAYMENT',
  VEHICLE: 'VEHICLE',
  URI: 'URI',
  TEXT: 'TEXT',
};
registerEnumType(identifiedKinds, {
  name: 'IdentifiedKind',
  description: 'What a code names.',
  valuesConfig: {
    ITEM: { description: 'One serialised item: GTIN, piece or component part with its serial.' },
    BATCH: { description: 'The goods of a product under a lot number.' },
    PRODUCT: { description: 'A product: GTIN, piece of a trade item (ITIP) or component part (CPI).' },
    UNIT: { description: 'A logistic unit or asset: SSCC, GRAI, GIAI.' },
    SITE: { description: 'A place: GLN, with or without a place inside it.' },
    PARTY: { description: 'An organisation: party GLN.' },
    DOCUMENT: { description: 'A document: GDTI.' },
    COUPON: { description: 'A coupon: GCN.' },
    CONSIGNMENT: { description: 'Goods consigned together: GINC.' },
    SHIPMENT: { description: 'Goods shipped together: GSIN.' },
    RELATION: { description: 'A relation of service: GSRN, of the provider or the recipient.' },
    MODEL: { description: 'A product model: GMN.' },
    PAYMENT: { description: 'A payment slip: GLN of the payee with a reference.' },
    VEHICLE: { description: 'A vehicle: VIN.' },
    URI: { description: 'A private key: an absolute URI of nothing that GS1 knows.' },
    TEXT: { description: 'Text without a meaning of its own; it may be a lot or a serial on record.' },
  },
});

const regions: { [region in VinRegion]: region } = {
  AFRICA: 'AFRICA',
  ASIA: 'ASIA',
  EUROPE: 'EUROPE',
  NORTH_AMERICA: 'NORTH_AMERICA',
  OCEANIA: 'OCEANIA',
  SOUTH_AMERICA: 'SOUTH_AMERICA',
};
registerEnumType(regions, {
  name: 'VehicleRegion',
  description: 'Where the maker of a vehicle is registered (ISO 3780).',
  valuesConfig: {
    AFRICA: { description: 'First character A to H.' },
    ASIA: { description: 'First character J to R.' },
    EUROPE: { description: 'First character S to Z.' },
    NORTH_AMERICA: { description: 'First character 1 to 5.' },
    OCEANIA: { description: 'First character 6 or 7.' },
    SOUTH_AMERICA: { description: 'First character 8, 9 or 0.' },
  },
});

@ObjectType({ description: 'One application identifier of a code with its value.' })
export class CodeElement {
  @Field(() => String, { description: 'The application identifier, two to four digits.' })
  ai!: string;

  @Field(() => String, { description: "GS1's title of it, such as BATCH/LOT." })
  title!: string;

  @Field(() => String, { description: 'The value as the code gives it, unescaped.' })
  value!: string;

  @Field(() => String, { nullable: true, description: 'Which rule the value breaks; null: none.' })
  problem!: string | null;
}

@ObjectType({ description: 'A vehicle identification number (ISO 3779) taken apart.' })
export class VehicleNumber {
  @Field(() => String, { description: 'The 17 characters.' })
  vin!: ParsedVin['vin'];

  @Field(() => String, {
    description: 'World manufacturer identifier: 3 characters, 6 of a maker of few vehicles.',
  })
  manufacturer!: string;

  @Field(() => String, { description: 'Vehicle descriptor section, positions 4 to 9.' })
  descriptor!: string;

  @Field(() => String, { description: 'Vehicle indicator section, positions 10 to 17.' })
  indicator!: string;

  @Field(() => regions, { description: 'Where its maker is registered.' })
  region!: VinRegion;

  @Field(() => Boolean, {
    description: 'Whether position 9 is a check digit, which was verified: North America and China.',
  })
  hasCheckDigit!: boolean;

  @Field(() => Int, { nullable: true, description: 'Model year; null outside North America.' })
  modelYear!: number | null;
}

@ObjectType({
  description: 'What a code is and what it names on record, as far as the caller sees it.',
})
export class Identified {
  @Field(() => String, { description: 'The text that was asked about, trimmed.' })
  code!: string;

  @Field(() => identifiedKinds, { nullable: true, description: 'What it names; null when it is wrong.' })
  kind!: IdentifiedKind | null;

  @Field(() => String, {
    nullable: true,
    description: 'The one canonical key of the thing, however it is written; null when it is wrong.',
  })
  key!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'GTIN of 14 digits, or the URI that stands for the product.',
  })
  gtin!: string | null;

  @Field(() => String, { nullable: true, description: 'The lot.' })
  lot!: string | null;

  @Field(() => String, { nullable: true, description: 'The serial, or the VIN.' })
  serial!: string | null;

  @Field(() => String, { nullable: true, description: 'GLN of 13 digits of a site or party.' })
  gln!: string | null;

  @Field(() => String, { nullable: true, description: 'The place inside the site (AI 254).' })
  extension!: string | null;

  @Field(() => [CodeElement], {
    description: 'Every application identifier of the code, in its order; empty when it has none.',
  })
  elements!: readonly CodeElement[];

  @Field(() => VehicleNumber, { nullable: true, description: 'The parts of a VIN.' })
  vin!: VehicleNumber | null;

  @Field(() => String, { nullable: true, description: 'The thing as canonical GS1 Digital Link.' })
  digitalLink!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The thing as EPC URN; cut where a captured URN told the company prefix, else after 7 digits.',
  })
  epcUrn!: string | null;

  @Field(() => String, { nullable: true, description: 'The code as element string with brackets.' })
  elementString!: string | null;

  @Field(() => [String], {
    description: 'What is wrong with it: the thing, the value and the rule; empty when nothing is.',
  })
  problems!: string[];

  named!: Named;
}

/** Ids of what is on record and the caller sees. */
export interface Named {
  productId: bigint | null;
  batchIds: bigint[];
  itemIds: bigint[];
  unitId: bigint | null;
  siteId: bigint | null;
  partyId: bigint | null;
}
