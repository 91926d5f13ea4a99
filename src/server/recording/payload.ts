/** What recording answers: one result a row, in the order of the rows, and their sum. */
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Problem } from '../../graphql/index.js';
import { precedence } from './problems.js';

export enum OnProblem {
  REJECT_ALL = 'REJECT_ALL',
  REJECT_FAILED = 'REJECT_FAILED',
}
registerEnumType(OnProblem, {
  name: 'OnProblem',
  description: 'What happens to the other rows when one is refused.',
  valuesConfig: {
    REJECT_ALL: { description: 'Nothing is recorded.' },
    REJECT_FAILED: { description: 'The rows without a problem are recorded.' },
  },
});

export enum RecordStatus {
  CREATED = 'CREATED',
  EXISTS = 'EXISTS',
  CONFLICT = 'CONFLICT',
  REJECTED = 'REJECTED',
}
registerEnumType(RecordStatus, {
  name: 'RecordStatus',
  description: 'What became of a row.',
  valuesConfig: {
    CREATED: { description: 'Recorded now.' },
    EXISTS: {
      description: 'Recorded before with the same content; nothing changed.',
    },
    CONFLICT: {
      description: 'Its event id was recorded before with other content; nothing changed.',
    },
    REJECTED: { description: 'Not recorded; see the problems.' },
  },
});

@ObjectType({ description: 'What became of one row.' })
export class RowResult {
  @Field(() => Int, {
    description: 'Position of the row in the input, from 0.',
  })
  index!: number;

  @Field(() => RecordStatus, { description: 'What became of it.' })
  status!: RecordStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the event; null for master data.',
  })
  eventId!: string | null;

  @Field(() => [Problem], {
    description: `Why it was refused; empty otherwise. The first is that of the earliest code of ${precedence.join(', ')}.`,
  })
  problems!: Problem[];
}

@ObjectType({ description: 'How many rows became what.' })
export class RecordSummary {
  @Field(() => Int, { description: 'Rows recorded now.' })
  created!: number;

  @Field(() => Int, {
    description: 'Rows recorded before with the same content.',
  })
  existing!: number;

  @Field(() => Int, {
    description: 'Rows whose id was recorded before with other content.',
  })
  conflicting!: number;

  @Field(() => Int, { description: 'Rows refused.' })
  rejected!: number;
}

@ObjectType({ description: 'What became of the rows of a recording.' })
export class RecordPayload {
  @Field(() => [RowResult], {
    description: 'One result a row, in the order of the input.',
  })
  results!: RowResult[];

  @Field(() => RecordSummary, { description: 'The results counted.' })
  summary!: RecordSummary;
}

/** Options that every recording takes. */
@InputType()
export abstract class RecordingOptions {
  @Field(() => OnProblem, {
    defaultValue: OnProblem.REJECT_ALL,
    description: 'What happens to the other rows when one is refused.',
  })
  onProblem!: OnProblem;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Checks everything and records nothing; statuses are those recording would give.',
  })
  dryRun!: boolean;
}
