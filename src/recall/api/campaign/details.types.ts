/** The data elements regulators ask for of a recall, and which of them a form still lacks. */
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, DecimalText, Problem } from '../../../graphql/index.js';
import { type Regime, regimes } from '../deadline/clocks.js';
import { type Language, languages } from './language.js';

export const causeStates = { ALLEGED: 'ALLEGED', CONFIRMED: 'CONFIRMED', DISPUTED: 'DISPUTED' } as const;
registerEnumType(causeStates, {
  name: 'CauseState',
  description: 'How sure the cause is.',
  valuesConfig: {
    ALLEGED: { description: 'The opener says so.' },
    CONFIRMED: { description: 'Shown by tests, or agreed by who made the part.' },
    DISPUTED: { description: 'Who made the part says otherwise.' },
  },
});

export const riskLevels = { LOW: 'LOW', MEDIUM: 'MEDIUM', HIGH: 'HIGH', SERIOUS: 'SERIOUS' } as const;
registerEnumType(riskLevels, {
  name: 'RiskLevel',
  description: 'How great the risk is.',
  valuesConfig: {
    LOW: { description: 'Low.' },
    MEDIUM: { description: 'Medium.' },
    HIGH: { description: 'High.' },
    SERIOUS: { description: 'Serious: acts at once.' },
  },
});

export const recallForms = {
  NHTSA_573: 'NHTSA_573',
  CN_VEHICLE_PLAN: 'CN_VEHICLE_PLAN',
  CN_CONSUMER_PLAN: 'CN_CONSUMER_PLAN',
  NHTSA_QUARTERLY: 'NHTSA_QUARTERLY',
  CN_VEHICLE_STAGE: 'CN_VEHICLE_STAGE',
  CN_CONSUMER_STAGE: 'CN_CONSUMER_STAGE',
} as const;
export type RecallForm = keyof typeof recallForms;
registerEnumType(recallForms, {
  name: 'RecallForm',
  description: 'A form of an authority.',
  valuesConfig: {
    NHTSA_573: { description: 'United States, vehicles: 49 CFR 573.6.' },
    CN_VEHICLE_PLAN: { description: 'China, vehicles: recall plan.' },
    CN_CONSUMER_PLAN: { description: 'China, consumer products: recall plan.' },
    NHTSA_QUARTERLY: { description: 'United States, vehicles: quarterly progress, 49 CFR 573.7.' },
    CN_VEHICLE_STAGE: { description: 'China, vehicles: stage report.' },
    CN_CONSUMER_STAGE: { description: 'China, consumer products: stage report.' },
  },
});

@InputType({ description: 'A fact on the way to the recall.' })
export class ChronologyInput {
  @Field(() => DateTime, { description: 'When.' })
  at!: Date;

  @Field(() => String, { description: 'What was learnt or decided.' })
  fact!: string;

  @Field(() => Int, { nullable: true, description: 'Claims or reports by then.' })
  count?: number | null;
}

@InputType({ description: 'What the public and notices are told, in one language.' })
export class RecallTextInput {
  @Field(() => languages, { description: 'The language.' })
  language!: Language;

  @Field(() => String, { description: 'What the recall is about, in a line.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'What is wrong with the goods.' })
  defect?: string | null;

  @Field(() => String, { description: 'What can happen.' })
  risk!: string;

  @Field(() => String, { description: 'What whoever has the goods should do.' })
  instructions!: string;

  @Field(() => String, { nullable: true, description: 'What is done about it, for free.' })
  remedyPlan?: string | null;
}

@InputType({ description: 'The data elements of a recall; a field that is absent stays as it is.' })
export class RecallDetailsInput {
  @Field(() => String, { nullable: true, description: 'System or part that is faulty.' })
  component?: string | null;

  @Field(() => String, { nullable: true, description: 'What caused it.' })
  cause?: string | null;

  @Field(() => causeStates, { nullable: true, description: 'How sure the cause is.' })
  causeState?: keyof typeof causeStates | null;

  @Field(() => String, { nullable: true, description: 'Who made the faulty part; told to authorities only.' })
  partMaker?: string | null;

  @Field(() => String, { nullable: true, description: 'Signs that may come before.' })
  warnings?: string | null;

  @Field(() => riskLevels, { nullable: true, description: 'How great the risk is.' })
  riskLevel?: keyof typeof riskLevels | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the goods must not be used until remedied.' })
  doNotUse?: boolean | null;

  @Field(() => DecimalText, {
    nullable: true,
    description: 'Estimated part of the recalled units with the defect, in percent.',
  })
  percentDefective?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'How the scope was found, and how it differs from similar goods that are out.',
  })
  scopeBasis?: string | null;

  @Field(() => [ChronologyInput], { nullable: true, description: 'Facts on the way to the recall.' })
  chronology?: ChronologyInput[] | null;

  @Field(() => [regimes], { nullable: true, description: 'Laws it falls under: their periods run.' })
  regimes?: Regime[] | null;

  @Field(() => DateTime, { nullable: true, description: 'When the danger, or an accident, became known.' })
  knownAt?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When the defect was confirmed.' })
  determinedAt?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When an authority asked for something.' })
  authorityNoticeAt?: Date | null;

  @Field(() => Int, { nullable: true, description: 'Reports of the defect.' })
  reports?: number | null;

  @Field(() => Int, { nullable: true, description: 'People hurt.' })
  injuries?: number | null;

  @Field(() => Int, { nullable: true, description: 'People killed.' })
  deaths?: number | null;

  @Field(() => String, { nullable: true, description: 'What is done about it, for free.' })
  remedyPlan?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'From when the remedy can be had.' })
  remedyFrom?: Date | null;

  @Field(() => String, { nullable: true, description: 'How production and sale were stopped or mended.' })
  stopMeasures?: string | null;

  @Field(() => String, { nullable: true, description: 'Where to turn to.' })
  contact?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Unified social credit code of the maker, for Chinese forms.',
  })
  creditCode?: string | null;

  @Field(() => String, { nullable: true, description: 'Who makes the part that replaces the faulty one.' })
  repairPartMaker?: string | null;

  @Field(() => String, { nullable: true, description: 'How those who paid for a repair before get it back.' })
  reimbursement?: string | null;

  @Field(() => String, { nullable: true, description: 'Where the recall deviates from its plan, and why.' })
  deviations?: string | null;

  @Field(() => String, { nullable: true, description: 'What comes next.' })
  nextSteps?: string | null;

  @Field(() => [RecallTextInput], {
    nullable: true,
    description: 'The words of title, defect, risk, instructions and remedy in further languages, each once.',
  })
  texts?: RecallTextInput[] | null;
}

@InputType({ description: 'Describes a recall further.' })
export class DescribeRecallInput {
  @Field(() => String, { description: 'Number of the recall.' })
  number!: string;

  @Field(() => String, { nullable: true, description: 'What is wrong with the goods.' })
  defect?: string | null;

  @Field(() => String, { nullable: true, description: 'What can happen.' })
  risk?: string | null;

  @Field(() => String, { nullable: true, description: 'What whoever has the goods should do.' })
  instructions?: string | null;

  @Field(() => RecallDetailsInput, { nullable: true, description: 'Further data elements.' })
  details?: RecallDetailsInput | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The version read before; another one now is STALE_VERSION.',
  })
  expectedVersion?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Key of the sender: the same command again changes nothing.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ implements: Problem, description: 'A word that plays a danger down, which notices must not.' })
export class ForbiddenWord extends Problem {
  @Field(() => String, { description: 'The word.' })
  readonly word: string;

  constructor(word: string, field: string) {
    super(
      'FORBIDDEN_WORD',
      `${field}: "${word}" plays the danger down (Regulation (EU) 2023/988, Article 36)`,
      ['input', field],
    );
    this.word = word;
  }
}
