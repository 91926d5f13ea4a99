/** Filings as the API shows them. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../graphql/index.js';
import { type FilingForm, filingForms, type Regime, regimes } from '../deadline/clocks.js';

registerEnumType(filingForms, {
  name: 'FilingForm',
  description: 'What is filed.',
  valuesConfig: {
    PLAN: { description: 'The recall plan, or the defect report.' },
    AMENDMENT: { description: 'What changed since.' },
    STAGE_REPORT: { description: 'A progress report.' },
    SUMMARY: { description: 'The closing report.' },
    INCIDENT: { description: 'Word of an accident or danger.' },
    OBJECTION: { description: 'An objection to the authority.' },
    OWNER_NOTICE: { description: 'Proof that buyers were told.' },
  },
});

@ObjectType({ description: 'What was filed with an authority; a changed plan is filed again.' })
export class Filing {
  recallId!: bigint;
  authorityId!: bigint;
  payload!: object;

  @Field(() => filingForms, { description: 'What it is.' })
  form!: FilingForm;

  @Field(() => regimes, { nullable: true, description: 'Under which law; null: not told.' })
  regime!: Regime | null;

  @Field(() => String, { nullable: true, description: 'The number the authority gave.' })
  authorityNumber!: string | null;

  @Field(() => DateTime, { description: 'When.' })
  filedAt!: Date;

  @Field(() => String, { description: 'SHA-256 of what was filed, in hexadecimal.' })
  payloadHash!: string;
}
