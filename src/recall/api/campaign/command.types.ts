/** Inputs and payloads of the commands that move a recall. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Problem } from '../../../graphql/index.js';
import type { Exposure } from '../../scope.js';
import { type FilingForm, filingForms, type Regime, regimes } from '../deadline/clocks.js';
import { ScopeRuleInput } from '../rule.types.js';
import { exposures } from '../scope-enums.types.js';
import {
  Recall,
  type RecallKind,
  type RecallRelation,
  recallKinds,
  recallRelations,
  ScopeVersion,
  scopeRelations,
} from './recall.types.js';

const key = 'Key of the sender: the same command again under it changes nothing. At most 200 characters.';

const withAuthority =
  'GLN of an authority it is filed with: only there; the recall follows when it has come as far with all. Absent: the recall, with every authority.';

@InputType({ description: 'What opens a recall.' })
export class OpenRecallInput {
  @Field(() => String, { description: 'Its number, unique; at most 100 characters.' })
  number!: string;

  @Field(() => String, { description: 'What it is about, in a line; at most 500 characters.' })
  title!: string;

  @Field(() => ScopeRuleInput, { description: 'Where the defect entered.' })
  rule!: ScopeRuleInput;

  @Field(() => ScopeRuleInput, { nullable: true, description: 'Which members stay after the spread.' })
  keep?: ScopeRuleInput | null;

  @Field(() => exposures, { defaultValue: 'EVER', description: 'Whether parts taken out count.' })
  exposure!: Exposure;

  @Field(() => recallKinds, { defaultValue: 'SAFETY_DEFECT', description: 'What kind it is.' })
  kind!: RecallKind;

  @Field(() => String, {
    nullable: true,
    description: 'Number of a recall of the caller that it follows from; needs `relation`.',
  })
  parent?: string | null;

  @Field(() => recallRelations, {
    nullable: true,
    description: 'How it follows from `parent`; ANSWERS comes with `answersAlert` alone.',
  })
  relation?: RecallRelation | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The alert to the caller that it answers: it joins the defect case, and follows from that recall.',
  })
  answersAlert?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Number of a defect case of the caller that it joins.',
  })
  defectCase?: string | null;

  @Field(() => String, { nullable: true, description: 'What is wrong with the goods.' })
  defect?: string | null;

  @Field(() => String, { nullable: true, description: 'What can happen.' })
  risk?: string | null;

  @Field(() => String, { nullable: true, description: 'What whoever has the goods should do.' })
  instructions?: string | null;

  @Field(() => String, { nullable: true, description: key })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What moves a recall on.' })
export class MoveRecallInput {
  @Field(() => String, { description: 'Number of the recall.' })
  number!: string;

  @Field(() => String, { nullable: true, description: 'Why; kept with the transition.' })
  reason?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The version read before; another one now is STALE_VERSION.',
  })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true, description: key })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Files a recall.' })
export class FileRecallInput extends MoveRecallInput {
  @Field(() => String, {
    nullable: true,
    description: 'GLN of the authority; absent: only the state is moved.',
  })
  authority?: string | null;

  @Field(() => String, { nullable: true, description: 'The number the authority gave.' })
  authorityNumber?: string | null;

  @Field(() => filingForms, { defaultValue: 'PLAN', description: 'What is filed.' })
  form!: FilingForm;

  @Field(() => regimes, { nullable: true, description: 'Under which law: its periods end by it.' })
  regime?: Regime | null;
}

@InputType({ description: 'Publishes a recall, and freezes its scope.' })
export class PublishRecallInput extends MoveRecallInput {
  @Field(() => String, { nullable: true, description: withAuthority })
  authority?: string | null;
}
@InputType({ description: 'Freezes the scope of a recall as it is known now.' })
export class FreezeScopeInput extends MoveRecallInput {}
@InputType({ description: 'Asks another rule, frozen as a further version of the scope.' })
export class ReviseScopeInput {
  @Field(() => String, { description: 'Number of the recall.' })
  number!: string;

  @Field(() => scopeRelations, { description: 'How the rule follows from the one before; it is checked.' })
  relation!: keyof typeof scopeRelations;

  @Field(() => ScopeRuleInput, { description: 'Where the defect entered, as is known now.' })
  rule!: ScopeRuleInput;

  @Field(() => ScopeRuleInput, {
    nullable: true,
    description: 'Which members stay after the spread; absent: all.',
  })
  keep?: ScopeRuleInput | null;

  @Field(() => exposures, {
    nullable: true,
    description: 'Whether parts taken out count; absent: as before.',
  })
  exposure?: Exposure | null;

  @Field(() => String, { description: 'Why.' })
  reason!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The version read before; another one now is STALE_VERSION.',
  })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true, description: key })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Completes a recall.' })
export class CompleteRecallInput extends MoveRecallInput {
  @Field(() => String, { nullable: true, description: withAuthority })
  authority?: string | null;
}
@InputType({ description: 'Closes a recall.' })
export class CloseRecallInput extends MoveRecallInput {
  @Field(() => String, { nullable: true, description: withAuthority })
  authority?: string | null;
}
@InputType({ description: 'Withdraws a recall.' })
export class WithdrawRecallInput extends MoveRecallInput {
  @Field(() => String, { nullable: true, description: withAuthority })
  authority?: string | null;
}

@ObjectType({ description: 'What became of a command.' })
export class RecallPayload {
  @Field(() => Recall, { nullable: true, description: 'The recall as it is now; null where there is none.' })
  recall!: Recall | null;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}

@ObjectType({ description: 'What became of a freeze.' })
export class FreezeScopePayload extends RecallPayload {
  @Field(() => ScopeVersion, { nullable: true, description: 'The version that was frozen.' })
  scopeVersion!: ScopeVersion | null;
}
