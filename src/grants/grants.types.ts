/** Grants over the API. */
import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, Problem } from '../graphql/index.js';

export const grantSides = { GIVEN: 'GIVEN', RECEIVED: 'RECEIVED' } as const;
export type GrantSide = keyof typeof grantSides;
registerEnumType(grantSides, {
  name: 'GrantSide',
  description: 'Which end of a grant the caller is at.',
  valuesConfig: {
    GIVEN: { description: "Of the caller's products." },
    RECEIVED: { description: 'To the caller.' },
  },
});

@InputType({ description: 'Whom to let see what.' })
export class AccessGrantInput {
  @Field(() => String, { description: 'GLN of the party that is to see, or an absolute URI.' })
  viewer!: string;

  @Field(() => String, {
    description: "GTIN of one of the caller's products, or an absolute URI; NOT_FOUND for any other.",
  })
  gtin!: string;
}

@ObjectType({
  description:
    'A party may see batches and items of a product by name that are not its own, were not bought or held.',
})
export class AccessGrant {
  grantId!: bigint;
  viewerId!: bigint;
  productId!: bigint;
  granterId!: bigint | null;

  @Field(() => DateTime, { description: 'Since when.' })
  grantedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was ended; null: it stands.' })
  revokedAt!: Date | null;
}

@ObjectType({ implements: Problem, description: 'No such grant stands.' })
export class NotGranted extends Problem {
  constructor(viewer: string, gtin: string) {
    super('NOT_GRANTED', `party ${viewer}, GTIN ${gtin}: no grant stands`, ['input']);
  }
}

@ObjectType({ description: 'What became of a grant.' })
export class AccessGrantPayload {
  @Field(() => AccessGrant, { nullable: true, description: 'The grant as it is now; null: rejected.' })
  grant!: AccessGrant | null;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}
