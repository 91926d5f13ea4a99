/** Why a row was refused: a type for each kind of reason, with its facts. In the order of their precedence. */
import { Field, Int, ObjectType } from 'type-graphql';
import { Problem } from '../../graphql/index.js';
import type { InputProblem } from '../../record/input/index.js';

/** A reason as the record gives it, and where the row stands in the input. */
export interface Refused {
  problem: InputProblem;
  /** Field of the row; null: the row as a whole. */
  field: string | null;
  path: string[];
  /** Index of the first row with a reason of its own. */
  firstRefused: number;
}

abstract class RowProblem extends Problem {
  constructor({ problem, path }: Refused) {
    super(problem.code, problem.message, path);
  }
}

abstract class ValueProblem extends RowProblem {
  readonly field: string | null;
  readonly value: string | null;

  constructor(refused: Refused) {
    super(refused);
    this.field = refused.field;
    this.value = refused.problem.value;
  }
}

const field = { nullable: true, description: 'The field; null: several.' };
const value = { nullable: true, description: 'The value as received; null where it is personal, or none.' };

@ObjectType({ implements: Problem, description: 'MISSING: a field that every such row needs.' })
export class MissingField extends RowProblem {
  @Field(() => String, field)
  readonly field: string | null;

  constructor(refused: Refused) {
    super(refused);
    this.field = refused.field;
  }
}

@ObjectType({
  implements: Problem,
  description: 'MALFORMED: a value that does not have the form of its field.',
})
export class MalformedValue extends ValueProblem {
  @Field(() => String, field)
  declare readonly field: string | null;

  @Field(() => String, value)
  declare readonly value: string | null;
}

@ObjectType({ implements: Problem, description: 'CONTRADICTORY: values of one row that exclude each other.' })
export class ContradictoryValues extends ValueProblem {
  @Field(() => String, field)
  declare readonly field: string | null;

  @Field(() => String, value)
  declare readonly value: string | null;
}

@ObjectType({
  implements: Problem,
  description:
    'BAD_QUANTITY: an amount that cannot be kept exactly, or of another dimension than its product.',
})
export class BadQuantity extends ValueProblem {
  @Field(() => String, field)
  declare readonly field: string | null;

  @Field(() => String, value)
  declare readonly value: string | null;
}

@ObjectType({ implements: Problem, description: 'NOT_ALLOWED: this caller may not record that.' })
export class NotAllowed extends RowProblem {}

@ObjectType({
  implements: Problem,
  description: 'CONFLICT: the event id was recorded before with other content; nothing changed.',
})
export class EventConflict extends RowProblem {
  @Field(() => String, { description: 'The event id.' })
  readonly eventId: string;

  constructor(refused: Refused) {
    super(refused);
    this.eventId = refused.problem.value ?? '';
  }
}

@ObjectType({
  implements: Problem,
  description:
    'NOT_APPLIED: nothing is wrong with the row, but another was refused and all or none were asked for.',
})
export class NotApplied extends RowProblem {
  @Field(() => Int, { description: 'Index of the first row that was refused.' })
  readonly refusedIndex: number;

  constructor(refused: Refused) {
    super(refused);
    this.refusedIndex = refused.firstRefused;
  }
}

/** Every type by its code, in the order of precedence. */
const types = {
  MISSING: MissingField,
  MALFORMED: MalformedValue,
  CONTRADICTORY: ContradictoryValues,
  BAD_QUANTITY: BadQuantity,
  NOT_ALLOWED: NotAllowed,
  CONFLICT: EventConflict,
  NOT_APPLIED: NotApplied,
} as const;

export const precedence = Object.keys(types);

export function toProblem(refused: Refused): Problem {
  const { code } = refused.problem;
  if (!(code in types)) throw new Error(`problem code ${code}: no type carries it`);
  return new types[code as keyof typeof types](refused);
}
