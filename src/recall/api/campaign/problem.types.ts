/** Rejections of commands: business outcomes with their facts, told in the payload. */
import { Field, Int, ObjectType } from 'type-graphql';
import { Problem } from '../../../graphql/index.js';
import { type RecallState, recallStates } from './recall-states.js';

@ObjectType({ implements: Problem, description: 'The number names another recall.' })
export class NumberTaken extends Problem {
  @Field(() => String, { description: 'The number.' })
  readonly number: string;

  constructor(number: string) {
    super('NUMBER_TAKEN', `number ${number}: names another recall`, ['input', 'number']);
    this.number = number;
  }
}

@ObjectType({ implements: Problem, description: 'The recall is in a state from which it cannot move so.' })
export class WrongState extends Problem {
  @Field(() => recallStates, { description: 'Its state.' })
  readonly state: RecallState;

  @Field(() => [recallStates], { description: 'States it could do so from.' })
  readonly allowed: RecallState[];

  constructor(number: string, state: RecallState, allowed: readonly RecallState[]) {
    super('WRONG_STATE', `recall ${number}: is ${state}, should be ${allowed.join(' or ')}`, [
      'input',
      'number',
    ]);
    this.state = state;
    this.allowed = [...allowed];
  }
}

@ObjectType({ implements: Problem, description: 'Somebody changed the recall since it was read.' })
export class StaleVersion extends Problem {
  @Field(() => Int, { description: 'The version it has now.' })
  readonly version: number;

  constructor(number: string, expected: number, version: number) {
    super('STALE_VERSION', `recall ${number}: expectedVersion ${expected}, it has ${version}`, [
      'input',
      'expectedVersion',
    ]);
    this.version = version;
  }
}

@ObjectType({ implements: Problem, description: 'The key came before with another command.' })
export class IdempotencyConflict extends Problem {
  @Field(() => String, { description: 'The key.' })
  readonly idempotencyKey: string;

  constructor(idempotencyKey: string) {
    super('IDEMPOTENCY_CONFLICT', `idempotencyKey ${idempotencyKey}: came before with another command`, [
      'input',
      'idempotencyKey',
    ]);
    this.idempotencyKey = idempotencyKey;
  }
}

@ObjectType({ implements: Problem, description: 'A scope that was known later is frozen already.' })
export class NewerScope extends Problem {
  constructor(number: string, version: number, knownAt: Date) {
    super(
      'NEWER_SCOPE',
      `recall ${number}: version ${version} holds what was known at ${knownAt.toISOString()}, later than this one`,
      ['input', 'number'],
    );
  }
}

@ObjectType({ implements: Problem, description: 'The new rule does not do what its relation says.' })
export class ScopeNotAsSaid extends Problem {
  @Field(() => Int, { description: 'Members it changes the other way.' })
  readonly members: number;

  constructor(number: string, relation: 'EXPANDS' | 'NARROWS' | 'REPLACES', members: number) {
    const does = relation === 'EXPANDS' ? 'loses, or leaves less sure,' : 'wins, or leaves surer,';
    super('SCOPE_NOT_AS_SAID', `recall ${number}: a rule that ${relation} ${does} ${members} members`, [
      'input',
      'relation',
    ]);
    this.members = members;
  }
}
