/** Rejections: business outcomes, told in the payload with their facts, never as errors. */
import { Field, InterfaceType } from 'type-graphql';

@InterfaceType('Problem', {
  description: 'Why something was rejected; its concrete type carries the facts.',
  resolveType: (problem: Problem) => problem.constructor.name,
})
export abstract class Problem {
  @Field(() => String, { description: 'Stable code.' })
  readonly code: string;

  @Field(() => String, { description: 'The thing, its value and the rule.' })
  readonly message: string;

  @Field(() => [String], { description: 'Where in the input, outermost first.' })
  readonly path: string[];

  protected constructor(code: string, message: string, path: string[]) {
    this.code = code;
    this.message = message;
    this.path = path;
  }
}
