/** What a question is about: a batch, an item, a logistic unit, an id or any code that names one. */
import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'A batch by what is printed on it.' })
export class BatchKeyInput {
  @Field(() => String, { description: 'GTIN of the product, or an absolute URI.' })
  gtin!: string;

  @Field(() => String, { description: 'The lot number.' })
  lot!: string;

  @Field(() => String, {
    nullable: true,
    description: 'GLN of the site that assigned the lot; absent: every source (one, where one is needed).',
  })
  source?: string | null;
}

@InputType({ description: 'An item by what is printed on it.' })
export class ItemKeyInput {
  @Field(() => String, { nullable: true, description: 'GTIN of the product; a VIN needs none.' })
  gtin?: string | null;

  @Field(() => String, { description: 'The serial, or the VIN.' })
  serial!: string;
}

@InputType({ description: 'A logistic unit by its key.' })
export class LogisticUnitKeyInput {
  @Field(() => String, { description: 'SSCC, or another key as an absolute URI.' })
  key!: string;
}

@InputType({ description: 'What a question is about: exactly one field is given.' })
export class SubjectInput {
  @Field(() => BatchKeyInput, { nullable: true, description: 'A batch.' })
  batch?: BatchKeyInput | null;

  @Field(() => ItemKeyInput, { nullable: true, description: 'An item.' })
  item?: ItemKeyInput | null;

  @Field(() => LogisticUnitKeyInput, { nullable: true, description: 'A logistic unit.' })
  logisticUnit?: LogisticUnitKeyInput | null;

  @Field(() => ID, { nullable: true, description: 'Opaque id of a batch, item or logistic unit.' })
  id?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Any barcode text, EPC URN or GS1 Digital Link of one.',
  })
  code?: string | null;
}
