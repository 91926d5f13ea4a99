/** Events of any mix in one request, and the correction of one event by another. */
import { Arg, type ClassType, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { Refusal, type RequestContext } from '../../graphql/index.js';
import { fileSpecs, type InputRow, toInputRow } from '../../record/input/index.js';
import { rowInputOf } from './input-types.js';
import { OnProblem, RecordingOptions, RecordPayload } from './payload.js';
import { record } from './record.js';

const eventSpecs = fileSpecs.filter((spec) => !spec.master);

/** One field for each kind of event; the built type is a oneOf. */
export class RecordedEvent {
  [entry: string]: object | null | undefined;
}
InputType('RecordedEventInput', { description: 'One event of any kind: exactly one field is given.' })(
  RecordedEvent,
);
for (const { entry, kind, description } of eventSpecs) {
  const row: ClassType<object> = rowInputOf(kind); // made now: type-graphql takes its list of types before it asks fields
  Field(() => row, { nullable: true, description })(RecordedEvent.prototype, entry);
}

function entryOf(event: RecordedEvent): { entry: string; row: InputRow } {
  for (const { entry, kind } of eventSpecs) {
    const row = event[entry];
    if (row !== null && row !== undefined) return { entry, row: toInputRow(kind, row) };
  }
  throw new Refusal('BAD_INPUT', 'event: exactly one kind of event');
}

@InputType({ description: 'Input of `recordEvents`: events of any mix.' })
class RecordEventsInput extends RecordingOptions {
  @Field(() => [RecordedEvent], { description: 'Events of any mix, 1 to 1000.' })
  events!: RecordedEvent[];
}

@InputType({
  description: 'Input of `correctEvent`: the event that was wrong and the one that stands in its place.',
})
class CorrectEventInput {
  @Field(() => String, {
    description: 'Id of the event that was wrong; it may arrive later than its correction.',
  })
  eventId!: string;

  @Field(() => String, {
    description: "The client's own id of the correction; the same id again changes nothing.",
  })
  correctionEventId!: string;

  @Field(() => String, {
    description: 'When it was corrected: ISO 8601 with offset, or a date alone for that whole day.',
  })
  at!: string;

  @Field(() => String, { description: 'Why.' })
  reason!: string;

  @Field(() => RecordedEvent, { description: 'What happened instead, with an event id of its own.' })
  replacement!: RecordedEvent;

  @Field(() => Boolean, { defaultValue: false, description: 'Checks everything and records nothing.' })
  dryRun!: boolean;
}

@Resolver()
export class MixedResolver {
  @Mutation(() => RecordPayload, {
    description:
      'Records events of any mix. Needs a token of the party whose sites they name, or of an administrator.',
  })
  recordEvents(
    @Arg('input', () => RecordEventsInput, { description: 'The events and the options.' })
    input: RecordEventsInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    const { onProblem, dryRun } = input;
    const events = input.events.map(entryOf);
    return record(
      context,
      events.map(({ row }) => row),
      {
        onProblem,
        dryRun,
        pathOf: (index) => ['input', 'events', String(index), events[index]?.entry ?? ''],
      },
    );
  }

  @Mutation(() => RecordPayload, {
    description:
      'Corrects an event: a void of it and a replacement, both or neither; results 0 and 1. Needs a token of its recorder, or of an administrator.',
  })
  correctEvent(
    @Arg('input', () => CorrectEventInput, { description: 'What was wrong and what stands in its place.' })
    input: CorrectEventInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordPayload> {
    const { correctionEventId, eventId, at, reason, replacement, dryRun } = input;
    const values = { event_id: correctionEventId, voided_event_id: eventId, voided_at: at, reason };
    const { entry, row } = entryOf(replacement);
    return record(context, [{ kind: 'voids', values }, row], {
      onProblem: OnProblem.REJECT_ALL,
      dryRun,
      pathOf: (index) => (index === 0 ? ['input'] : ['input', 'replacement', entry]),
    });
  }
}
