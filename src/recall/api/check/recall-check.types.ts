/** What anyone may ask: is this recalled? Never answers "safe". */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../graphql/index.js';
import { type RecallKind, recallKinds } from '../campaign/recall.types.js';

export const checkVerdicts = {
  RECALLED: 'RECALLED',
  REMEDIED: 'REMEDIED',
  MAYBE: 'MAYBE',
  NONE_FOUND: 'NONE_FOUND',
} as const;
export type CheckVerdict = keyof typeof checkVerdicts;
registerEnumType(checkVerdicts, {
  name: 'RecallCheckVerdict',
  description: 'What is known of the goods; there is no "safe".',
  valuesConfig: {
    RECALLED: { description: 'A recall names them.' },
    REMEDIED: { description: 'A recall named them, and its remedy is on record.' },
    MAYBE: {
      description: 'A recall names some goods like them: read what `read` says, or do as the recall says.',
    },
    NONE_FOUND: { description: 'No published recall on record names them at `checkedAt`.' },
  },
});

export const codeParts = { LOT: 'LOT', SERIAL: 'SERIAL' } as const;
registerEnumType(codeParts, {
  name: 'CodePart',
  description: 'What is printed on goods beside their GTIN.',
  valuesConfig: {
    LOT: { description: 'The lot or batch number.' },
    SERIAL: { description: 'The serial number.' },
  },
});

@ObjectType({ description: 'A recall as the public reads it.' })
export class PublicRecall {
  @Field(() => String, { description: 'Its number.' })
  number!: string;

  @Field(() => String, { description: 'What it is about.' })
  title!: string;

  @Field(() => recallKinds, { description: 'What kind it is.' })
  kind!: RecallKind;

  @Field(() => String, { nullable: true, description: 'What can happen.' })
  risk!: string | null;

  @Field(() => String, { nullable: true, description: 'What to do.' })
  instructions!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was published.' })
  publishedAt!: Date | null;
}

@ObjectType({ description: 'What is known of goods by what is printed on them.' })
export class RecallCheck {
  @Field(() => checkVerdicts, { description: 'What is known.' })
  verdict!: CheckVerdict;

  @Field(() => String, { description: 'The same in a sentence.' })
  message!: string;

  @Field(() => [codeParts], { description: 'MAYBE: what more to read from the goods.' })
  read!: (keyof typeof codeParts)[];

  @Field(() => [PublicRecall], { description: 'The recalls that name them, or may.' })
  recalls!: PublicRecall[];

  @Field(() => DateTime, { description: 'When this was so.' })
  checkedAt!: Date;
}
