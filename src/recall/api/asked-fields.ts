/** Which fields of an answer a question selects, below one field: an answer is limited only in what it was asked for. */
import { type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Names joined by dots, as "summary.buyers", to the given depth; fragments are followed. */
export function askedFields(info: GraphQLResolveInfo, depth: number): Set<string> {
  const asked = new Set<string>();
  for (const field of info.fieldNodes) {
    if (field.selectionSet) addFields(asked, field.selectionSet, info.fragments, '', depth);
  }
  return asked;
}

function addFields(
  asked: Set<string>,
  set: SelectionSetNode,
  fragments: Record<string, FragmentDefinitionNode>,
  before: string,
  depth: number,
): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = `${before}${selection.name.value}`;
      asked.add(name);
      if (selection.selectionSet && depth > 1)
        addFields(asked, selection.selectionSet, fragments, `${name}.`, depth - 1);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      addFields(asked, selection.selectionSet, fragments, before, depth);
    } else {
      const fragment = fragments[selection.name.value];
      if (fragment) addFields(asked, fragment.selectionSet, fragments, before, depth);
    }
  }
}
