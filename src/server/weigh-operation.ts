/** What an operation asks for, in the worst case: its shape and its cost, counted with its variables. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { fieldCosts, LIST_WEIGHT } from './limits.js';

export interface Weight {
  cost: number;
  depth: number;
  aliases: number;
  directives: number;
  /** Fields of the operation's root, through fragments too. */
  rootFields: number;
}

const PAGE_SIZE_MAX = 100;

type Variables = Readonly<Record<string, unknown>>;

/** Every object costs 1, a page its size, a list element of an argument 1. A fragment is weighed once and counts at each spread. */
export function weighOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Variables,
): Weight {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const variables = withDefaults(operation, given);
  const weighed = new Map<string, Weight>();

  const ofSet = (set: SelectionSetNode, type: GraphQLCompositeType | null): Weight => {
    const total: Weight = { cost: 0, depth: 0, aliases: 0, directives: 0, rootFields: 0 };
    for (const selection of set.selections) {
      const part = ofSelection(selection, type);
      total.cost += part.cost;
      total.depth = Math.max(total.depth, part.depth);
      total.aliases += part.aliases;
      total.directives += part.directives + (selection.directives?.length ?? 0);
      total.rootFields += part.rootFields;
    }
    return total;
  };
  const ofSelection = (
    selection: SelectionSetNode['selections'][number],
    type: GraphQLCompositeType | null,
  ): Weight => {
    if (selection.kind === Kind.FIELD) return ofField(selection, type);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return ofSet(selection.selectionSet, typeNamed(schema, selection.typeCondition?.name.value) ?? type);
    }
    const name = selection.name.value;
    const fragment = fragments.get(name);
    if (!fragment) return { cost: 0, depth: 0, aliases: 0, directives: 0, rootFields: 0 };
    const weight =
      weighed.get(name) ?? ofSet(fragment.selectionSet, typeNamed(schema, fragment.typeCondition.name.value));
    weighed.set(name, weight);
    return weight;
  };
  const ofField = (field: FieldNode, parent: GraphQLCompositeType | null): Weight => {
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
    const next = definition ? getNamedType(definition.type) : null;
    const own = fieldCosts[`${parent?.name}.${field.name.value}`] ?? 0;
    const args = field.arguments ?? [];
    const asked = args.reduce((sum, argument) => sum + elementsIn(argument.value, variables), 0);
    const inner = field.selectionSet
      ? ofSet(field.selectionSet, isCompositeType(next) ? next : null)
      : { cost: 0, depth: 0, aliases: 0, directives: 0, rootFields: 0 };
    const rows = field.selectionSet ? rowsOf(args, variables, definition?.type, parent) : 0;
    // some questions are asked once for each element: `of`, `rules`
    const questions = Math.max(asked, 1);
    return {
      cost: own * questions + asked + rows * (1 + inner.cost),
      depth: inner.depth + 1,
      aliases: inner.aliases + (field.alias ? 1 : 0),
      directives: inner.directives,
      rootFields: 1,
    };
  };
  const root = ofSet(operation.selectionSet, schema.getRootType(operation.operation) ?? null);
  return { ...root, directives: root.directives + (operation.directives?.length ?? 0) };
}

function typeNamed(schema: GraphQLSchema, name: string | undefined): GraphQLCompositeType | null {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : null;
}

function withDefaults(operation: OperationDefinitionNode, given: Variables): Variables {
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

/** How often what is below a field is answered: the size of a page; a list in proportion; an edge once in its page. */
function rowsOf(
  args: readonly ArgumentNode[],
  variables: Variables,
  type: GraphQLOutputType | undefined,
  parent: GraphQLCompositeType | null,
): number {
  const page = args.find(({ name }) => name.value === 'first' || name.value === 'last');
  if (page) return pageSize(page.value, variables);
  const isList = type !== undefined && isListType(isNonNullType(type) ? type.ofType : type);
  return isList && !parent?.name.endsWith('Connection') ? LIST_WEIGHT : 1;
}

function pageSize(value: ValueNode, variables: Variables): number {
  const asked = valueFromASTUntyped(value, { ...variables });
  // an object may name what turns it into a number, and that may be anything
  const given = typeof asked === 'number' || typeof asked === 'string' ? Number(asked) : Number.NaN;
  return Number.isFinite(given) ? Math.min(Math.max(Math.trunc(given), 1), PAGE_SIZE_MAX) : 1;
}

/** Elements of the lists in an argument, wherever they stand in it. Without recursion: variables nest as deep as their sender likes. */
function elementsIn(value: ValueNode, variables: Variables): number {
  let elements = 0;
  const left: unknown[] = [valueFromASTUntyped(value, { ...variables })];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== 'object' || part === null) continue;
    if (Array.isArray(part)) elements += part.length;
    for (const one of Object.values(part)) left.push(one);
  }
  return elements;
}
