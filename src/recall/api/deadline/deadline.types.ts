/** Deadlines as the API shows them. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../graphql/index.js';
import { type Regime, regimes, type Trigger, triggers } from './clocks.js';
import type { DeadlineState } from './deadlines.js';

registerEnumType(regimes, {
  name: 'RecallRegime',
  description: 'A law that a recall falls under.',
  valuesConfig: {
    CN_VEHICLE: { description: 'China, vehicles.' },
    CN_CONSUMER: { description: 'China, consumer products.' },
    US_VEHICLE: { description: 'United States, vehicles (NHTSA).' },
    US_CONSUMER: { description: 'United States, consumer products (CPSC).' },
    US_FDA: { description: 'United States, food, drugs and devices (FDA).' },
    EU_PRODUCT: { description: 'European Union, consumer products.' },
  },
});

registerEnumType(triggers, {
  name: 'DeadlineTrigger',
  description: 'What a period begins with.',
  valuesConfig: {
    KNOWN: { description: 'An accident or danger became known: `knownAt` of the details.' },
    DETERMINED: { description: 'The defect was confirmed: `determinedAt` of the details.' },
    AUTHORITY_NOTICE: { description: 'An authority asked: `authorityNoticeAt` of the details.' },
    FILED: { description: 'The plan was filed.' },
    NEW_FACTS: { description: 'A frozen scope that differs from the one before, after filing.' },
    PUBLISHED: { description: 'The recall was published.' },
    COMPLETED: { description: 'The recall was completed.' },
  },
});

export const deadlineEnds = {
  PLAN: 'PLAN',
  AMENDMENT: 'AMENDMENT',
  STAGE_REPORT: 'STAGE_REPORT',
  SUMMARY: 'SUMMARY',
  INCIDENT: 'INCIDENT',
  OBJECTION: 'OBJECTION',
  OWNER_NOTICE: 'OWNER_NOTICE',
  PUBLICATION: 'PUBLICATION',
} as const;
registerEnumType(deadlineEnds, {
  name: 'DeadlineEnd',
  description: 'What a period asks for: a filing of that form, or the publication.',
  valuesConfig: {
    PLAN: { description: 'The recall plan, or the defect report.' },
    AMENDMENT: { description: 'What changed.' },
    STAGE_REPORT: { description: 'A progress report.' },
    SUMMARY: { description: 'The closing report.' },
    INCIDENT: { description: 'Word of an accident or danger.' },
    OBJECTION: { description: 'An objection to the authority.' },
    OWNER_NOTICE: { description: 'Notices to buyers.' },
    PUBLICATION: { description: 'The recall is published.' },
  },
});

export const deadlineStates = {
  NOT_BEGUN: 'NOT_BEGUN',
  DUE: 'DUE',
  OVERDUE: 'OVERDUE',
  DONE: 'DONE',
  DONE_LATE: 'DONE_LATE',
} as const;
registerEnumType(deadlineStates, {
  name: 'DeadlineState',
  description: 'How a period stands.',
  valuesConfig: {
    NOT_BEGUN: { description: 'Its trigger is not on record.' },
    DUE: { description: 'It runs.' },
    OVERDUE: { description: 'It is over, and nothing was done.' },
    DONE: { description: 'Done in time.' },
    DONE_LATE: { description: 'Done after it was over.' },
  },
});

@ObjectType({ description: 'A period that a law sets, running for a recall.' })
export class Deadline {
  @Field(() => regimes, { description: 'Under which law.' })
  regime!: Regime;

  @Field(() => String, { description: 'The rule, and whether its text was read.' })
  law!: string;

  @Field(() => Boolean, {
    description: "Whether the rule's own text was read; false: check it before relying on it.",
  })
  isVerified!: boolean;

  @Field(() => triggers, { description: 'What it begins with.' })
  trigger!: Trigger;

  @Field(() => deadlineEnds, { description: 'What it asks for.' })
  until!: keyof typeof deadlineEnds;

  @Field(() => Int, { description: 'Of a repeated one, which time, from 1.' })
  round!: number;

  @Field(() => String, { description: 'Its length, such as "5 working days".' })
  period!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it began; null: not yet.' })
  begunAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its last day where the authority is, a date; null: not begun, or "without delay".',
  })
  dueOn!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When that day ends.' })
  dueAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was done; null: not yet.' })
  doneAt!: Date | null;

  @Field(() => deadlineStates, { description: 'How it stands.' })
  state!: DeadlineState;

  @Field(() => String, { description: 'The calendar it is counted by, with its source.' })
  calendar!: string;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the days between were read in the calendar's source; null: it counts no working days.",
  })
  isCalendarVerified!: boolean | null;
}
