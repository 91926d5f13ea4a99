/** Answers a gap: what a site used a lot in, and that it is in nothing else. Signed like every event, by who records it. */
import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { Refusal, type RequestContext } from '../../graphql/index.js';
import { formatUsedIn, type InputRow } from '../../record/input/index.js';
import { OnProblem, RecordPayload } from './payload.js';
import { record } from './record.js';

/** A request of 1,000 rows, the statement itself being one. */
const USES_MAX = 999;

@InputType({ description: 'A batch that the lot went into.' })
class UsedInInput {
  @Field(() => String, { description: 'GTIN of what was made.' })
  gtin!: string;

  @Field(() => String, { description: 'Lot that was made.' })
  lot!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Site that assigned that lot; absent: where only one did.',
  })
  source?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'How much of the lot went in; absent: an unknown amount.',
  })
  quantity?: string | null;

  @Field(() => String, { nullable: true, description: 'Unit of the quantity; absent: that of the product.' })
  unit?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'When: ISO 8601 with offset, or a date; absent: not known.',
  })
  at?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'The consumption is on record already; it is named here and not recorded again.',
  })
  isRecorded!: boolean;
}

@InputType({ description: 'What a site used a lot in, up to a moment.' })
class AnswerGapInput {
  @Field(() => String, {
    description:
      "The client's own id of the statement; the same id again changes nothing. At most 400 characters.",
  })
  eventId!: string;

  @Field(() => String, { description: 'GLN of the site that speaks for itself.' })
  site!: string;

  @Field(() => String, { description: 'GTIN of the lot asked about.' })
  gtin!: string;

  @Field(() => String, { description: 'The lot asked about.' })
  lot!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Site that assigned the lot; needed where several did.',
  })
  source?: string | null;

  @Field(() => [UsedInInput], {
    description: `Every batch the site used it in, at most ${USES_MAX}; empty: it used none of it.`,
  })
  usedIn!: UsedInInput[];

  @Field(() => String, {
    description:
      'It speaks of what was made by then: ISO 8601 with offset, or a date alone for that whole day.',
  })
  statedAt!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Checks everything and records nothing.' })
  dryRun!: boolean;
}

@Resolver()
export class AnswerGapResolver {
  @Mutation(() => RecordPayload, {
    description:
      'States what a site used a lot in: consumption of each batch named, and that nothing else made there by then holds any. All or nothing; the statement is the last result. Needs a token of the party whose site it is, or of an administrator.',
  })
  answerGap(
    @Arg('input', () => AnswerGapInput, { description: 'The lot, the site, and what it was used in.' })
    input: AnswerGapInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    if (input.usedIn.length > USES_MAX)
      throw new Refusal('BAD_INPUT', `usedIn: ${input.usedIn.length} batches, at most ${USES_MAX}`);
    const told = input.usedIn.flatMap((use, index) => (use.isRecorded ? [] : [{ use, index }]));
    return record(context, [...told.map(({ use, index }) => consumption(input, use, index)), stated(input)], {
      onProblem: OnProblem.REJECT_ALL,
      dryRun: input.dryRun,
      pathOf: (row) => ['input', ...(told[row] ? ['usedIn', String(told[row].index)] : [])],
    });
  }
}

function consumption(
  { eventId, gtin, lot, source }: AnswerGapInput,
  use: UsedInInput,
  index: number,
): InputRow {
  const values = {
    event_id: `${eventId}:${index}`,
    gtin: use.gtin,
    lot: use.lot,
    source: use.source,
    input_gtin: gtin,
    input_lot: lot,
    input_source: source,
    quantity: use.quantity,
    unit: use.unit,
    at: use.at,
  };
  return { kind: 'consumption', values: given(values) };
}

function stated({ eventId, site, gtin, lot, source, usedIn, statedAt }: AnswerGapInput): InputRow {
  const values = {
    ...{ event_id: eventId, site_gln: site, gtin, lot, source, stated_at: statedAt },
    used_in: usedIn.length === 0 ? null : formatUsedIn(usedIn),
  };
  return { kind: 'use_statements', values: given(values) };
}

const given = (values: Record<string, string | null | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] != null));
