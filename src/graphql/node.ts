/** Whatever has an opaque id. */
import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description: 'Whatever has an opaque id, by which it is found again.',
  resolveType: (node: { __typename: string }) => node.__typename,
})
export abstract class NodeInterface {
  @Field(() => ID, { description: 'Opaque id; the same for the same thing.' })
  id!: string;
}
