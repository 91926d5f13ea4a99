/** Design, as the API shows it: products, their revisions and what belongs to them. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, DecimalText, NodeInterface } from '../graphql/index.js';

export const productKinds = {
  FINISHED: 'FINISHED',
  COMPONENT: 'COMPONENT',
  MATERIAL: 'MATERIAL',
  SOFTWARE: 'SOFTWARE',
} as const;
export type ProductKind = keyof typeof productKinds;
registerEnumType(productKinds, {
  name: 'ProductKind',
  description: 'What a product is in the chain.',
  valuesConfig: {
    FINISHED: { description: 'Sold to whoever uses it.' },
    COMPONENT: { description: 'Built into other products.' },
    MATERIAL: { description: 'Consumed in making.' },
    SOFTWARE: { description: 'Installed; a version is a batch.' },
  },
});

export const revisionStates = {
  DRAFT: 'DRAFT',
  RELEASED: 'RELEASED',
  SUPERSEDED: 'SUPERSEDED',
  WITHDRAWN: 'WITHDRAWN',
} as const;
export type RevisionState = keyof typeof revisionStates;
registerEnumType(revisionStates, {
  name: 'RevisionState',
  description: 'Where a design revision is in its life.',
  valuesConfig: {
    DRAFT: { description: 'Not yet built.' },
    RELEASED: { description: 'May be built.' },
    SUPERSEDED: { description: 'A later revision took its place.' },
    WITHDRAWN: { description: 'Must not be built any more.' },
  },
});

@ObjectType({ implements: NodeInterface, description: 'A model that can be bought or built in.' })
export class Product {
  productId!: bigint;
  ownerId!: bigint | null;

  @Field(() => String, {
    description: 'GTIN of 14 digits, or an absolute URI for a product without.',
  })
  gtin!: string;

  @Field(() => String, { description: 'Name of the product.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Model designation.' })
  model!: string | null;

  @Field(() => productKinds, {
    description: 'What the product is in the chain.',
  })
  kind!: ProductKind;

  @Field(() => String, {
    description: 'Unit of measure it is counted in, a UN/ECE Rec 20 code.',
  })
  unit!: string;

  @Field(() => Boolean, {
    description: 'Whether each piece carries a serial of its own.',
  })
  serialised!: boolean;

  @Field(() => Boolean, {
    description: 'True when events named the product and nobody has defined it yet.',
  })
  stub!: boolean;
}

@ObjectType({ description: "A state of a product's design." })
export class DesignRevision {
  revisionId!: bigint;
  productId!: bigint;

  @Field(() => String, {
    description: 'Code of the revision, unique in the product.',
  })
  code!: string;

  @Field(() => revisionStates, {
    description: 'Where the revision is in its life.',
  })
  state!: RevisionState;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was released.',
  })
  releasedAt!: Date | null;

  @Field(() => [String], { description: 'Change orders the revision answers.' })
  changeOrders!: string[];
}

@ObjectType({ description: 'A component of a design revision.' })
export class BillOfMaterialsLine {
  componentId!: bigint;

  @Field(() => String, {
    nullable: true,
    description: 'Where in the product the component sits.',
  })
  position!: string | null;

  @Field(() => DecimalText, {
    description: 'How much of it one unit of the product needs, in the unit of the component.',
  })
  quantity!: string;

  @Field(() => Boolean, { description: 'Whether safety depends on it.' })
  critical!: boolean;
}

@ObjectType({
  description: 'A document about a product or one of its revisions.',
})
export class ProductDocument {
  @Field(() => String, {
    nullable: true,
    description: 'Code of the revision; null: of the product as a whole.',
  })
  revision!: string | null;

  @Field(() => String, {
    description: 'What the document is, such as DRAWING or SPECIFICATION.',
  })
  kind!: string;

  @Field(() => String, {
    description: 'Where the document is, an absolute URI.',
  })
  uri!: string;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the document, 64 hexadecimal digits.',
  })
  sha256!: string | null;
}

@ObjectType({
  description: 'A certificate of a product or one of its revisions.',
})
export class Certificate {
  @Field(() => String, {
    nullable: true,
    description: 'Code of the revision; null: of the product as a whole.',
  })
  revision!: string | null;

  @Field(() => String, { description: 'The standard or scheme certified.' })
  scheme!: string;

  @Field(() => String, { description: 'Number of the certificate.' })
  number!: string;

  @Field(() => DateTime, { nullable: true, description: 'Start of validity.' })
  validFrom!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'End of validity.' })
  validTo!: Date | null;

  @Field(() => String, { nullable: true, description: 'Who issued it.' })
  issuer!: string | null;
}

@ObjectType({
  description: 'A case product and how many of a product it contains.',
})
export class Packaging {
  containsId!: bigint;

  @Field(() => DecimalText, {
    description: 'How many of the product inside one case holds.',
  })
  quantity!: string;
}

@ObjectType({
  description: 'From when a change order holds at a site and line.',
})
export class ChangeEffectivity {
  siteId!: bigint;

  @Field(() => String, { description: 'The change order.' })
  changeOrder!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The line at the site; null: every line.',
  })
  line!: string | null;

  @Field(() => DateTime, {
    description: 'The change is in nothing made before.',
  })
  notBefore!: Date;

  @Field(() => DateTime, {
    description: 'The change is in everything made after.',
  })
  notAfter!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'First serial known to have the change.',
  })
  firstSerial!: string | null;
}
