/** Holds as the API shows them: what stops stock, who placed it and why. */
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { connectionOf, DateTime, Problem } from '../../../graphql/index.js';
import { ItemKeyInput } from '../../../trace/api/index.js';

@ObjectType({ description: 'A hold on goods. Goods are free only when no open hold covers them.' })
export class Hold {
  holdId!: bigint;
  recallId!: bigint | null;
  partyId!: bigint | null;
  siteId!: bigint | null;
  placedById!: bigint | null;

  @Field(() => String, { description: 'Why.' })
  reason!: string;

  @Field(() => String, { nullable: true, description: "The authority's order it rests on." })
  order!: string | null;

  @Field(() => String, { description: 'The role that placed it.' })
  placedRole!: string;

  @Field(() => DateTime, { description: 'When it was placed.' })
  placedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was released; null: it is open.' })
  releasedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it was released.' })
  releaseReason!: string | null;
}

@ObjectType({ description: 'Goods that moved or were sold while a hold covered them.' })
export class HoldBreach {
  legId!: bigint;
  batchId!: bigint;
  itemId!: bigint | null;
  siteId!: bigint;
  partyId!: bigint;

  @Field(() => String, { description: 'Id of the event.' })
  eventId!: string;

  @Field(() => String, { description: 'Kind of the event.' })
  kind!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  occurredAt!: Date;
}

export const HoldConnection = connectionOf(() => Hold, 'Hold');
export const HoldBreachConnection = connectionOf(() => HoldBreach, 'HoldBreach');

const key = 'Key of the sender: the same command again under it changes nothing. At most 200 characters.';

@InputType({
  description:
    "Places a hold: on the caller's own stock; on everybody's with a published recall of its own; or, for a regulator, by order.",
})
export class HoldStockInput {
  @Field(() => String, {
    nullable: true,
    description: 'Number of the recall it rests on; alone: all goods of its frozen scope.',
  })
  recall?: string | null;

  @Field(() => String, { nullable: true, description: "Reference of an authority's order. For a regulator." })
  order?: string | null;

  @Field(() => String, { nullable: true, description: 'GTIN of the goods.' })
  gtin?: string | null;

  @Field(() => String, { nullable: true, description: 'Lot of the goods; absent: every lot.' })
  lot?: string | null;

  @Field(() => String, { nullable: true, description: 'Serial of one item.' })
  serial?: string | null;

  @Field(() => String, { nullable: true, description: 'GLN of a site: only there.' })
  site?: string | null;

  @Field(() => String, { description: 'Why; at most 1000 characters.' })
  reason!: string;

  @Field(() => String, { nullable: true, description: key })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Releases one hold, or single items from it. For who placed it.' })
export class ReleaseStockInput {
  @Field(() => ID, { description: 'The hold.' })
  hold!: string;

  @Field(() => [ItemKeyInput], { nullable: true, description: 'Only these items; absent: all of it.' })
  items?: ItemKeyInput[] | null;

  @Field(() => String, { description: 'Why; at most 1000 characters.' })
  reason!: string;

  @Field(() => String, { nullable: true, description: key })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'What became of a command about a hold.' })
export class HoldPayload {
  @Field(() => Hold, { nullable: true, description: 'The hold as it is now.' })
  hold!: Hold | null;

  @Field(() => [Problem], { description: 'Why it was rejected; empty: it was done.' })
  problems!: Problem[];
}

@ObjectType({ implements: Problem, description: 'No goods fit what the hold names.' })
export class NothingToHold extends Problem {
  constructor(message: string) {
    super('NOTHING_TO_HOLD', message, ['input']);
  }
}

@ObjectType({ implements: Problem, description: 'The hold is released already.' })
export class HoldReleased extends Problem {
  @Field(() => DateTime, { description: 'When.' })
  readonly releasedAt: Date;

  constructor(releasedAt: Date) {
    super('HOLD_RELEASED', `hold: was released at ${releasedAt.toISOString()}`, ['input', 'hold']);
    this.releasedAt = releasedAt;
  }
}

@ObjectType({ implements: Problem, description: 'A rehearsal holds nothing.' })
export class DrillTouchesNothing extends Problem {
  constructor(number: string) {
    super('DRILL', `recall ${number}: is a drill, which touches no stock and nobody`, ['input', 'recall']);
  }
}
