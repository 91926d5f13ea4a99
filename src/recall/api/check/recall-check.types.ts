/** What anyone may ask: is this recalled? Never answers "safe". */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../graphql/index.js';
import { type Language, languages } from '../campaign/language.js';
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

export const codeParts = { LOT: 'LOT', EXPIRY: 'EXPIRY', SERIAL: 'SERIAL' } as const;
export type CodePart = keyof typeof codeParts;
registerEnumType(codeParts, {
  name: 'CodePart',
  description: 'What is printed on goods beside their GTIN.',
  valuesConfig: {
    LOT: { description: 'The lot or batch number.' },
    EXPIRY: { description: 'The day until which they may be used (AI 17).' },
    SERIAL: { description: 'The serial number.' },
  },
});

export const checkReasons = {
  MORE_TO_READ: 'MORE_TO_READ',
  POSSIBLE_MEMBER: 'POSSIBLE_MEMBER',
  UNKNOWN_NUMBER: 'UNKNOWN_NUMBER',
  DOUBLED_NUMBER: 'DOUBLED_NUMBER',
} as const;
export type CheckReason = keyof typeof checkReasons;
registerEnumType(checkReasons, {
  name: 'RecallCheckReason',
  description: 'Why nothing surer than MAYBE can be said.',
  valuesConfig: {
    MORE_TO_READ: {
      description: 'Only some goods like these are recalled: `read` names what tells them apart.',
    },
    POSSIBLE_MEMBER: { description: 'The record cannot say whether these goods are affected.' },
    UNKNOWN_NUMBER: { description: 'The lot or serial is not on record.' },
    DOUBLED_NUMBER: { description: 'More than one unit may bear the serial.' },
  },
});

@ObjectType({ description: 'A recall as the public reads it.' })
export class PublicRecall {
  @Field(() => String, { description: 'Its number.' })
  number!: string;

  @Field(() => String, {
    description: 'What it is about, in the language asked for where its opener gave it.',
  })
  title!: string;

  @Field(() => languages, {
    nullable: true,
    description:
      'Language of `title`, `risk`, `instructions` and `remedyPlan`; null: as its opener wrote them, in a language that is not told.',
  })
  wordsLanguage!: Language | null;

  @Field(() => recallKinds, { description: 'What kind it is.' })
  kind!: RecallKind;

  @Field(() => String, { nullable: true, description: 'What can happen.' })
  risk!: string | null;

  @Field(() => String, { nullable: true, description: 'What to do.' })
  instructions!: string | null;

  @Field(() => Boolean, { description: 'Whether the goods must not be used until they are remedied.' })
  doNotUse!: boolean;

  @Field(() => String, { description: 'What to do first, always in the language asked for.' })
  advice!: string;

  @Field(() => String, { nullable: true, description: 'What is done about it, for free.' })
  remedyPlan!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'From when the remedy can be had.' })
  remedyFrom!: Date | null;

  @Field(() => String, { nullable: true, description: 'Where to turn to.' })
  contact!: string | null;

  @Field(() => Boolean, { description: 'Whether its remedy of these goods is on record.' })
  isRemedied!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When it was published.' })
  publishedAt!: Date | null;
}

@ObjectType({ description: 'What is known of goods by what is printed on them.' })
export class RecallCheck {
  @Field(() => String, { description: 'The code that was asked about.' })
  code!: string;

  @Field(() => String, {
    nullable: true,
    description: 'GTIN that was read from it; null: a number that stands alone.',
  })
  gtin!: string | null;

  @Field(() => String, { nullable: true, description: 'Lot that was read from it.' })
  lot!: string | null;

  @Field(() => String, { nullable: true, description: 'Serial that was read from it.' })
  serial!: string | null;

  @Field(() => String, { nullable: true, description: 'Expiry that was read from it, as year-month-day.' })
  expiresOn!: string | null;

  @Field(() => checkVerdicts, { description: 'What is known.' })
  verdict!: CheckVerdict;

  @Field(() => languages, { description: 'Language of the answer.' })
  language!: Language;

  @Field(() => String, { description: 'The same in a sentence.' })
  message!: string;

  @Field(() => [checkReasons], { description: 'MAYBE: why nothing surer can be said.' })
  because!: CheckReason[];

  @Field(() => [codeParts], { description: 'MAYBE: what more to read from the goods.' })
  read!: (keyof typeof codeParts)[];

  @Field(() => [PublicRecall], { description: 'The recalls that name them, or may.' })
  recalls!: PublicRecall[];

  @Field(() => DateTime, { description: 'When this was so.' })
  checkedAt!: Date;
}
